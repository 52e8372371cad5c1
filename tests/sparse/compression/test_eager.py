"""Compressed derivatives without a recording: single precision, random numbers, patterns that miss something."""

import numpy as np
import pytest
import scipy.sparse as sp

import adpy
from adpy.errors import ArgumentError
from adpy.sparse.coloring import color_acyclic, color_bidirectional, color_columns, color_rows, color_star
from adpy.sparse.compression import eager
from adpy.sparse.compression.eager import eager_hessian, eager_jacobian
from adpy.sparse.pattern import Pattern

X = np.linspace(0.5, 1.5, 9)


def upwind(x):
    y = x * np.roll(x, 1)
    y[0] = np.sum(np.sin(x))
    return y + np.fft.irfft(0.0 * np.fft.rfft(y), len(y))


def energy(x):
    return np.sum(np.sin(x[1:] * x[:-1])) + np.real(np.fft.fft(x)[0]) ** 2 * 0.0


@pytest.mark.parametrize("chunk", [64, 1, 2])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("coloring", [color_columns, color_rows, color_bidirectional])
def test_jacobians(coloring, dtype, chunk, monkeypatch):
    monkeypatch.setattr(eager, "CHUNK", chunk)
    x = X.astype(dtype)
    expected = adpy.jacobian(upwind)(x)
    pattern = Pattern.of(abs(expected) > 1e-6)
    found = eager_jacobian(upwind, x, pattern, coloring(pattern))
    assert found.dtype == dtype
    np.testing.assert_allclose(pattern.matrix(found).toarray(), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("coloring", [color_star, color_acyclic])
def test_hessians(coloring):
    expected = adpy.hessian(energy)(X)
    pattern = Pattern.of(abs(expected) > 1e-12)
    found = eager_hessian(energy, X, pattern, coloring(pattern))
    np.testing.assert_allclose(pattern.matrix(found).toarray(), expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("entry", [(0, 7), (3, 2), (4, 4)])
@pytest.mark.parametrize("coloring", [color_columns, color_rows, color_bidirectional])
def test_a_pattern_that_misses_an_entry(coloring, entry):
    pattern = abs(adpy.jacobian(upwind)(X)) > 1e-6
    pattern[entry] = False
    pattern = Pattern.of(pattern)
    with pytest.raises(ArgumentError, match="missing"):
        eager_jacobian(upwind, X, pattern, coloring(pattern))


@pytest.mark.parametrize("coloring", [color_star, color_acyclic])
def test_a_hessian_pattern_that_misses_entries(coloring):
    pattern = abs(adpy.hessian(energy)(X)) > 1e-12
    pattern[3, 4] = pattern[4, 3] = False
    pattern = Pattern.of(pattern)
    with pytest.raises(ArgumentError, match="missing"):
        eager_hessian(energy, X, pattern, coloring(pattern))


def test_constant_results():
    pattern = Pattern.of(np.eye(9))
    for coloring in (color_columns, color_rows):
        found = eager_jacobian(lambda x: np.ones(9) + 0.0 * x, X, pattern, coloring(pattern))
        np.testing.assert_array_equal(found, 0)


def test_a_large_function_that_cannot_be_recorded():
    n = 5000
    band = sp.diags_array([np.ones(n), np.ones(n - 1)], offsets=[0, -1]).tocsr()

    def function(x):
        y = x * x
        return np.append(y[:1], y[1:] * x[:-1])

    x = np.linspace(0.5, 1.5, n, dtype=np.float32)
    found = adpy.sparse.jacobian(function, pattern=band)(x)
    assert found.shape == (n, n) and found.dtype == np.float32
    np.testing.assert_allclose(found.diagonal()[1:], 2 * x[1:] * x[:-1], rtol=1e-5)
    np.testing.assert_allclose(found.diagonal(-1), x[1:] ** 2, rtol=1e-5)
    second = adpy.sparse.hessian(lambda x: np.sum(x**3), pattern=sp.eye_array(n))(x)
    np.testing.assert_allclose(second.diagonal(), 6 * x, rtol=1e-5)
    with pytest.raises(ArgumentError, match="missing"):
        adpy.sparse.jacobian(function, pattern=sp.eye_array(n))(x)
    with pytest.raises(ArgumentError, match="pattern="):
        adpy.sparse.jacobian(function)(x)


@pytest.mark.parametrize("shape", [(9, 8), (8, 9)])
@pytest.mark.parametrize("coloring", [color_columns, color_rows])
def test_patterns_of_another_shape(coloring, shape):
    pattern = Pattern.of(np.ones(shape))
    with pytest.raises(ArgumentError, match="pattern"):
        eager_jacobian(upwind, X, pattern, coloring(pattern))


@pytest.mark.parametrize("coloring", [color_columns, color_rows])
def test_complex_numbers_are_refused(coloring):
    pattern = Pattern.of(np.eye(9))
    with pytest.raises(ArgumentError, match="complex"):
        eager_jacobian(upwind, X * 1j, pattern, coloring(pattern))
    with pytest.raises(ArgumentError, match="complex"):
        eager_jacobian(lambda x: x * 1j, X, pattern, coloring(pattern))
