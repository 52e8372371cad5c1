"""Integers and booleans that index movement brings among traced entries carry no derivative."""

import numpy as np
import pytest

import adpy

X = np.array([0.5, -1.0, 2.0])
MOVES = {
    "append": lambda x, c: np.append(x, c),
    "insert": lambda x, c: np.insert(x, [0, 1, 2], c),
    "insert one": lambda x, c: np.insert(x, 1, c[0]),
    "concatenate": lambda x, c: np.concatenate([c, x]),
    "where": lambda x, c: np.where([True, False, True], c, x),
    "select": lambda x, c: np.select([X > 0], [x], c),
    "choose": lambda x, c: np.choose([0, 1, 0], [c, x]),
    "column_stack": lambda x, c: np.column_stack([c, x]),
}


@pytest.mark.parametrize(
    "constants", [np.array([1, 2, 3]), np.array([True, False, True])], ids=["integers", "booleans"]
)
@pytest.mark.parametrize("name", MOVES)
def test_constants_of_other_types(name, constants):
    def f(x):
        return np.sum(MOVES[name](x, constants) ** 2)

    expected = [(f(X + step) - f(X - step)) / 2e-6 for step in 1e-6 * np.eye(3)]
    np.testing.assert_allclose(adpy.grad(f)(X), expected, atol=1e-7)
    np.testing.assert_allclose([adpy.jvp(f, X, v)[1] for v in np.eye(3)], expected, atol=1e-7)
    np.testing.assert_allclose(adpy.record(f, X).gradient(X), expected, atol=1e-7)
