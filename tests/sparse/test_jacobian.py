"""Sparse Jacobians are the dense ones, of whatever function, and their structure holds everything that is not zero."""

import math

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

import adpy
from adpy.errors import ArgumentError, TracedValueError

X = np.array([0.3, 0.7, -0.4, 1.1, 0.9])


def products(x):
    return x[1:] * x[:-1]


def loop(x):
    y = np.zeros(len(x))
    for i in range(1, len(x) - 1):
        y[i] = x[i - 1] * math.sin(x[i + 1]) + x[i]
    y[0] += x[0] ** 2
    return y


def in_place(x):
    u = x.copy()
    u[1:-1] += 0.1 * (u[2:] - 2 * u[1:-1] + u[:-2])
    u[::2] *= u[1]
    return u


def kinks(x):
    return np.where(x > 0.5, x**2, np.roll(x, 1)) + np.maximum(x, x[0]) + np.abs(x)


def solved(x):
    A = np.diag(x + 3.0) + np.ones((5, 5))
    return np.concatenate([np.linalg.solve(A, x), x[:2] ** 2])


def banded(x):
    return scipy.linalg.solve_banded((1, 1), np.array([x, x + 4.0, x]), np.ones(5))


def transformed(x):
    return np.fft.rfft(x).real[:2] + x[:2]


def to_number(x):
    return np.sum(x[1:] * x[:-1])


def to_matrix(x):
    return np.outer(x[:2], x[3:])


def partly_constant(x):
    return [np.ones(2), x[:2] * 2.0, 7, x[4], np.zeros((2, 2))]


def constant(x):
    return np.arange(4.0)


FUNCTIONS = [products, loop, in_place, kinks, solved, banded, transformed, to_number, to_matrix]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_like_the_dense_jacobian(function):
    J = adpy.sparse.jacobian(function)
    for x in (X, X[::-1].copy(), np.linspace(-1, 2, 5)):
        dense = adpy.jacobian(function)(x)
        found = J(x)
        assert isinstance(found, scipy.sparse.csr_array)
        assert found.dtype == np.float64 and found.has_canonical_format
        np.testing.assert_allclose(found.toarray(), dense.reshape(-1, 5), rtol=1e-12, atol=1e-14)
        J.verify(x)


@pytest.mark.parametrize("mode", ["compressed", "forward", "reverse", "bidirectional"])
@pytest.mark.parametrize("function", [loop, in_place, kinks, solved, to_number])
def test_every_mode(function, mode):
    found = adpy.sparse.jacobian(function, mode=mode)(X)
    np.testing.assert_allclose(found.toarray(), adpy.jacobian(function)(X).reshape(-1, 5), rtol=1e-12, atol=1e-14)


def test_results_that_are_constant_have_empty_rows():
    found = adpy.sparse.jacobian(partly_constant)(X)
    assert found.shape == (2 + 2 + 1 + 1 + 4, 5)
    expected = np.zeros((10, 5))
    expected[2, 0] = expected[3, 1] = 2.0
    expected[5, 4] = 1.0
    assert np.array_equal(found.toarray(), expected)
    assert found.nnz == 3
    empty = adpy.sparse.jacobian(constant)(X)
    assert empty.shape == (4, 5) and empty.nnz == 0


@pytest.mark.parametrize("x", [np.zeros(0), [], {}])
def test_no_inputs(x):
    found = adpy.sparse.jacobian(lambda x: np.ones(3))(x)
    assert found.shape == (3, 0) and found.nnz == 0


def test_no_outputs():
    assert adpy.sparse.jacobian(lambda x: x[:0])(X).shape == (0, 5)
    assert adpy.sparse.jacobian(lambda x: [])(X).shape == (0, 5)


def test_numbers():
    J = adpy.sparse.jacobian(lambda x: x * math.exp(x))
    assert J(0.5).toarray() == pytest.approx(1.5 * math.exp(0.5))
    assert J(np.float64(0.5)).shape == (1, 1)


def test_trees_of_arguments_and_results():
    def f(t, k):
        return {"a": t["u"] * t["v"][0][1], "n": k, "b": (t["w"] ** 2, t["v"][0].sum()), "name": "result"}

    t = {"u": X[:2], "v": [np.array([[1.0, 2.0], [3.0, 4.0]])], "w": 2.0, "name": "point", "count": 3}

    def of_vector(z):
        u, v, w = z[:2], z[2:6].reshape(2, 2), z[6]
        return np.concatenate([u * v[1], np.zeros(1), w[None] ** 2, v.sum()[None]])

    z = np.concatenate([t["u"], t["v"][0].ravel(), [t["w"]]])
    found = adpy.sparse.jacobian(f)(t, 3)
    assert np.allclose(found.toarray(), adpy.jacobian(of_vector)(z), rtol=1e-14)
    assert found.nnz == 2 * 2 + 1 + 4


