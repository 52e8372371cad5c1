"""hvp, hessian, value_grad_and_hvp and gauss_newton_vp against closed forms, differences and nested transforms."""

import dataclasses
import math
import subprocess
import sys

import numpy as np
import pytest

import adpy
from adpy.errors import ArgumentError, TracedValueError

RNG = np.random.default_rng(5)
A = RNG.normal(size=(6, 6))


def loop(x):
    s = 0.0
    for i in range(len(x) - 1):
        s += 100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2
    return s


def vectorised(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def layers(x):
    return np.sum(np.tanh(A @ x) ** 2) + np.dot(x, x) ** 2


def in_place(x):
    u = np.zeros(len(x) + 2)
    u[1:-1] = x
    for _ in range(3):
        u[1:-1] += 0.1 * u[1:-1] * (u[2:] - 2 * u[1:-1] + u[:-2])
        u[0] = u[1] * u[2]
        u *= 1.1
    return np.sum(u**2) + u[2] * u[3]


def branches(x):
    s = 1.0
    for v in x:
        s = s * v + math.exp(-v) if v > 0 else s - v**2 / (1 + s * s)
    return s


def blocks(x):
    m = np.outer(x, x) + 5 * np.eye(len(x))
    return np.log(np.linalg.det(m)) + np.sum(np.linalg.solve(m, x)) + np.cumsum(x)[-1] ** 3


def masks(x):
    return np.where(x > 0, np.sqrt(np.abs(x)), x**2).sum() + np.sort(x)[2] * x[0] + x.max() * x.min()


FUNCTIONS = [loop, vectorised, layers, in_place, branches, blocks, masks]


def hessian_by_differences(f, x, h=1e-5):
    columns = [(adpy.grad(f)(x + h * e) - adpy.grad(f)(x - h * e)) / (2 * h) for e in np.eye(x.size)]
    return np.stack(columns, axis=-1)


@pytest.mark.parametrize("mode", ["wait", "off"])
@pytest.mark.parametrize("f", FUNCTIONS)
def test_products_and_matrix(f, mode, monkeypatch):
    if mode == "off":
        monkeypatch.setattr("adpy.kernels.building._loaded", False)
    monkeypatch.setenv("ADPY_KERNELS", mode)
    x, v = RNG.normal(size=6), RNG.normal(size=6)
    expected = hessian_by_differences(f, x)
    value, gradient, product = adpy.value_grad_and_hvp(f)(x, v)
    np.testing.assert_allclose(value, f(x), rtol=1e-13)
    np.testing.assert_allclose(gradient, adpy.grad(f)(x), rtol=1e-11, atol=1e-11)
    scale = 1e-6 * np.abs(expected).max()
    np.testing.assert_allclose(product, expected @ v, rtol=1e-6, atol=scale * np.abs(v).sum())
    np.testing.assert_allclose(adpy.hvp(f)(x, v), product, rtol=1e-12, atol=1e-12)
    found = adpy.hessian(f)(x)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=scale)
    np.testing.assert_allclose(found, adpy.jacobian(adpy.grad(f))(x), rtol=1e-10, atol=1e-10 * np.abs(found).max())


def test_closed_forms():
    np.testing.assert_allclose(adpy.hessian(lambda x: x @ A @ x)(np.ones(6)), A + A.T)
    assert adpy.hessian(lambda t: t**4)(2.0) == 48.0
    assert adpy.hvp(math.sin)(1.0, 2.0) == pytest.approx(-2 * math.sin(1.0))
    assert np.array_equal(adpy.hessian(lambda x: 3.0)(np.ones(2)), np.zeros((2, 2)))
    assert adpy.hessian(lambda x: x.sum())(np.ones((2, 3))).shape == (2, 3, 2, 3)


def test_many_directions_in_chunks():
    x = RNG.normal(size=150)
    expected = np.diag(np.full(150, 2.0)) + 6 * np.diag(x)
    np.testing.assert_allclose(adpy.hessian(lambda x: np.sum(x**2 + x**3))(x), expected, atol=1e-12)


