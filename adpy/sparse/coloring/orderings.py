"""Orderings: in which order the vertices are colored, which is what a greedy coloring's number of colors hangs on."""

from __future__ import annotations

from collections.abc import Callable

from numpy.random import default_rng

from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.sparse.coloring.graphs import Graph

__all__ = ["ORDERINGS", "name_of", "ordered"]

_EMPTY = np.zeros(0, np.int32)
_STEPS_FOR_GROUPS = 50_000_000


def ordered(graph: Graph, order: str | np.ndarray, seed: int) -> np.ndarray:
    """A permutation of the vertices, int32: of the ordering of this name, or the one that is given.

    Raises
    ------
    ArgumentError
        For an ordering that is not in :data:`ORDERINGS`, and for an array that is no permutation.
    """
    if isinstance(order, str):
        if order not in ORDERINGS:
            raise ArgumentError("order", f"one of {', '.join(ORDERINGS)}, or a permutation", repr(order))
        return ORDERINGS[order](graph, seed)
    given = np.asarray(order)
    if given.shape != (graph.size,) or given.dtype.kind not in "iu":
        got = f"an array of {given.dtype}, shape {given.shape}"
        raise ArgumentError("order", f"the name of an ordering or a permutation of {graph.size} vertices", got)
    inside = not given.size or (given.min() >= 0 and given.max() < graph.size)
    if not inside or np.bincount(given, minlength=graph.size).max(initial=1) > 1:
        got = "repeated entries" if inside else f"entries from {given.min()} to {given.max()}"
        raise ArgumentError("order", f"a permutation of {graph.size} vertices", got)
    return np.ascontiguousarray(given, np.int32)


def name_of(order: str | np.ndarray) -> str:
    """What a :class:`~adpy.sparse.coloring.Coloring` says of its ordering."""
    return order if isinstance(order, str) else "given"


def _natural(graph: Graph, seed: int) -> np.ndarray:
    return np.arange(graph.size, dtype=np.int32)


def _random(graph: Graph, seed: int) -> np.ndarray:
    return default_rng(seed).permutation(graph.size).astype(np.int32)


def _largest_first(graph: Graph, seed: int) -> np.ndarray:
    from adpy.sparse.coloring import ordering_kernels

    return ordering_kernels.by_degree(ordering_kernels.degrees(*_parts(graph)))


def _smallest_last(graph: Graph, seed: int) -> np.ndarray:
    from adpy.sparse.coloring import ordering_kernels

    return _dynamic(graph, ordering_kernels.SMALLEST_LAST)


def _incidence_degree(graph: Graph, seed: int) -> np.ndarray:
    from adpy.sparse.coloring import ordering_kernels

    return _dynamic(graph, ordering_kernels.INCIDENCE_DEGREE)


def _dynamic_largest_first(graph: Graph, seed: int) -> np.ndarray:
    from adpy.sparse.coloring import ordering_kernels

    return _dynamic(graph, ordering_kernels.DYNAMIC_LARGEST_FIRST)


def _dynamic(graph: Graph, mode: int) -> np.ndarray:
    from adpy.sparse.coloring import ordering_kernels

    parts = _parts(graph)
    return ordering_kernels.dynamic(mode, ordering_kernels.degrees(*parts), *parts)


def _parts(graph: Graph) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int]:
    if graph.group_indptr is None:
        return graph.indptr, graph.indices, _EMPTY, _EMPTY, 0
    return graph.indptr, graph.indices, graph.group_indptr, graph.members, _limit(graph)


def _limit(graph: Graph) -> int:
    """The largest group whose neighbours are looked at, so that all of them take about linear time."""
    sizes = np.sort(np.diff(graph.group_indptr).astype(np.int64))
    allowed = np.flatnonzero(np.cumsum(sizes * sizes) <= _STEPS_FOR_GROUPS + 32 * len(graph.members))
    return int(sizes[allowed[-1]]) if len(allowed) else 0


ORDERINGS: dict[str, Callable[[Graph, int], np.ndarray]] = {
    "natural": _natural,
    "largest_first": _largest_first,
    "smallest_last": _smallest_last,
    "incidence_degree": _incidence_degree,
    "dynamic_largest_first": _dynamic_largest_first,
    "random": _random,
}
"""Called with a graph and a seed, each returns a permutation of the vertices.

``largest_first`` (Welsh & Powell 1967) goes by falling degree; ``smallest_last`` (Matula, Marble & Isaacson 1972) fills
the order from its end with the vertex that has fewest neighbours among those left; ``incidence_degree`` (Coleman & Moré
1983) takes the vertex with most neighbours already ordered; ``dynamic_largest_first`` that with most neighbours left
(Gebremedhin, Nguyen, Patwary & Pothen, ACM TOMS 40 (2013), section 4).
"""
