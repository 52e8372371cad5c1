"""Samples that decide differently, and Python numbers that raise."""

import math

import numpy as np
import pytest

import adpy
from tests.batching.loops import assert_same, counted, looped

rng = np.random.default_rng(11)
X = rng.normal(size=(5, 3))


def test_samples_part_where_they_decide_differently():
    def function(x):
        if x[0] > 0:
            return x * 2 if x[1] > 0 else x * 3
        return -x

    many = rng.normal(size=(300, 3))
    counting, calls = counted(function)
    assert_same(adpy.batch(counting)(many), looped(function, (many,)))
    assert len(calls) <= 5  # all, then each side, then each side of one of them
    assert_same(
        adpy.batch(adpy.grad(lambda x: function(x).sum()))(many),
        looped(adpy.grad(lambda x: function(x).sum()), (many,)),
    )


def test_loops_of_different_lengths():
    def steps(x):
        count = 0
        while x > 0.1:
            x = x * 0.5 - 0.01
            count += 1
        return x, count

    numbers = np.linspace(0.05, 4.0, 200)
    assert_same(adpy.batch(steps)(numbers), looped(steps, (numbers,)))


def test_swallowed_decisions_are_decisions_all_the_same():
    def function(x):
        try:
            positive = bool(x[0] > 0)
        except:  # noqa: E722
            positive = True
        return x if positive else -x

    assert_same(adpy.batch(function, mode="vectorized")(X), looped(function, (X,)))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x[int(abs(x[0]) * 2) % 3],
        lambda x: x[x > 0].sum(),
        lambda x: {1: 1.0, 0: 2.0}[int(x[0] > 0)] * x,
        lambda x: sorted(x)[0],
        lambda x: max(x) - min(x[0], x[1]),
        lambda x: float(f"{x[0]:.3f}"),
        lambda x: x[np.nonzero(x > 0)[0]].sum(),
        lambda x: np.array([1.0, 2.0, 3.0])[: int(x[0] > 0) + 1].sum(),
        lambda x: sum(v for v in x if v > 0),
        lambda x: np.unique(np.round(x)).sum(),
        lambda x: np.histogram(x, 3, (-3, 3))[0],
    ],
)
def test_decisions_of_all_kinds(function):
    assert_same(adpy.batch(function)(X), looped(function, (X,)))


def test_python_floats_raise_what_they_raise():
    def root(x):
        try:
            return math.sqrt(float(x))
        except ValueError:
            return -1.0

    assert_same(adpy.batch(root)(X[:, 0]), looped(root, (X[:, 0],)))

    def inverse(x):
        try:
            return 1.0 / x.item()
        except ZeroDivisionError:
            return 0.0

    numbers = np.array([0.0, 1.0, 2.0, 0.0])
    assert adpy.batch(inverse)(numbers).tolist() == [0.0, 1.0, 0.5, 0.0]
    assert adpy.batch(lambda x: math.exp(x))(np.array([0.0, -1e9])).tolist() == [1.0, 0.0]
    with pytest.raises(OverflowError):
        adpy.batch(lambda x: math.exp(x))(np.array([0.0, 1e9]))


def test_an_error_that_some_samples_catch():
    def logarithm(x):
        try:
            return math.log(x[0])
        except ValueError:
            return -1.0

    def factor(x):
        try:
            return np.linalg.cholesky(np.outer(x, x) - 0.5 * np.eye(3) * x[0])[0, 0]
        except np.linalg.LinAlgError:
            return 0.0

    def inverse(x):
        try:
            return np.linalg.inv(np.diag(np.where(x > 0, x, 0.0) * 1.0)).sum()
        except np.linalg.LinAlgError:
            return x.sum()

    def solved(x):
        try:
            return np.linalg.solve(np.diag(np.maximum(x, 0.0)), x).sum()
        except np.linalg.LinAlgError:
            return 7.0

    def divided(x):
        try:
            with np.errstate(divide="raise"):
                return (1.0 / np.maximum(x, 0.0)).sum() + 1.0 / np.maximum(x[0], 0.0)
        except FloatingPointError:
            return -1.0

    def power(x):
        try:
            return (2 ** np.round(x).astype(int)).sum()
        except ValueError:
            return -1

    def entry(x):
        try:
            return x[np.argmax(x) + 1]
        except IndexError:
            return 0.0

    def counted_bins(x):
        try:
            return np.bincount(np.round(x).astype(int), minlength=4)[0]
        except ValueError:
            return -5

    x = np.concatenate([X, np.abs(X), [[1.0, 2.0, 0.5], [-1.0, -2.0, -3.0]]])
    for function in (logarithm, factor, inverse, solved, divided, power, entry, counted_bins):
        assert_same(adpy.batch(function)(x), looped(function, (x,)))
        gradient = adpy.value_and_grad(lambda z, f=function: f(z) * z[0])
        assert_same(adpy.batch(gradient)(x), looped(gradient, (x,)))


def test_an_error_of_differentiation_that_some_samples_catch():
    def slope(x):
        try:
            return adpy.grad(lambda z: np.linalg.svd(z * np.eye(3))[0][0, 1])(np.diag(x))[0, 1]
        except adpy.errors.NonDifferentiableError:
            return -1.0

    x = np.array([[1.0, 1.0, 2.0], [1.0, 2.0, 3.0], [2.0, 2.0, 2.0]])
    assert_same(adpy.batch(slope)(x), looped(slope, (x,)))


def test_an_error_that_all_samples_catch_alike():
    def function(x):
        try:
            return x[3]
        except IndexError:
            return x[2]

    counting, calls = counted(function)
    assert_same(adpy.batch(counting)(X), looped(function, (X,)))
    assert len(calls) == 1