@pytest.mark.parametrize("argnum", [0, 1, -1, 2, (0, 1), (2, 0)])
def test_argnum(argnum):
    def f(a, b, c):
        return a * b[0] + c[::-1] ** 2

    args = X[:3], np.array([2.0, 3.0]), X[2:]
    numbers = argnum if isinstance(argnum, tuple) else (argnum,)
    expected = np.hstack([adpy.jacobian(f, k)(*args) for k in numbers])
    assert np.allclose(adpy.sparse.jacobian(f, argnum)(*args).toarray(), expected, rtol=1e-14)


def test_arguments_by_name():
    def f(a, b):
        return a * b

    found = adpy.sparse.jacobian(f, argnum=1)(X, b=2.0 * X)
    assert np.allclose(found.toarray(), np.diag(X))


def test_other_arguments_change_without_new_pattern():
    J = adpy.sparse.jacobian(lambda x, w, p: w * x[::-1] ** p)
    for k in range(4):
        w = X + k
        np.testing.assert_allclose(J(X, w, 2.0).toarray(), np.diag(2.0 * w[::-1] * X)[::-1], rtol=1e-13)
    assert J.stats()["patterns"] == 1 and J.stats()["misses"] == 1
    J(X, X, 3.0)
    assert J.stats()["patterns"] == 1


@pytest.mark.parametrize("format", ["csr", "csc", "coo", "dia", "dense"])
def test_formats(format):
    J = adpy.sparse.jacobian(loop, format=format)
    dense = adpy.jacobian(loop)(X)
    found = J(X)
    assert getattr(found, "format", "dense") == format
    again = J(2.0 * X, out=found)
    assert again is found
    for x, matrix in ((2.0 * X, found), (X, J(X))):
        dense = adpy.jacobian(loop)(x)
        np.testing.assert_allclose(matrix if format == "dense" else matrix.toarray(), dense, rtol=1e-13, atol=1e-15)


def test_blocks():
    def f(x):
        u = x.reshape(3, 2)
        return np.concatenate([u * u[:, ::-1], u[:1] + u[2:]]).reshape(-1)

    J = adpy.sparse.jacobian(f, format="bsr", blocksize=(2, 2))
    x = np.arange(1.0, 7.0)
    found = J(x)
    assert found.format == "bsr" and found.blocksize == (2, 2) and len(found.data) == 5
    assert np.array_equal(found.toarray(), adpy.jacobian(f)(x))
    J(2 * x, out=found)
    assert np.array_equal(found.toarray(), adpy.jacobian(f)(2 * x))
    with pytest.raises(ArgumentError, match="blocksize: expected divisors"):
        adpy.sparse.jacobian(f, format="bsr", blocksize=(3, 2))(x)


def test_bands():
    def f(x):
        y = x**2
        y[1:] += x[:-1] * 3.0
        y[:-2] -= np.sin(x[2:])
        return y

    J = adpy.sparse.jacobian(f, format="banded")
    x = np.linspace(2.0, 4.0, 7)
    ab = J(x)
    assert J.bandwidths == (1, 2) and ab.shape == (4, 7)
    dense = adpy.jacobian(f)(x)
    b = np.ones(7)
    np.testing.assert_allclose(scipy.linalg.solve_banded(J.bandwidths, ab, b), np.linalg.solve(dense, b), rtol=1e-11)


def test_whole_numbers_are_refused():
    with pytest.raises(ArgumentError, match="floating-point numbers"):
        adpy.sparse.jacobian(products)(np.arange(4))
    with pytest.raises(ArgumentError, match="floating-point numbers"):
        adpy.sparse.jacobian(lambda x: 2 * x)(3)
    with pytest.raises(ArgumentError, match="floating-point numbers"):
        adpy.sparse.jacobian(lambda x: x["n"] * 2.0)({"n": 3})


@pytest.mark.parametrize(
    "settings, argument",
    [
        ({"mode": "sideways"}, "mode"),
        ({"format": "lil"}, "format"),
        ({"ordering": "alphabetical"}, "ordering"),
        ({"blocksize": (2, 2)}, "blocksize"),
        ({"format": "bsr"}, "blocksize"),
        ({"format": "bsr", "blocksize": (2, 0)}, "blocksize"),
        ({"pattern": "dense"}, "pattern"),
        ({"pattern": np.ones(3)}, "pattern"),
        ({"coloring": [0, 1]}, "coloring"),
        ({"argnum": "x"}, "argnum"),
        ({"argnum": ()}, "argnum"),
        ({"argnum": (0, 0)}, "argnum"),
    ],
)
def test_settings_that_do_not_exist(settings, argument):
    with pytest.raises(ArgumentError) as caught:
        adpy.sparse.jacobian(products, **settings)
    assert caught.value.argument == argument


