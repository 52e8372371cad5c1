"""Patterns of functions at arguments."""

import numpy as np
import pytest

import adpy
from adpy.errors import ArgumentError
from adpy.sparse.detection.public import hessian_pattern, jacobian_pattern
from tests.sparse.detection.harness import mask


def choosing(x):
    y = np.where(x > 0.0, x**2, x[::-1])
    return np.concatenate([y, np.maximum(x, x[0]), [np.max(x)], np.minimum(x * 1.0, 0.5)])


@pytest.mark.parametrize("x", [np.array([0.3, -1.0, 2.0, -0.2]), np.array([-1.0, 1.0, 1.5, 0.2])])
def test_only_what_is_taken(x):
    pattern = jacobian_pattern(choosing)(x)
    assert np.array_equal(mask(pattern), adpy.jacobian(choosing)(x) != 0)
    stable = jacobian_pattern(choosing, stable=True)(x)
    assert stable.covers(pattern) and stable.nnz > pattern.nnz


def test_both_sides_of_ties():
    pattern = jacobian_pattern(lambda x: np.maximum(x[0], x[1]))(np.ones(2))
    assert pattern.nnz == 2


def test_second_derivatives_of_what_is_taken():
    def f(x):
        return np.sum(np.where(x > 0.0, x**2, x * x[0]))

    x = np.array([-0.5, 2.0, -3.0])
    assert np.array_equal(mask(hessian_pattern(f)(x)), adpy.hessian(f)(x) != 0)
    assert np.array_equal(mask(hessian_pattern(f)(-x)), adpy.hessian(f)(-x) != 0)


def test_arguments_and_results():
    def f(a, b, scale=1.0):
        return {"first": a["u"] * scale, "constant": np.ones(2), "second": (b[0] * a["v"], 3.0)}

    a, b = {"u": np.ones(2), "v": 2.0, "name": "w"}, np.ones(3)
    pattern = jacobian_pattern(f, (1, 0))(a, b, scale=2.0)
    expected = np.zeros((6, 6), bool)
    expected[[0, 1, 4, 4], [3, 4, 0, 5]] = True
    assert np.array_equal(mask(pattern), expected)
    assert jacobian_pattern(f, 1)(a, b).shape == (6, 3)


def test_each_branch_has_its_own():
    def f(x):
        return x[0] * x[1] if x[2] > 0 else x[2] ** 2

    found = jacobian_pattern(f)
    assert found(np.ones(3)).indices.tolist() == [0, 1]
    assert found(-np.ones(3)).indices.tolist() == [2]
    assert found(np.ones(3)).indices.tolist() == [0, 1]


def test_arguments_that_are_overwritten():
    def f(x):
        x[0] = x[1] * 2.0
        return np.where(x > 1.0, x, 0.0 * x[::-1])

    x = np.array([5.0, 0.1, 2.0])
    assert mask(jacobian_pattern(f)(x)).tolist() == [[False, False, True], [False, True, False], [False, False, True]]
    assert x[0] == 5.0


def test_what_cannot_be_recorded_has_the_nonzeros():
    def f(x):
        return np.real(np.exp(1j * x[:2])) * x[2]

    x = np.array([0.3, 0.4, 0.5])
    assert np.array_equal(mask(jacobian_pattern(f)(x)), adpy.jacobian(f)(x) != 0)
    assert hessian_pattern(lambda x: f(x)[0])(x).is_symmetric


def test_refusals():
    with pytest.raises(ArgumentError, match="function"):
        jacobian_pattern(3.0)
    with pytest.raises(ArgumentError, match="argnum"):
        jacobian_pattern(np.sin, "x")
    with pytest.raises(ArgumentError, match="2.0 instead of 2"):
        jacobian_pattern(np.sin)(2)
    with pytest.raises(ArgumentError, match="one real number"):
        hessian_pattern(np.sin)(np.ones(2))
