"""Second-order transforms: hvp, value_grad_and_hvp, hessian, gauss_newton_vp.

The function is recorded once at the point; every direction is a compiled sweep over the recording.  What programs do
not know (other dtypes, enclosing transforms) goes through nested first-order transforms.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from adpy.api.forward_mode import jvp
from adpy.api.jacobian import jacobian
from adpy.api.recorded import recorded
from adpy.api.results import result_leaf, scalar_seed
from adpy.api.reverse_mode import grad, value_and_grad, vjp
from adpy.api.running import check_function, is_differentiable
from adpy.api.trees import flatten, map_leaves
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import ArgumentError
from adpy.forward.dual import matching_tangent
from adpy.plain import np
from adpy.traced.dispatch import coerce

__all__ = [
    "direction_of",
    "gauss_newton_vp",
    "hessian",
    "hvp",
    "like",
    "matrix_of",
    "unit_columns",
    "value_grad_and_hvp",
]

CHUNK = 320
"""Directions of one sweep: more cost memory, fewer repeat what is the same for all."""


def hvp(function: Callable) -> Callable:
    """Return a function that multiplies the Hessian of ``function`` by a vector.

    Parameters
    ----------
    function : callable
        ``function(x, *args, **kwargs)`` returns one real number.

    Returns
    -------
    callable
        ``product(x, v, *args, **kwargs)``: the Hessian with respect to ``x`` times ``v``, in the structure of ``x``.
        It has the signature of ``hessp`` of :func:`scipy.optimize.minimize`.

    Raises
    ------
    ArgumentError
        If ``x`` is not made of floating-point numbers, ``v`` does not fit it, or the result is not one real number.
    TracedValueError
        If the function drops a derivative; the message names the line.

    References
    ----------
    B. Christianson, Automatic Hessians by reverse accumulation, IMA J. Numer. Anal. 12 (1992).
    A. Griewank and A. Walther, Evaluating Derivatives, 2nd ed., section 5.1.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> adpy.hvp(lambda x: x[0] ** 2 * x[1])(np.array([3.0, 2.0]), np.array([1.0, 0.0]))
    array([4., 6.])
    """
    check_function(function)

    @functools.wraps(function, updated=())
    def product(x, v, *args, **kwargs):
        return _products(function, x, v, args, kwargs)[2]

    return product


def value_grad_and_hvp(function: Callable) -> Callable:
    """Return a function that gives value, gradient and a Hessian-vector product of ``function``, in one recording.

    Parameters
    ----------
    function : callable
        As for :func:`hvp`.

    Returns
    -------
    callable
        ``all_three(x, v, *args, **kwargs) -> (value, gradient, product)``.

    Raises
    ------
    ArgumentError, TracedValueError
        As for :func:`hvp`.

    Examples
    --------
    >>> import adpy
    >>> adpy.value_grad_and_hvp(lambda x: x**3)(2.0, 1.0)
    (8.0, 12.0, 12.0)
    """
    check_function(function)

    @functools.wraps(function, updated=())
    def all_three(x, v, *args, **kwargs):
        return _products(function, x, v, args, kwargs)

    return all_three


def _products(function: Callable, x: Any, v: Any, args: tuple, kwargs: dict) -> tuple[Any, Any, Any]:
    """Value, gradient and Hessian-vector product."""
    directions = direction_of(x, v)
    found = recorded(function, (x, *args), kwargs, [0], _one_number)
    if found is None:
        return _nested_products(function, x, v, args, kwargs)
    recording, (value,) = found
    with recording:
        seeds = [1.0] * len(recording.code.outputs)
        bars, bar_dots = recording.second_order([d[..., None] for d in directions], seeds)
    return value, like(x, iter(bars)), like(x, iter([b[..., 0] for b in bar_dots]))


def _nested_products(function, x, v, args, kwargs):
    """The same by forward over reverse mode."""

    def gradient(x):
        return value_and_grad(function)(x, *args, **kwargs)[::-1]

    (bar, value), (bar_dot, _) = jvp(gradient, (x,), (v,))
    return value, bar, bar_dot


def direction_of(x: Any, v: Any) -> list[np.ndarray]:
    """Tangents of the differentiable leaves of ``x``."""
    leaves, dots = flatten(x), flatten(v)
    if [path for path, _ in leaves] != [path for path, _ in dots]:
        raise ArgumentError("v", f"the structure of x ({len(leaves)} leaves)", f"{len(dots)} leaves")
    return [
        _array(matching_tangent(dot, coerce(leaf), f"v{path}"))
        for (path, leaf), (_, dot) in zip(leaves, dots, strict=True)
        if not path or is_differentiable(leaf)
    ]


def _array(x: Any) -> Any:
    return x if type(x) in TRACED_TYPES else np.asarray(x)


def _one_number(y: Any, frame: Any) -> tuple[list, list]:
    """The result as the only leaf, with its value; or the error that :func:`adpy.grad` raises."""
    leaf = result_leaf(y)
    return [leaf], [scalar_seed(leaf, frame)[1]]


def like(x: Any, bars: Iterator) -> Any:
    """The next of the cotangents, as many as ``x`` has differentiable leaves, in its structure."""

    def leaf_of(leaf):
        if not is_differentiable(leaf):
            return None
        bar = next(bars)
        if isinstance(leaf, np.ndarray):
            return bar if bar.flags.c_contiguous else bar.copy()
        return float(bar) if type(leaf) is float else np.float64(bar)

    return map_leaves(leaf_of, x)


def hessian(function: Callable) -> Callable:
    """Return a function that gives the Hessian of ``function``.

    Parameters
    ----------
    function : callable
        ``function(x, *args, **kwargs)`` returns one real number.

    Returns
    -------
    callable
        ``matrix(x, *args, **kwargs)``: second derivatives with respect to ``x``, an array of shape
        ``x.shape + x.shape``.  For a tree, the structure of ``x``, each leaf replaced by the structure of ``x``.

    Raises
    ------
    ArgumentError, TracedValueError
        As for :func:`hvp`.

    Notes
    -----
    The function is recorded once; its columns are second-order sweeps, up to 320 directions at a time.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> adpy.hessian(lambda x: x[0] ** 2 * x[1])(np.array([3.0, 2.0]))
    array([[4., 6.],
           [6., 0.]])
    """
    check_function(function)

    @functools.wraps(function, updated=())
    def matrix(x, *args, **kwargs):
        found = None
        if isinstance(x, float | np.ndarray):
            found = recorded(function, (x, *args), kwargs, [0], _one_number, np.size(x))
        if found is None:
            return jacobian(grad(function))(x, *args, **kwargs)
        recording, _ = found
        with recording:
            return matrix_of(recording, x)

    return matrix


def matrix_of(recording: Any, x: Any) -> Any:
    """The Hessian with respect to the first input of a recording."""
    size, shape = np.size(x), np.shape(x)
    result = np.empty((size, size))
    seeds = [1.0] * len(recording.code.outputs)
    others = recording.code.inputs[1:]
    for first, columns in unit_columns(size, recording.code.active):
        width = columns.shape[1]
        directions = [columns.reshape(*shape, width), *[np.zeros((*view.shape, width)) for view in others]]
        _, bar_dots = recording.second_order(directions, seeds)
        result[:, first : first + width] = bar_dots[0].reshape(size, width)
    if shape == ():
        return float(result[0, 0]) if type(x) is float else np.float64(result[0, 0])
    return result.reshape(shape + shape)


def unit_columns(size: int, active: int) -> Iterator[tuple[int, np.ndarray]]:
    """Columns of the unit matrix in even chunks, with the number of the first; fewer where ``active`` is large."""
    chunk = min(CHUNK, max(8, (1 << 24) // max(1, active)))
    chunk = -(-size // -(-size // chunk)) if size else 1
    for first in range(0, size, chunk):
        width = min(chunk, size - first)
        columns = np.zeros((size, width))
        columns[range(first, first + width), range(width)] = 1.0
        yield first, columns


def gauss_newton_vp(residual: Callable, loss: Callable | None = None) -> Callable:
    """Return a function that multiplies the Gauss-Newton matrix of ``loss(residual(x))`` by a vector.

    Parameters
    ----------
    residual : callable
        ``residual(x, *args, **kwargs)`` returns an array, or a tree of arrays and numbers.
    loss : callable, optional
        ``loss(r)`` returns one real number; half the sum of squares by default.

    Returns
    -------
    callable
        ``product(x, v, *args, **kwargs)``: ``J.T @ H @ J @ v`` with the Jacobian J of the residual and the Hessian H of
        the loss (the identity by default), in the structure of ``x``.  It is positive semidefinite where H is.

    Raises
    ------
    ArgumentError, TracedValueError
        As for :func:`hvp`.

    References
    ----------
    N. Schraudolph, Fast curvature matrix-vector products for second-order gradient descent, Neural Computation 14
    (2002), section 3.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> x, v = np.array([3.0, 2.0]), np.array([1.0, 0.0])
    >>> adpy.gauss_newton_vp(lambda x: np.array([x[0] * x[1], x[1]]))(x, v)
    array([4., 6.])
    """
    check_function(residual)
    if loss is not None:
        check_function(loss)

    @functools.wraps(residual, updated=())
    def product(x, v, *args, **kwargs):
        direction_of(x, v)

        def of_x(x):
            return residual(x, *args, **kwargs)

        r, r_dot = jvp(of_x, (x,), (v,))
        bar = r_dot if loss is None else hvp(loss)(r, r_dot)
        return vjp(of_x, x)[1](bar)[0]

    return product
