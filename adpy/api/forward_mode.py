"""Forward-mode transforms: jvp and derivative."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import FunctionType
from typing import Any

from adpy.api.holomorphic import check_complex_inputs, check_complex_result, check_holomorphic, is_complex
from adpy.api.lanes import jvp_in_lanes, lanes_above
from adpy.api.results import check_result, described, is_number, structure_error, untraced
from adpy.api.running import check_function, check_input, is_differentiable, run, select
from adpy.api.trees import flatten, in_order_of, map_leaves
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import ArgumentError
from adpy.forward.dual import matching_tangent
from adpy.forward.trace import ForwardTrace
from adpy.plain import np
from adpy.traced.dispatch import coerce

__all__ = ["derivative", "input_leaves", "jvp", "result_tangent"]


def input_leaves(args: tuple, kwargs: dict, keys: list) -> list:
    """The differentiable leaves of the arguments at ``keys``."""
    found = []
    for key in keys:
        for path, leaf in flatten(kwargs[key] if type(key) is str else args[key]):
            if not path:
                check_input(coerce(leaf), f"argument {key!r}")
            if not path or is_differentiable(leaf):
                found.append(leaf)
    return found


def result_tangent(leaf: Any, frame: ForwardTrace) -> Any:
    """The tangent of a result leaf; zero for a number that does not depend on the input."""
    if type(leaf) is np.ndarray and leaf.dtype == object:
        leaf = coerce(leaf)
    kind = type(leaf)
    if kind in TRACED_TYPES and leaf.frame is frame:
        tangent = leaf.tangent
        if leaf.__class__ is float and frame.width is None:
            return tangent if type(tangent) is float else tangent.item()
        return np.float64(tangent) if type(tangent) is float else tangent
    width = () if frame.width is None else (frame.width,)
    if kind in TRACED_TYPES or isinstance(leaf, np.ndarray | np.generic):
        return np.zeros((*leaf.shape, *width), leaf.dtype if leaf.dtype.kind in "fc" else float)[()]
    if not isinstance(leaf, int | float | complex):
        return leaf
    return np.zeros(width) if width else 0.0


def _arguments(primals: Any, tangents: Any) -> tuple[tuple, tuple]:
    """Primals and tangents as tuples of arguments."""
    if not isinstance(primals, tuple) or hasattr(primals, "_fields"):
        return (primals,), (tangents,)
    if not isinstance(tangents, tuple | list) or len(tangents) != len(primals):
        got = f"{len(tangents)}" if isinstance(tangents, tuple | list) else type(tangents).__name__
        raise ArgumentError("tangents", f"a tuple of {len(primals)} tangents, one a primal", got)
    return primals, tuple(tangents)


def _matched(primals: tuple, tangents: tuple, match: Callable = matching_tangent) -> list:
    """Tangents of the differentiable leaves of the primals, in order."""
    matched = []
    for i, (primal, tangent) in enumerate(zip(primals, tangents, strict=True)):
        leaves, dots = flatten(primal), flatten(in_order_of(primal, tangent))
        if leaves and not leaves[0][0]:
            check_input(coerce(primal), f"primals[{i}]")
        if [path for path, _ in leaves] != [path for path, _ in dots]:
            raise structure_error(f"tangents[{i}]", "its primal", primal, tangent)
        for (path, leaf), (_, dot) in zip(leaves, dots, strict=True):
            if not path or is_differentiable(leaf):
                value = coerce(leaf)
                if type(value) is np.ndarray and value.dtype.kind not in "fc":
                    check_input(value, f"primals[{i}]{path}")
                matched.append(match(dot, value, f"tangents[{i}]{path}"))
    return matched


def _has_more_axes(primals: tuple, tangents: tuple) -> bool:
    """Do the tangents have an axis of directions?"""
    pairs = zip(flatten(primals), flatten(tangents), strict=False)
    return any(np.ndim(dot) > np.ndim(leaf) for (_, leaf), (_, dot) in pairs if is_differentiable(leaf))


def jvp(function: Callable, primals: Any, tangents: Any, lexicographic: bool = False) -> tuple[Any, Any]:
    """Evaluate ``function`` and its derivative in one direction, in one pass.

    Parameters
    ----------
    function : callable
        Any result: a number, an array, or a tree of them.
    primals : tuple, or anything else
        A tuple holds the arguments; anything else is the only argument.
    tangents : tuple, or anything else
        The direction: as ``primals``, with the same structure and shapes.  Leaves of ``primals`` that are not
        floating-point numbers (allowed inside containers) have any value here.
    lexicographic : bool
        At kinks and ties, the one-sided derivative ``(f(x + t v) - f(x)) / t`` for t to 0 from above, instead of that
        of the conventions: ties are decided by the tangents.  ``tangents`` may then have one more axis, the last, with
        several directions of which later ones decide what still ties: the lexicographic directional derivative
        (see docs/kinks.md).  Ten to thirty times slower.

    Returns
    -------
    y
        The result.
    y_dot
        The derivative of the result in that direction, in its structure; zero for a number that does not depend on
        the primals, and the leaf itself where it is not a number.

    Raises
    ------
    ArgumentError
        If a primal is not made of floating-point numbers, or the tangents do not fit the primals.
    TracedValueError
        If the function drops a derivative; the message names the line.
    NonDifferentiableError
        With ``lexicographic``: if the function jumps along the direction, or value and tangents do not decide on which
        side of a jump it goes.

    References
    ----------
    A. Griewank, "On stable piecewise linearization and generalized algorithmic differentiation", Optimization Methods
    and Software 28 (2013).  K. A. Khan and P. I. Barton, "A vector forward mode of automatic differentiation for
    generalized derivative evaluation", Optimization Methods and Software 30 (2015).

    Examples
    --------
    >>> import numpy as np, adpy
    >>> adpy.jvp(lambda x, y: x * y, (3.0, 2.0), (1.0, 0.0))
    (6.0, 2.0)
    >>> adpy.jvp(abs, 0.0, -1.0), adpy.jvp(abs, 0.0, -1.0, lexicographic=True)
    ((0.0, 0.0), (0.0, 1.0))
    >>> adpy.jvp(np.cumsum, np.array([1.0, 2.0]), np.array([0.0, 1.0]))
    (array([1., 3.]), array([0., 1.]))
    """
    check_function(function)
    primals, tangents = _arguments(primals, tangents)
    if lexicographic:
        from adpy.api.one_sided import directions, one_sided_jvp

        several = _has_more_axes(primals, tangents)
        return one_sided_jvp(function, primals, _matched(primals, tangents, directions), several)
    matched = _matched(primals, tangents)
    call = function, primals, {}, list(range(len(primals)))
    lanes = lanes_above()
    if lanes is not None:
        return jvp_in_lanes(lanes, call, matched)
    frame, y = run(functools.partial(ForwardTrace, matched), *call)
    try:
        check_result(y)
        y_dot = map_leaves(functools.partial(result_tangent, frame=frame), y)
        return map_leaves(functools.partial(untraced, tape=frame), y), y_dot
    finally:
        frame.close()


def derivative(function: Callable, argnum: int = 0, argname: str | None = None, holomorphic: bool = False) -> Callable:
    """Return a function that gives the derivative of ``function`` with respect to one number.

    Parameters
    ----------
    function : callable
        Any result: a number, an array, a tree of them, or a function that returns such: its derivative is the
        function that returns the derivatives.
    argnum : int
        Position of the argument to differentiate: a float, a complex number or a NumPy scalar.
    argname : str, optional
        Its name, instead of ``argnum``.
    holomorphic : bool
        States that argument and result are complex, and makes it an error where they are not.  With or without it the
        derivative by a complex number is the complex derivative, and the Cauchy-Riemann equations are checked.

    Returns
    -------
    callable
        The derivative, in the structure of the result of ``function``.

    Raises
    ------
    ArgumentError
        If that argument is not one floating-point number, or is complex where the function is not holomorphic.

    References
    ----------
    O. Manzyuk, B. A. Pearlmutter, A. A. Radul, D. R. Rush and J. M. Siskind, "Perturbation confusion in forward
    automatic differentiation of higher-order functions", Journal of Functional Programming 29 (2019), section 7:
    functions as results.

    Examples
    --------
    >>> import adpy
    >>> adpy.derivative(lambda t: t**3)(2.0)
    12.0
    >>> adpy.derivative(lambda z: z**3)(1j)
    np.complex128(-3+0j)
    >>> adpy.derivative(adpy.derivative(lambda t: t**3))(2.0)
    12.0
    >>> adpy.derivative(lambda t: lambda y: t**3 * y)(2.0)(10.0)
    120.0
    """
    check_function(function)
    for name, value, kind in (("argnum", argnum, int), ("argname", argname, str | None)):
        if not isinstance(value, kind):
            raise ArgumentError(name, "one argument (adpy.jacobian takes several)", described(value))

    @functools.wraps(function, updated=())
    def of_function(*args, **kwargs):
        keys = select(function, args, kwargs, argnum, argname)
        key = keys[0]
        x = kwargs[key] if type(key) is str else args[key]
        one = 1.0 if type(x) is float else _one(x, f"argument {key!r}")
        if holomorphic:
            check_complex_inputs(args, kwargs, keys)
        call = (function, args, kwargs, keys)
        turning = is_complex(x)
        lanes = lanes_above()
        if lanes is not None and not turning:
            return jvp_in_lanes(lanes, call, [one])[1]
        slope = _slope(call, one, holomorphic)
        if turning:
            pairs = zip(flatten(slope), flatten(_slope(call, 1j * one, holomorphic)), strict=True)
            for (_, along), (_, across) in pairs:
                if is_number(along):
                    check_holomorphic(along, across)
        return slope

    return of_function


def _one(x: Any, name: str) -> Any:
    """The unit tangent of an argument that must be one number."""
    if np.shape(x) != () or flatten(x)[0][0]:
        expected = "one floating-point number (adpy.grad and adpy.jacobian take arrays and trees)"
        raise ArgumentError(name, expected, described(x))
    check_input(x, name)
    return np.ones((), getattr(x, "dtype", None) or np.result_type(x))[()]


def _slope(call: tuple, direction: Any, holomorphic: bool) -> Any:
    """The derivative in one direction, in the structure of the result."""
    frame, y = run(functools.partial(ForwardTrace, (direction,)), *call)
    try:
        if isinstance(y, FunctionType):
            return _pointwise(call, direction, holomorphic)
        check_result(y)
        if holomorphic:
            for _, leaf in flatten(y):
                check_complex_result(leaf)
        return map_leaves(functools.partial(result_tangent, frame=frame), y)
    finally:
        frame.close()


def _pointwise(call: tuple, direction: Any, holomorphic: bool) -> Callable:
    """The derivative of a function whose result is a function: that of its value at each argument.

    The result of the trace is of no use, as it closes over values of a transform that is over by the time of its call.
    """
    function, args, kwargs, keys = call

    def slope(*inner_args, **inner_kwargs):
        def at_arguments(*args, **kwargs):
            return function(*args, **kwargs)(*inner_args, **inner_kwargs)

        return _slope((at_arguments, args, kwargs, keys), direction, holomorphic)

    return slope
