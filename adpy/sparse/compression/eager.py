"""Compressed derivatives of functions that cannot be recorded: many directions in one pass, one sweep a row color."""

from __future__ import annotations

from collections.abc import Callable

from numpy.random import default_rng

from adpy.api.columns import push
from adpy.api.reverse_mode import grad
from adpy.api.rows import recorded
from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.reverse.sweep import sweep
from adpy.sparse.coloring import Coloring, recover
from adpy.sparse.pattern import Pattern

__all__ = ["eager_hessian", "eager_jacobian"]

CHUNK = 64
"""Directions of one pass."""


def eager_jacobian(function: Callable, x: np.ndarray, pattern: Pattern, coloring: Coloring) -> np.ndarray:
    """Nonzeros of the Jacobian of a function of one vector.

    Parameters
    ----------
    function : callable
        ``function(x)``, a vector.
    x : ndarray of float, shape (n,)
    pattern : Pattern
        Shape (m, n).  It is taken as it is given, and its product with a vector compared with a tangent, or cotangent,
        that needs no pattern.
    coloring : Coloring

    Returns
    -------
    ndarray, shape (nnz,)

    Raises
    ------
    ArgumentError
        If the pattern lacks a nonzero, or the coloring does not fit it.
    """
    _check_input(x, pattern)
    found = recover(pattern, coloring)
    rng = default_rng(0)
    columns = rows = None
    there, back = rng.standard_normal(pattern.shape[1]), rng.standard_normal(pattern.shape[0])
    if coloring.column_count:
        columns = _tangents(function, x, pattern.shape[0], np.column_stack([coloring.column_seeds(), there]))
    if coloring.row_count:
        rows = _cotangents(function, x, np.column_stack([coloring.row_seeds(), back]))
    data = found.decompress(None if columns is None else columns[:, :-1], None if rows is None else rows[:, :-1].T)
    matrix = pattern.matrix(data)
    if columns is not None:
        _check(matrix @ there, columns[:, -1], abs(matrix) @ abs(there))
    else:
        _check(matrix.T @ back, rows[:, -1], abs(matrix).T @ abs(back))
    return data


def eager_hessian(function: Callable, x: np.ndarray, pattern: Pattern, coloring: Coloring) -> np.ndarray:
    """Nonzeros of the Hessian of a function of one vector, which returns one number; as :func:`eager_jacobian`."""
    _check_input(x, pattern)
    there = default_rng(0).standard_normal(pattern.shape[1])
    columns = _tangents(grad(function), x, x.size, np.column_stack([coloring.column_seeds(), there]))
    data = recover(pattern, coloring).decompress(columns[:, :-1])
    matrix = pattern.matrix(data)
    _check(matrix @ there, columns[:, -1], abs(matrix) @ abs(there))
    return data


def _tangents(function: Callable, x: np.ndarray, rows: int, seeds: np.ndarray) -> np.ndarray:
    """Tangents of the result along the columns of ``seeds``."""
    found = []
    for low in range(0, seeds.shape[1], CHUNK):
        part = np.ascontiguousarray(seeds[:, low : low + CHUNK], x.dtype)
        width = part.shape[1]
        given = part if width > 1 else part[:, 0]
        _, _, (columns,) = push((function, (x,), {}, [0]), False, lambda given=given: [given], width)
        _check_rows(columns, rows)
        found.append(columns)
    return np.concatenate(found, -1)


def _cotangents(function: Callable, x: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """Cotangents of the argument for the columns of ``seeds``, by one record."""
    with recorded((function, (x,), {}, [0]), False) as record:
        (leaf,) = record.leaves
        _check_rows(leaf, len(seeds))
        if not record.is_active(leaf):
            return np.zeros((x.size, seeds.shape[1]))
        reference = leaf.reference()
        seeds = np.ascontiguousarray(seeds.T, leaf.dtype)
        return np.stack([sweep(record.tape, [(reference, seed)], record.tape.inputs)[0] for seed in seeds], -1)


def _check_input(x: np.ndarray, pattern: Pattern) -> None:
    """Raise unless the arguments are real, and as many as the pattern has columns."""
    if x.dtype.kind != "f":
        raise ArgumentError("function", "one that can be recorded, for complex arguments", "another one")
    if x.size != pattern.shape[1]:
        raise ArgumentError("pattern", f"{x.size} columns", f"shape {pattern.shape}")


def _check_rows(result: np.ndarray, rows: int) -> None:
    """Raise unless a result is real, and has as many entries as the pattern has rows."""
    if result.dtype.kind != "f":
        raise ArgumentError("function", "one that can be recorded, for a complex result", "another one")
    if len(result) != rows:
        raise ArgumentError("pattern", f"{len(result)} rows", f"{rows} rows")


def _check(product: np.ndarray, expected: np.ndarray, size: np.ndarray) -> None:
    """Raise if the product with a random vector is another one than that of the derivative itself."""
    size = np.maximum(size, abs(expected))
    wrong = abs(product - expected) > 1e4 * np.finfo(expected.dtype).eps * size
    if wrong.any():
        raise ArgumentError("pattern", "all nonzeros of the derivative", f"some missing in row {int(wrong.argmax())}")
