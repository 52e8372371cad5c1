"""derivative_tensor: all mixed partials of one order, interpolated from univariate Taylor series."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement, product
from typing import Any

from adpy.api.running import check_function, is_differentiable, select
from adpy.api.trees import flatten, rebuild
from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.series.coefficients import Coefficients
from adpy.series.nodes import zeros_like
from adpy.series.transforms import check_order, coefficients

__all__ = ["derivative_tensor"]


def derivative_tensor(function: Callable, order: int, argnum: int = 0, argname: str | None = None) -> Callable:
    """Return a function that gives the dense tensor of all partial derivatives of one order.

    Each is a sum of Taylor coefficients along ``comb(n + order - 1, order)`` directions with small whole components:
    the function is called that often, for ``n`` numbers in its argument.  Meant for small ``n``.

    Parameters
    ----------
    function : callable
        Any result: a number, an array, or a tree of them.
    order : int
        Order of the derivatives, at least 1; 2 gives the Hessian.
    argnum : int
        Position of the argument to differentiate: a number or an array.
    argname : str, optional
        Its name, instead of ``argnum``.

    Returns
    -------
    callable
        The tensor, of shape ``y.shape + order * x.shape``, for each ``y`` in the structure of the result.

    Raises
    ------
    ArgumentError
        If the order is not a positive integer, or the argument is not a number or an array of floating-point numbers.

    References
    ----------
    Griewank, Utke and Walther, Evaluating higher derivative tensors by forward propagation of univariate Taylor
    series, Math. Comp. 69, 2000, equation (17).

    Examples
    --------
    >>> import numpy as np, adpy
    >>> adpy.derivative_tensor(lambda x: x[0]**2 * x[1], 3)(np.array([1.0, 2.0]))[0]
    array([[0., 2.],
           [2., 0.]])
    """
    check_function(function)
    check_order(order)

    @functools.wraps(function, updated=())
    def of_function(*args, **kwargs):
        keys = select(function, args, kwargs, argnum, argname)
        key = keys[0]
        x = kwargs[key] if type(key) is str else args[key]
        if len(keys) != 1 or not is_differentiable(x):
            raise ArgumentError(f"argument {key!r}", "a number or an array of floating-point numbers", repr(x))
        shape, n = np.shape(x), int(np.prod(np.shape(x), dtype=int))
        rays, weights, entries = _interpolation(n, order)
        results = [coefficients(function, args, kwargs, keys, [_line(x, ray, order)], order) for ray in rays]
        columns = zip(*[[leaf for _, leaf in flatten(result)] for result in results], strict=True)
        tensors = [_tensor(column, order, weights, entries, shape * order) for column in columns]
        return rebuild(results[0], iter(tensors).__next__)

    return of_function


def _line(x: Any, ray: tuple, order: int) -> Coefficients:
    """The line through ``x`` along one ray."""
    zero = zeros_like(x)
    direction = np.reshape(np.array(ray, float), np.shape(x)).astype(zero.dtype)[()]
    return Coefficients([direction, *[zero] * (order - 1)])


def _tensor(column: Sequence, order: int, weights: Any, entries: Any, shape: tuple) -> Any:
    """The tensor of one leaf of the result, from the coefficients along each ray."""
    if getattr(column[0], "dtype", np.dtype(bool)).kind not in "fc":
        return column[0]
    highest = np.stack([leaf[order] for leaf in column], axis=-1)
    partials = highest @ weights.astype(highest.real.dtype).T
    return np.reshape(partials[..., entries], (*highest.shape[:-1], *shape))


@cache
def _interpolation(n: int, order: int) -> tuple[list, np.ndarray, np.ndarray]:
    """The rays, the weights of their coefficients in each distinct partial, and which partial each entry is."""
    rays = list(_multi_indices(n, order))
    weights = np.array([[float(_weight(i, j, order)) for j in rays] for i in rays])
    places = {ray: position for position, ray in enumerate(rays)}
    counts = (tuple([indices.count(i) for i in range(n)]) for indices in product(range(n), repeat=order))
    return rays, weights, np.array([places[count] for count in counts])


def _multi_indices(n: int, order: int) -> Iterator[tuple]:
    """All tuples of ``n`` whole numbers with this sum."""
    for chosen in combinations_with_replacement(range(n), order):
        yield tuple([chosen.count(i) for i in range(n)])


def _weight(i: tuple, j: tuple, order: int) -> Fraction:
    """The weight of the coefficient along ray ``j`` in the partial ``i``; 0 where the ray leaves its variables."""
    total = Fraction(0)
    if any(ray and not part for part, ray in zip(i, j, strict=True)):
        return total
    for k in product(*[range(part + 1) for part in i]):
        size = sum(k)
        if size == 0:
            continue
        term = Fraction(size, order) ** order * (-1) ** (order - size)
        for part, inner, ray in zip(i, k, j, strict=True):
            term *= math.comb(part, inner) * _binomial(Fraction(order * inner, size), ray)
            if term == 0:
                break
        total += term
    return total


@cache
def _binomial(z: Fraction, k: int) -> Fraction:
    """``z (z - 1) … (z - k + 1) / k!``."""
    result = Fraction(1)
    for m in range(k):
        result *= (z - m) / (m + 1)
    return result
