"""Vertex elimination: exact on any graph, and as cheap as the textbook says."""

import numpy as np
import pytest

import adpy
from adpy.accumulation import ORDERINGS, Graph, accumulate, columns, count, count_modes, rows
from adpy.api.elimination import graph_of
from adpy.api.rows import recorded
from adpy.errors import ArgumentError
from tests.accumulation.graphs import best_count, butterfly, count_of_order, from_edges, layered, random_graph


def graph_of_function(function, *arguments):
    """The graph that adpy records for a function of arrays or numbers."""
    with recorded((function, arguments, {}, list(range(len(arguments)))), False) as record:
        return graph_of(record)


class TestExact:
    @pytest.mark.parametrize("ordering", list(ORDERINGS))
    def test_random_graphs(self, ordering):
        rng = np.random.default_rng(0)
        for _ in range(100):
            arguments, expected = random_graph(rng)
            np.testing.assert_allclose(accumulate(Graph.build(*arguments), ordering).dense(), expected, atol=1e-12)

    @pytest.mark.parametrize("sweeps", [rows, columns])
    def test_vector_modes_on_random_graphs(self, sweeps):
        rng = np.random.default_rng(1)
        for _ in range(100):
            arguments, expected = random_graph(rng)
            np.testing.assert_allclose(sweeps(Graph.build(*arguments)), expected, atol=1e-12)

    @pytest.mark.parametrize("sweeps", [rows, columns])
    def test_vector_modes_with_more_seeds_than_fit_in_one_walk(self, sweeps):
        graph = layered([19, 7, 21])
        np.testing.assert_allclose(sweeps(graph), accumulate(graph).dense(), rtol=1e-13)

    def test_growth_beyond_the_first_arrays(self):
        graph = layered([30, 1, 1, 1, 30, 1, 1, 30])
        expected = rows(graph)
        for ordering in ORDERINGS:
            np.testing.assert_allclose(accumulate(graph, ordering).dense(), expected, rtol=1e-12)

    def test_the_order_and_the_count_belong_together(self):
        rng = np.random.default_rng(2)
        for _ in range(30):
            graph = Graph.build(*random_graph(rng)[0])
            for ordering in ORDERINGS:
                found = accumulate(graph, ordering)
                assert sorted(found.order) == np.flatnonzero(graph.intermediate).tolist()
                assert found.multiplications == count_of_order(graph, found.order)

    def test_nothing_to_eliminate(self):
        found = accumulate(from_edges({2: {0: 3.0, 1: 4.0}}, [0, 1], [2]))
        np.testing.assert_array_equal(found.dense(), [[3.0, 4.0]])
        assert found.multiplications == 0
        empty = accumulate(Graph.build([0], [], [], [], []))
        assert empty.dense().shape == (0, 0)

    def test_outputs_anywhere(self):
        """An input, an intermediate vertex, one named twice, and a constant."""
        graph = from_edges({1: {0: 2.0}, 2: {1: 3.0}, 3: {}}, [0], [0, 1, 2, 2, 3])
        np.testing.assert_array_equal(accumulate(graph).dense(), [[1.0], [2.0], [6.0], [6.0], [0.0]])

    def test_parallel_edges_are_added_up_without_multiplication(self):
        graph = Graph.build([0, 0, 2, 3], [0, 0, 1], [1.5, 2.0, 4.0], [0], [2])
        assert graph.edges == 2
        np.testing.assert_array_equal(accumulate(graph).dense(), [[14.0]])

    def test_dead_ends_cost_nothing(self):
        graph = from_edges({2: {0: 1.0, 1: 1.0}, 3: {2: 1.0}, 4: {0: 2.0}, 5: {4: 1.0}}, [0], [5])
        assert graph.edges == 2
        assert count(graph) == 1


