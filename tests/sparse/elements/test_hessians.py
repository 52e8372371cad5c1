"""Hessians by elements, leaf by leaf and by edge pushing."""

import math

import numpy as np
import pytest

import adpy
from adpy.sparse.elements import directions, edges
from adpy.sparse.elements.evaluators import ElementHessian
from adpy.sparse.evaluator import Unsuitable
from tests.sparse.elements.harness import check, code_of, nonzeros

RNG = np.random.default_rng(3)
X = RNG.uniform(0.5, 1.5, 18)
Y = RNG.uniform(0.5, 1.5, 18)


def chained_rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def arrowhead(x):
    return np.sum(np.cos(x[0] * x[1:]) + x[1:] ** 2 * x[0] ** 2)


def broyden(x):
    middle = (3 - x[1:-1] / 2) * x[1:-1] - x[:-2] - 2 * x[2:] + 1
    return np.sum(np.abs(middle) ** (7 / 3)) + np.sum(np.abs(x[:9] + x[9:]) ** (7 / 3))


def loop_with_branches(x):
    total = 0.0
    for i in range(len(x) - 2):
        if x[i] > 0:
            total += math.exp(x[i] * x[i + 1]) / x[i + 2]
        total -= x[i] ** 3
    return total


def chosen(x):
    return np.sum(np.where(x > 1.0, x**3, np.sin(x) * np.roll(x, 1)))


def quotients(x):
    return np.sum(x[1:] / (x[:-1] + x[1:] ** 2) + np.hypot(x[1:], x[:-1]) + np.arctan2(x[1:], x[:-1]))


def squares_of_itself(x):
    y = x[1:] * x[:-1]
    return np.sum(y * y + np.exp(y) * y)


FUNCTIONS = [chained_rosenbrock, arrowhead, broyden, loop_with_branches, chosen, quotients, squares_of_itself]


@pytest.mark.parametrize("method", [directions, edges], ids=["directions", "edges"])
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_as_the_dense_one(monkeypatch, function, method):
    monkeypatch.setattr(directions, "hessians", method.hessians)
    pattern = check(monkeypatch, function, X, Y, second=True, rtol=1e-11)
    assert pattern.nnz < 18 * 18
    assert (pattern.matrix() != pattern.matrix().T).nnz == 0


def test_patterns_are_those_of_nonlinear_interactions(monkeypatch):
    assert check(monkeypatch, chained_rosenbrock, X, second=True, rtol=1e-11).nnz == 3 * 18 - 2
    assert check(monkeypatch, arrowhead, X, second=True, rtol=1e-11).nnz == 3 * 18 - 2

    def linear_tail(x):
        return np.sum(x[:3] ** 2) + np.sum(x[3:]) * 2.0

    assert check(monkeypatch, linear_tail, X, second=True).nnz == 3


def test_multipliers_change_without_preparation():
    def lagrangian(x, multipliers):
        constraints = x[1:] ** 2 * x[:-1] + np.sin(x[:-1])
        return chained_rosenbrock(x) + multipliers @ constraints

    first = RNG.normal(size=17)
    code, _ = code_of(lagrangian, X, first)
    evaluator = ElementHessian(code, [0])
    for multipliers in (first, RNG.normal(size=17)):
        found, same = nonzeros(evaluator, [Y, multipliers])
        expected = adpy.hessian(lambda x, m=multipliers: lagrangian(x, m))(Y)
        assert same
        np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-11)
    assert evaluator.pattern.nnz == 3 * 18 - 2


def test_a_quadratic_function_has_nothing_to_evaluate():
    code, _ = code_of(lambda x: np.sum((x[1:] - 3.0 * x[:-1]) ** 2), X)
    assert not ElementHessian(code, [0]).varying


def test_iterations_inside_of_elements_keep_their_digits():
    def cube_roots(x):
        total = 0.0
        for i in range(3):
            a, b = x[3 * i], x[3 * i + 1]
            for _ in range(20):
                fa, fb = a**3 - x[3 * i + 2], b**3 - x[3 * i + 2]
                if abs(fb - fa) < 1e-14:
                    break
                a, b = b, b - fb * (b - a) / (fb - fa)
            total += b
        return total

    code, _ = code_of(cube_roots, X)
    found, _ = nonzeros(ElementHessian(code, [0]), [X])
    ends = X[2:9:3]
    np.testing.assert_allclose(np.diag(found)[2:9:3], -2 / 9 * ends ** (-5 / 3), rtol=1e-6)


def test_a_function_of_a_large_sum_is_left_to_others():
    with pytest.raises(Unsuitable):
        ElementHessian(code_of(lambda x: np.exp(np.mean(x**2)), RNG.uniform(0, 1, 6000))[0], [0])
    with pytest.raises(Unsuitable):
        ElementHessian(code_of(lambda x: x**2, X)[0], [0])
