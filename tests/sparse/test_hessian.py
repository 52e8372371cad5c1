"""Sparse Hessians are the dense ones, and symmetric to the last bit."""

import math

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

import adpy
from adpy.errors import ArgumentError, TracedValueError

X = np.array([0.3, 0.7, -0.4, 1.1, 0.9, 0.2])


def rosenbrock(x):
    return sum(100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(len(x) - 1))


def arrowhead(x):
    return np.sum((x[1:] ** 2 + x[0] ** 2) ** 2 - 4 * x[1:] + 3)


def separable(x):
    return np.sum(np.sin(x) ** 2) + math.exp(x[0])


def buffers(x):
    y = np.zeros(len(x))
    y[::2] = x[::2] * x[1]
    y[1::2] = np.tanh(x[1::2])
    return float(0) + np.sum(y * y)


def where(x):
    return np.sum(np.where(x > 0.5, x[::-1] * x, np.cos(x)))


def determinant(x):
    return np.linalg.slogdet(np.diag(x[:3] + 4.0) + np.ones((3, 3)))[1] + x[4] * x[5]


def linear(x):
    return np.sum(3.0 * x) + 2.0


FUNCTIONS = [rosenbrock, arrowhead, separable, buffers, where, determinant, linear]


@pytest.mark.parametrize("mode", ["auto", "compressed", "star", "acyclic"])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_like_the_dense_hessian(function, mode):
    H = adpy.sparse.hessian(function, mode=mode)
    for x in (X, X[::-1].copy()):
        found = H(x)
        assert isinstance(found, scipy.sparse.csr_array)
        np.testing.assert_allclose(found.toarray(), adpy.hessian(function)(x), rtol=1e-11, atol=1e-12)
        H.verify(x)
    assert np.array_equal(found.toarray(), found.toarray().T)


def test_patterns_of_known_problems():
    n = 50
    x = np.linspace(0.5, 1.5, n)
    assert adpy.sparse.hessian(rosenbrock)(x).nnz == 3 * n - 2
    assert adpy.sparse.hessian(arrowhead)(x).nnz == 3 * n - 2
    assert adpy.sparse.hessian(separable)(x).nnz == n
    assert adpy.sparse.hessian(linear)(x).nnz == 0


@pytest.mark.parametrize("format", ["csr", "csc", "coo", "dia", "dense", "banded"])
def test_formats(format):
    H = adpy.sparse.hessian(rosenbrock, format=format)
    found = H(X)
    assert H(-X, out=found) is found
    dense = adpy.hessian(rosenbrock)(-X)
    if format == "banded":
        assert H.bandwidths == (1, 1)
        assert np.allclose(found, [np.r_[0, np.diag(dense, 1)], np.diag(dense), np.r_[np.diag(dense, -1), 0]])
    else:
        assert np.allclose(found if format == "dense" else found.toarray(), dense, rtol=1e-12)


@pytest.mark.parametrize("mode", ["auto", "elements", "star", "acyclic", "compressed"])
def test_constant_function(mode):
    found = adpy.sparse.hessian(lambda x: 3.0, mode=mode)(X)
    assert found.shape == (6, 6) and found.nnz == 0


def test_one_number():
    assert adpy.sparse.hessian(lambda x: x**3)(2.0).toarray() == pytest.approx(12.0)


def test_trees():
    found = adpy.sparse.hessian(lambda t: np.sum(t["a"] ** 2) * t["b"])({"a": X[:2], "b": 2.0}).toarray()
    a = X[:2]
    assert np.allclose(found, [[4, 0, 2 * a[0]], [0, 4, 2 * a[1]], [2 * a[0], 2 * a[1], 0]])


def test_second_derivatives_between_arguments():
    def f(x, s, y):
        return s * np.sum(x**2 * y)

    x, y = X[:2], X[2:4]
    both = adpy.sparse.hessian(f, argnum=(0, 2))(x, 3.0, y).toarray()
    expected = np.block([[np.diag(6 * y), np.diag(6 * x)], [np.diag(6 * x), np.zeros((2, 2))]])
    assert np.allclose(both, expected)
    assert np.allclose(adpy.sparse.hessian(f, argnum=2)(x, 3.0, y).toarray(), 0.0)


@pytest.mark.parametrize("function", [lambda x: x**2, lambda x: (x[0], x[1]), lambda x: None, lambda x: x[:1] * x[1:2]])
def test_result_that_is_not_one_number(function):
    with pytest.raises(ArgumentError, match="one real number"):
        adpy.sparse.hessian(function)(X)


def test_complex_result():
    with pytest.raises(ArgumentError, match="real number"):
        adpy.sparse.hessian(lambda x: np.sum(x) * 1j)(X)


def test_whole_numbers_are_refused():
    with pytest.raises(ArgumentError, match="floating-point"):
        adpy.sparse.hessian(rosenbrock)(np.arange(4))


def test_nan_is_at_least_where_it_belongs():
    x = X.copy()
    x[2] = np.nan
    H = adpy.sparse.hessian(rosenbrock)
    other = H(np.where(np.isnan(x), 5.0, x)).toarray()
    found = H(x).toarray()
    depends = H(np.where(np.isnan(x), 6.0, x)).toarray() != other
    assert depends.any() and np.isnan(found[depends]).all()
    finite = np.isfinite(found)
    assert np.array_equal(found[finite], other[finite])
    H.verify(x)


def test_inside_another_transform():
    H = adpy.sparse.hessian(rosenbrock)
    with pytest.raises(TracedValueError, match="adpy"):
        adpy.grad(lambda x: H(x).sum())(X)


@pytest.mark.parametrize(
    "settings, argument",
    [
        ({"mode": "forward"}, "mode"),
        ({"pattern": np.ones((6, 5))}, "pattern"),
        ({"pattern": np.tri(6)}, "pattern"),
    ],
)
def test_settings_that_do_not_fit(settings, argument):
    with pytest.raises(ArgumentError) as caught:
        adpy.sparse.hessian(rosenbrock, **settings)
    assert caught.value.argument == argument


def test_pattern_that_is_not_symmetric_is_named():
    pattern = np.eye(6)
    pattern[4, 1] = 1.0
    with pytest.raises(ArgumentError, match=r"\(4, 1\) without \(1, 4\)"):
        adpy.sparse.hessian(rosenbrock, pattern=pattern)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_random_functions(seed):
    rng = np.random.default_rng(seed)
    n, terms = int(rng.integers(1, 8)), int(rng.integers(1, 8))
    picks = rng.integers(0, n, (terms, 3))
    kinds = rng.integers(0, 4, terms)

    def f(x):
        s = 0.0
        for (a, b, c), kind in zip(picks, kinds, strict=True):
            if kind == 0:
                s = s + x[a] * x[b] * x[c]
            elif kind == 1:
                s = s + math.sin(x[a] + 2.0 * x[b])
            elif kind == 2:
                s = s + x[a] / (2.0 + x[b] ** 2)
            else:
                s = s + 3.0 * x[c]
        return s

    x = rng.standard_normal(n)
    dense = adpy.hessian(f)(x)
    for mode in ("auto", "compressed"):
        H = adpy.sparse.prepare_hessian(f, rng.standard_normal(n), mode=mode)
        np.testing.assert_allclose(H(x).toarray(), dense, rtol=1e-10, atol=1e-12)
