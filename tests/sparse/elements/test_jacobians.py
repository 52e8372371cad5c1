"""Jacobians by elements."""

import numpy as np
import pytest

import adpy
from adpy.sparse.elements import execution
from adpy.sparse.elements.evaluators import ElementJacobian
from adpy.sparse.evaluator import Unsuitable
from tests.sparse.elements.harness import check, code_of, nonzeros

RNG = np.random.default_rng(7)
X = RNG.uniform(0.5, 1.5, 24)
Y = RNG.uniform(0.5, 1.5, 24)


def periodic_stencil(y):
    u = y.reshape(4, 6)
    neighbours = np.roll(u, 1, 0) + np.roll(u, -1, 0) + np.roll(u, 1, 1) + np.roll(u, -1, 1) - 4 * u
    return (2.5 * neighbours + u**2 * np.exp(-u)).ravel()


def written_in_place(y):
    flux = np.zeros(len(y) + 1)
    flux[1:-1] = 0.5 * y[1:] ** 2 - 0.1 * (y[1:] - y[:-1])
    out = np.zeros_like(y)
    out -= flux[1:] - flux[:-1]
    out[0] += np.sin(y[-1])
    return out


def gathered(y):
    places = np.array([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8])
    others = np.array([2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5])
    out = np.zeros(10)
    np.add.at(out, places % 10, y[places] * np.tanh(y[others]))
    return out


def loop_of_numbers(y):
    out = []
    for i in range(1, len(y) - 1):
        out.append(y[i] * (y[i + 1] - y[i - 1]) / (1 + y[i] ** 2))
    return np.array(out)


def shared_sums(y):
    running = np.cumsum(y**2)
    return running + 3.0 * running[::-1] - y


def iterated_linear(y):
    for _ in range(6):
        y = np.roll(y, 1) - 2 * y + np.roll(y, -1)
    return y


def chosen(y):
    return np.where(y > 1.0, y**2, np.sin(y)) * np.roll(y, 1) + np.maximum(y, np.roll(y, 2))


def cancelled(y):
    return y - y + 0.0 * np.exp(y) + (y * y - y * y)


def scaled_by_data(y):
    weights = np.linspace(-1.0, 2.0, len(y))
    return weights * y**2 + np.log(y) / weights.size


def two_of_one_variable(y):
    rotated = np.column_stack([np.cos(y) * y[::-1], np.sin(y) * y[::-1]])
    return rotated.ravel()


FUNCTIONS = [
    *(periodic_stencil, written_in_place, gathered, loop_of_numbers, shared_sums, iterated_linear, chosen, cancelled),
    *(scaled_by_data, two_of_one_variable),
]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_as_the_dense_one(monkeypatch, function):
    check(monkeypatch, function, X, Y)


def test_patterns_are_exact(monkeypatch):
    pattern = check(monkeypatch, periodic_stencil, X, Y)
    assert pattern.nnz == 24 * 5
    pattern = check(monkeypatch, iterated_linear, X, Y)
    assert pattern.nnz == 24 * 13  # a neighbour more on each side, six times
    assert check(monkeypatch, cancelled, X, Y).nnz <= 24


def test_nothing_varies_in_a_linear_function():
    code, _ = code_of(iterated_linear, X)
    evaluator = ElementJacobian(code, [0])
    assert not evaluator.varying
    first, _ = nonzeros(evaluator, [X])
    second, _ = nonzeros(evaluator, [Y])
    np.testing.assert_array_equal(first, second)


def test_other_inputs_change_without_preparation():
    def function(x, scale, shift):
        return scale * x**2 + shift[::-1] * x

    code, inputs = code_of(function, X, 2.0, Y)
    evaluator = ElementJacobian(code, [0])
    found, same = nonzeros(evaluator, [X, 3.5, 2 * Y])
    assert same
    np.testing.assert_allclose(found, np.diag(7.0 * X + 2 * Y[::-1]), rtol=1e-14)


def test_several_inputs_are_columns_one_after_the_other():
    def function(x, scale, y):
        return x * scale * y

    code, _ = code_of(function, X, 2.0, Y)
    found, _ = nonzeros(ElementJacobian(code, [0, 2]), [X, 2.0, Y])
    np.testing.assert_allclose(found, np.hstack([np.diag(2 * Y), np.diag(2 * X)]), rtol=1e-14)
    found, _ = nonzeros(ElementJacobian(code, [1]), [X, 2.0, Y])
    np.testing.assert_allclose(found[:, 0], X * Y, rtol=1e-14)


def test_a_decision_that_does_not_hold_is_told():
    def function(x):
        return x**2 if x[0] > 0 else np.sin(x) * np.roll(x, 1)

    code, _ = code_of(function, X)
    evaluator = ElementJacobian(code, [0])
    assert nonzeros(evaluator, [Y])[1]
    assert not nonzeros(evaluator, [-X])[1]


def test_a_pattern_with_more_entries_is_filled(monkeypatch):
    from adpy.sparse.pattern import Pattern

    code, _ = code_of(periodic_stencil, X)
    evaluator = ElementJacobian(code, [0], Pattern.of(np.ones((24, 24))))
    dense, _ = nonzeros(evaluator, [Y])
    expected, _ = nonzeros(ElementJacobian(code, [0]), [Y])
    np.testing.assert_array_equal(dense, expected)


def test_a_pattern_that_misses_an_entry_is_refused():
    from adpy.errors import PatternError
    from adpy.sparse.pattern import Pattern

    code, _ = code_of(periodic_stencil, X)
    with pytest.raises(PatternError, match="row 0, column 1"):
        ElementJacobian(code, [0], Pattern.of(np.eye(24)))


def test_what_is_no_sum_of_small_elements_is_left_to_others():
    with pytest.raises(Unsuitable):
        ElementJacobian(code_of(lambda x: np.linalg.solve(np.diag(x[:3]) + 1.0, x[3:6]), X)[0], [0])
    with pytest.raises(Unsuitable):
        ElementJacobian(code_of(lambda x: np.sqrt(np.sum(x**2)) * x, RNG.uniform(1, 2, 5000))[0], [0])


def test_nothing_reaches_what_is_not_taken(monkeypatch):
    def function(x):
        return np.where(x > 1.0, np.sqrt(np.abs(x - 1.0)), x**2)

    at_the_kink = X.copy()
    at_the_kink[3] = 1.0
    check(monkeypatch, function, X, at_the_kink)


def test_other_constants_are_data_of_the_same_kernels(monkeypatch):
    monkeypatch.setattr(execution, "WORTH", np.inf)
    texts = []
    compiled = execution._native
    monkeypatch.setattr(execution, "_native", lambda text: texts.append(text) or compiled(text))

    def with_constant(factor):
        return lambda x: np.exp(factor * x) * np.roll(x, 1)

    evaluator = ElementJacobian(code_of(with_constant(0.5), X)[0], [0])
    for factor in (0.7, 0.9, -0.3):
        evaluator = evaluator.rebound(code_of(with_constant(factor), X)[0])
        found, _ = nonzeros(evaluator, [Y])
        np.testing.assert_allclose(found, adpy.jacobian(with_constant(factor))(Y), rtol=1e-13)
    assert len(texts) == 4
    assert len(set(texts)) == 2


def test_constants_that_give_other_entries_are_told():
    def with_constant(factor):
        return lambda x: x**2 + factor * np.roll(x, 1) ** 2

    evaluator = ElementJacobian(code_of(with_constant(0.0), X)[0], [0])
    assert evaluator.pattern.nnz == 24
    assert evaluator.rebound(code_of(with_constant(0.5), X)[0]) is None