class TestInfiniteWeights:
    def test_a_zero_weight_contributes_exactly_zero(self):
        graph = from_edges({1: {0: np.inf}, 2: {0: 1.0}, 3: {1: 0.0, 2: 5.0}}, [0], [3])
        np.testing.assert_array_equal(accumulate(graph).dense(), [[5.0]])

    def test_cancelled_weights_contribute_zero(self):
        """The weight of 1 in 4 becomes zero only when 2 and 3 are gone."""
        graph = from_edges({1: {0: np.nan}, 2: {1: 1.0}, 3: {1: -1.0}, 4: {2: 1.0, 3: 1.0, 0: 7.0}}, [0], [4])
        np.testing.assert_array_equal(accumulate(graph, "reverse").dense(), [[7.0]])
        np.testing.assert_array_equal(rows(graph), [[7.0]])

    def test_infinities_that_are_there_stay(self):
        graph = from_edges({1: {0: np.inf}, 2: {1: 2.0}}, [0], [2])
        for jacobian in (accumulate(graph).dense(), rows(graph), columns(graph)):
            np.testing.assert_array_equal(jacobian, [[np.inf]])

    @pytest.mark.parametrize("mode", ["reverse", "elimination", "auto"])
    def test_in_functions(self, mode):
        def f(x):
            y = np.zeros(3)
            for i in range(3):
                y[i] = np.sqrt(x[i]) * (x[i] > 0.5) + 2.0 * x[i]
            return y

        with np.errstate(all="ignore"):
            found = adpy.jacobian(f, mode=mode)(np.array([0.0, 1.0, 4.0]))
        np.testing.assert_array_equal(found, np.diag([2.0, 2.5, 2.25]))


