"""The reference itself: derivatives with closed forms, kinks, noise; and the trees it is flattened with."""

from dataclasses import dataclass

import numpy as np
import pytest

from tests.corpus.differences import derivative, jacobian
from tests.corpus.trees import flat, rebuilt, split


@pytest.mark.parametrize(
    ("function", "x", "expected"),
    [
        (np.sin, 0.7, np.cos(0.7)),
        (np.exp, 3.0, np.exp(3.0)),
        (np.log, 1e-2, 1e2),
        (lambda x: x**7, 1.3, 7 * 1.3**6),
        (lambda x: np.abs(x), 2.0, 1.0),
        (lambda x: 1 / (1 + 25 * x**2), 0.1, -50 * 0.1 / (1 + 25 * 0.01) ** 2),
    ],
)
def test_closed_forms(function, x, expected):
    found = derivative(function, x, 1 / 64 * max(abs(x), 1e-3))
    assert abs(found.value - expected) <= found.error + 1e-12 * abs(expected)
    assert found.error <= 1e-8 * max(1, abs(expected))
    assert not found.kink


@pytest.mark.parametrize("function", [np.abs, lambda x: np.maximum(x, 0.0), lambda x: x + np.abs(x) ** 1.0])
def test_kinks_are_seen(function):
    assert derivative(function, 0.0, 1 / 64).kink


def test_noise_is_seen():
    found = derivative(lambda x: x + 1e-6 * np.sin(1e9 * x), 1.0, 1 / 64)
    assert found.error > 1e-7


def test_jacobian_of_a_map():
    found = jacobian(lambda x: np.array([x[0] * x[1], np.sin(x[0]), x[1] ** 2]), np.array([0.3, 2.0]))
    np.testing.assert_allclose(found.value, [[2.0, 0.3], [np.cos(0.3), 0.0], [0.0, 4.0]], atol=1e-11)


@dataclass
class Model:
    """A tree with leaves of every kind."""

    rate: float
    table: np.ndarray
    name: str


def test_trees_go_there_and_back():
    tree = ({"a": 1.5, "n": 3}, [Model(2.0, np.array([[1.0, 2.0]]), "m"), None])
    vector = flat((1.5, 2.0, np.array([1.0, 2.0])))
    again = rebuilt(tree, split(10 * vector, tree))
    assert again[0] == {"a": 15.0, "n": 3}
    assert again[1][0].name == "m" and again[1][1] is None
    np.testing.assert_array_equal(again[1][0].table, [[10.0, 20.0]])
