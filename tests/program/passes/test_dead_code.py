"""What nobody reads is not computed; decisions and what may raise an error are."""

import numpy as np
import pytest

import adpy

X = np.array([0.3, 1.2, -0.7, 0.9])


def counts(f, *args, passes=("dead code",)):
    p = adpy.record(f, *args, passes=passes)
    (recording,) = p.stats()["recordings"]
    return p, recording["optimised"].get("dead code")


def test_scalars():
    def f(x):
        dead = x[0] * x[1]
        for _ in range(10):
            dead = dead * 1.5
        return x[2] * x[3]

    p, removed = counts(f, X)
    assert removed == (13, 0)
    np.testing.assert_array_equal(p.gradient(X), [0.0, 0.0, 0.9, -0.7])
    assert p.stats()["recordings"][0]["scalar operations"] == 3


def test_arrays_and_what_only_they_read():
    def f(x):
        dead = np.exp(x)
        deader = np.sum(dead * dead)
        u = np.zeros(4)
        u[1:] = x[1:]
        u[0] = deader
        return np.sum(x * x)

    p, removed = counts(f, X)
    assert removed[1] == 4
    np.testing.assert_array_equal(p.gradient(X), 2 * X)


def test_versions_that_are_read_stay():
    def f(x):
        u = x * 2.0
        v = u * u
        u[0] = 5.0
        u[1:] = v[:-1]
        return v[0] + u[3]

    p, _ = counts(f, X)
    np.testing.assert_allclose(p.gradient(X), [8 * X[0], 0, 8 * X[2], 0])


def test_decisions_keep_what_they_read():
    def f(x):
        dead = np.exp(x)
        if np.sum(dead) > 5.0:
            return x[0]
        return x[1] * dead[0]

    p, _ = counts(f, X)
    assert p.gradient(-X - 1.0) == pytest.approx(adpy.grad(f)(-X - 1.0))
    assert p.stats()["misses"] == 2


def test_dead_rows_that_raise():
    def f(x):
        np.linalg.solve(x.reshape(2, 2), x[:2])
        return np.sum(x)

    p, removed = counts(f, X)
    assert removed == (0, 0)
    with pytest.raises(np.linalg.LinAlgError):
        p(np.zeros(4))


def test_rules_of_the_user_are_called():
    numbers = iter(range(100))

    @adpy.primitive
    def double(x):
        next(numbers)
        return 2.0 * x

    @double.defpartials
    def partials(x, y):
        return (2.0,)

    def f(x):
        double(x)
        return np.sum(x)

    p, removed = counts(f, X)
    assert removed == (0, 0)
    before = next(numbers)
    p(X)
    assert next(numbers) == before + 2


def test_results_and_inputs_without_instructions():
    def f(x, c):
        return x, c, x[1:], x[0]

    p = adpy.record(f, X, 2.0)
    found = p(X + 1.0, 3.0)
    np.testing.assert_array_equal(found[0], X + 1.0)
    assert found[1] == 3.0 and found[3] == X[0] + 1.0


def test_a_long_stream_keeps_its_order():
    def f(x, n):
        s, y = x[0], x * 1.0
        for k in range(n):
            s = s + y[k % 4] * 1e-5 - s * 1e-6
            if k % 9000 == 0:
                y = y * y + s
                y[1] = s * s
                dead = y * s
                dead[0] = 1.0
        return s + np.sum(y)

    p, removed = counts(f, X, 30000)
    assert removed[1] == 4
    np.testing.assert_allclose(p.gradient(X, 30000), adpy.grad(f)(X, 30000), rtol=1e-12)
