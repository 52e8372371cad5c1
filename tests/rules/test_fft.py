"""Fourier transforms against their matrices, and what the examples with differences cannot see."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.fft as sf

from adpy.rules import load_all, lookup
from adpy.rules.fft import steps_of
from tests.rules.harness import complexes, real

load_all()


@pytest.mark.parametrize("module", [np.fft, sf])
@pytest.mark.parametrize("norm", [None, "backward", "ortho", "forward"])
@pytest.mark.parametrize("n", [None, 3, 4, 7])
@pytest.mark.parametrize("name", ["fft", "ifft", "irfft", "hfft", "rfft", "ihfft"])
def test_cotangent_is_the_transposed_matrix(module, name, n, norm):
    function = getattr(module, name)
    length = 5
    columns = np.eye(length)
    parts = [columns] if name in ("rfft", "ihfft") else [columns, 1j * columns]
    matrix = np.concatenate([function(p, n, 0, norm) for p in parts], axis=1)
    bar = real(len(matrix)) if name in ("irfft", "hfft") else complexes(len(matrix))
    expected = np.real(np.conj(matrix.T) @ bar)
    if len(parts) == 2:
        expected = expected[:length] + 1j * expected[length:]
    x = complexes(length) if len(parts) == 2 else real(length)
    row = lookup(function)
    (found,) = row.vjp(bar, row.primal(x), (True,), x, n=n, norm=norm)
    np.testing.assert_allclose(np.real(found) if len(parts) == 1 else found, expected, rtol=1e-12, atol=1e-12)


def test_real_transforms_have_real_cotangents():
    x = real(6)
    (x_bar,) = lookup(np.fft.rfft).vjp(complexes(4), np.fft.rfft(x), (True,), x)
    assert x_bar.dtype == np.float64


@pytest.mark.parametrize("module", [np.fft, sf])
@pytest.mark.parametrize("name", ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"])
def test_single_precision_stays(module, name):
    if module is np.fft and name in ("hfft", "ihfft") and np.fft.hfft(np.zeros(3, np.float32)).dtype != np.float32:
        pytest.skip("this NumPy computes in double precision")
    x = real(6).astype(np.float32)
    row = lookup(getattr(module, name))
    y = row.primal(x)
    (x_bar,) = row.vjp(y, y, (True,), x)
    assert x_bar.dtype.itemsize in (4, 8) and np.real(x_bar).dtype == np.float32


def test_steps_follow_numpys_order():
    kinds = [(s.kind, s.axis, s.before, s.n) for s in steps_of("irfft", (3, 4), None, None)]
    assert kinds == [("ifft", 0, 3, 3), ("irfft", 1, 4, 6)]
    kinds = [(s.kind, s.axis, s.before, s.n) for s in steps_of("rfft", (3, 4), (5, 7), (1, 0))]
    assert kinds == [("rfft", 0, 3, 7), ("fft", 1, 4, 5)]


def test_overwriting_is_not_passed_on():
    x, x_dot = complexes(8), complexes(8, seed=2)
    kept = x.copy(), x_dot.copy()
    row = lookup(sf.fft)
    y = row.primal(x, overwrite_x=True)
    row.jvp((x_dot,), y, x, overwrite_x=True)
    np.testing.assert_array_equal(x, kept[0])
    np.testing.assert_array_equal(x_dot, kept[1])
