"""Conventions of reductions, scans and order statistics at ties, zeros, NaN and empty input."""

from __future__ import annotations

import numpy as np
import pytest

from adpy.errors import TracedValueError
from adpy.rules import lookup


def pullback(function, *operands, needs=None, **static):
    """The bars of a block row for cotangent one."""
    row = lookup(function)
    operands = tuple(np.asarray(x) if isinstance(x, (list, float)) else x for x in operands)
    defaults = tuple(None for _ in row.operands[len(operands) :])
    y = row.primal(*operands, **static)
    needs = (True,) * len(operands) + (False,) * len(defaults) if needs is None else needs
    return row.vjp(np.ones(np.shape(y)), y, needs, *operands, *defaults, **static)


@pytest.mark.parametrize("function", [np.max, np.amax])
def test_ties_share_equally(function):
    assert pullback(function, [3.0, 1.0, 3.0])[0].tolist() == [0.5, 0.0, 0.5]
    a = np.array([[1.0, 1.0], [1.0, 2.0]])
    assert pullback(function, a, axis=1)[0].tolist() == [[0.5, 0.5], [0.0, 1.0]]
    assert pullback(np.min, a, axis=0)[0].tolist() == [[0.5, 1.0], [0.5, 0.0]]


def test_initial_takes_part_in_ties():
    row = lookup(np.max)
    a = np.array([2.0, 1.0])
    a_bar, initial_bar = row.vjp(np.ones(()), np.float64(2.0), (True, True), a, 2.0)
    assert a_bar.tolist() == [0.5, 0.0]
    assert initial_bar == 0.5


def test_std_of_constant_data_has_derivative_zero():
    assert pullback(np.std, [2.0, 2.0, 2.0])[0].tolist() == [0.0, 0.0, 0.0]
    row = lookup(np.std)
    assert row.jvp((np.array([1.0, 2.0]), None), np.float64(0.0), np.array([2.0, 2.0])) == 0.0


@pytest.mark.parametrize("zeros", [0, 1, 2])
def test_prod_with_zeros_is_exact(zeros):
    a = np.array([1.5, -2.0, 3.0, 0.5])
    a[:zeros] = 0.0
    expected = [np.prod(np.delete(a, i)) for i in range(4)]
    assert pullback(np.prod, a)[0].tolist() == pytest.approx(expected, rel=1e-15)


def test_cumprod_behind_a_zero():
    a = np.array([2.0, 0.0, 3.0])
    assert pullback(np.cumprod, a)[0].tolist() == [1.0, 8.0, 0.0]


def test_products_of_many_entries_neither_overflow_nor_vanish():
    a = np.full(200, 1e3)
    a[100:] = 1e-3
    np.testing.assert_allclose(pullback(np.prod, a)[0], 1 / a, rtol=1e-12)


def test_median_takes_the_middle():
    assert pullback(np.median, [3.0, 1.0, 2.0])[0].tolist() == [0.0, 0.0, 1.0]
    assert pullback(np.median, [3.0, 1.0, 2.0, 9.0])[0].tolist() == [0.5, 0.0, 0.5, 0.0]
    assert pullback(np.nanmedian, [3.0, np.nan, 2.0])[0].tolist() == [0.5, 0.0, 0.5]


def test_interp_beyond_the_samples_is_flat():
    x_bar, xp_bar, fp_bar, *_ = pullback(
        np.interp, [-1.0, 0.25, 5.0], [0.0, 1.0], [2.0, 4.0], needs=(True,) * 3 + (False,) * 2
    )
    assert x_bar.tolist() == [0.0, 2.0, 0.0]
    assert fp_bar.tolist() == [1.75, 1.25]
    assert xp_bar.tolist() == [-1.5, -0.5]


@pytest.mark.parametrize("function", [np.sum, np.prod, np.cumsum, np.cumprod])
def test_empty_input(function):
    assert pullback(function, np.zeros(0))[0].shape == (0,)
    assert pullback(function, np.zeros((0, 3)), axis=1)[0].shape == (0, 3)


@pytest.mark.parametrize("function", [np.sum, np.mean, np.max, np.prod, np.var, np.std, np.cumsum, np.cumprod])
def test_single_precision_stays_single(function):
    a = np.array([1.0, 2.5, 3.0], np.float32)
    row = lookup(function)
    y = row.primal(a)
    others = (None,) * (len(row.operands) - 1)
    bars = row.vjp(np.ones(np.shape(y), np.float32), y, (True,) + (False,) * len(others), a, *others)
    assert bars[0].dtype == np.float32
    assert np.asarray(row.jvp((a, *others), y, a, *others)).dtype == np.float32


def test_as_strided_refuses_what_could_go_wrong():
    view = lookup(np.lib.stride_tricks.as_strided).implementation
    with pytest.raises(TracedValueError, match="writeable=False"):
        view(np.arange(4.0), (2, 2), (8, 8))
    with pytest.raises(TracedValueError, match="C order"):
        view(np.arange(8.0)[::2], (2,), (16,), writeable=False)
    with pytest.raises(ValueError, match="beyond"):
        view(np.arange(4.0), (5,), (8,), writeable=False)
