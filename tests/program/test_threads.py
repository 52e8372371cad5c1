"""One program, many threads: hits, misses and derivatives at the same time."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import adpy


def branching(x):
    total = 0.0
    for i in range(int(abs(x[0])) + 1):
        total += x[1] ** 2 * (i + 1) if x[1] > 0 else -x[1]
    y = np.zeros(3)
    y[np.argmax(x)] = total
    y += np.sin(x)
    return np.sum(y * y)


@pytest.fixture(autouse=True)
def _switch_often():
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.parametrize("recordings", [16, 2])
def test_hits_and_misses_in_many_threads(recordings):
    rng = np.random.default_rng(0)
    points = rng.uniform(-3, 3, (40, 3))
    expected = [(branching(x), adpy.grad(branching)(x)) for x in points]
    p = adpy.compile(branching, recordings=recordings)
    barrier = threading.Barrier(4)

    def work(seed):
        barrier.wait()
        for k in np.random.default_rng(seed).permutation(len(points)):
            value, gradient = p.value_and_gradient(points[k])
            np.testing.assert_allclose(value, expected[k][0], rtol=1e-12)
            np.testing.assert_allclose(gradient, expected[k][1], rtol=1e-12)
            np.testing.assert_allclose(p(points[k]), expected[k][0], rtol=1e-12)
        return True

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(4)))
    stats = p.stats()
    assert stats["hits"] + stats["misses"] == 4 * 2 * len(points) and stats["hits"] and stats["misses"]
    assert len(stats["recordings"]) <= recordings


def test_other_shapes_and_kinds_in_many_threads():
    def f(x):
        return np.sum(np.sin(x) * x)

    p = adpy.compile(f, recordings=3)
    arguments = [np.linspace(0.1, 1.0, n) for n in range(1, 8)] + [0.3]

    def work(k):
        x = arguments[k % len(arguments)]
        np.testing.assert_allclose(p.gradient(x), np.sin(x) + x * np.cos(x), rtol=1e-12)
        return True

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(80)))
    assert len(p._branches) <= 3  # two threads may record the same kind at the same time


def test_pullbacks_in_other_threads():
    p = adpy.record(branching, np.ones(3))
    points = np.random.default_rng(1).uniform(-2, 2, (10, 3))
    pullbacks = [p.vjp(x)[1] for x in points]
    with ThreadPoolExecutor(4) as pool:
        for x, (bar,) in zip(points, pool.map(lambda pullback: pullback(2.0), pullbacks), strict=True):
            np.testing.assert_allclose(bar, 2 * adpy.grad(branching)(x), rtol=1e-12)


def test_transforms_of_other_threads_see_the_function():
    p = adpy.record(branching, np.ones(3))
    x = np.array([0.3, 0.5, 0.2])

    def work(k):
        return adpy.grad(lambda x: p(x) ** 2)(x) if k % 2 else 2 * p(x) * p.gradient(x)

    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(work, range(12)):
            np.testing.assert_allclose(found, 2 * branching(x) * adpy.grad(branching)(x), rtol=1e-12)


def test_save_and_pickle_while_others_record(tmp_path):
    p = adpy.record(branching, np.ones(3))
    points = np.random.default_rng(2).uniform(-3, 3, (30, 3))

    def work(k):
        if k % 10 == 0:
            p.save(tmp_path / f"{k}.npz")
            return adpy.load_program(tmp_path / f"{k}.npz", branching).gradient(points[k])
        return p.gradient(points[k])

    with ThreadPoolExecutor(4) as pool:
        for x, found in zip(points, pool.map(work, range(30)), strict=True):
            np.testing.assert_allclose(found, adpy.grad(branching)(x), rtol=1e-12)
