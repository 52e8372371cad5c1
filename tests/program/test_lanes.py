"""Lanes of programs against a loop over the plain function and its eager gradient."""

import math

import numpy as np
import pytest
import scipy.special

import adpy
from adpy.errors import ArgumentError, DeviceError, OptionalDependencyError

RNG = np.random.default_rng(7)


def compare(function, lanes, in_axes=0, argnum=0, rtol=1e-11):
    """Check values, gradients, sums and means of lanes; return the program."""
    p = adpy.compile(function, argnum=argnum)
    axes = in_axes if isinstance(in_axes, tuple) else (in_axes,) * len(lanes)
    size = next(len(x) for x, axis in zip(lanes, axes, strict=True) if axis == 0)
    alone = [tuple(x if axis is None else x[i] for x, axis in zip(lanes, axes, strict=True)) for i in range(size)]
    alone = [tuple(float(x) if np.ndim(x) == 0 else x for x in args) for args in alone]
    expected = [adpy.value_and_grad(function, argnum)(*args) for args in alone]
    values, gradients = np.array([v for v, _ in expected]), np.array([g for _, g in expected])
    close = dict(rtol=rtol, atol=1e-12)
    value, gradient = p.batch_value_and_gradient(*lanes, in_axes=in_axes)
    np.testing.assert_allclose(value, values, **close)
    np.testing.assert_allclose(gradient, gradients, **close)
    np.testing.assert_allclose(p.batch(*lanes, in_axes=in_axes), values, **close)
    np.testing.assert_allclose(p.batch(*lanes, in_axes=in_axes, reduce="sum"), values.sum(), **close)
    mean = p.batch_gradient(*lanes, in_axes=in_axes, reduce="mean", parallel=True)
    np.testing.assert_allclose(mean, gradients.mean(axis=0), **close)
    np.testing.assert_allclose(p.batch_gradient(*lanes, in_axes=in_axes, parallel=True), gradients, **close)
    return p


