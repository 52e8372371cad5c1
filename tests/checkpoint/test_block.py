"""Blocks that are run again in the reverse sweep."""

import numpy as np
import pytest

import adpy
from adpy.checkpoint import checkpoint
from tests.checkpoint.test_loop import close


def layer(x, p, scale=1.0):
    y = np.zeros_like(x)
    y[:] = np.tanh(p["w"] @ x) * scale
    return {"x": y + p["b"], "n": 3}


X = np.array([0.3, -0.5])
P = {"w": np.array([[1.0, 0.5], [-0.3, 0.8]]), "b": 0.2}


def network(layer):
    def function(x, p):
        for i in range(3):
            found = layer(x, p, scale=1.0 + i)
            x = found["x"] * found["n"]
        return np.sum(x * np.array([1.0, -2.0]))

    return function


def test_derivatives_are_those_of_the_function():
    ours, plain = network(checkpoint(layer)), network(layer)
    dots = (np.array([1.0, 2.0]), {"w": np.ones((2, 2)), "b": 0.5})
    assert ours(X, P) == plain(X, P)
    close(adpy.grad(ours, (0, 1))(X, P), adpy.grad(plain, (0, 1))(X, P))
    close(adpy.jvp(ours, (X, P), dots), adpy.jvp(plain, (X, P), dots))
    second = [adpy.jvp(adpy.grad(f, (0, 1)), (X, P), dots) for f in (ours, plain)]
    close(*second, 1e-11)
    close(adpy.hessian(ours)(X, P), adpy.hessian(plain)(X, P), 1e-11)


def test_closures_are_arguments():
    def function(wrap):
        def outer(c):
            @wrap
            def inner(x):
                return np.sin(c * x) * c

            return inner(inner(0.7))

        return outer

    close(adpy.grad(function(checkpoint))(0.4), adpy.grad(function(lambda f: f))(0.4))
    close(adpy.grad(adpy.grad(function(checkpoint)))(0.4), adpy.grad(adpy.grad(function(lambda f: f)))(0.4))


def test_recursion_needs_little_memory():
    runs = []

    def step(x):
        runs.append(1)
        return np.sin(x) + 0.1 * x

    def march(x, steps):
        if steps == 1:
            return step(x)
        half = checkpoint(march)
        return half(half(x, steps // 2), steps - steps // 2)

    def plain(x):
        for _ in range(16):
            x = np.sin(x) + 0.1 * x
        return np.sum(x)

    x = np.array([0.5, 1.5])
    found = adpy.grad(lambda x: np.sum(march(x, 16)))(x)
    close(found, adpy.grad(plain)(x))
    assert len(runs) == 16 * 5  # once forward, and once more on every level


def test_results_that_carry_no_derivative():
    @checkpoint
    def counted(x):
        return 3, "name", x

    def function(x):
        n, name, y = counted(x)
        assert (n, name) == (3, "name")
        return y * n

    assert adpy.grad(function)(2.0) == 3.0


def test_a_write_into_an_argument_is_refused():
    @checkpoint
    def write(x):
        x[0] = 2.0
        return x

    with pytest.raises(adpy.errors.TracedValueError, match="argument"):
        adpy.grad(lambda x: np.sum(write(x)))(np.ones(2))


def test_errors_arrive():
    @checkpoint
    def wrong(x):
        raise KeyError("here")

    with pytest.raises(KeyError, match="here"):
        adpy.grad(wrong)(1.0)
    with pytest.raises(adpy.errors.ArgumentError, match="function"):
        checkpoint(3)
