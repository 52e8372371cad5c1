"""Textbook graphs, and elimination written down once more, plainly."""

from itertools import permutations, product

import numpy as np

from adpy.accumulation import Graph

__all__ = ["best_count", "butterfly", "count_of_order", "from_edges", "layered", "random_graph", "total_derivatives"]


def from_edges(edges: dict, inputs: list, outputs: list) -> Graph:
    """The graph with ``edges[vertex] = {child: weight}`` over the vertices ``0 … max``."""
    size = max([*edges, *inputs, *outputs]) + 1
    rows = [edges.get(vertex, {}) for vertex in range(size)]
    indptr = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    children = [child for row in rows for child in row]
    weights = [weight for row in rows for weight in row.values()]
    return Graph.build(indptr, children, weights, inputs, outputs)


def layered(widths: list, weight=lambda i, j: 1.0 + i + 0.1 * j, reach=None) -> Graph:
    """Layers of vertices; each has edges to those of the layer before, or to those at most ``reach`` away."""
    starts = np.concatenate([[0], np.cumsum(widths)]).tolist()
    edges = {}
    for layer in range(1, len(widths)):
        for i in range(widths[layer]):
            near = [j for j in range(widths[layer - 1]) if reach is None or abs(i - j) <= reach]
            edges[starts[layer] + i] = {starts[layer - 1] + j: weight(i, j) for j in near}
    return from_edges(edges, list(range(widths[0])), list(range(starts[-2], starts[-1])))


def butterfly(levels: int) -> Graph:
    """The graph of the fast Fourier transform of ``2**levels`` numbers: two children and two parents a vertex."""
    n = 2**levels
    edges = {
        n * (level + 1) + i: {n * level + i: 0.5, n * level + (i ^ (1 << level)): 2.0}
        for level in range(levels)
        for i in range(n)
    }
    return from_edges(edges, list(range(n)), list(range(n * levels, n * (levels + 1))))


def random_graph(rng: np.random.Generator) -> tuple[tuple, np.ndarray]:
    """Arguments of ``Graph.build`` with everything that may turn up in them, and the Jacobian by definition."""
    n_in, size = int(rng.integers(1, 5)), int(rng.integers(5, 30))
    indptr, children, weights = [0] * (n_in + 1), [], []
    for vertex in range(n_in, size):
        degree = int(rng.integers(0, 4))
        children += rng.integers(0, vertex, degree).tolist()
        weights += rng.choice([0.0, 1.0, 2.0, -1.5, 0.3], degree).tolist()
        indptr.append(len(children))
    outputs = rng.integers(0, size, rng.integers(1, 6))
    expected = total_derivatives(indptr, children, weights, n_in)[outputs]
    return (indptr, children, weights, np.arange(n_in), outputs), expected


def total_derivatives(indptr, children, weights, n_in: int) -> np.ndarray:
    """Derivatives of all vertices by the first ``n_in``: the chain rule, vertex by vertex."""
    dots = np.zeros((len(indptr) - 1, n_in))
    dots[:n_in] = np.eye(n_in)
    for vertex in range(n_in, len(dots)):
        for edge in range(indptr[vertex], indptr[vertex + 1]):
            dots[vertex] += weights[edge] * dots[children[edge]]
    return dots


def count_of_order(graph: Graph, order) -> int:
    """Multiplications of eliminating the vertices in this order, on sets of pairs."""
    edges = {
        (int(graph.children[e]), v) for v in range(graph.size) for e in range(graph.indptr[v], graph.indptr[v + 1])
    }
    count = 0
    for vertex in order:
        below = [i for i, k in edges if k == vertex]
        above = [k for i, k in edges if i == vertex]
        count += len(below) * len(above)
        edges = {edge for edge in edges if vertex not in edge} | set(product(below, above))
    return count


def best_count(graph: Graph) -> int:
    """The fewest multiplications over all orders."""
    return min(count_of_order(graph, order) for order in permutations(np.flatnonzero(graph.intermediate)))
