"""Compressed Jacobians against dense ones: every kind of coloring, blocks of colors, calls in Python, guards."""

import numpy as np
import pytest
import scipy.fft
from hypothesis import given, settings
from hypothesis import strategies as st

import adpy
from adpy.errors import ArgumentError
from adpy.program.recording import Recording
from adpy.sparse.coloring import color_bidirectional, color_columns, color_rows
from adpy.sparse.compression import blocks
from adpy.sparse.compression.jacobian import CompressedJacobian
from adpy.sparse.pattern import Pattern
from tests.sparse.compression.recorded import code_of, dense_jacobian, pattern_of
from tests.sparse.compression.slow import Colors, bidirectional_coloring, column_coloring, row_coloring

SLOW = [column_coloring, row_coloring, bidirectional_coloring]
COLORINGS = [*SLOW, color_columns, color_rows, color_bidirectional]


def heat(u):
    """Periodic stencil."""
    return np.roll(u, 1) - 2 * u + np.roll(u, -1) + u**3


def burgers(u):
    """In place, several steps."""
    u = u.copy()
    for _ in range(3):
        u[1:-1] -= 0.1 * u[1:-1] * (u[2:] - u[:-2])
    return u


def loop(x):
    """Scalars, one after the other; an arrow."""
    y = np.zeros(len(x))
    for i in range(1, len(x)):
        y[i] = x[i] * x[0] + x[i - 1] ** 2
    y[0] = np.sum(np.sin(x))
    return y


def solved(x):
    """A call in Python: a small linear solve, and entries by themselves."""
    a = np.eye(2) + 0.1 * x[:2, None] * x[None, :2]
    return np.concatenate([np.linalg.solve(a, x[2:4]), np.exp(x[4:]) * x[4:]])


def transformed(x):
    """A call in Python on the first entries only."""
    return np.concatenate([scipy.fft.dct(x[:4] ** 2), x[4:] ** 2])


def two_results(x, s):
    """Two results; the second argument is a number."""
    return np.tan(x[1:]) * x[:-1], s * x[::2]


def strided(x):
    """Views as results: backwards, and entries twice."""
    return x[::-1] * 1.0, x[1:3], x


def choices(x):
    """Masks."""
    return np.where(x > 1, x * np.roll(x, 1), -x), np.maximum(x, 0.9)


X = np.array([1.1, 0.7, 1.3, 0.9, 1.6, 0.8])
Y = np.array([0.6, 1.2, 0.8, 1.7, 0.9, 1.4])
CASES = {
    "heat": (heat, (X,), (Y,)),
    "burgers": (burgers, (X,), (Y,)),
    "loop": (loop, (X,), (Y,)),
    "solved": (solved, (X,), (Y,)),
    "transformed": (transformed, (X,), (Y,)),
    "two results": (two_results, (X, 2.0), (Y, 3.0)),
    "strided": (strided, (X,), (Y,)),
    "choices": (choices, (X,), (Y,)),
}


