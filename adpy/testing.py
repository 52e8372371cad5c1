"""Check derivatives: both modes against extrapolated differences and against each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from adpy.api.jacobian import jacobian
from adpy.api.trees import flatten, rebuild
from adpy.diagnostics.conditioning import Diagnosis, diagnose
from adpy.diagnostics.remainders import TaylorReport, taylor_test
from adpy.errors import AdpyError, ArgumentError

__all__ = [
    "DerivativeMismatch",
    "DerivativeReport",
    "TaylorReport",
    "check_derivatives",
    "differences",
    "taylor_test",
]


class DerivativeMismatch(AdpyError, AssertionError):
    """Two ways to compute a derivative disagree; ``report`` says where."""

    def __init__(self, report: DerivativeReport) -> None:
        self.report = report
        super().__init__(str(report))


@dataclass(frozen=True)
class Disagreement:
    """One entry of a Jacobian on which two methods disagree.

    Attributes
    ----------
    methods : tuple of str
        Such as ``("reverse", "differences")``.
    output, input : str
        Path of the result leaf and of the argument leaf, with the index in each.
    values : tuple of float
        What the two methods gave.
    tolerance : float
        What they may differ by there.
    """

    methods: tuple[str, str]
    output: str
    input: str
    values: tuple[float, float]
    tolerance: float

    def __str__(self) -> str:
        (a, b), (first, second) = self.values, self.methods
        return f"d {self.output} / d {self.input}: {first} {a:.10g}, {second} {b:.10g} (tolerance {self.tolerance:.1g})"


@dataclass(frozen=True)
class DerivativeReport:
    """Result of :func:`check_derivatives`.

    Attributes
    ----------
    disagreements : tuple of Disagreement
        Empty when all is well.
    entries : int
        Number of Jacobian entries compared.
    largest_error : float
        Largest difference between reverse mode and the extrapolated differences.
    unsure : int
        Entries where the differences themselves did not converge (a kink, noise): compared between modes only.
    diagnosis : Diagnosis or None
        With ``report=True``: conditioning, cancellation, kinks nearby, and where NaN and infinities came from.
    """

    disagreements: tuple[Disagreement, ...]
    entries: int
    largest_error: float
    unsure: int
    diagnosis: Diagnosis | None = None

    @property
    def ok(self) -> bool:
        """True when nothing disagrees."""
        return not self.disagreements

    def __str__(self) -> str:
        head = f"{self.entries} derivatives checked, largest error {self.largest_error:.2g}"
        if self.unsure:
            head += f"; {self.unsure} where the differences do not converge (a kink or noise nearby)"
        lines = [str(d) for d in self.disagreements[:20]]
        more = len(self.disagreements) - len(lines)
        tail = [str(self.diagnosis)] if self.diagnosis is not None else []
        return "\n".join([head, *lines, *([f"… and {more} more"] if more > 0 else []), *tail])


def differences(
    function: Callable, x: np.ndarray, levels: int = 6, step: float = 0.02
) -> tuple[np.ndarray, np.ndarray]:
    """Jacobian of ``function`` by central differences, extrapolated, with an estimate of its error.

    Parameters
    ----------
    function : callable
        From a vector to a vector, plain values.
    x : ndarray of float64, shape (n,)
    levels : int
        Steps ``step * max(1, |x|) / 2**k`` for k below ``levels``.
    step : float
        Largest relative step.

    Returns
    -------
    jacobian, error : ndarray of float64, shape (m, n)
        For every entry the value of the Richardson tableau (Ridders 1982) with the smallest error estimate; the error
        is infinite where one-sided slopes differ however small the step (a kink).
    """
    columns, errors = [], []
    middle = np.asarray(function(x.copy()))
    for i in range(x.size):
        size = step * max(1.0, abs(x[i]))
        bends = []
        tableau: list[list[np.ndarray]] = []
        best, error = None, None
        for k in range(levels):
            h = size / 2**k
            up, down = x.copy(), x.copy()
            up[i] += h
            down[i] -= h
            above, below = np.asarray(function(up)), np.asarray(function(down))
            row = [(above - below) / (up[i] - down[i])]
            bends.append(abs(above - 2 * middle + below) / h)
            for j in range(k):
                factor = 4.0 ** (j + 1)
                row.append(row[j] + (row[j] - tableau[k - 1][j]) / (factor - 1))
            if k:
                for j in range(1, k + 1):
                    estimate = np.maximum(abs(row[j] - row[j - 1]), abs(row[j] - tableau[k - 1][j - 1]))
                    if best is None:
                        best, error = row[j].copy(), estimate.copy()
                    better = estimate < error
                    best[better], error[better] = row[j][better], estimate[better]
            tableau.append(row)
        kink = (bends[-1] > 0.5 * bends[0]) & (bends[-1] > 1e-5 * np.maximum(1.0, abs(best)))
        columns.append(best)
        errors.append(np.where(kink, np.inf, error + 1e-12 * np.maximum(1.0, abs(best))))
    return np.stack(columns, -1), np.stack(errors, -1)


def check_derivatives(
    function: Callable, *args: Any, rtol: float = 1e-6, atol: float = 1e-8, raises: bool = True, report: bool = False
) -> DerivativeReport:
    """Compare forward mode, reverse mode and extrapolated differences of ``function`` at ``args``.

    The differences call the plain function on copies of the arguments; nothing is left changed.

    Parameters
    ----------
    function : callable
        Any result made of real floating-point numbers.
    *args
        Arguments made of real floating-point numbers; all are varied.
    rtol, atol : float
        Allowed relative and absolute differences, on top of the error estimate of the differences.
    raises : bool
        Raise on a disagreement; otherwise only report it.
    report : bool
        Look closer: relative condition numbers, agreement of both modes and the differences, cancellation of digits,
        kinks nearby, and the origin of NaN and infinities.  The function is run a few times more.

    Returns
    -------
    DerivativeReport

    Raises
    ------
    DerivativeMismatch
        With the input and output that disagree.
    ArgumentError
        If there is no argument.

    Examples
    --------
    >>> import numpy as np
    >>> from adpy.testing import check_derivatives
    >>> check_derivatives(lambda x: np.sin(x) * x[0], np.array([0.3, 0.5])).ok
    True
    """
    if not args:
        raise ArgumentError("args", "at least one argument to vary", "none")
    leaves = [np.asarray(leaf, float) for tree in args for _, leaf in flatten(tree)]
    names = [f"args[{i}]{path}" for i, tree in enumerate(args) for path, _ in flatten(tree)]
    x = np.concatenate([leaf.ravel() for leaf in leaves])

    def arguments(vector):
        parts = np.split(vector, np.cumsum([leaf.size for leaf in leaves])[:-1])
        shaped = iter(
            [
                p.reshape(np.shape(original)).copy() if isinstance(original, np.ndarray) else type(original)(p[0])
                for p, original in zip(parts, _leaves(args), strict=True)
            ]
        )
        return [rebuild(tree, shaped.__next__) for tree in args]

    def plain(vector):
        return np.concatenate([np.ravel(np.asarray(leaf, float)) for _, leaf in flatten(function(*arguments(vector)))])

    outputs = [
        f"y{path}{list(i) or ''}" for path, leaf in flatten(function(*arguments(x))) for i in np.ndindex(np.shape(leaf))
    ]
    inputs = [
        f"{name}{list(i) or ''}" for name, leaf in zip(names, leaves, strict=True) for i in np.ndindex(leaf.shape)
    ]
    every = tuple(range(len(args)))
    found = {
        mode: _matrix(jacobian(function, argnums=every, mode=mode)(*arguments(x)), len(outputs), leaves)
        for mode in ("reverse", "forward")
    }
    with np.errstate(all="ignore"):
        expected, error = differences(plain, x)
    sure = np.isfinite(expected) & (error <= 1e-4 * np.maximum(1.0, abs(expected)))
    tolerance = atol + rtol * np.maximum(abs(expected), 1.0 * (abs(expected) > 0)) + 10 * np.where(sure, error, 0)
    wrong = []
    for mode, matrix in found.items():
        _compare(wrong, (mode, "differences"), matrix, expected, tolerance, sure, outputs, inputs)
    close = atol + rtol * abs(np.where(np.isfinite(found["forward"]), found["forward"], 0))
    _compare(
        wrong,
        ("reverse", "forward"),
        found["reverse"],
        found["forward"],
        close,
        np.full(sure.shape, True),
        outputs,
        inputs,
    )
    largest = float(np.max(abs(found["reverse"] - expected), where=sure, initial=0.0))
    diagnosis = None
    if report:
        diagnosis = diagnose(function, tuple(arguments(x)), plain(x), found, (expected, error), (outputs, inputs))
    result = DerivativeReport(tuple(wrong), expected.size, largest, int((~sure).sum()), diagnosis)
    if wrong and raises:
        raise DerivativeMismatch(result)
    return result


def _leaves(args):
    return [leaf for tree in args for _, leaf in flatten(tree)]


def _matrix(tree, rows, leaves):
    """The Jacobian blocks of all results and arguments as one matrix."""
    blocks = [np.asarray(block, float) for _, block in flatten(tree)]
    width = len(leaves)
    lines = []
    for start in range(0, len(blocks), width):
        line = [b.reshape(-1, leaf.size) for b, leaf in zip(blocks[start : start + width], leaves, strict=True)]
        lines.append(np.concatenate(line, axis=1))
    return np.concatenate(lines).reshape(rows, -1)


def _compare(wrong, methods, a, b, tolerance, where, outputs, inputs):
    with np.errstate(invalid="ignore"):  # equal infinities
        differ = where & ~((abs(a - b) <= tolerance) | ((a != a) & (b != b)) | (a == b))
    for i, j in zip(*np.nonzero(differ), strict=True):
        wrong.append(
            Disagreement(methods, outputs[i], inputs[j], (float(a[i, j]), float(b[i, j])), float(tolerance[i, j]))
        )
