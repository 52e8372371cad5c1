"""Compressed Hessians against dense ones: star and acyclic colorings, blocks of colors, calls in Python, guards."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adpy.errors import ArgumentError
from adpy.sparse.coloring import color_acyclic, color_star
from adpy.sparse.compression import blocks
from adpy.sparse.compression.hessian import CompressedHessian
from adpy.sparse.pattern import Pattern
from tests.sparse.compression.recorded import code_of, dense_hessian
from tests.sparse.compression.slow import Colors, column_coloring, symmetric_coloring

KINDS = ["star", "acyclic", "column", color_star, color_acyclic]


def coloring_of(pattern, kind):
    if callable(kind):
        return kind(pattern)
    return column_coloring(pattern) if kind == "column" else symmetric_coloring(pattern, kind)


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def arrowhead(x):
    total = 0.0
    for i in range(1, len(x)):
        total += (x[i] ** 2 + x[0] ** 2) ** 2 - 4 * x[i]
    return total


def solved(x):
    a = np.eye(2) + 0.1 * x[:2, None] * x[None, :2]
    return np.sum(np.linalg.solve(a, x[2:4]) ** 2) + np.sum(np.exp(x[4:]) * x[3:-1])


def in_place(x):
    u = x.copy()
    for _ in range(2):
        u[1:-1] *= u[2:]
    return u @ u


def ring(x):
    return np.sum(np.sin(x * np.roll(x, 1)))


X = np.array([1.1, 0.7, 1.3, 0.9, 1.6, 0.8, 1.2])
Y = np.array([0.6, 1.2, 0.8, 1.7, 0.9, 1.4, 0.5])
CASES = [rosenbrock, arrowhead, solved, in_place, ring]


def pattern_of(function):
    found = (dense_hessian(function, X) != 0) | (dense_hessian(function, Y) != 0)
    return Pattern.of(found | found.T)


@pytest.mark.parametrize("memory", [blocks.MEMORY, 1])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("function", CASES)
def test_matches_dense_at_other_points(function, kind, memory, monkeypatch):
    monkeypatch.setattr(blocks, "MEMORY", memory)
    pattern = pattern_of(function)
    evaluator = CompressedHessian(code_of(function, X), [0], pattern, coloring_of(pattern, kind))
    assert evaluator.operations > 0
    for x in (Y, X):
        data = np.full(pattern.nnz, np.nan)
        assert evaluator.evaluate((x,), data)
        found = pattern.matrix(data).toarray()
        np.testing.assert_allclose(found, dense_hessian(function, x), rtol=1e-11, atol=1e-12)
        if kind != "column":
            np.testing.assert_array_equal(found, found.T)


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_any_pattern(data):
    n = data.draw(st.integers(1, 8))
    weights = data.draw(st.lists(st.sampled_from([0.0, 0.0, 1.0, -2.5]), min_size=n * n, max_size=n * n))
    matrix = np.reshape(weights, (n, n))
    matrix = matrix + matrix.T

    def function(x):
        return 0.5 * sum(matrix[i, j] * x[i] * x[j] for i, j in np.argwhere(matrix)) + 0.0 * x[0]

    pattern = Pattern.of(matrix)
    code = code_of(function, np.ones(n))
    for kind in KINDS:
        found = np.empty(pattern.nnz)
        assert CompressedHessian(code, [0], pattern, coloring_of(pattern, kind)).evaluate(
            (np.arange(1.0, n + 1),), found
        )
        np.testing.assert_allclose(pattern.matrix(found).toarray(), matrix, rtol=1e-13, atol=1e-14)


def lagrangian(x, lam):
    return np.sum(x**4) + lam @ (x[1:] * x[:-1])


@pytest.mark.parametrize("kind", KINDS)
def test_multipliers_change_and_are_no_columns(kind):
    lam = np.arange(1.0, 7.0)
    pattern = Pattern.of(dense_hessian(lambda x: lagrangian(x, lam), X))
    evaluator = CompressedHessian(code_of(lagrangian, X, lam), [0], pattern, coloring_of(pattern, kind))
    data = np.empty(pattern.nnz)
    assert evaluator.evaluate((Y, lam * 3), data)
    expected = dense_hessian(lambda x: lagrangian(x, lam * 3), Y)
    np.testing.assert_allclose(pattern.matrix(data).toarray(), expected, rtol=1e-12)


def test_several_inputs():
    def function(x, y, s):
        return np.sum(s * x[1:] * y) + np.sum(y**3)

    def together(z):
        return function(z[3:6], z[1:3], z[0])

    z = np.array([2.0, 0.5, 0.7, 1.1, 1.2, 1.3])
    pattern = Pattern.of(dense_hessian(together, z) != 0)
    code = code_of(function, z[3:6], z[1:3], z[0])
    evaluator = CompressedHessian(code, [2, 1, 0], pattern, coloring_of(pattern, "star"))
    data = np.empty(pattern.nnz)
    assert evaluator.evaluate((z[3:6], z[1:3], z[0]), data)
    np.testing.assert_allclose(pattern.matrix(data).toarray(), dense_hessian(together, z), rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_other_decisions_are_told_and_break_nothing(kind):
    def function(x):
        return np.sum(x**3) if x[0] > 1 else np.sum(x)

    pattern = Pattern.of(np.eye(7))
    evaluator = CompressedHessian(code_of(function, X), [0], pattern, coloring_of(pattern, kind))
    data = np.empty(7)
    assert not evaluator.evaluate((Y,), data)
    assert evaluator.evaluate((X,), data)
    np.testing.assert_allclose(data, 6 * X)


def test_no_second_derivatives():
    pattern = Pattern.of(np.zeros((7, 7)))
    evaluator = CompressedHessian(code_of(np.sum, X), [0], pattern, coloring_of(pattern, "star"))
    assert evaluator.evaluate((Y,), np.empty(0))


PATH = np.eye(7, k=1) + np.eye(7, k=-1)


@pytest.mark.parametrize(
    "function, pattern, kind, colors, expected",
    [
        (rosenbrock, np.triu(np.ones((7, 7))), "star", range(7), "symmetric"),
        (rosenbrock, np.eye(6), "star", range(6), "pattern: expected shape"),
        (rosenbrock, PATH, "star", [0, 1] * 3 + [0], "does not determine"),
        (ring, np.roll(np.eye(7), 1, 0) + np.roll(np.eye(7), -1, 0), "acyclic", [0] * 7, "does not determine"),
        (rosenbrock, np.eye(7), "row", range(7), "row coloring"),
        (np.cumsum, np.eye(7), "star", range(7), "one number"),
    ],
)
def test_what_does_not_fit_is_refused(function, pattern, kind, colors, expected):
    pattern = Pattern.of(pattern)
    colors = Colors(kind, pattern.shape, np.array(colors, np.int32))
    with pytest.raises(ArgumentError, match=expected):
        CompressedHessian(code_of(function, X), [0], pattern, colors)
