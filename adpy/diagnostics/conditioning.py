"""Conditioning: how errors of the inputs and of rounding show in the results of a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adpy import capture
from adpy.api.reverse_mode import vjp
from adpy.api.running import run
from adpy.api.trees import flatten, map_leaves
from adpy.diagnostics.kink_trace import Found, KinkTrace
from adpy.diagnostics.kinks import KinkReport, kinks
from adpy.diagnostics.nans import debug_nans
from adpy.diagnostics.place import Place, place_of
from adpy.errors import NonFiniteError
from adpy.plain import np

__all__ = ["Cancellation", "Diagnosis", "cancellations", "diagnose"]

_SHOWN = 3
_DIGITS = 3.0  # of cancellation that are worth a line


@dataclass(frozen=True)
class Cancellation:
    """A sum or difference of computed numbers that is much smaller than they are.

    Attributes
    ----------
    digits : float
        Decimal digits lost: ``log10(max(|a|, |b|) / |a - b|)``.
    place : Place
        Its line.
    """

    digits: float
    place: Place

    def __str__(self) -> str:
        return f"{self.digits:.0f} digits cancel at {self.place}"


@dataclass(frozen=True)
class Diagnosis:
    """The numerics of a function at a point.

    Attributes
    ----------
    condition : ndarray, shape (outputs, inputs)
        Relative condition numbers ``|x_j dy_i/dx_j / y_i|``: a relative error of the input comes out so many times
        larger.
    worst : tuple of (str, str, float)
        Output, input and number of the largest.
    modes_differ : float
        Largest relative difference between forward and reverse mode.
    differences_error : float
        Largest error estimate of the extrapolated differences, relative, where they converge.
    cancellations : tuple of Cancellation
        Lines where digits cancel, the worst first.
    kinks : KinkReport
        Ties and jumps at or near the point, where differences and derivatives may disagree.
    nonfinite : str or None
        Where a NaN or an infinity in the results or their derivatives came from.
    """

    condition: Any
    worst: tuple[str, str, float]
    modes_differ: float
    differences_error: float
    cancellations: tuple[Cancellation, ...]
    kinks: KinkReport
    nonfinite: str | None

    def __str__(self) -> str:
        output, name, number = self.worst
        lines = [
            f"relative condition numbers up to {number:.2g} (d {output} / d {name}): expect to lose "
            f"{max(0.0, np.log10(max(number, 1.0))):.0f} digits",
            f"forward and reverse mode differ by {self.modes_differ:.2g}; differences are good to "
            f"{self.differences_error:.2g}",
            *map(str, self.cancellations[:_SHOWN]),
        ]
        if self.kinks:
            lines.append(f"at or near a kink:\n{self.kinks}")
        if self.nonfinite:
            lines.append(f"not finite: {self.nonfinite}")
        return "\n".join(lines)


class CancellationTrace(KinkTrace):
    """Notes the sums and differences in which digits cancel; ``inputs`` is how many names the inputs have."""

    __slots__ = ("inputs",)

    def __init__(self) -> None:
        KinkTrace.__init__(self, np.inf)
        self.inputs = 0

    def input(self, value: Any) -> Any:
        x = KinkTrace.input(self, value)
        self.inputs = self.named
        return x

    def pushed(self, row, inputs, values, y):
        if row.function in (np.add, np.subtract) and not np.iscomplexobj(y):
            self._look(inputs, values, y)
        return KinkTrace.pushed(self, row, inputs, values, y)

    def _look(self, inputs, values, y):
        # Numbers as they were given have no rounding error that could be laid bare.
        a, b = values
        computed = np.zeros(np.shape(y), bool)
        for x in inputs:
            names = self.names(x)
            computed = computed | (names > self.inputs) | (names < 0)
        with np.errstate(all="ignore"):
            lost = np.log10(np.maximum(np.abs(a), np.abs(b)) / np.abs(y))
        lost = np.where(np.isfinite(lost) & computed, lost, 0.0)
        self.observe("cancellation", "", lost, 0.0, lost >= _DIGITS)

    def observe(self, kind, function, distance, size, moves):
        if kind != "cancellation" or not np.any(moves):
            return
        place = place_of()
        found = self.found.setdefault((kind, function, place), Found(kind, function, place))
        digits = float(np.max(distance))
        found.distance = max(digits, found.distance if found.evaluations else 0.0)
        found.evaluations += 1


def cancellations(function: Callable, *args: Any) -> tuple[Cancellation, ...]:
    """Lines of ``function`` in which digits cancel at a point, the worst first.

    Parameters
    ----------
    function : callable
        Any function.
    *args
        Its arguments, floating-point numbers and arrays.
    """
    with capture.paused():
        frame, _ = run(CancellationTrace, function, args, {}, list(range(len(args))))
    frame.close()
    found = [Cancellation(item.distance, item.place) for item in frame.found.values()]
    return tuple(sorted(found, key=lambda item: -item.digits))


def diagnose(
    function: Callable, args: tuple, y: Any, matrices: dict, differences: tuple, names: tuple[list, list]
) -> Diagnosis:
    """The numerics of ``function`` at ``args``.

    Parameters
    ----------
    function, args
        A function of real numbers and its arguments.
    y : ndarray
        Its results in one row.
    matrices : dict
        Its Jacobian by ``"forward"`` and ``"reverse"`` mode, as matrices.
    differences : tuple of ndarray
        The same by differences, and error estimates.
    names : tuple of list of str
        Names of outputs and inputs.
    """
    forward, reverse = matrices["forward"], matrices["reverse"]
    x = np.concatenate([np.ravel(np.asarray(leaf, float)) for _, leaf in flatten(args)])
    with np.errstate(all="ignore"):
        condition = np.abs(reverse * x / y[:, None])
        modes = np.abs(forward - reverse) / np.maximum(np.abs(reverse), np.finfo(float).tiny)
        value, error = differences
        estimates = error / np.maximum(np.abs(value), 1.0)
    finite = np.where(np.isfinite(condition), condition, 0.0)
    i, j = np.unravel_index(np.argmax(finite), finite.shape)
    return Diagnosis(
        condition,
        (names[0][i], names[1][j], float(finite[i, j])),
        float(np.max(modes, where=np.isfinite(modes) & (forward != reverse), initial=0.0)),
        float(np.max(estimates, where=np.isfinite(estimates), initial=0.0)),
        cancellations(function, *args),
        kinks(function, *args),
        _nonfinite(function, args, y, reverse),
    )


def _nonfinite(function: Callable, args: tuple, y: Any, jacobian: Any) -> str | None:
    """Where what is not finite came from."""
    if np.all(np.isfinite(y)) and np.all(np.isfinite(jacobian)):
        return None
    try:
        with debug_nans(inf=True):
            result, pullback = vjp(function, *args)
            pullback(map_leaves(_ones, result))
    except NonFiniteError as error:
        return str(error)
    return "an argument, or a constant of the function"


def _ones(leaf: Any) -> Any:
    return np.ones(np.shape(leaf))[()]