@pytest.mark.parametrize("coloring", COLORINGS)
@pytest.mark.parametrize("name", CASES)
def test_matches_dense_at_other_points(name, coloring):
    function, first, second = CASES[name]
    wrt = range(len(first))
    pattern = pattern_of(function, (first, second), wrt)
    evaluator = CompressedJacobian(code_of(function, *first), wrt, pattern, coloring(pattern))
    assert evaluator.operations > 0
    for args in (second, first):
        data = np.full(pattern.nnz, np.nan)
        assert evaluator.evaluate(args, data)
        expected = dense_jacobian(function, args, wrt)
        np.testing.assert_allclose(pattern.matrix(data).toarray(), expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("wrt", [[0], [1], [1, 0]])
@pytest.mark.parametrize("coloring", COLORINGS)
def test_some_inputs(wrt, coloring):
    args = X, 2.0
    pattern = pattern_of(two_results, (args,), wrt)
    evaluator = CompressedJacobian(code_of(two_results, *args), wrt, pattern, coloring(pattern))
    data = np.empty(pattern.nnz)
    assert evaluator.evaluate((Y, 3.0), data)
    expected = dense_jacobian(two_results, (Y, 3.0), wrt)
    np.testing.assert_allclose(pattern.matrix(data).toarray(), expected, rtol=1e-12)


@pytest.mark.parametrize("coloring", COLORINGS)
@pytest.mark.parametrize("name", ["burgers", "solved"])
def test_blocks_of_colors(name, coloring, monkeypatch):
    monkeypatch.setattr(blocks, "MEMORY", 1)
    function, first, second = CASES[name]
    pattern = pattern_of(function, (first, second), [0])
    evaluator = CompressedJacobian(code_of(function, *first), [0], pattern, coloring(pattern))
    data = np.empty(pattern.nnz)
    assert evaluator.evaluate(second, data)
    expected = dense_jacobian(function, second, [0])
    np.testing.assert_allclose(pattern.matrix(data).toarray(), expected, rtol=1e-12, atol=1e-14)


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_any_pattern(data):
    m, n = data.draw(st.integers(1, 7)), data.draw(st.integers(1, 7))
    weights = data.draw(st.lists(st.sampled_from([0.0, 0.0, 1.0, -2.5]), min_size=m * n, max_size=m * n))
    matrix = np.reshape(weights, (m, n))

    def function(x):
        return np.array([sum(w * x[j] * x[j] for j, w in enumerate(row) if w) + 0.0 * x[0] for row in matrix])

    x = np.linspace(0.5, 1.5, n)
    pattern = Pattern.of(matrix)
    code = code_of(function, x)
    for coloring in COLORINGS:
        found = np.empty(pattern.nnz)
        assert CompressedJacobian(code, [0], pattern, coloring(pattern)).evaluate((x + 1,), found)
        np.testing.assert_allclose(pattern.matrix(found).toarray(), 2 * matrix * (x + 1), rtol=1e-13)


def branching(x):
    return x * x if x[0] > 1 else -x


@pytest.mark.parametrize("coloring", COLORINGS)
def test_other_decisions_are_told_and_break_nothing(coloring):
    pattern = Pattern.of(np.eye(6))
    evaluator = CompressedJacobian(code_of(branching, X), [0], pattern, coloring(pattern))
    data = np.empty(6)
    assert not evaluator.evaluate((Y,), data)
    assert evaluator.evaluate((X,), data)
    np.testing.assert_array_equal(data, 2 * X)


def guarded_solve(x):
    if x[0] > 1:
        return np.linalg.solve(np.diag(x), x * x)
    return x


SINGULAR = np.array([1, 0, 1, 1, 1, 1])


@pytest.mark.parametrize("coloring", COLORINGS)
def test_values_that_cannot_be_computed_tell_no_decision(coloring):
    pattern = Pattern.of(np.eye(6))
    evaluator = CompressedJacobian(code_of(guarded_solve, X), [0], pattern, coloring(pattern))
    data = np.empty(6)
    assert not evaluator.evaluate((X * SINGULAR,), data)
    assert evaluator.evaluate((X,), data)
    np.testing.assert_allclose(data, 1)


@adpy.primitive
def doubled(x):
    return 2 * x


@doubled.defjvp
def doubled_jvp(primals, tangents, y):
    if primals[0][0] > 2:
        raise ValueError("no derivative here")
    return 2 * tangents[0]


@doubled.defvjp
def doubled_vjp(primals, y, y_bar):
    return (doubled_jvp(primals, (y_bar,), y),)


@pytest.mark.parametrize("coloring", COLORINGS)
def test_errors_of_derivatives_are_raised(coloring):
    pattern = Pattern.of(np.eye(6))
    evaluator = CompressedJacobian(code_of(doubled, X), [0], pattern, coloring(pattern))
    data = np.empty(6)
    with pytest.raises(ValueError, match="no derivative here"):
        evaluator.evaluate((X * 2,), data)
    assert evaluator.evaluate((X,), data)
    np.testing.assert_allclose(data, 2)


def test_narrow_sweeps_after_wide_ones_and_after_errors():
    code = code_of(guarded_solve, X)
    pattern = Pattern.of(np.ones((6, 6)))
    evaluator = CompressedJacobian(code, [0], pattern, column_coloring(pattern))
    for args in ((X * SINGULAR,), (X,)):
        evaluator.evaluate(args, np.empty(36))
        with Recording(code, [X]) as recording:
            (dot,) = recording.tangents([np.ones((6, 1))])
        np.testing.assert_allclose(dot[:, 0], 1)


def test_empty_jacobians():
    for function, x in ((heat, np.zeros(0)), (branching, X)):
        shape = (x.size, x.size)
        pattern = Pattern.of(np.zeros(shape))
        evaluator = CompressedJacobian(code_of(function, x), [0], pattern, column_coloring(pattern))
        assert evaluator.evaluate((x,), np.empty(0))
    assert not evaluator.evaluate((Y,), np.empty(0))


@pytest.mark.parametrize("coloring", COLORINGS)
def test_infinite_partials_stay_in_their_entry(coloring):
    pattern = Pattern.of(np.array([[1, 1, 0], [0, 1, 1], [0, 0, 1]]))

    def function(x):
        return np.array([np.sqrt(x[0]) + x[1], x[1] * x[2], x[2] ** 2])

    evaluator = CompressedJacobian(code_of(function, np.ones(3)), [0], pattern, coloring(pattern))
    data = np.empty(pattern.nnz)
    with np.errstate(divide="ignore"):
        assert evaluator.evaluate((np.array([0.0, 2.0, 3.0]),), data)
    np.testing.assert_array_equal(data, [np.inf, 1, 3, 2, 6])


@pytest.mark.parametrize(
    "pattern, coloring, expected",
    [
        (np.eye(5), column_coloring, "pattern: expected shape"),
        (np.ones((6, 6)), lambda p: Colors("column", p.shape, np.zeros(6, np.int32)), "does not determine .0, 0."),
        (np.ones((6, 6)), lambda p: Colors("row", p.shape, None, np.zeros(6, np.int32)), "does not determine .0, 0."),
        (np.ones((6, 6)), lambda p: Colors("star", p.shape, np.zeros(6, np.int32)), "star coloring"),
        (np.ones((6, 6)), lambda p: Colors("column", (5, 5), np.zeros(5, np.int32)), "shape"),
        (np.eye(6), lambda p: Colors("column", p.shape, np.full(6, -1, np.int32)), "does not determine .0, 0."),
    ],
)
def test_what_does_not_fit_is_refused(pattern, coloring, expected):
    pattern = Pattern.of(pattern)
    with pytest.raises(ArgumentError, match=expected):
        CompressedJacobian(code_of(heat, X), [0], pattern, coloring(pattern))
