"""Graphs of sparse matrices: the other side's entries, mirrored entries, and who is a neighbour of whom."""

from __future__ import annotations

from dataclasses import dataclass

from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.sparse.pattern import Pattern

__all__ = [
    "Graph",
    "adjacency",
    "bipartite",
    "edge_numbers",
    "intersection",
    "is_symmetric",
    "mirrors",
    "transposed",
]


@dataclass(frozen=True, eq=False)
class Graph:
    """Vertices, and the neighbours that each has: directly, or by groups that it is in.

    Attributes
    ----------
    indptr, indices : ndarray of int32
        Neighbours of vertex ``v``, among them maybe itself: ``indices[indptr[v] : indptr[v + 1]]``.  With groups: the
        groups that it is in.
    group_indptr, members : ndarray of int32, or None
        Vertices in each group, which are all neighbours of each other.
    """

    indptr: np.ndarray
    indices: np.ndarray
    group_indptr: np.ndarray | None = None
    members: np.ndarray | None = None

    @property
    def size(self) -> int:
        """Number of vertices."""
        return len(self.indptr) - 1


def transposed(pattern: Pattern) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compressed columns ``indptr, rows``, and the position of each entry in compressed rows; all int32."""
    from adpy.sparse.coloring import graph_kernels

    return graph_kernels.transpose(pattern.indptr, pattern.indices, pattern.shape[1])


def mirrors(pattern: Pattern) -> np.ndarray:
    """Position of the entry ``(j, i)`` for every entry ``(i, j)``, int32.

    Raises
    ------
    ArgumentError
        If there is an entry without its mirrored one.
    """
    from adpy.sparse.coloring import graph_kernels

    m, n = pattern.shape
    if m != n:
        raise ArgumentError("pattern", "a symmetric one", f"shape {pattern.shape}")
    found, row, column = graph_kernels.mirror(pattern.indptr, pattern.indices)
    if row >= 0:
        raise ArgumentError("pattern", "a symmetric one", f"entry ({row}, {column}) without ({column}, {row})")
    return found


def is_symmetric(pattern: Pattern) -> bool:
    """Has every entry its mirrored one?"""
    from adpy.sparse.coloring import graph_kernels

    return pattern.shape[0] == pattern.shape[1] and graph_kernels.mirror(pattern.indptr, pattern.indices)[1] < 0


def adjacency(pattern: Pattern) -> Graph:
    """The graph of a symmetric pattern: vertices are columns, neighbours have an entry in common."""
    return Graph(pattern.indptr, pattern.indices)


def intersection(pattern: Pattern, rows: bool = False) -> Graph:
    """Columns (or rows), neighbours if some row (or column) has an entry in both."""
    columns, members, _ = transposed(pattern)
    if rows:
        return Graph(pattern.indptr, pattern.indices, columns, members)
    return Graph(columns, members, pattern.indptr, pattern.indices)


def bipartite(pattern: Pattern) -> tuple[Graph, np.ndarray]:
    """Rows and columns as the vertices ``0 … m - 1`` and ``m … m + n - 1``, neighbours if there is an entry.

    Returns
    -------
    graph : Graph
    entries : ndarray of int32
        Position in compressed rows of the entry that each neighbour stands for.
    """
    columns, members, positions = transposed(pattern)
    indptr = np.concatenate([pattern.indptr, columns[1:] + np.int32(pattern.nnz)])
    indices = np.concatenate([pattern.indices + np.int32(pattern.shape[0]), members])
    return Graph(indptr, indices), np.concatenate([np.arange(pattern.nnz, dtype=np.int32), positions])


def edge_numbers(pattern: Pattern, mirrored: np.ndarray) -> np.ndarray:
    """A number for every entry that it shares with its mirrored one, -1 on the diagonal, int32."""
    positions = np.arange(pattern.nnz, dtype=np.int32)
    return np.where(mirrored == positions, np.int32(-1), np.minimum(mirrored, positions))
