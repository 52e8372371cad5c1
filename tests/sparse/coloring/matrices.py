"""Patterns of sparse matrices that come up in practice, built from what they are."""

from __future__ import annotations

import itertools

import numpy as np

from adpy.sparse.pattern import Pattern


def banded(n: int, half: int) -> Pattern:
    """Diagonal and ``half`` diagonals on either side."""
    i = np.arange(n)
    pairs = [(i[max(-k, 0) : n - max(k, 0)], i[max(k, 0) : n - max(-k, 0)]) for k in range(-half, half + 1)]
    return Pattern.from_entries((n, n), *(np.concatenate(side) for side in zip(*pairs)))


def arrowhead(n: int) -> Pattern:
    """Full first row, full first column, diagonal."""
    i, zeros = np.arange(n), np.zeros(n, int)
    return Pattern.from_entries((n, n), np.concatenate([i, zeros, i]), np.concatenate([i, i, zeros]))


def grid(*shape: int, periodic: bool = False) -> Pattern:
    """Points of a grid with their neighbours along the axes, and themselves."""
    numbers = np.arange(int(np.prod(shape))).reshape(shape)
    rows, columns = [numbers.ravel()], [numbers.ravel()]
    for axis in range(len(shape)):
        if periodic:
            one, other = numbers, np.roll(numbers, -1, axis)
        else:
            one = np.delete(numbers, -1, axis)
            other = np.delete(numbers, 0, axis)
        rows += [one.ravel(), other.ravel()]
        columns += [other.ravel(), one.ravel()]
    return Pattern.from_entries((numbers.size,) * 2, np.concatenate(rows), np.concatenate(columns))


def brusselator(n: int) -> Pattern:
    """Two species on a periodic grid of n by n points, each with its neighbours and the other species; u, then v."""
    stencil = grid(n, n, periodic=True)
    size = n * n
    points = np.arange(size)
    rows = np.concatenate([stencil.rows, stencil.rows + size, points, points + size])
    columns = np.concatenate([stencil.indices, stencil.indices + size, points + size, points])
    return Pattern.from_entries((2 * size, 2 * size), rows, columns)


def bundle_adjustment(cameras: int, points: int, observations: int, weights: bool = True) -> Pattern:
    """Two residuals of each observation hang on 11 columns of a camera, 3 of a point and its own weight.

    Cameras and points take turns, as in ADBench.  With the weights, each has a residual of its own.
    """
    i = np.arange(observations)
    of_camera = 11 * (i % cameras)[:, None] + np.arange(11)
    of_point = 11 * cameras + 3 * (i % points)[:, None] + np.arange(3)
    parts = [of_camera, of_point]
    first = 11 * cameras + 3 * points
    if weights:
        parts.append((first + i)[:, None])
    columns = np.concatenate(parts, axis=1)
    rows = [np.repeat(2 * i + k, columns.shape[1]) for k in range(2)]
    found = [columns.ravel()] * 2
    if weights:
        rows.append(2 * observations + i)
        found.append(first + i)
    shape = ((2 + weights) * observations, first + weights * observations)
    return Pattern.from_entries(shape, np.concatenate(rows), np.concatenate(found))


def broydn7d(n: int) -> Pattern:
    """Hessian of CUTEst's BROYDN7D: tridiagonal residuals squared, products of neighbours, and of x_i and x_{i+n/2}."""
    i = np.arange(n)
    pairs = list(itertools.permutations((-1, 0, 1), 2))
    rows = [i] + [i + a for a, _ in pairs] + [i[: n // 2], i[n // 2 :]]
    columns = [i] + [i + b for _, b in pairs] + [i[n // 2 :], i[: n // 2]]
    rows, columns = np.concatenate(rows), np.concatenate(columns)
    inside = (rows >= 0) & (rows < n) & (columns >= 0) & (columns < n)
    return Pattern.from_entries((n, n), rows[inside], columns[inside])


def random(m: int, n: int, per_row: float, seed: int = 0) -> Pattern:
    """Entries anywhere, so many a row on the average."""
    rng = np.random.default_rng(seed)
    entries = int(m * per_row)
    return Pattern.from_entries((m, n), rng.integers(0, m, entries), rng.integers(0, n, entries))


def symmetric(pattern: Pattern, diagonal: bool = True) -> Pattern:
    """The pattern with all entries mirrored, and a full diagonal."""
    i = np.arange(pattern.shape[0] if diagonal else 0)
    rows, columns = pattern.rows, pattern.indices
    both = np.concatenate([rows, columns, i]), np.concatenate([columns, rows, i])
    return Pattern.from_entries(pattern.shape, *both)
