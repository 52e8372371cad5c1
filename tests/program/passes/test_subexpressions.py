"""What was computed before is not computed again; what only looks the same is."""

import numpy as np
import pytest

import adpy

X = np.array([0.3, 1.2, -0.7, 0.9])


def merged(f, *args):
    p = adpy.record(f, *args, passes=["common subexpressions"])
    return p, p.stats()["recordings"][0]["optimised"]["common subexpressions"]


def check(f, x=X):
    p, found = merged(f, x)
    for point in (x, 1.1 * x, x + 0.05):
        np.testing.assert_allclose(p(point), f(point.copy()), rtol=1e-13)
        np.testing.assert_allclose(p.gradient(point), adpy.grad(f)(point), rtol=1e-12)
        np.testing.assert_allclose(p.hessian(point), adpy.hessian(f)(point), rtol=1e-11, atol=1e-13)
    return found


def test_scalars_in_either_order():
    def f(x):
        a, b = x[0], x[1]
        return np.sin(a * b) + np.sin(b * a) * np.cos(a + b) + np.cos(b + a) + (a - b) * (b - a) + a / b + b / a

    assert check(f) == (4, 0)


def test_arrays():
    def f(x):
        return np.sum(np.exp(-x) * np.exp(-x)) + np.sum(np.exp(-x)) + np.sum(x[1:] * x[1:]) + np.sum(x[1:] * x[1:])

    scalars, arrays = check(f)
    assert arrays == 6


def test_numbers_from_equal_arrays_are_equal():
    def f(x):
        return np.sin(np.sum(x * x)) * np.sin(np.sum(x * x))

    assert check(f) == (1, 2)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(x[1:] * x[:-1]) + np.sum(x[:-1] * x[:-1]),
        lambda x: np.sum(x.reshape(2, 2) @ x[:2]) + np.sum(x.reshape(2, 2).T @ x[:2]),
        lambda x: np.sum(np.sum(x.reshape(2, 2), axis=0) ** 2) + np.sum(np.sum(x.reshape(2, 2), axis=1) ** 2),
        lambda x: np.sum(x * np.array([1.0, 2.0, 3.0, 4.0])) + np.sum(x * np.array([1.0, 2.0, 3.0, 5.0])),
        lambda x: np.sum(x[[0, 1]] ** 2) + np.sum(x[[1, 1]] ** 2),
        lambda x: np.sum(np.copysign(0.0, x)) + np.sum(x * 0.0) + np.sum(x * -0.0),
        lambda x: np.sum(x**2) + np.sum(x**3) + np.sum(x**2.5 if x[0] > 5 else x),
    ],
    ids=["views", "transposed", "axes", "constants", "indices", "zeros", "powers"],
)
def test_what_is_not_the_same(f):
    check(f)


def test_other_constants_are_other_results():
    def f(x):
        return np.roll(x, 1) * x[0], np.roll(x, 2) * x[0], np.roll(x, 1) * x[0]

    p, (_, arrays) = merged(f, X)
    assert arrays == 2
    for a, b in zip(p(2 * X), f(2 * X), strict=True):
        np.testing.assert_array_equal(a, b)


def test_versions_are_not_the_same():
    def f(x):
        u = x * 2.0
        a = np.sin(u) * u[1]
        u[1] = x[0]
        return np.sum(a) + np.sum(np.sin(u) * u[1])

    assert check(f)[1] == 0


def test_what_is_written_into_stays_apart():
    def f(x):
        u, v = x * 2.0, x * 2.0
        u[0] = x[3]
        return np.sum(u * v)

    assert check(f)[1] == 0


def test_results_that_are_the_same_are_arrays_of_their_own():
    p = adpy.record(lambda x: (x * 2.0, x * 2.0), X)
    a, b = p(X)
    a[0] = 7.0
    assert b[0] == 0.6


def test_decisions_taken_twice():
    def f(x):
        y = x * 2.0 if x > 1.0 else x
        return y * x if x > 1.0 else y

    p, _ = merged(f, 2.0)
    assert p.stats()["recordings"][0]["guards"] == 1
    assert [p.gradient(x) for x in (3.0, 0.5)] == [12.0, 1.0]


def test_rules_of_the_user_are_called_each_time():
    numbers = iter(range(100))

    @adpy.primitive
    def counted(x):
        next(numbers)
        return 2.0 * x

    @counted.defpartials
    def partials(x, y):
        return (2.0,)

    p = adpy.record(lambda x: np.sum(counted(x) + counted(x)), X)
    before = next(numbers)
    p(X)
    assert next(numbers) == before + 3