def rosenbrock(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return total


def branchy(x):
    if x[0] > 0 and x[1] < 0.5:
        return np.sum(np.sin(x) * x)
    return float(x[2] > 0) * x[0] + np.tanh(x @ x)


def buffers(w, x):
    h = np.tanh(w.reshape(3, 4) @ x)
    u = np.zeros(4)
    u[0] = h[0]
    for i in range(1, 4):
        u[i] = u[i - 1] * h[i % 3] + x[i]
    u[1:3] *= 2.0
    u += x
    np.add.at(u, [0, 0, 3], h)
    return (u**2).sum() + h.max()


def moved(x):
    y = np.sort(x)
    z = np.where(x > 0, x, 2.0 * x)
    return y[0] * y[-1] + z.sum() * x[np.argmax(x)] + np.cumsum(x)[-2] + np.concatenate([x, y]).std()


def special(x):
    a = np.diag(x * x + 1.0) + 0.1
    return np.sum(scipy.special.gammaln(x * x + 1.0)) + np.linalg.solve(a, x).sum() * np.linalg.det(a)


def scalar(x):
    return math.exp(-x) * math.sqrt(x) if x < 1 else math.log(x) + abs(x - 1.5)


def halved(x):
    count = 0
    while x.sum() > 1:
        x = x * 0.5
        count += 1
    return x.prod() + count


def test_a_loop_of_scalars():
    p = compare(rosenbrock, (RNG.normal(size=(700, 5)),))
    assert len(p.stats()["recordings"]) == 1


def test_lanes_that_decide_otherwise_are_recorded_in_groups():
    p = compare(branchy, (RNG.normal(size=(600, 5)),))
    assert len(p.stats()["recordings"]) == p.stats()["misses"] <= 6


def test_shared_arguments_and_writes():
    compare(buffers, (RNG.normal(size=12), RNG.normal(size=(90, 4))), (None, 0))


def test_the_second_argument_is_differentiated():
    compare(buffers, (RNG.normal(size=(90, 12)), RNG.normal(size=(90, 4))), argnum=1)


def test_sorting_masks_and_indices():
    compare(moved, (RNG.normal(size=(60, 3)),))


def test_functions_without_kernels():
    compare(special, (RNG.normal(size=(30, 3)),))


def test_floats_are_lanes_of_a_vector():
    p = compare(scalar, (RNG.random(400) * 2.0,))
    assert p.stats()["misses"] == 2


def test_loops_of_other_lengths():
    compare(halved, (RNG.random((120, 3)) * 40.0,))


def test_one_operand_twice_in_a_call():
    compare(lambda x: np.linalg.multi_dot([x, x, x]).sum() + np.linalg.det(x + x), (RNG.normal(size=(20, 2, 2)),))


def test_no_two_lanes_decide_alike():
    X = RNG.normal(size=(60, 2))
    compare(lambda x: float(x[0]) * x[1] + x[0], (X,))


def test_zero_cotangents_contribute_nothing():
    p = adpy.record(lambda x: np.maximum(x[0], 1.0) * x[1] + 0.0 * np.sqrt(x[0]), np.array([4.0, 1.0]))
    X = np.array([[0.5, 2.0], [3.0, 2.0]])
    np.testing.assert_allclose(p.batch_gradient(X), [[0.0, 1.0], [2.0, 3.0]])
    q = adpy.record(lambda x: np.where(x > 0, np.sqrt(np.where(x > 0, x, 1.0)), 0.0).sum(), np.array([4.0, 1.0]))
    assert np.isfinite(q.batch_gradient(np.array([[0.0, 4.0], [1.0, 4.0]]))).all()


def test_infinite_and_missing_values_are_those_of_numpy():
    p = adpy.record(lambda x: np.log(x[0]) / x[1], np.ones(2))
    X = np.array([[1.0, 2.0], [0.0, 1.0], [-1.0, 1.0], [1.0, 0.0]])
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(p.batch(X), np.log(X[:, 0]) / X[:, 1])


def test_results_with_structure():
    def f(x):
        return {"sum": x.sum(), "parts": (x * x, 3), "name": "a"}

    found = adpy.compile(f).batch(np.arange(6.0).reshape(3, 2))
    np.testing.assert_allclose(found["sum"], [1.0, 5.0, 9.0])
    np.testing.assert_allclose(found["parts"][0], np.arange(6.0).reshape(3, 2) ** 2)
    np.testing.assert_allclose(found["parts"][1], [3.0, 3.0, 3.0])
    assert found["name"] == "a"


def test_gradients_in_the_structure_of_the_argument():
    def f(p):
        return p["w"] @ p["x"] * p["n"]

    found = adpy.compile(f).batch_gradient({"w": np.ones((5, 2)), "x": np.arange(10.0).reshape(5, 2), "n": 2})
    np.testing.assert_allclose(found["w"], 2.0 * np.arange(10.0).reshape(5, 2))
    assert found["n"] is None


def test_cross_products_are_arithmetic():
    p = compare(lambda x, y: (np.cross(x, y) * np.cross([1.0, 2.0, 3.0], x)).sum(), (RNG.normal(size=(2, 40, 3))))
    plans = [plan for found in p._branches.values() for branch in found for plan in branch.plans.values()]
    assert plans and not any(plan.stream.calls for plan in plans)


def test_another_axis():
    X = RNG.normal(size=(3, 40))
    np.testing.assert_allclose(adpy.compile(np.prod).batch(X, in_axes=1), X.prod(axis=0))


def test_lanes_of_integers_go_one_by_one():
    p = adpy.compile(lambda x, n: x**n)
    np.testing.assert_allclose(p.batch(np.array([2.0, 3.0, 2.0]), np.array([1, 2, 3])), [2.0, 9.0, 8.0])


def test_within_another_transform():
    p = adpy.compile(lambda x: x * x * x)
    X = np.array([1.0, 2.0])
    np.testing.assert_allclose(adpy.grad(lambda X: p.batch(X).sum())(X), 3.0 * X * X)


def test_a_thousand_sums_keep_what_a_long_sum_has():
    X = RNG.normal(size=(3, 10_000))
    np.testing.assert_allclose(adpy.compile(np.sum).batch(X), X.sum(axis=1), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda p: p.batch(1.0), "argument 0: expected an array"),
        (lambda p: p.batch(np.ones(3), in_axes=(0, 0)), "in_axes"),
        (lambda p: p.batch(np.ones(0)), "axis of lanes"),
        (lambda p: p.batch(np.ones(3), reduce="max"), "reduce"),
        (lambda p: p.batch(np.ones(3), device="gpu"), "'cpu' or 'cuda'"),
        (lambda p: p.to("tpu"), "'cpu' or 'cuda'"),
        (lambda p: p.to("cpu", np.float32), "dtype"),
        (lambda p: p.batch_gradient(np.ones((3, 2))), "one real number"),
    ],
)
def test_bad_arguments(call, message):
    p = adpy.record(lambda x: x * 2.0, 1.0)
    with pytest.raises(ArgumentError, match=message):
        call(p)
    assert p(2.0) == 4.0


def test_lanes_of_different_shapes_are_refused():
    p = adpy.compile(lambda x: x if x[0] > 0 else x[:1])
    with pytest.raises(ArgumentError, match="one shape in all lanes"):
        p.batch(np.array([[1.0, 2.0], [-1.0, 2.0]]))


def test_without_cuda_the_error_says_so():
    from numba import cuda

    if cuda.is_available():
        pytest.skip("there is a device")
    with pytest.raises((DeviceError, OptionalDependencyError), match="cuda|CUDA"):
        adpy.record(lambda x: x * 2.0, 1.0).to("cuda")
