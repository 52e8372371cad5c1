"""Gradients in threads beside plain NumPy; generators, interrupts and recursion during a trace."""

import math
import threading

import numpy as np
import pytest

import adpy
from adpy import capture


def simulate(x):
    """A function that needs capture: buffers, math, element access, in-place updates."""
    u = np.zeros(x.shape)
    u[0] = math.sin(x[0])
    for i in range(1, len(x)):
        u[i] = u[i - 1] * 0.5 + x[i] ** 2
    u[1:-1] += 0.1 * (u[2:] - 2 * u[1:-1] + u[:-2])
    return (u * np.array([x[0], *x[1:]])).sum()


def differences(function, x, h=1e-3):
    """Differences of sixth order."""
    gradient = np.zeros(x.size)
    for k in range(x.size):
        for steps, coefficient in ((1, 45), (2, -9), (3, 1)):
            for sign in (1, -1):
                moved = x.copy()
                moved[k] += sign * steps * h
                gradient[k] += sign * coefficient * function(moved) / (60 * h)
    return gradient


def test_gradients_beside_plain_numpy():
    points = [np.linspace(0.1, 1.0, 6) + 0.05 * k for k in range(8)]
    values, gradients = [simulate(x) for x in points], [differences(simulate, x) for x in points]
    failures, start = [], threading.Barrier(16)

    def differentiate(k):
        start.wait()
        for _ in range(20):
            value, gradient = adpy.value_and_grad(simulate)(points[k])
            assert value == values[k]
            np.testing.assert_allclose(gradient, gradients[k], rtol=1e-8)

    def evaluate(k):
        start.wait()
        for _ in range(150):
            assert simulate(points[k]) == values[k]
            buffer = np.zeros(3)
            assert type(buffer) is np.ndarray and type(math.sin(0.5)) is float
            assert type(np.array([1.0, 2.0])) is np.ndarray and capture.frame() is None

    def guarded(function, k):
        try:
            function(k)
        except BaseException as error:  # reported by the main thread
            failures.append(error)
            start.abort()

    threads = [threading.Thread(target=guarded, args=(f, k)) for k in range(8) for f in (differentiate, evaluate)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[0]
    assert type(np.zeros(1)) is np.ndarray


def test_generator_suspended_in_a_trace():
    def steps(x):
        total = np.zeros(2)
        while True:
            total = total + x * x
            yield total

    def function(x):
        generator = steps(x)
        next(generator)
        return next(generator).sum()

    x = np.array([1.0, 2.0])
    np.testing.assert_allclose(adpy.grad(function)(x), 4 * x)
    left = []

    def leaves(x):
        left.append(steps(x))
        return next(left[0]).sum()

    np.testing.assert_allclose(adpy.grad(leaves)(x), 2 * x)
    assert capture.frame() is None
    with pytest.raises(adpy.errors.TracedValueError):
        next(left[0])  # its x is dead
    generator = steps(x)
    next(generator)
    np.testing.assert_allclose(adpy.grad(lambda z: (z * next(generator)).sum())(x), 2 * x * x)


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, SystemExit, GeneratorExit])
def test_nothing_stays_patched(error):
    def function(x):
        u = np.zeros(2)
        u[0] = math.exp(x[0])
        raise error

    zeros, exp = np.zeros, math.exp
    with pytest.raises(error):
        adpy.grad(function)(np.ones(2))
    assert np.zeros is zeros and math.exp is exp and capture.frame() is None
    np.testing.assert_allclose(adpy.grad(lambda x: (x * x).sum())(np.ones(2)), [2, 2])


def test_recursion():
    def power(x, n):
        return x if n == 1 else x * power(x, n - 1)

    assert adpy.grad(lambda x: power(x, 50))(1.01) == pytest.approx(50 * 1.01**49)

    def endless(x):
        return endless(x * 1.0)

    with pytest.raises(RecursionError):
        adpy.grad(endless)(1.0)
    assert capture.frame() is None
    assert adpy.grad(lambda x: x * x)(3.0) == 6.0


def test_gradient_inside_a_gradient():
    cube = adpy.grad(adpy.grad(lambda x: x**3))
    assert cube(2.0) == pytest.approx(12.0)

    def outer(x):
        inner = adpy.grad(lambda y: x * y * y + math.sin(x * y))
        return inner(2.0) * x

    x = 0.7  # inner(2) = 4 x + x cos(2 x)
    expected = 8 * x + 2 * x * math.cos(2 * x) - 2 * x * x * math.sin(2 * x)
    assert adpy.grad(outer)(x) == pytest.approx(expected)

    def perturbed(x):
        return x * adpy.grad(lambda y: x + y)(1.0)

    assert adpy.grad(perturbed)(1.0) == 1.0  # not 2: the perturbations stay apart
    a = np.array([0.3, 0.7])
    hessian = adpy.jacobian(adpy.grad(lambda x: (x[0] * x[1] ** 2) + np.sin(x).sum()))(a)
    np.testing.assert_allclose(hessian, [[-np.sin(0.3), 1.4], [1.4, 0.6 - np.sin(0.7)]])


def test_inner_value_written_into_outer_array():
    def function(x):
        u = np.zeros(2)
        adpy.grad(lambda y: store(u, y))(x[0])
        return u.sum()

    def store(u, y):
        u[0] = y * y
        return y

    with pytest.raises(adpy.errors.TracedValueError):
        adpy.grad(function)(np.ones(2))


def test_contexts_of_asyncio():
    import asyncio

    async def plain():
        for _ in range(20):
            assert type(np.zeros(2)) is np.ndarray
            await asyncio.sleep(0)

    async def traced(k):
        for _ in range(20):
            x = np.linspace(0.1, 1.0, 6) + k
            assert adpy.value_and_grad(simulate)(x)[0] == simulate(x)
            await asyncio.sleep(0)

    async def everything():
        await asyncio.gather(plain(), traced(0), traced(1), plain())

    asyncio.run(everything())
