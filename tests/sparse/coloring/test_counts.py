"""Numbers of colors: closed forms, and what other software takes for matrices that come up in practice."""

import numpy as np
import pytest

from adpy.sparse.coloring import (
    ORDERINGS,
    choose,
    color_acyclic,
    color_bidirectional,
    color_columns,
    color_rows,
    color_star,
    drop_needless,
)
from adpy.sparse.pattern import Pattern
from tests.sparse.coloring import matrices


@pytest.mark.parametrize("half", [0, 1, 2, 5, 10])
@pytest.mark.parametrize("n", [50, 1000])
def test_banded(n, half):
    """Symmetric, with rho = 2 half bands beside the diagonal (Gebremedhin, Pothen, Tarafdar & Walther 2009)."""
    pattern = matrices.banded(n, half)
    rho = 2 * half
    assert color_columns(pattern).count == rho + 1
    for order in ("natural", "smallest_last", "incidence_degree"):
        assert color_star(pattern, order).count == 2 * (rho // 2) + 1
        assert color_acyclic(pattern, order).count == rho // 2 + 1
    assert choose(pattern, symmetric=True).count == rho + 1
    assert choose(pattern, symmetric=True, substitution=True).count == rho // 2 + 1


@pytest.mark.parametrize("order", sorted(ORDERINGS))
def test_arrowhead(order):
    pattern = matrices.arrowhead(300)
    assert color_star(pattern, order).count == 2
    assert color_acyclic(pattern, order).count == 2
    assert color_columns(pattern, order).count == 300
    assert color_bidirectional(pattern, order).count == 3


def test_hub_without_diagonal():
    """x[0] times a sum: one column says all."""
    n = 50
    entries = np.arange(1, n), np.zeros(n - 1, int)
    pattern = matrices.symmetric(Pattern.from_entries((n, n), *entries), diagonal=False)
    for color in (color_star, color_acyclic):
        coloring = drop_needless(pattern, color(pattern))
        assert coloring.count == 1
        assert coloring.column_colors[0] == 0
        assert (coloring.column_colors[1:] == -1).all()


def test_diagonal_blocks_and_dense_matrices():
    blocks = Pattern.of(np.kron(np.eye(6), np.ones((4, 4))))
    dense = Pattern.of(np.ones((7, 7)))
    for color in (color_columns, color_rows, color_star, color_acyclic):
        assert color(blocks).count == 4
        assert color(dense).count == 7


def test_trees_take_two_colors_to_substitute_and_three_at_most_to_read():
    """Acyclic coloring of any tree: 2; star coloring of a tree level by level: 3."""
    rng = np.random.default_rng(0)
    parents = np.sort([rng.integers(0, v) for v in range(1, 400)])  # numbered level by level
    tree = matrices.symmetric(Pattern.from_entries((400, 400), np.arange(1, 400), parents))
    assert color_acyclic(tree).count == 2
    assert color_star(tree).count == 3


def graph(n, edges):
    """Symmetric pattern with a full diagonal of a graph of n vertices."""
    one, other = np.array(list(edges)).T
    return matrices.symmetric(Pattern.from_entries((n, n), one, other))


@pytest.mark.parametrize("n", [3, 4, 5, 6, 7, 8, 11, 30])
def test_cycles(n):
    """Star chromatic number 3, of the cycle of five 4; acyclic 3 (Fertin, Raspaud & Reed 2004)."""
    pattern = matrices.grid(n, periodic=True)
    assert choose(pattern, symmetric=True).count == (4 if n == 5 else 3)
    assert choose(pattern, symmetric=True, substitution=True).count == 3


@pytest.mark.parametrize(("m", "n"), [(1, 1), (1, 7), (3, 5), (5, 3), (4, 4)])
def test_complete_bipartite_graphs(m, n):
    """Star and acyclic chromatic number min(m, n) + 1 (Fertin, Raspaud & Reed 2004)."""
    pattern = graph(m + n, [(i, m + j) for i in range(m) for j in range(n)])
    assert choose(pattern, symmetric=True).count == min(m, n) + 1
    assert choose(pattern, symmetric=True, substitution=True).count == min(m, n) + 1


def test_petersen_graph():
    """Star chromatic number 5, acyclic 4."""
    edges = [(i, (i + 1) % 5) for i in range(5)] + [(i, 5 + i) for i in range(5)]
    pattern = graph(10, edges + [(5 + i, 5 + (i + 2) % 5) for i in range(5)])
    assert choose(pattern, symmetric=True).count == 5
    assert 4 <= choose(pattern, symmetric=True, substitution=True).count <= 5


@pytest.mark.parametrize("clique", [2, 3, 5])
def test_chordal_graphs(clique):
    """Each vertex of a tree of cliques takes a new color within its clique, and no two-colored cycle has no chord.

    So an acyclic coloring has as many colors as the largest clique (Gebremedhin, Pothen, Tarafdar & Walther 2009).
    """
    rng = np.random.default_rng(clique)
    cliques = [tuple(range(clique))]
    edges = {(a, b) for a in range(clique) for b in range(a)}
    for v in range(clique, 200):
        base = list(cliques[rng.integers(len(cliques))])
        base.pop(rng.integers(clique))
        edges |= {(v, w) for w in base}
        cliques.append((*base, v))
    assert color_acyclic(graph(200, edges)).count == clique
    assert color_acyclic(graph(200, edges), "smallest_last").count == clique


@pytest.mark.parametrize("shape", [(30, 30), (17, 40)])
def test_grids_in_the_plane(shape):
    """Star: 5, which is least for large grids (Fertin, Raspaud & Reed 2004); acyclic 3 at least, columns 5."""
    pattern = matrices.grid(*shape)
    assert color_star(pattern).count == 5
    assert 3 <= color_acyclic(pattern).count <= 4
    assert 5 <= color_columns(pattern).count <= 7
    assert choose(pattern, symmetric=True).count == 5


def test_grids_in_space():
    pattern = matrices.grid(12, 12, 12)
    assert color_star(pattern).count <= 11
    assert color_acyclic(pattern).count <= 7
    assert color_columns(pattern).count <= 13


@pytest.mark.parametrize("n", [32, 64])
def test_brusselator(n):
    """Others take 12."""
    assert color_columns(matrices.brusselator(n)).count <= 12
    assert choose(matrices.brusselator(n)).count <= 10


@pytest.mark.parametrize("n", [16, 64])
def test_bratu(n):
    assert choose(matrices.grid(n, n)).count <= 7


def test_bundle_adjustment():
    """11 columns of a camera and 3 of a point, one more with the weight: fewer than a row has entries are too few."""
    assert choose(matrices.bundle_adjustment(49, 7776, 31843, weights=False)).count == 14
    assert choose(matrices.bundle_adjustment(49, 7776, 31843)).count == 15


def test_partially_separable_hessians():
    chained_rosenbrock = matrices.banded(2000, 1)
    assert choose(chained_rosenbrock, symmetric=True).count == 3
    assert choose(chained_rosenbrock, symmetric=True, substitution=True).count == 2
    assert choose(matrices.arrowhead(2000), symmetric=True).count == 2
    broydn7d = matrices.broydn7d(10_000)
    assert choose(broydn7d, symmetric=True).count <= 7
    assert choose(broydn7d, symmetric=True, substitution=True).count <= 5


def test_known_greedy_example():
    """The columns of the example of Curtis, Powell & Reid (1974): a band of three takes three groups."""
    n = 12
    band = Pattern.of(np.eye(n) + np.eye(n, k=1) + np.eye(n, k=2))
    assert color_columns(band).column_colors.tolist() == [0, 1, 2] * 4


@pytest.mark.slow
def test_a_million_unknowns():
    grid = matrices.grid(1000, 1000)
    assert choose(grid, symmetric=True).count == 5
    assert color_acyclic(grid).count == 4
    assert color_columns(grid).count == 7
    assert choose(matrices.arrowhead(1_000_000), symmetric=True).count == 2
    assert choose(matrices.arrowhead(1_000_000)).count == 3
