"""Orderings against their definitions, with sets in place of bucket queues."""

import numpy as np
import pytest
from hypothesis import given, settings

from adpy.errors import ArgumentError
from adpy.sparse.coloring import ORDERINGS, color_columns
from adpy.sparse.coloring.graphs import adjacency, bipartite, intersection
from adpy.sparse.coloring.orderings import ordered
from adpy.sparse.pattern import Pattern
from tests.sparse.coloring import matrices
from tests.sparse.coloring.strategies import patterns, symmetric_patterns


def graphs_of(pattern, symmetric):
    """Graphs of a pattern, each with sets of neighbours made another way."""
    dense = (pattern.matrix().toarray() != 0).astype(int)
    m, n = dense.shape
    square = np.block([[np.zeros((m, m), int), dense], [dense.T, np.zeros((n, n), int)]])
    cases = [
        (intersection(pattern), dense.T @ dense),
        (intersection(pattern, rows=True), dense @ dense.T),
        (bipartite(pattern)[0], square),
    ]
    if symmetric:
        cases.append((adjacency(pattern), dense))
    for graph, matrix in cases:
        yield graph, [set(np.flatnonzero(row)) - {v} for v, row in enumerate(matrix)]


@given(patterns())
@settings(deadline=None)
def test_definitions(pattern):
    check(pattern, symmetric=False)


@given(symmetric_patterns())
@settings(deadline=None)
def test_definitions_on_the_adjacency_graph(pattern):
    check(pattern, symmetric=True)


def check(pattern, symmetric):
    for graph, neighbors in graphs_of(pattern, symmetric):
        degree = [len(w) for w in neighbors]
        for name in ORDERINGS:
            order = ordered(graph, name, 0).tolist()
            assert sorted(order) == list(range(graph.size)), name
            place = {v: k for k, v in enumerate(order)}
            for k, v in enumerate(order):
                left = [sum(place[w] >= k for w in neighbors[u]) for u in order[k:]]
                before = [sum(place[w] < k for w in neighbors[u]) for u in order[k:]]
                within = [sum(place[w] <= k for w in neighbors[u]) for u in order[: k + 1]]
                if name == "natural":
                    assert v == k
                elif name == "largest_first":
                    assert k == 0 or (-degree[order[k - 1]], order[k - 1]) < (-degree[v], v)
                elif name == "smallest_last":
                    assert within[-1] == min(within)
                elif name == "incidence_degree":
                    assert before[0] == max(before)
                elif name == "dynamic_largest_first":
                    assert left[0] == max(left)


def test_incidence_degree_starts_with_the_most_neighbours():
    order = ordered(adjacency(matrices.arrowhead(9)), "incidence_degree", 0)
    assert order[0] == 0
    star_at_the_end = Pattern.of(matrices.arrowhead(9).matrix().toarray()[::-1, ::-1])
    assert ordered(adjacency(star_at_the_end), "incidence_degree", 0)[0] == 8


def test_random_hangs_on_the_seed():
    graph = adjacency(matrices.banded(50, 1))
    assert np.array_equal(ordered(graph, "random", 1), ordered(graph, "random", 1))
    assert not np.array_equal(ordered(graph, "random", 1), ordered(graph, "random", 2))


def test_groups_too_large_to_tell_vertices_apart_do_not_count():
    """A full row makes all columns neighbours of each other: without it the order is the same, and found in no time."""
    n = 20_000
    band = matrices.banded(n, 1)
    rows = np.concatenate([band.rows, np.full(n, n)])
    with_full_row = Pattern.from_entries((n + 1, n), rows, np.concatenate([band.indices, np.arange(n)]))
    for name in ORDERINGS:
        one, other = ordered(intersection(band), name, 0), ordered(intersection(with_full_row), name, 0)
        assert np.array_equal(one, other), name


def test_given_order():
    pattern = matrices.banded(6, 1)
    coloring = color_columns(pattern, order=[5, 4, 3, 2, 1, 0])
    assert coloring.column_colors.tolist() == [2, 1, 0, 2, 1, 0]
    assert coloring.order == "given"


@pytest.mark.parametrize(
    "order",
    ["smallest_first", [0, 1, 2], [0, 1, 2, 3, 4, 4], [0, 1, 2, 3, 4, 6], [0.0, 1.0, 2.0, 3.0, 4.0, 5.0], None],
)
def test_orders_that_are_none(order):
    with pytest.raises(ArgumentError, match="order"):
        color_columns(matrices.banded(6, 1), order=order)