class TestCounts:
    @pytest.mark.parametrize("n", [3, 5, 12])
    def test_product_of_all_inputs(self, n):
        """Speelpenning's example: two multiplications for each intermediate product in reverse order."""

        def f(x):
            y = x[0]
            for i in range(1, n):
                y = y * x[i]
            return y

        graph = graph_of_function(f, np.linspace(1.0, 2.0, n))
        assert count(graph, "reverse") == count(graph, "markowitz") == 2 * (n - 2)
        assert count(graph, "forward") == sum(range(2, n))
        assert count_modes(graph) == (n * (n - 2), 2 * (n - 2))

    def test_hourglass(self):
        """Many inputs through one number to many outputs: both modes repeat what elimination does once."""

        def f(x):
            s = 0.0
            for i in range(8):
                s = s + x[i] * x[i]
            return np.array([np.sin((i + 1.0) * s) for i in range(9)])

        graph = graph_of_function(f, np.linspace(0.1, 0.8, 8))
        assert 2 * count(graph) < min(count_modes(graph))
        assert count(layered([8, 1, 9])) == 8 * 9

    @pytest.mark.parametrize("levels", [1, 2, 3, 4])
    def test_butterfly(self, levels):
        """Fast Fourier transform of n numbers: 2 n (n - 2), from either end."""
        n = 2**levels
        graph = butterfly(levels)
        assert count(graph, "forward") == count(graph, "reverse") == 2 * n * (n - 2)
        assert count(graph) <= 2 * n * (n - 2)
        if levels > 1:
            assert count(graph) < min(count_modes(graph))

    @pytest.mark.parametrize("widths", [[10, 1, 10, 2], [2, 10, 1, 10], [5, 2, 8, 3, 9]])
    def test_chain_of_dense_matrices(self, widths):
        """Elimination of whole layers is a bracketing of the matrix product; Markowitz finds one that pays."""
        graph = layered(widths)
        forward = sum(widths[0] * widths[i] * widths[i + 1] for i in range(1, len(widths) - 1))
        reverse = sum(widths[-1] * widths[i] * widths[i - 1] for i in range(1, len(widths) - 1))
        assert count(graph, "forward") == forward
        assert count(graph, "reverse") == reverse
        assert count(graph) <= min(forward, reverse)
        assert count_modes(graph) == (forward, reverse)

    def test_helmholtz_energy(self):
        """Griewank and Walther's energy of a mixed fluid, and with it the fractions of its components."""

        def f(x):
            n = len(x)
            b = np.linspace(0.01, 0.02, n)
            bx = ax = entropy = 0.0
            for i in range(n):
                bx = bx + b[i] * x[i]
            for i in range(n):
                entropy = entropy + x[i] * np.log(x[i] / (1.0 - bx))
                for j in range(n):
                    ax = ax + x[i] * x[j] / (1.0 + i + j)
            energy = entropy - ax / bx * np.log((1.0 + 2.4 * bx) / (1.0 - 0.4 * bx))
            return np.array([energy, *[x[i] / bx for i in range(n)]])

        x = np.linspace(0.2, 0.9, 8)
        graph = graph_of_function(f, x)
        assert count(graph) < min(count_modes(graph))
        np.testing.assert_allclose(accumulate(graph).dense(), adpy.jacobian(f, mode="forward")(x), rtol=1e-12)

    def test_composition_of_banded_functions(self):
        graph = layered([40] * 6, reach=1)
        found = {ordering: count(graph, ordering) for ordering in ORDERINGS}
        assert found["markowitz"] <= min(found.values()) * 1.1
        assert 6 * found["markowitz"] < min(count_modes(graph))

    def test_two_outputs_with_a_common_part(self):
        """``t = x sin(x y)``, ``cos(t)`` and ``t / y``, counted by hand.

        In forward order 2 + 2 + 4, in reverse order 4 + 2 + 4; if the sine goes first 1 + 2 + 4, which is the best.
        """
        edges = {2: {0: 1.0, 1: 1.0}, 3: {2: 1.0}, 4: {0: 1.0, 3: 1.0}, 5: {4: 1.0}, 6: {4: 1.0, 1: 1.0}}
        graph = from_edges(edges, [0, 1], [5, 6])
        assert count(graph, "forward") == 8
        assert count(graph, "reverse") == 10
        assert count(graph) == best_count(graph) == 7
        assert accumulate(graph).order.tolist() == [3, 2, 4]

    @pytest.mark.parametrize(
        ("graph", "modes", "eliminated"),
        [
            (butterfly(4), (1536, 1536), 384),
            (layered([10, 1, 10, 1, 10]), (300, 300), 120),
            (layered([40] * 6, reach=1), (18880, 18880), 2630),
        ],
    )
    def test_counts_of_the_documentation(self, graph, modes, eliminated):
        assert count_modes(graph) == modes
        assert count(graph) == eliminated

    @pytest.mark.parametrize("ordering", ["markowitz", "relative_markowitz"])
    def test_greedy_orders_are_near_the_best(self, ordering):
        rng = np.random.default_rng(5)
        ratios = []
        while len(ratios) < 40:
            graph = Graph.build(*random_graph(rng)[0])
            if 2 <= graph.intermediate.sum() <= 6:
                best = best_count(graph)
                assert count(graph, ordering) >= best
                ratios.append(count(graph, ordering) / best)
        assert np.mean(ratios) < 1.05

    def test_relative_markowitz_prefers_what_costs_more_later(self):
        """The first vertex has degree 4 and can never have less; the second has degree 4 and may come to cost 16."""
        edges = {4: {0: 1.0, 1: 1.0}, 5: {4: 1.0}, 6: {4: 1.0}}
        edges |= {7: {0: 1.0, 1: 1.0}, 8: {2: 1.0, 3: 1.0}, 9: {7: 1.0, 8: 1.0}, 10: {9: 1.0}, 11: {9: 1.0}}
        edges |= {12: {10: 1.0}, 13: {10: 1.0}, 14: {11: 1.0}, 15: {11: 1.0}}
        graph = from_edges(edges, [0, 1, 2, 3], [5, 6, 12, 13, 14, 15])
        assert accumulate(graph, "relative_markowitz").order[0] == 9


def test_ties_go_to_the_last_vertex():
    graph = layered([1, 1, 1, 1, 1])
    assert accumulate(graph, "markowitz").order.tolist() == [3, 2, 1]


def test_a_limit():
    graph = butterfly(3)
    needed = count(graph)
    assert accumulate(graph, limit=needed - 1) is None
    assert accumulate(graph, limit=needed).multiplications == needed


def test_unknown_ordering():
    with pytest.raises(ArgumentError, match="markowitz"):
        accumulate(butterfly(1), "alphabetical")
