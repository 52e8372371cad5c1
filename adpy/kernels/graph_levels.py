"""Levels: children and weights swept level by level, all vertices of a level at once; on the CPU, and on a device.

Levels are found once for a graph, and serve all weights on it: a vertex comes after all of its parents, and takes their
cotangents together, so that no two write to one place and the sum has an order of its own.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from adpy.errors import ArgumentError

__all__ = ["Levels", "ordered", "run_levels"]

_options = {"cache": True, "error_model": "numpy", "nogil": True}


@numba.njit(**_options)
def _heights(indptr, children, heights, counts):
    """Longest way down from a vertex without parents, and how many parents each has."""
    for row in range(indptr.shape[0] - 2, -1, -1):
        for entry in range(indptr[row], indptr[row + 1]):
            child = children[entry]
            counts[child] += 1
            if heights[child] <= heights[row]:
                heights[child] = heights[row] + 1


@numba.njit(**_options)
def _transpose(indptr, children, starts, parents, entries):
    """Parents of every vertex, the last first, and where their weights are; ``starts`` is moved to the ends."""
    for row in range(indptr.shape[0] - 2, -1, -1):
        for entry in range(indptr[row], indptr[row + 1]):
            place = starts[children[entry]]
            parents[place], entries[place] = row, entry
            starts[children[entry]] += 1


@numba.njit(**_options)
def _pull(order, starts, parents, entries, weights, adjoints):
    """Cotangents of the vertices in an order of levels."""
    for vertex in order:
        for k in range(starts[vertex], starts[vertex + 1]):
            weight, parent = weights[entries[k]], parents[k]
            for seed in range(adjoints.shape[1]):
                bar = adjoints[parent, seed]
                if bar != 0.0:
                    adjoints[vertex, seed] += weight * bar


@numba.njit(**_options)
def _levels_of_run(ops, firsts, seconds, binary, low, high, levels):
    """Level of each scalar operation among ``low … high - 1``; -1 for holes."""
    for i in range(low, high):
        levels[i - low] = -1
        if ops[i] == 0:
            continue
        level = 0
        a = firsts[i]
        if low <= a < i:
            level = levels[a - low] + 1
        b = seconds[i]
        if binary[ops[i]] and low <= b < i:
            level = max(level, levels[b - low] + 1)
        levels[i - low] = level


def ordered(levels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What has a level, in order of levels; and where each level begins (and the last ends)."""
    used = np.flatnonzero(levels >= 0)
    order = used[np.argsort(levels[used], kind="stable")]
    counts = np.bincount(levels[used], minlength=1)
    return order, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def run_levels(
    ops: np.ndarray, firsts: np.ndarray, seconds: np.ndarray, binary: np.ndarray, low: int, high: int
) -> tuple[np.ndarray, np.ndarray]:
    """Scalar operations ``low … high - 1`` in order of levels, and where each level begins.

    Parameters
    ----------
    ops, firsts, seconds : ndarray of int32
        As in :func:`adpy.kernels.interpreter.replay`.
    binary : ndarray of bool
        Which opcodes have two operands.
    low, high : int
    """
    levels = np.empty(high - low, np.int64)
    _levels_of_run(ops, firsts, seconds, binary, low, high, levels)
    order, starts = ordered(levels)
    return order + low, starts


class Levels:
    """A linearized program in levels, for adjoint sweeps with any weights.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n + 1,)
        Row ``i`` has the children ``children[indptr[i]:indptr[i + 1]]``, all smaller than ``i``.
    children : ndarray of int64

    Attributes
    ----------
    order : ndarray of int64
        Vertices that have parents, level by level.
    levels : ndarray of int64
        Where in ``order`` each level begins, and where the last ends.

    References
    ----------
    Naumov, *Parallel solution of sparse triangular linear systems in the preconditioned iterative methods on the GPU*
    (NVIDIA NVR-2011-001, 2011): levels of a triangular system, one launch for each.

    Examples
    --------
    >>> import numpy as np
    >>> from adpy.kernels.graph_levels import Levels
    >>> found = Levels(np.array([0, 0, 0, 2, 4]), np.array([0, 1, 0, 2]))  # y = x0 * x1, z = y * x0
    >>> bars = np.array([[0.0], [0.0], [0.0], [1.0]])
    >>> found.adjoint(np.array([3.0, 2.0, 6.0, 2.0]), bars)[:, 0]
    array([12.,  4.,  2.,  1.])
    """

    def __init__(self, indptr: np.ndarray, children: np.ndarray) -> None:
        indptr, children = np.ascontiguousarray(indptr, np.int64), np.ascontiguousarray(children, np.int64)
        size = len(indptr) - 1
        rows = np.repeat(np.arange(size), np.diff(indptr))
        if len(children) != len(rows) or np.any(children >= rows) or np.any(children < 0):
            raise ArgumentError("children", "for every row numbers from 0 up to that of the row", "others")
        heights, counts = np.zeros(size, np.int64), np.zeros(size, np.int64)
        _heights(indptr, children, heights, counts)
        self.starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self.parents, self.entries = np.empty(len(children), np.int64), np.empty(len(children), np.int64)
        _transpose(indptr, children, self.starts[:-1].copy(), self.parents, self.entries)
        heights[counts == 0] = 0
        self.order, self.levels = ordered(heights - 1)
        self._sent: Any = None

    def adjoint(self, weights: Any, adjoints: Any, device: str = "cpu") -> Any:
        """Cotangents of all vertices: ``x_bar[child] += weight * y_bar``.

        Parameters
        ----------
        weights : ndarray of float64; on a device also of float32, and arrays of the device
            One for each of the children.
        adjoints : as ``weights``, shape (n,) or (n, seeds)
            Cotangents that the sweep begins with, one column a seed; updated in place.
        device : {"cpu", "cuda"}

        Returns
        -------
        ``adjoints``

        Raises
        ------
        DeviceError, OptionalDependencyError
            If the device is not there, or Numba-CUDA is not installed.
        """
        if tuple(weights.shape) != self.entries.shape:
            raise ArgumentError("weights", f"shape {self.entries.shape}", f"shape {tuple(weights.shape)}")
        if not 1 <= len(adjoints.shape) <= 2 or adjoints.shape[0] != len(self.starts) - 1:
            raise ArgumentError("adjoints", f"{len(self.starts) - 1} rows", f"shape {tuple(adjoints.shape)}")
        if device == "cuda":
            from adpy.kernels.cuda_levels import adjoint

            return adjoint(self, weights, adjoints)
        if device != "cpu":
            raise ArgumentError("device", "'cpu' or 'cuda'", repr(device))
        columns = adjoints[:, None] if adjoints.ndim == 1 else adjoints
        _pull(self.order, self.starts, self.parents, self.entries, weights, columns)
        return adjoints
