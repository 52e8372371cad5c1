"""Many points in the workers of executors: threads, processes, Dask, and what only submits."""

import multiprocessing
import os
import pickle
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import numpy as np
import pytest

import adpy
from adpy.errors import ArgumentError
from tests.program.test_saving import X, branching, compiled, decided, rosenbrock

POINTS = np.linspace(0.1, 1.0, 21).reshape(7, 3)


@pytest.mark.parametrize("chunksize", [None, 1, 3, 100])
def test_map_with_threads(chunksize):
    p = adpy.record(decided, X)
    expected = np.array([adpy.grad(decided)(x) for x in POINTS])
    with ThreadPoolExecutor(3) as pool:
        np.testing.assert_allclose(p.map(POINTS, pool, "gradient", chunksize), expected, rtol=1e-12)


def test_map_here():
    p = adpy.record(rosenbrock, X)
    np.testing.assert_array_equal(p.map(POINTS), [p(x) for x in POINTS])
    values, gradients = p.map(POINTS, what="value_and_gradient")
    np.testing.assert_array_equal(values, p.map(POINTS))
    np.testing.assert_array_equal(gradients, p.map(POINTS, what="gradient"))
    assert p.map(POINTS, what="hessian").shape == (7, 3, 3)
    assert p.map([(x,) for x in POINTS], what="value") == [p(x) for x in POINTS]
    assert p.map([]) == []
    np.testing.assert_array_equal(adpy.record(branching, 2.0).map(np.array([1.0, -2.0]), what="gradient"), [2.0, -1.0])


@pytest.mark.parametrize(
    "arguments, name",
    [((POINTS, None, "slope"), "what"), ((2.0,), "X"), ((np.array(2.0),), "X"), (([1.0],), r"X\[0\]")],
)
def test_map_of_bad_arguments(arguments, name):
    with pytest.raises(ArgumentError, match=f"^{name}"):
        adpy.record(rosenbrock, X).map(*arguments)


def test_map_raises_what_a_worker_raises():
    def f(x):
        if x < 0:
            raise KeyError("negative")
        return x

    with ThreadPoolExecutor(2) as pool, pytest.raises(KeyError, match="negative"):
        adpy.record(f, 2.0).map(np.array([1.0, -1.0, 2.0]), pool)


class Plain:
    """An executor with nothing but ``submit``, as those of MPI have it."""

    def __init__(self):
        self.sizes = []

    def submit(self, function, *args):
        self.sizes.append(len(args[-1]))
        future = Future()
        try:
            future.set_result(pickle.loads(pickle.dumps(function))(*pickle.loads(pickle.dumps(args))))
        except Exception as error:
            future.set_exception(error)
        return future


def test_map_with_an_executor_that_only_submits():
    p, executor = adpy.record(decided, X), Plain()
    np.testing.assert_allclose(p.map(POINTS, executor, "gradient", chunksize=2), [p.gradient(x) for x in POINTS])
    assert executor.sizes == [2, 2, 2, 1]


def scaled(x, y, factor=1.0, power=1):
    return np.sum(x**2) * y * factor**power


@pytest.mark.parametrize("argnum", [0, 1])
def test_map_of_other_arguments(argnum):
    p, executor = adpy.record(scaled, X, 2.0, argnum=argnum), Plain()
    points = [(x, float(k)) for k, x in enumerate(POINTS)]
    found = p.map(points, executor, "gradient", factor=3.0, power=2)
    for bar, point in zip(found, points, strict=True):
        np.testing.assert_allclose(bar, 9.0 * adpy.grad(scaled, argnum)(*point), rtol=1e-12)
    assert p.map(points, factor=3.0)[2] == pytest.approx(scaled(*points[2], factor=3.0))


def test_map_of_large_arrays():
    points = np.random.default_rng(1).uniform(0.5, 1.0, (3, 200_000))
    with ThreadPoolExecutor(2) as pool:
        found = adpy.record(lambda x: np.sum(x**3), points[0]).map(points, pool, "gradient")
    np.testing.assert_allclose(found, 3 * points**2, rtol=1e-14)


def deadly(x):
    if x[0] < 0.0:
        os._exit(3)
    return np.sum(x)


@pytest.mark.slow
def test_map_with_a_worker_that_dies():
    p = adpy.record(deadly, X)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool, pytest.raises(BrokenProcessPool):
        p.map(np.array([[1.0, 2.0, 3.0], [-1.0, 2.0, 3.0]]), pool)


@pytest.mark.slow
def test_map_with_processes():
    p = adpy.record(decided, X)
    expected = np.array([adpy.grad(decided)(x) for x in POINTS])
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        np.testing.assert_allclose(p.map(POINTS, pool, "gradient"), expected, rtol=1e-12)
        np.testing.assert_array_equal(compiled.map(POINTS, pool), compiled.map(POINTS))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_map_with_dask():
    distributed = pytest.importorskip("distributed")
    p = adpy.record(decided, X)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        found = p.map(POINTS, client.get_executor(), "gradient")
    np.testing.assert_allclose(found, [adpy.grad(decided)(x) for x in POINTS], rtol=1e-12)