def test_arguments_that_do_not_exist():
    with pytest.raises(ArgumentError, match="argnum"):
        adpy.sparse.jacobian(products, argnum=3)(X)
    with pytest.raises(ArgumentError, match="function"):
        adpy.sparse.jacobian(3)


def test_nan_stays_where_it_is():
    x = X.copy()
    x[2] = np.nan
    found = adpy.sparse.jacobian(products)
    found(X)
    dense = adpy.jacobian(products)(x)
    assert np.array_equal(found(x).toarray(), dense, equal_nan=True)
    found.verify(x)


def test_complex_results_are_computed_densely():
    def f(x):
        return x[1:] * 1j * x[:-1]

    J = adpy.sparse.jacobian(f)
    found = J(X)
    assert found.dtype == complex and found.nnz == 8
    assert np.allclose(found.toarray(), 1j * adpy.jacobian(products)(X))


def test_single_precision():
    found = adpy.sparse.jacobian(products)(X.astype(np.float32))
    assert found.dtype == np.float32
    assert np.allclose(found.toarray(), adpy.jacobian(products)(X), rtol=1e-6)


def test_large_functions_that_cannot_be_recorded_are_refused():
    with pytest.raises(ArgumentError, match="one that can be recorded"):
        adpy.sparse.jacobian(products)(np.ones(5000, np.float32))


def test_functions_that_draw_random_numbers_run_every_time():
    rng = np.random.default_rng(0)

    def f(x):
        return rng.uniform(1.0, 2.0) * x

    J = adpy.sparse.jacobian(f)
    first, second = J(X), J(X)
    assert first.nnz == 5 and not np.array_equal(first.toarray(), second.toarray())


def test_inside_another_transform():
    J = adpy.sparse.jacobian(products)
    with pytest.raises(TracedValueError, match="adpy.jacobian"):
        adpy.grad(lambda x: J(x).sum())(X)

    def constant_inside(x):
        return J(X).data[0] * x

    assert adpy.grad(constant_inside)(2.0) == pytest.approx(X[1])


def test_errors_of_the_function_pass_through():
    def f(x):
        if x[0] > 1.0:
            raise KeyError("no such value")
        return x**2

    J = adpy.sparse.jacobian(f)
    J(X)
    with pytest.raises(KeyError):
        J(X + 1.0)
    assert np.allclose(J(X).toarray(), np.diag(2 * X))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_random_functions(seed):
    rng = np.random.default_rng(seed)
    n, m = rng.integers(1, 9, 2)
    picks = rng.integers(0, n, (m, 3))
    kinds = rng.integers(0, 4, m)

    def f(x):
        y = np.zeros(m)
        for i, ((a, b, c), kind) in enumerate(zip(picks, kinds, strict=True)):
            if kind == 0:
                y[i] = x[a] * x[b]
            elif kind == 1:
                y[i] = math.sin(x[a]) + x[c]
            elif kind == 2:
                y[i] = x[a] / (2.0 + x[b] ** 2) - x[c] * 3.0
            elif i:
                y[i] = y[i - 1] * x[c]
        return y

    x = rng.standard_normal(n)
    dense = adpy.jacobian(f)(x)
    for mode in ("auto", "compressed"):
        J = adpy.sparse.prepare_jacobian(f, rng.standard_normal(n), mode=mode)
        np.testing.assert_allclose(J(x).toarray(), dense, rtol=1e-11, atol=1e-13)


def test_blocks_of_trees():
    def f(t, s):
        return {"a": t["u"] * s, "n": 3, "b": (t["v"] ** 2, t["u"] @ t["v"])}

    t = {"u": X[:2], "v": X[2:4]}
    for format, plain in (("csr", scipy.sparse.csr_array.toarray), ("dense", np.asarray)):
        J = adpy.sparse.jacobian(f, argnum=(0, 1), format=format)
        parts = {key: plain(part) for key, part in J.blocks(t, 2.0).items()}
        assert parts.keys() == {
            ("['a']", "0['u']"),
            ("['a']", "1"),
            ("['b'][0]", "0['v']"),
            ("['b'][1]", "0['u']"),
            ("['b'][1]", "0['v']"),
        }
        assert np.array_equal(parts["['a']", "0['u']"], 2.0 * np.eye(2))
        assert np.array_equal(parts["['a']", "1"], X[:2, None])
        assert np.array_equal(parts["['b'][0]", "0['v']"], np.diag(2 * X[2:4]))
        assert np.array_equal(parts["['b'][1]", "0['u']"], X[None, 2:4])
    with pytest.raises(ArgumentError, match="format"):
        adpy.sparse.jacobian(f, format="coo").blocks(t, 2.0)
    with pytest.raises(ArgumentError, match="one that can be recorded"):
        adpy.sparse.jacobian(products).blocks(X.astype(np.float32))
    H = adpy.sparse.hessian(lambda t: t["u"] @ t["v"])
    assert H.blocks(t).keys() == {("['u']", "['v']"), ("['v']", "['u']")}
