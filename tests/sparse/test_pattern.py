"""Patterns as such."""

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from adpy.errors import ArgumentError, PatternError
from adpy.sparse.pattern import Pattern


@st.composite
def matrices(draw, shape=None):
    m, n = shape or (draw(st.integers(0, 5)), draw(st.integers(0, 5)))
    return np.array(draw(st.lists(st.booleans(), min_size=m * n, max_size=m * n)), bool).reshape(m, n)


def dense(pattern):
    return pattern.matrix().toarray() != 0


@given(matrices())
def test_of_and_back(matrix):
    pattern = Pattern.of(matrix)
    assert pattern.shape == matrix.shape and pattern.nnz == matrix.sum()
    assert pattern.indptr.dtype == pattern.indices.dtype == np.int32
    assert np.array_equal(dense(pattern), matrix)
    assert np.array_equal(dense(pattern.T), matrix.T)
    assert np.array_equal(dense(pattern.lower), np.tril(matrix))
    assert pattern == Pattern.of(scipy.sparse.csc_array(matrix.astype(float))) == Pattern.of(pattern)
    assert pattern.is_symmetric == (matrix.shape[0] == matrix.shape[1] and bool((matrix == matrix.T).all()))
    assert all((((i, j) in pattern) == matrix[i, j]) for i, j in np.ndindex(matrix.shape))
    assert (-1, 0) not in pattern and matrix.shape not in pattern
    assert np.array_equal(pattern.rows, np.nonzero(matrix)[0])


@given(matrices((3, 4)), matrices((3, 4)))
def test_unions_and_covers(a, b):
    first, second = Pattern.of(a), Pattern.of(b)
    assert np.array_equal(dense(first | second), a | b)
    assert (first == second) == bool((a == b).all())
    assert first.covers(second) == bool((a | ~b).all())
    if first.covers(second):
        first.check_covers(second)
    else:
        with pytest.raises(PatternError) as error:
            first.check_covers(second)
        assert (error.value.row, error.value.column) == tuple(np.argwhere(b & ~a)[0])
        assert error.value.missing == (b & ~a).sum()


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3))))
def test_symmetric(entries):
    rows, columns = np.array(entries, int).reshape(-1, 2).T
    expected = np.zeros((4, 4), bool)
    expected[rows, columns] = expected[columns, rows] = True
    assert np.array_equal(dense(Pattern.symmetric(4, rows, columns)), expected)


def test_refusals():
    a = Pattern.of(np.eye(2))
    with pytest.raises(ArgumentError, match="shape"):
        a.covers(Pattern.of(np.eye(3)))
    with pytest.raises(ArgumentError, match="shape"):
        a | Pattern.of(np.eye(3))
    for wrong in (np.ones(3), "x", [None]):
        with pytest.raises(ArgumentError, match="pattern"):
            Pattern.of(wrong)
    with pytest.raises(TypeError):
        hash(a)
    assert a != 3


def test_repr():
    assert repr(Pattern.of(np.eye(2))) == "<Pattern of shape (2, 2) with 2 entries>"
