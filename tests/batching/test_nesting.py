"""Batches of transforms, transforms of batches, batches of batches."""

import math

import numpy as np
import pytest

import adpy
from adpy.errors import TracedValueError
from tests.batching.loops import assert_same, counted, looped

rng = np.random.default_rng(11)
X = rng.normal(size=(5, 3))
W = rng.normal(size=3)


def model(w, x):
    return np.tanh(x @ w) * w[0]


def smooth(x):
    y = np.zeros(3)
    for i in range(3):
        y[i] = math.sin(x[i]) * x[i - 1] + (y[i - 1] if i else 0.0)
    return (y * y).sum()


@pytest.mark.parametrize(
    "transform",
    [
        adpy.grad,
        adpy.value_and_grad,
        adpy.jacobian,
        lambda f: adpy.jacobian(f, mode="reverse"),
        lambda f: adpy.jacobian(f, mode="forward"),
        lambda f: adpy.jacobian(adpy.grad(f)),
        lambda f: adpy.grad(lambda x: (adpy.grad(f)(x) ** 2).sum()),
        lambda f: lambda x: adpy.jvp(f, x, W),
        lambda f: lambda x: adpy.jvp(adpy.grad(f), x, x),
        lambda f: lambda x: adpy.vjp(lambda z: z * f(z), x)[1](x),
        lambda f: lambda x: adpy.derivative(lambda t: f(x * t))(2.0),
        lambda f: adpy.grad(lambda x: x[0] * adpy.stop_gradient(f(x))),
        lambda f: adpy.value_and_grad(lambda x: (f(x), {"aux": x * 2}), has_aux=True),
    ],
)
def test_transforms_inside_a_batch(transform):
    function = transform(smooth)
    counting, calls = counted(function)
    assert_same(adpy.batch(counting, mode="vectorized")(X), looped(function, (X,)))
    assert len(calls) == 1


def test_a_gradient_through_a_batch():
    def through_batch(w):
        return (adpy.batch(model, in_axes=(None, 0))(w, X) ** 2).sum()

    def through_loop(w):
        return sum(model(w, x) ** 2 for x in X)

    np.testing.assert_allclose(adpy.grad(through_batch)(W), adpy.grad(through_loop)(W), rtol=1e-13)
    np.testing.assert_allclose(
        adpy.jacobian(adpy.grad(through_batch))(W), adpy.jacobian(adpy.grad(through_loop))(W), rtol=1e-12, atol=1e-14
    )
    found = adpy.jvp(through_batch, W, W)
    np.testing.assert_allclose(found, adpy.jvp(through_loop, W, W), rtol=1e-13)


def test_closures_over_outer_variables():
    def penalty(w):
        gradients = adpy.batch(lambda x: adpy.grad(lambda v: model(v, x) * w[1])(w))(X)
        return (gradients**2).sum()

    def by_loop(w):
        return sum((adpy.grad(lambda v, x=x: model(v, x) * w[1])(w) ** 2).sum() for x in X)

    np.testing.assert_allclose(adpy.grad(penalty)(W), adpy.grad(by_loop)(W), rtol=1e-12)


def test_batches_of_batches():
    cube = rng.normal(size=(4, 5, 3))
    for function in (smooth, adpy.grad(smooth), adpy.jacobian(lambda x: x * x[0])):
        inner = adpy.batch(function)
        assert_same(adpy.batch(inner)(cube), looped(lambda rows: looped(function, (rows,)), (cube,)))  # noqa: B023


def test_all_pairs():
    distance = lambda a, b: np.sqrt(((a - b) ** 2).sum())  # noqa: E731
    pairs = adpy.batch(lambda a: adpy.batch(lambda b: distance(a, b))(X))(X)
    np.testing.assert_allclose(pairs, np.linalg.norm(X[:, None] - X, axis=-1), rtol=1e-14)


def test_decisions_inside_an_inner_batch():
    function = adpy.batch(lambda x: x.sum() if x[0] > 0 else (x * x).sum())
    cube = rng.normal(size=(4, 5, 3))
    assert_same(
        adpy.batch(function)(cube),
        looped(lambda rows: looped(lambda x: x.sum() if x[0] > 0 else (x * x).sum(), (rows,)), (cube,)),
    )


def test_values_of_lanes_do_not_outlive_the_batch():
    kept = []
    adpy.batch(lambda x: kept.append(x) or x.sum())(X)
    with pytest.raises(TracedValueError, match="outlived"):
        kept[0] * 2


def test_the_plain_function_is_called_in_mode_loop():
    kinds = []
    adpy.batch(lambda x: kinds.append(type(x)) or x, mode="loop")(X)
    assert kinds == [np.ndarray] * 5


def test_second_order_transforms():
    for transformed in (
        lambda x, v: adpy.hvp(smooth)(x, v),
        lambda x, v: adpy.hessian(smooth)(x),
        lambda x, v: adpy.value_grad_and_hvp(smooth)(x, v),
        lambda x, v: adpy.gauss_newton_vp(lambda z: np.sin(z) * z[0])(x, v),
    ):
        assert_same(adpy.batch(transformed)(X, X[::-1].copy()), looped(transformed, (X, X[::-1].copy())), rtol=1e-11)


def test_transforms_without_a_rule_go_sample_by_sample():
    taylor = lambda x: adpy.taylor(smooth, x, W, 3)  # noqa: E731
    assert_same(adpy.batch(taylor)(X), looped(taylor, (X,)))


def test_an_inner_batch_over_closed_over_lanes():
    def attention(x):
        scores = adpy.batch(lambda y: math.exp(float(x @ y)) if y[0] > -9 else 0.0)(X)
        return scores / scores.sum()

    assert_same(adpy.batch(attention)(X), looped(lambda x: np.exp(X @ x) / np.exp(X @ x).sum(), (X,)))
    gradient = adpy.grad(lambda x: (attention(x) ** 2).sum())
    expected = adpy.grad(lambda x: ((np.exp(X @ x) / np.exp(X @ x).sum()) ** 2).sum())
    assert_same(adpy.batch(gradient)(X), looped(expected, (X,)), rtol=1e-11)


def test_a_buffer_of_the_outer_sample_written_by_the_inner():
    def function(x):
        total = np.zeros(3)

        def add(y):
            total[0] = total[0] + (x * y).sum()
            return total[0]

        return adpy.batch(add, mode="loop")(X).sum() + total[0]

    assert_same(adpy.batch(function)(X), looped(function, (X,)))


@pytest.mark.parametrize(
    "transform",
    [
        lambda f: adpy.hessian(f)(W),
        lambda f: adpy.hvp(f)(W, W),
        lambda f: adpy.taylor(f, W, W, 3),
        lambda f: adpy.jvp(f, W, W, lexicographic=True),
        lambda f: adpy.jacobian(f, mode="elimination")(W),
    ],
)
def test_other_transforms_through_a_batch(transform):
    def branching(w, x):
        return model(w, x) if x[0] > 0 else (w * x).sum() ** 2

    found = transform(lambda w: (adpy.batch(branching, in_axes=(None, 0))(w, X) ** 2).sum())
    expected = transform(lambda w: sum(branching(w, x) ** 2 for x in X))
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-12)
