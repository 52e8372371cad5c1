"""Programs on the simulated device: all evaluations, with arrays of the host and of the device, and lanes."""

import numpy as np
import pytest
from numba import cuda
from scipy import special

import adpy
from adpy.errors import ArgumentError, DeviceError

RNG = np.random.default_rng(0)
X, W = np.abs(RNG.normal(size=3)), RNG.normal(size=3)
MANY = RNG.normal(size=(11, 3))
TOLERANCES = [(np.float64, 1e-12), (np.float32, 2e-5)]


def branchy(x, w):
    return np.sum(np.tanh(x * w)) + w[0] if x[0] > 0 else x[1] * w[1]


def close(found, expected, rtol):
    """Compare trees of numbers, arrays and arrays of the device."""
    if isinstance(expected, tuple):
        for a, b in zip(found, expected, strict=True):
            close(a, b, rtol)
        return
    found = found.copy_to_host() if hasattr(found, "copy_to_host") else found
    assert np.shape(found) == np.shape(expected)
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=rtol)


EVALUATIONS = {
    "value": lambda p, x, w: p(x, w),
    "gradient": lambda p, x, w: p.gradient(x, w),
    "value and gradient": lambda p, x, w: p.value_and_gradient(x, w),
    "jvp": lambda p, x, w: p.jvp((x, w), (w, x)),
    "vjp": lambda p, x, w: (p.vjp(x, w)[0], p.vjp(x, w)[1](2.0)),
    "hvp": lambda p, x, w: p.hvp(x, w, w),
    "jacobian": lambda p, x, w: p.jacobian(x, w),
    "hessian": lambda p, x, w: p.hessian(x, w),
}


@pytest.mark.parametrize("dtype, rtol", TOLERANCES)
@pytest.mark.parametrize("name", EVALUATIONS)
def test_evaluations(name, dtype, rtol):
    p = adpy.record(branchy, X, W)
    q, evaluate = p.to("cuda", dtype), EVALUATIONS[name]
    for x in (X, -X):  # the second is another branch
        expected = evaluate(p, x, W)
        close(evaluate(q, x, W), expected, rtol)
        close(evaluate(q, cuda.to_device(x.astype(dtype)), cuda.to_device(W.astype(dtype))), expected, rtol)


def test_arrays_of_the_device_come_back_there():
    q = adpy.record(lambda x: np.sin(x) * x[0], X).to("cuda")
    x = cuda.to_device(X)
    for found in (q(x), q.vjp(x)[1](x)[0], q.jvp(x, x)[1]):
        assert found.shape == (3,) and hasattr(found, "copy_to_host")
    assert type(q(X)) is np.ndarray and type(q.to("cpu")(X)) is np.ndarray


def test_what_cannot_be_recorded_is_evaluated_on_the_host():
    q = adpy.compile(lambda x: float(np.sum((x * 1j).imag ** 2))).to("cuda")
    np.testing.assert_allclose(q.gradient(cuda.to_device(X)), 2.0 * X)


@pytest.mark.parametrize("dtype, rtol", TOLERANCES)
@pytest.mark.parametrize("reduce", [None, "sum", "mean"])
@pytest.mark.parametrize("shared", [True, False])
def test_lanes(shared, reduce, dtype, rtol):
    p = adpy.record(branchy, X, W)
    w, axes = (W, (0, None)) if shared else (MANY[::-1].copy(), (0, 0))
    settings = {"in_axes": axes, "reduce": reduce}
    expected = p.batch_value_and_gradient(MANY, w, **settings)
    q = p.to("cuda", dtype)
    close(q.batch_value_and_gradient(MANY, w, **settings), expected, 10 * rtol)
    there = [cuda.to_device(a.astype(dtype)) for a in (MANY, w)]
    found = q.batch_value_and_gradient(*there, **settings)
    assert all(hasattr(a, "copy_to_host") is (reduce is None) for a in found)
    close(found, expected, 10 * rtol)
    close(q.batch(*there, **settings), expected[0], 10 * rtol)
    assert len(p.stats()["recordings"]) == 2


def test_lanes_of_structures_and_of_nothing():
    p = adpy.record(lambda x: {"a": x[:2] * 2.0, "b": 1.0, "c": "text", "d": x[:0]}, X)
    expected, found = p.batch(MANY), p.batch(MANY, device="cuda")
    there = p.batch(cuda.to_device(MANY), device="cuda")
    for key in "abd":
        close(found[key], expected[key], 1e-14)
        close(there[key], expected[key], 1e-14)
    assert found["c"] == there["c"] == "text"


def test_lanes_of_functions_that_are_calls_on_the_cpu():
    p = adpy.record(lambda x, c: special.erf(2.0 * x[0]) * x[1] + np.sum(special.ndtr(x) * c), np.ones(2), 2.0)
    arguments = MANY[:, :2].copy(), MANY[:, 0].copy()
    close(p.batch_value_and_gradient(*arguments, device="cuda"), p.batch_value_and_gradient(*arguments), 1e-13)


def test_lanes_in_several_blocks(monkeypatch):
    from adpy.program import device_lanes

    monkeypatch.setattr(device_lanes, "WIDEST", 8)
    p = adpy.record(branchy, X, W)
    expected = p.batch_value_and_gradient(MANY, W, in_axes=(0, None))
    close(p.batch_value_and_gradient(MANY, W, in_axes=(0, None), device="cuda"), expected, 1e-13)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda p: p.batch(cuda.to_device(MANY), W, in_axes=(1, None)), "in_axes"),
        (lambda p: p.batch(cuda.to_device(MANY.astype(int)), W, in_axes=(0, None)), "float64 or float32"),
        (lambda p: p.batch(cuda.to_device(np.asfortranarray(MANY)), W, in_axes=(0, None)), "contiguous"),
        (lambda p: p.jvp((cuda.to_device(X), W), (W[:2], W)), "tangents"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(ArgumentError, match=message):
        call(adpy.record(branchy, X, W).to("cuda"))


def test_lanes_name_what_is_not_there():
    with pytest.raises(DeviceError, match="det.*device='cpu'"):
        adpy.record(np.linalg.det, np.eye(2)).batch(np.ones((3, 2, 2)), device="cuda")
