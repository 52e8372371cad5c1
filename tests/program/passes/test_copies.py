"""Copies are other names where nobody can tell; entries are read where they are."""

import numpy as np
import pytest

import adpy

X = np.array([0.3, 1.2, -0.7, 0.9, 0.4])


def removed(f, x=X):
    p = adpy.record(f, x, passes=["copies", "dead code"])
    for point in (x, 1.1 * x, x + 0.05):
        np.testing.assert_allclose(p(point), f(point.copy()), rtol=1e-13)
        np.testing.assert_allclose(p.gradient(point), adpy.grad(f)(point), rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(p.hessian(point), adpy.hessian(f)(point), rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(p.gradient(point), adpy.grad(f)(point), rtol=1e-12, atol=1e-14)
    return p.stats()["recordings"][0]["optimised"]["copies"][1]


def steps(x):
    u = x * 1.5
    for _ in range(3):
        un = u.copy()
        u[1:-1] = un[1:-1] * un[1:-1] - 0.1 * un[:-2]
    return np.sum(u * u)


def linear_steps(x):
    u = x * 1.5
    for _ in range(3):
        un = u.copy()
        u[1:-1] = un[1:-1] - 0.1 * (un[1:-1] - un[:-2])
    return np.sum(u * u)


def linear_writes_into_copies(x):
    u = x * 1.5
    for _ in range(3):
        u = u.copy()
        u[1:-1] -= 0.1 * u[:-2]
    return np.sum(u * u)


def read_after_the_write(x):
    u = x * 1.5
    un = u.copy()
    u[1:-1] = un[:-2] * un[2:]
    return np.sum(u * un)


def taken_over(x):
    u = x * 1.5
    a = np.sum(u * u)
    v = u.copy()
    v[1:] = v[:-1] * v[1:]
    v *= 2.0
    return np.sum(v * v) * a


def read_after_it_was_copied(x):
    u = x * 1.5
    v = u.copy()
    v[1:] = v[:-1] * v[1:]
    return np.sum(v * u)


def copies_of_copies(x):
    u = x * 1.5
    v = u.copy()
    w = v.copy()
    z = w.copy()
    z[0] = z[1] * z[2]
    return np.sum(z * z)


def a_copy_kept_by_one_that_is_written(x):
    u = x * 1.5
    v = u.copy()
    w = v.copy()
    w[0] = u[1]
    return np.sum(v * w)


def entries_read_late(x):
    u = x * 1.5
    v = u.copy()
    u[:2] = 2.0 * u[1:3]
    return v[0] * v[1] * u[0]


def entries_read_early(x):
    u = x * 1.5
    v = u.copy()
    a = v[0] * v[1]
    u[:2] = 2.0 * u[1:3]
    return a * u[0] * u[1]


def of_views(x):
    a, b, c = x[1:].copy(), x[::-1].copy(), x[:4].reshape(2, 2).T.copy()
    return np.sum(a * a) + np.sum(b * x) + np.sum(c @ c)


def of_views_taken_apart(x):
    c = (x[:4] * 2.0).reshape(2, 2).T.copy()
    return np.sum(c.reshape(-1) ** 3) + np.sum(c.ravel()[1:] * c.T.reshape(-1)[:-1])


def of_inputs(x):
    y = x.copy()
    y[0] = x[1] * x[2]
    z = x.copy()
    return np.sum(y * z)


def a_copy_of_a_copy_of_an_input(x):
    u = x.copy()
    v = u.copy()
    v[1:] -= 0.5 * v[:-1]
    return np.sum(v * x)


def in_the_result(x):
    u = x * 1.5
    v = u.copy()
    u[0] = 0.0
    return np.sum(np.concatenate([u, v]) ** 2)


@pytest.mark.parametrize(
    "f, count",
    [
        (steps, 0),
        (linear_steps, 3),
        (linear_writes_into_copies, 3),
        (read_after_the_write, 0),
        (taken_over, 0),
        (read_after_it_was_copied, 0),
        (copies_of_copies, 2),
        (a_copy_kept_by_one_that_is_written, 1),
        (entries_read_late, 0),
        (entries_read_early, 1),
        (of_views, 1),
        (of_views_taken_apart, 0),
        (of_inputs, 1),
        (a_copy_of_a_copy_of_an_input, 1),
        (in_the_result, 0),
    ],
)
def test_copies(f, count):
    assert removed(f) == count


def test_entries_are_read_in_place():
    def f(x):
        s = 0.0
        for i in range(4):
            s = s + x[i] * x[i + 1]
        return s

    p = adpy.record(f, X)
    assert p.stats()["recordings"][0]["scalar operations"] == 8
    np.testing.assert_allclose(p.gradient(X), adpy.grad(f)(X), rtol=1e-14)


def test_entries_of_what_is_overwritten_are_copied():
    def f(x):
        u = x * 1.5
        a = u[0] * u[1]
        u[0] = a * u[2]
        return a * u[0]

    p = adpy.record(f, X)
    np.testing.assert_allclose(p.gradient(X), adpy.grad(f)(X), rtol=1e-14)
    np.testing.assert_allclose(p.hessian(X), adpy.hessian(f)(X), rtol=1e-13)


def test_results_do_not_share_memory():
    p = adpy.record(lambda x: (x.copy(), x.copy()), X)
    a, b = p(X)
    a[0] = 9.0
    assert b[0] == p(X)[0][0] == X[0]
