"""Patterns for those that have to be told them, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import coo_array, csr_array

from benchmarks.sparse.handwritten import DERIVATIVES
from benchmarks.sparse.problem import Problem

__all__ = ["structure"]


def structure(problem: Problem, args: tuple[Any, ...]) -> csr_array:
    """Ones where the derivative may differ from zero."""
    if problem.key in DERIVATIVES:
        indptr, indices, _ = DERIVATIVES[problem.key](*args)
        return csr_array((np.ones(len(indices)), indices, indptr), shape=(len(indptr) - 1, len(args[0])))
    shape, rows, columns = PATTERNS[problem.key](*args)
    found = coo_array((np.ones(len(rows)), (rows, columns)), shape=shape).tocsr()
    found.data[:] = 1.0
    return found


def bundle(x: np.ndarray, cameras: int, points: int, seen_by: np.ndarray, seen: np.ndarray, features: Any) -> tuple:
    """Both errors of an observation depend on a camera, its own coordinate of the principal point, point and weight."""
    k = np.arange(len(seen))
    start = 11 * cameras + 3 * points
    rows, columns = [2 * len(seen) + k], [start + k]
    for side in range(2):
        of_camera = [11 * seen_by + i for i in range(11) if i != 8 - side]
        for column in (*of_camera, *(11 * cameras + 3 * seen + i for i in range(3)), start + k):
            rows.append(2 * k + side)
            columns.append(column)
    return (3 * len(seen), len(x)), np.concatenate(rows), np.concatenate(columns)


def power_flow(x: np.ndarray, lines: np.ndarray, admittance: Any, demand: np.ndarray, units: np.ndarray) -> tuple:
    """What a line carries depends on the voltages at its ends, and so does the balance there."""
    buses, (i, j) = demand.shape[1], lines
    k = 2 * buses + np.arange(len(i))
    rows, columns = pairs([i, j, buses + i, buses + j, k, k + len(i)], [i, j, buses + i, buses + j])
    start = 2 * buses + np.arange(len(units))
    rows, columns = [rows, units, buses + units], [columns, start, start + len(units)]
    return (2 * (buses + len(i)), len(x)), np.concatenate(rows), np.concatenate(columns)


def power_flow_lagrangian(x: np.ndarray, multipliers: Any, cost: Any, lines: Any, *rest: Any) -> tuple:
    """The voltages at both ends of a line, and the diagonal of the costs."""
    _, demand, units = rest
    buses, (i, j) = demand.shape[1], lines
    rows, columns = pairs([i, j, buses + i, buses + j], [i, j, buses + i, buses + j])
    start = 2 * buses + np.arange(len(units))
    return (len(x), len(x)), np.concatenate([rows, start]), np.concatenate([columns, start])


def pairs(rows: list[np.ndarray], columns: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Each of these with each of those."""
    return np.concatenate([row for row in rows for _ in columns]), np.concatenate([*columns] * len(rows))


def arrowhead(x: np.ndarray) -> tuple:
    """The diagonal, the last row, the last column."""
    k, last = np.arange(len(x)), np.full(len(x) - 1, len(x) - 1)
    return (len(x), len(x)), np.concatenate([k, k[:-1], last]), np.concatenate([k, last, k[:-1]])


def tridiagonal(x: np.ndarray) -> tuple:
    """Three diagonals."""
    return diagonals(len(x), 0, 1)


def broydn7d(x: np.ndarray) -> tuple:
    """Five diagonals, and two more half the size away."""
    return diagonals(len(x), 0, 1, 2, len(x) // 2)


def dixmaanf(x: np.ndarray) -> tuple:
    """Three diagonals, and some a third of the size apart."""
    third = len(x) // 3
    return diagonals(len(x), 0, 1, third, 2 * third)


def woods(x: np.ndarray) -> tuple:
    """Blocks of four."""
    k = 4 * np.arange(len(x) // 4)[:, None]
    rows, columns = np.nonzero([[1, 1, 0, 0], [1, 1, 0, 1], [0, 0, 1, 1], [0, 1, 1, 1]])
    return (len(x), len(x)), (k + rows).ravel(), (k + columns).ravel()


def diagonals(n: int, *offsets: int) -> tuple:
    """These, and those across the main one."""
    k = np.arange(n)
    low = np.concatenate([k[: n - d] for d in offsets])
    high = np.concatenate([k[d:] for d in offsets])
    return (n, n), np.concatenate([low, high]), np.concatenate([high, low])


PATTERNS = {
    "arrowhead": arrowhead,
    "broydn7d": broydn7d,
    "bundle": bundle,
    "bundle_rows": bundle,
    "chnrosnb": tridiagonal,
    "dixmaanf": dixmaanf,
    "engval1": tridiagonal,
    "power_flow": power_flow,
    "power_flow_lagrangian": power_flow_lagrangian,
    "tridia": tridiagonal,
    "woods": woods,
}
