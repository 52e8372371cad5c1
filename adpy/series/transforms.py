"""taylor and derivatives: the Taylor coefficients of a function along a curve, in one pass."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

from adpy.api.running import check_function, is_differentiable, run
from adpy.api.trees import flatten, map_leaves
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import ArgumentError
from adpy.forward.dual import matching_tangent
from adpy.plain import np
from adpy.series.coefficients import Coefficients
from adpy.series.nodes import zeros_like
from adpy.series.trace import SeriesTrace
from adpy.traced.dispatch import coerce

__all__ = ["check_order", "coefficients", "derivatives", "taylor"]


def taylor(function: Callable, x: Any, v: Any, order: int) -> Any:
    """Taylor coefficients of ``function`` along a line or a curve through ``x``.

    With ``x(t) = x + t v``, or with ``x(t) = x + t v[0] + t**2 v[1] + ...``, the result holds the ``y_k`` of
    ``function(x(t)) = y_0 + t y_1 + t**2 y_2 + ...``.  These are coefficients: the k-th derivative by ``t`` is
    ``k! y_k``.  The function is called once, and the cost grows as the square of the order.

    Parameters
    ----------
    function : callable
        Any result: a number, an array, or a tree of them.
    x : tuple, or anything else
        A tuple holds the arguments; anything else is the only argument.
    v : tuple, or anything else
        In the structure of ``x``.  Each leaf has the shape of its leaf of ``x``: a direction; or it has one more axis,
        the first: the coefficients 1, 2, … of a curve (those of a result of ``taylor`` itself, less the first).
    order : int
        The highest coefficient, at least 1.

    Returns
    -------
    y
        The result in its structure, each number or array with one more axis, the first, of length ``order + 1``.

    Raises
    ------
    ArgumentError
        If a leaf of ``x`` is not made of floating-point numbers, ``v`` does not fit it, or the order is not a positive
        integer.
    TracedValueError
        If the function drops a derivative, or uses one that has no rule; the message names the line.

    References
    ----------
    Griewank and Walther, Evaluating Derivatives, 2nd edition, SIAM 2008, chapter 13.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> adpy.taylor(np.exp, 0.0, 1.0, 3)
    array([1.        , 1.        , 0.5       , 0.16666667])
    >>> adpy.taylor(lambda x: x[0] * x[1], np.array([1.0, 2.0]), np.array([1.0, 1.0]), 2)
    array([2., 3., 1.])

    Along a curve, here ``t`` to ``sin(t)``:

    >>> sine = adpy.taylor(np.sin, 0.0, 1.0, 3)
    >>> adpy.taylor(np.arcsin, sine[0], sine[1:], 3)
    array([0., 1., 0., 0.])
    """
    check_function(function)
    check_order(order)
    args, curve = (x, v) if isinstance(x, tuple) and not hasattr(x, "_fields") else ((x,), (v,))
    if not isinstance(curve, tuple | list) or len(curve) != len(args):
        got = f"{len(curve)}" if isinstance(curve, tuple | list) else type(curve).__name__
        raise ArgumentError("v", f"a tuple of {len(args)} directions, one an argument", got)
    curves = [found for a, d in zip(args, curve, strict=True) for found in _curves(a, d, order)]
    return coefficients(function, args, {}, list(range(len(args))), curves, order)


def derivatives(function: Callable, x: Any, order: int) -> Any:
    """The value of a function of one number and its derivatives up to an order, in one pass.

    Parameters
    ----------
    function : callable
        Any result: a number, an array, or a tree of them.
    x : float
        Where to differentiate.
    order : int
        The highest derivative, at least 1.

    Returns
    -------
    y
        The result in its structure, each number or array with one more axis, the first: the value, the first
        derivative, …

    Raises
    ------
    ArgumentError
        If ``x`` is not one floating-point number, or the order is not a positive integer.

    Examples
    --------
    >>> import adpy
    >>> adpy.derivatives(lambda t: t**3, 2.0, 4)
    array([ 8., 12., 12.,  6.,  0.])
    """
    check_function(function)
    check_order(order)
    if not is_differentiable(x) or np.shape(x) != ():
        got = f"an array of shape {np.shape(x)}" if isinstance(x, np.ndarray) else f"{type(x).__name__} {x!r}"
        raise ArgumentError("x", "one floating-point number (adpy.taylor takes arrays and directions)", got)
    one = np.ones((), getattr(x, "dtype", None) or np.result_type(x))[()]
    y = coefficients(function, (x,), {}, [0], _curves(x, one, order), order)
    factorials = np.array([float(math.factorial(k)) for k in range(order + 1)])

    def scaled(leaf):
        if getattr(leaf, "dtype", np.dtype(bool)).kind not in "fc":
            return leaf
        factors = factorials.astype(leaf.real.dtype)
        return leaf * np.reshape(factors, (-1,) + (1,) * (leaf.ndim - 1))

    return map_leaves(scaled, y)


def coefficients(function: Callable, args: tuple, kwargs: dict, keys: list, curves: list, order: int) -> Any:
    """The coefficients of the result along the curves of the differentiable leaves of the arguments at ``keys``."""
    frame, y = run(functools.partial(SeriesTrace, curves, order), function, args, kwargs, keys)
    try:
        return map_leaves(functools.partial(_stacked, frame=frame), y)
    finally:
        frame.close()


def check_order(order: Any) -> None:
    """Raise ArgumentError unless ``order`` is a positive integer."""
    if not isinstance(order, int | np.integer) or isinstance(order, bool) or order < 1:
        raise ArgumentError("order", "a whole number, at least 1", repr(order))


def _curves(x: Any, v: Any, order: int) -> list[Coefficients]:
    """The coefficients of the differentiable leaves of one argument."""
    leaves = flatten(x)
    directions = [("", v)] if len(leaves) == 1 and not leaves[0][0] else flatten(v)
    if [path for path, _ in leaves] != [path for path, _ in directions]:
        raise ArgumentError("v", f"the structure of x ({len(leaves)} leaves)", f"{len(directions)} leaves")
    return [
        _curve(coerce(leaf), coerce(direction), order, f"v{path}")
        for (path, leaf), (_, direction) in zip(leaves, directions, strict=True)
        if not path or is_differentiable(leaf)
    ]


def _curve(x: Any, v: Any, order: int, name: str) -> Coefficients:
    shape = np.shape(x)
    if len(np.shape(v)) == len(shape) + 1 and np.shape(v)[1:] == shape:
        terms = [matching_tangent(term, x, name) for term in v[:order]]
    else:
        terms = [matching_tangent(v, x, name)]
    return Coefficients([*terms, *[zeros_like(x) for _ in range(order - len(terms))]])


def _stacked(leaf: Any, frame: SeriesTrace) -> Any:
    """The coefficients of a leaf of the result, in one array."""
    if type(leaf) is np.ndarray and leaf.dtype == object:
        leaf = coerce(leaf)
    if type(leaf) in TRACED_TYPES and leaf.frame is frame:
        return np.stack([leaf._value, *leaf.tangent.terms])
    if type(leaf) in TRACED_TYPES or isinstance(leaf, np.ndarray | np.generic | int | float | complex):
        return np.stack([leaf, *[zeros_like(leaf)] * frame.order])
    return leaf
