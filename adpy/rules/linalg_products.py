"""Products and powers of ``numpy.linalg`` in terms of NumPy's own functions."""

from __future__ import annotations

import math
import operator

import numpy as np

from adpy.rules.table import composite, inert, structural

__all__ = []

inert(np.linalg.matrix_rank)
structural(np.linalg.matrix_transpose, "x")
structural(np.linalg.diagonal, "x")


@composite(np.linalg.matmul)
def matmul(x1, x2, /):
    return np.matmul(x1, x2)


@composite(np.linalg.vecdot)
def vecdot(x1, x2, /, *, axis=-1):
    return np.vecdot(x1, x2, axis=axis)


@composite(np.linalg.outer)
def outer(x1, x2, /):
    if np.ndim(x1) != 1 or np.ndim(x2) != 1:
        raise ValueError(
            f"Input arrays must be one-dimensional, but they are x1.ndim={np.ndim(x1)} and x2.ndim={np.ndim(x2)}."
        )
    return np.outer(x1, x2)


@composite(np.linalg.cross)
def cross(x1, x2, /, *, axis=-1):
    if np.shape(x1)[axis] != 3 or np.shape(x2)[axis] != 3:
        raise ValueError(
            "Both input arrays must be (arrays of) 3-dimensional vectors, but they are "
            f"{np.shape(x1)[axis]} and {np.shape(x2)[axis]} dimensional instead."
        )
    return np.cross(x1, x2, axis=axis)


@composite(np.linalg.tensordot)
def tensordot(x1, x2, /, *, axes=2):
    return np.tensordot(x1, x2, axes=axes)


@composite(np.linalg.trace)
def trace(x, /, *, offset=0, dtype=None):
    return np.trace(x, offset, axis1=-2, axis2=-1, dtype=dtype)


@composite(np.linalg.matrix_power)
def matrix_power(a, n):
    shape = np.shape(a)
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    try:
        n = operator.index(n)
    except TypeError as error:
        raise TypeError("exponent must be an integer") from error
    if n == 0:
        return np.where(True, np.eye(shape[-1], dtype=a.dtype), a)
    if n < 0:
        a, n = np.linalg.inv(a), -n
    if n == 3:
        return (a @ a) @ a
    # The order of NumPy's products, so that the value is NumPy's to the last digit.
    power = result = None
    while n > 0:
        power = a if power is None else power @ power
        n, bit = divmod(n, 2)
        if bit:
            result = power if result is None else result @ power
    return result


@composite(np.linalg.tensorsolve)
def tensorsolve(a, b, axes=None):
    if axes is not None:
        rest = [k for k in range(np.ndim(a)) if k not in axes]
        a = np.transpose(a, (*rest, *axes))
    ndim = np.ndim(a) - np.ndim(b)
    shape = np.shape(a)[-ndim:]
    size = math.prod(shape)
    if np.size(a) != size**2:
        raise np.linalg.LinAlgError(
            "Input arrays must satisfy the requirement             prod(a.shape[b.ndim:]) == prod(a.shape[:b.ndim])"
        )
    return np.reshape(np.linalg.solve(np.reshape(a, (size, size)), np.ravel(b)), shape)


@composite(np.linalg.tensorinv)
def tensorinv(a, ind=2):
    if ind <= 0:
        raise ValueError("Invalid ind argument.")
    shape = np.shape(a)
    inverse = np.linalg.inv(np.reshape(a, (math.prod(shape[ind:]), -1)))
    return np.reshape(inverse, (*shape[ind:], *shape[:ind]))


@composite(np.linalg.multi_dot)
def multi_dot(arrays, *, out=None):
    arrays = list(arrays)
    if len(arrays) < 2:
        raise ValueError("Expecting at least two arrays.")
    if len(arrays) == 2:
        return np.dot(arrays[0], arrays[1], out=out)
    first, last = np.ndim(arrays[0]), np.ndim(arrays[-1])
    if first == 1:
        arrays[0] = arrays[0][None, :]
    if last == 1:
        arrays[-1] = arrays[-1][:, None]
    for a in arrays:
        if np.ndim(a) != 2:
            raise np.linalg.LinAlgError(f"{np.ndim(a)}-dimensional array given. Array must be two-dimensional")
    sizes = [np.shape(a)[0] for a in arrays] + [np.shape(arrays[-1])[1]]
    result = _chain(arrays, _splits(sizes), 0, len(arrays) - 1, out)
    if first == 1 and last == 1:
        return result[0, 0]
    return np.ravel(result) if 1 in (first, last) else result


def _splits(sizes: list[int]) -> dict:
    """Where to split every part of a chain of matrix products so that it takes the fewest multiplications."""
    n = len(sizes) - 1
    if n == 3:
        a, b, c, d = sizes
        return {(0, 2): 1, (0, 1): 0, (1, 2): 1} if a * c * (b + d) < b * d * (a + c) else {(0, 2): 0, (1, 2): 1}
    cost = {(i, i): 0 for i in range(n)}
    split = {}
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            cost[i, j], split[i, j] = min(
                (cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1], k) for k in range(i, j)
            )
    return split


def _chain(arrays, splits, i, j, out=None):
    """The product of ``arrays[i:j + 1]`` in the order of ``splits``."""
    if i == j:
        return arrays[i]
    k = splits[i, j]
    return np.dot(_chain(arrays, splits, i, k), _chain(arrays, splits, k + 1, j), out=out)
