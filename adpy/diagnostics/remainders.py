"""Taylor test: what a Taylor polynomial leaves of a function shrinks as fast as right derivatives make it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.random import default_rng

from adpy.api.forward_mode import jvp
from adpy.api.reverse_mode import grad
from adpy.api.trees import flatten, rebuild
from adpy.custom.structures import is_active_kind
from adpy.errors import ArgumentError
from adpy.plain import np

__all__ = ["TaylorReport", "taylor_test"]

STEPS = tuple([0.01 / 2**k for k in range(6)])
ROUNDING = 64
"""Remainders below so many roundings of the largest value say nothing about derivatives."""
SLACK = 0.2
"""What an observed order may be below the expected one."""


@dataclass(frozen=True)
class TaylorReport:
    """Result of :func:`taylor_test`.

    Attributes
    ----------
    steps : tuple of float
        The steps h along the direction v, from the longest.
    remainders : tuple of tuple of float
        For each degree k, from 0, and each step ``|f(x + h v) - sum_{j <= k} h^j f^(j) / j!|``.
    orders : tuple of tuple of float
        The exponents p with which they shrink from step to step; degree k has p = k + 1 if the derivatives are right.
    noise : float
        Remainders below are rounding.
    """

    steps: tuple[float, ...]
    remainders: tuple[tuple[float, ...], ...]
    orders: tuple[tuple[float, ...], ...]
    noise: float

    @property
    def degree(self) -> int:
        """Of the Taylor polynomial: 1 with the gradient, 2 with second derivatives."""
        return len(self.remainders) - 1

    @property
    def order(self) -> float:
        """Median of the last row of ``orders`` over steps with remainders above the noise.

        Infinite if there are none, as with a polynomial of this degree, but NaN if already the values do not change.
        """
        remainders = self.remainders[-1]
        clear = [p for p, after in zip(self.orders[-1], remainders[1:]) if after > self.noise]
        if clear:
            return float(np.median(clear))
        return np.inf if self.remainders[0][0] > self.noise and remainders[-1] <= self.noise else np.nan

    @property
    def ok(self) -> bool:
        """Do the remainders shrink as they do with right derivatives?"""
        return self.order > self.degree + 1 - SLACK

    def __str__(self) -> str:
        names = ("value", "gradient", "second derivative")
        lines = ["h" + " " * 25 + "  ".join(f"{h:8.1e}" for h in self.steps)]
        for name, remainders, orders in zip(names, self.remainders, self.orders):
            lines.append(f"left after {name:15s}" + "  ".join(f"{r:8.1e}" for r in remainders))
            lines.append(f"{'  order':36s}" + "  ".join(f"{p:8.2f}" for p in orders))
        lines.append(f"observed order {self.order:.2f}, expected {self.degree + 1}")
        return "\n".join(lines)


def taylor_test(
    function: Callable,
    *args: Any,
    direction: Any = None,
    gradient: Any = None,
    second: bool = False,
    steps: Sequence[float] = STEPS,
) -> TaylorReport:
    """Take a Taylor polynomial from ``function`` along a direction, and see how fast the rest shrinks.

    It costs a gradient and a call for each step and one more, however many variables there are, so it suits long
    simulations; :func:`check_derivatives` looks at every entry.

    Parameters
    ----------
    function : callable
        ``function(*args)`` returns one real number.  It is called on plain values, which it may write into.
    *args
        Trees of real floating-point numbers; all are varied.
    direction : tree, optional
        A tuple of the structure of ``args`` (or what belongs to the argument, if there is one); by default normally
        distributed numbers, the same in each call, as large as the leaf they belong to (root mean square; 1 for zeros).
    gradient : tree or callable, optional
        What is tested: a tuple as ``direction``, or ``gradient(*args)``; by default :func:`adpy.grad` of the function.
    second : bool
        Test second derivatives as well: forward mode over ``gradient``, or over :func:`adpy.grad`.
    steps : sequence of float
        Multiples of the direction, from the longest; where values round coarsely or bend sharply, choose others.

    Returns
    -------
    TaylorReport
        ``report.ok`` and the observed ``report.order``; as text, a table.

    Raises
    ------
    ArgumentError
        If there is no argument, ``direction`` or ``gradient`` do not fit, or there are fewer than two steps.

    References
    ----------
    P. E. Farrell, D. A. Ham, S. W. Funke and M. E. Rognes, "Automated derivation of the adjoint of high-level transient
    finite element programs", SIAM Journal on Scientific Computing 35 (2013), section 6.

    Examples
    --------
    >>> import numpy as np
    >>> from adpy.testing import taylor_test
    >>> report = taylor_test(lambda x: np.sum(np.sin(x) * x), np.array([0.3, 0.5]))
    >>> report.ok, f"{report.order:.1f}"
    (True, '2.0')
    >>> taylor_test(lambda x: x**3, 2.0, gradient=11.9).ok
    False
    """
    if not args:
        raise ArgumentError("args", "at least one argument to vary", "none")
    steps = tuple([float(h) for h in steps])
    if len(steps) < 2 or any(b >= a for a, b in zip(steps, steps[1:])) or steps[-1] <= 0:
        raise ArgumentError("steps", "at least two positive numbers, from the largest", repr(steps))
    for path, leaf in flatten(args):
        if not is_active_kind(leaf) or np.result_type(leaf).kind != "f":
            raise ArgumentError(f"args{path}", "real floating-point numbers", repr(type(leaf).__name__))
    every = tuple(range(len(args)))
    v = _drawn(args) if direction is None else _fitting("direction", direction, args)
    slope_of = gradient if callable(gradient) else grad(function, every)
    if gradient is None or callable(gradient):
        gradient = slope_of(*_moved(args, v, 0.0))
    slopes = [_dot(_fitting("gradient", gradient, args), v)]
    if second:
        bend = jvp(slope_of, _moved(args, v, 0.0), _moved(v, v, 0.0))[1]
        slopes.append(_dot(_fitting("gradient", bend, args), v) / 2)
    value = float(function(*_moved(args, v, 0.0)))
    changes = np.array([float(function(*_moved(args, v, h))) - value for h in steps])
    h = np.array(steps)
    rows = [np.abs(changes - sum(c * h ** (j + 1) for j, c in enumerate(slopes[:k]))) for k in range(len(slopes) + 1)]
    with np.errstate(divide="ignore", invalid="ignore"):
        orders = [np.log(row[1:] / row[:-1]) / np.log(h[1:] / h[:-1]) for row in rows]
    precision = max(np.finfo(np.result_type(leaf)).eps for _, leaf in flatten(args))
    noise = float(ROUNDING * precision * max(abs(value), np.max(np.abs(changes))))
    return TaylorReport(steps, *[tuple([tuple(row.tolist()) for row in table]) for table in (rows, orders)], noise)


def _drawn(args: tuple) -> tuple:
    """Random numbers in the structure of the arguments."""
    random = default_rng(0)
    leaves = [leaf for _, leaf in flatten(args)]
    sizes = [float(np.sqrt(np.mean(np.square(leaf)))) if np.size(leaf) else 1.0 for leaf in leaves]
    found = [(size or 1.0) * random.standard_normal(np.shape(leaf)) for leaf, size in zip(leaves, sizes)]
    return _like(args, found)


def _like(args: tuple, values: Sequence) -> tuple:
    """Values in the structure, and of the types, of the arguments."""
    leaves = [leaf for _, leaf in flatten(args)]
    typed = [
        np.asarray(value, leaf.dtype).reshape(leaf.shape) if isinstance(leaf, np.ndarray) else type(leaf)(value)
        for leaf, value in zip(leaves, values, strict=True)
    ]
    return rebuild(args, iter(typed).__next__)


def _fitting(name: str, tree: Any, args: tuple) -> tuple:
    """A tree with the leaves of the arguments."""
    tree = tree if len(args) > 1 or (isinstance(tree, tuple) and len(tree) == 1) else (tree,)
    found = [np.asarray(leaf) for _, leaf in flatten(tree)]
    shapes, expected = [leaf.shape for leaf in found], [np.shape(leaf) for _, leaf in flatten(args)]
    if shapes != expected:
        raise ArgumentError(name, f"leaves of the shapes {expected}, as the arguments", str(shapes))
    return _like(args, found)


def _moved(args: tuple, v: tuple, h: float) -> tuple:
    """The arguments, h times the direction away; never the same arrays."""
    pairs = zip(flatten(args), flatten(v), strict=True)
    return _like(args, [np.array(leaf + h * dot) for (_, leaf), (_, dot) in pairs])


def _dot(a: tuple, b: tuple) -> float:
    return float(sum(np.vdot(x, y) for (_, x), (_, y) in zip(flatten(a), flatten(b), strict=True)))