@dataclasses.dataclass
class Parameters:
    w: np.ndarray
    b: float
    name: str = "p"


def test_trees():
    x = Parameters(np.array([1.0, 2.0]), 3.0)
    v = Parameters(np.array([1.0, 0.0]), 1.0)
    product = adpy.hvp(lambda p: np.sum(p.w**3) * p.b)(x, v)
    np.testing.assert_allclose(product.w, [6 * 3.0 + 3.0, 12.0])
    assert product.b == 3.0
    matrix = adpy.hessian(lambda p: np.sum(p.w**3) * p.b)(x)
    np.testing.assert_allclose(matrix.w.w, np.diag([18.0, 36.0]))
    np.testing.assert_allclose(matrix.w.b, [3.0, 12.0])


def test_further_arguments():
    def f(x, scale, power=2):
        return scale * np.sum(x**power)

    np.testing.assert_allclose(adpy.hvp(f)(np.ones(2), np.ones(2), 3.0, power=3), [18.0, 18.0])
    np.testing.assert_allclose(adpy.hessian(f)(np.ones(2), 3.0), 6 * np.eye(2))


def test_other_dtypes_and_nesting():
    x = np.array([1.0, 2.0], np.float32)
    product = adpy.hvp(lambda x: np.sum(x**3))(x, np.ones(2, np.float32))
    assert product.dtype == np.float32
    np.testing.assert_allclose(product, [6.0, 12.0])
    third = adpy.jvp(lambda x: adpy.hvp(vectorised)(x, np.ones(3)), np.arange(3.0), np.ones(3))[1]
    h = 1e-5
    differences = [adpy.hvp(vectorised)(np.arange(3.0) + s * h, np.ones(3)) for s in (1, -1)]
    np.testing.assert_allclose(third, (differences[0] - differences[1]) / (2 * h), rtol=1e-6)
    trace = adpy.grad(lambda x: np.trace(adpy.hessian(lambda y: np.sum(y**4))(x)))(np.array([1.0, 2.0]))
    np.testing.assert_allclose(trace, [24.0, 48.0])


def test_gauss_newton():
    x, v, b = RNG.normal(size=6), RNG.normal(size=6), RNG.normal(size=6)

    def residual(x, b):
        return np.sin(A @ x) - b

    j = adpy.jacobian(residual)(x, b)
    np.testing.assert_allclose(adpy.gauss_newton_vp(residual)(x, v, b), j.T @ (j @ v))

    def loss(r):
        return np.sum(r**4)

    middle = np.diag(12 * residual(x, b) ** 2)
    np.testing.assert_allclose(adpy.gauss_newton_vp(residual, loss)(x, v, b), j.T @ middle @ j @ v)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: adpy.hvp(np.sin)(np.ones(2), np.ones(2)), "one real number"),
        (lambda: adpy.hvp(np.sum)(np.ones(2), np.ones(3)), "shape"),
        (lambda: adpy.hvp(np.sum)(np.ones(2), [1.0, 1.0]), "structure"),
        (lambda: adpy.hessian(np.sum)(np.array([1, 2])), "floating-point"),
        (lambda: adpy.hessian(3), "callable"),
        (lambda: adpy.hvp(lambda x: None)(1.0, 1.0), "one real number"),
    ],
)
def test_misuse(call, message):
    with pytest.raises(ArgumentError, match=message):
        call()


def test_refusals_stay_refusals():
    with pytest.raises(TracedValueError):
        adpy.hvp(lambda x: float.fromhex(x.sum().hex()))(np.ones(2), np.ones(2))


def test_without_the_interpreters_at_first():
    """A new process takes the nested way for small work, and does not load Numba for it."""
    code = (
        "import sys, numpy as np, adpy; "
        "print(adpy.hvp(lambda x: np.sum(x**3))(np.ones(2), np.ones(2)), 'numba' in sys.modules)"
    )
    environment = {"ADPY_KERNELS": "", "PYTHONPATH": ":".join(sys.path)}
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert found.stdout.split() == ["[6.", "6.]", "False"]
