"""Complex derivatives: holomorphic=True, the Cauchy-Riemann check, complex Jacobians, Wirtinger derivatives."""

import cmath

import numpy as np
import pytest

import adpy
from adpy.errors import ArgumentError

Z = np.array([0.6 + 0.8j, -0.4 + 1.1j, 1.3 - 0.2j])
POINT = 0.6 + 0.8j

CLOSED = {
    "square": (lambda z: z * z, lambda z: 2 * z),
    "exp": (np.exp, np.exp),
    "cmath": (lambda z: cmath.sin(z) / z, lambda z: cmath.cos(z) / z - cmath.sin(z) / z**2),
    "rational": (lambda z: (z + 1j) / (z - 2), lambda z: -(2 + 1j) / (z - 2) ** 2),
    "power": (lambda z: z ** (1 + 1j), lambda z: (1 + 1j) * z**1j),
    "log of root": (lambda z: np.log(np.sqrt(z) + 1), lambda z: 0.5 / (z + np.sqrt(z))),
    "polar form": (lambda z: abs(z) * cmath.exp(1j * cmath.phase(z)), lambda z: 1.0),
    "conjugate twice": (lambda z: np.conj(np.exp(np.conj(z))), np.exp),
}

DERIVATIVES = {
    "grad": lambda f, **k: adpy.grad(f, **k),
    "derivative": lambda f, **k: adpy.derivative(f, **k),
    "forward": lambda f, **k: adpy.jacobian(f, mode="forward", **k),
    "reverse": lambda f, **k: adpy.jacobian(f, mode="reverse", **k),
}

NOT_HOLOMORPHIC = {
    "conj": np.conj,
    "product with real part": lambda z: z * z.real,
    "modulus": lambda z: 1j * abs(z) ** 2,
    "angle": lambda z: np.angle(z) + 0j,
    "small": lambda z: 1e-12 * np.conj(z),
    "nearly": lambda z: z + 1e-2 * z.imag,
}


@pytest.mark.parametrize("by", DERIVATIVES)
@pytest.mark.parametrize("name", CLOSED)
@pytest.mark.parametrize("kind", [complex, np.complex128, np.complex64])
def test_closed_forms(name, by, kind):
    function, expected = CLOSED[name]
    found = DERIVATIVES[by](function, holomorphic=True)(kind(POINT))
    np.testing.assert_allclose(found, expected(POINT), rtol=1e-5 if kind is np.complex64 else 1e-13)


@pytest.mark.parametrize("by", DERIVATIVES)
@pytest.mark.parametrize("name", NOT_HOLOMORPHIC)
@pytest.mark.parametrize("kind", [np.complex128, np.complex64])
def test_not_holomorphic(name, by, kind):
    with pytest.raises(ArgumentError, match="wirtinger"):
        DERIVATIVES[by](NOT_HOLOMORPHIC[name], holomorphic=True)(kind(POINT))


@pytest.mark.parametrize("by", ["derivative", "forward", "reverse"])
def test_checked_without_being_asked(by):
    with pytest.raises(ArgumentError, match="depends on the direction"):
        DERIVATIVES[by](abs)(POINT)


@pytest.mark.parametrize("by", DERIVATIVES)
def test_real_where_complex_is_promised(by):
    with pytest.raises(ArgumentError, match="argument 0: expected complex numbers"):
        DERIVATIVES[by](np.exp, holomorphic=True)(1.0)
    with pytest.raises(ArgumentError, match="holomorphic"):
        DERIVATIVES[by](abs, holomorphic=True)(POINT)
    with pytest.raises(ArgumentError, match="result .* holomorphic=True"):
        DERIVATIVES[by](lambda z: 1.0, holomorphic=True)(POINT)


def test_complex_result_of_grad_says_both_ways():
    with pytest.raises(ArgumentError, match=r"\.real or abs; f'\(z\): holomorphic=True"):
        adpy.grad(np.exp)(POINT)


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_jacobian_of_an_array(mode):
    found = adpy.jacobian(lambda z: np.cumsum(z**2), mode=mode, holomorphic=True)(Z)
    np.testing.assert_allclose(found, np.tril(np.ones((3, 3))) * 2 * Z)
    gradient = adpy.grad(lambda z: np.prod(z), holomorphic=True)(Z)
    np.testing.assert_allclose(gradient, np.prod(Z) / Z)
    assert gradient.dtype == complex


def test_trees_and_several_arguments():
    def f(p, w):
        return p["a"] * p["b"][1] ** 2 + w

    by_p, by_w = adpy.grad(f, argnums=(0, 1), holomorphic=True)({"a": 2j, "b": (3, 1 + 1j)}, 0j)
    assert by_p["a"] == (1 + 1j) ** 2 and by_p["b"][0] is None and by_p["b"][1] == 4j * (1 + 1j) and by_w == 1
    value, gradient = adpy.value_and_grad(lambda z: (z * z, "note"), has_aux=True, holomorphic=True)(2j)
    assert value == (-4 + 0j, "note") and gradient == 4j


def test_constant_result():
    assert adpy.grad(lambda z: 3j, holomorphic=True)(1j) == 0
    assert adpy.derivative(lambda z: 3j)(1j) == 0


@pytest.mark.parametrize("outer", DERIVATIVES)
@pytest.mark.parametrize("inner", DERIVATIVES)
def test_second_derivatives(outer, inner):
    first = DERIVATIVES[inner](lambda z: np.exp(2 * z) / z, holomorphic=True)
    found = DERIVATIVES[outer](first, holomorphic=True)(POINT)
    exact = np.exp(2 * POINT) * (4 / POINT - 4 / POINT**2 + 2 / POINT**3)
    np.testing.assert_allclose(found, exact, rtol=1e-13)


def test_second_derivative_is_checked_too():
    with pytest.raises(ArgumentError, match="holomorphic"):
        adpy.derivative(lambda z: np.conj(adpy.derivative(np.exp)(z)), holomorphic=True)(POINT)


@pytest.mark.parametrize("mode", ["forward", "reverse", "auto"])
@pytest.mark.parametrize("size", [4, 80])
def test_complex_jacobian_of_a_real_argument(mode, size):
    x = np.linspace(0.1, 1.0, size)
    found = adpy.jacobian(np.fft.fft, mode=mode)(x)
    np.testing.assert_allclose(found, np.fft.fft(np.eye(size)), atol=1e-12)
    assert found.dtype == complex
    few = adpy.jacobian(lambda x: np.exp(1j * x[:3]) * x[-1], mode=mode)(x)
    np.testing.assert_allclose(few[:, -1], np.exp(1j * x[:3]))
    np.testing.assert_allclose(np.diag(few[:, :3]), 1j * np.exp(1j * x[:3]) * x[-1])


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_real_and_complex_arguments_together(mode):
    by_x, by_z = adpy.jacobian(lambda x, z: x * z**2, argnums=(0, 1), mode=mode)(np.array([2.0, 3.0]), Z[:2])
    np.testing.assert_allclose(by_x, np.diag(Z[:2] ** 2))
    np.testing.assert_allclose(by_z, np.diag(2 * np.array([2.0, 3.0]) * Z[:2]))


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_wirtinger(mode):
    by_z, by_conjugate = adpy.wirtinger(lambda z: z**2 * np.conj(z) ** 3, mode=mode)(Z)
    np.testing.assert_allclose(by_z, np.diag(2 * Z * Z.conj() ** 3), rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(by_conjugate, np.diag(3 * Z**2 * Z.conj() ** 2), rtol=1e-13, atol=1e-13)


def test_wirtinger_and_tangents():
    def f(z):
        return np.abs(z) * np.exp(1j * z.real)

    direction = np.array([0.3 - 1j, 0.2, 1j])
    by_z, by_conjugate = adpy.wirtinger(f)(Z)
    y_dot = adpy.jvp(f, Z, direction)[1]
    np.testing.assert_allclose(by_z @ direction + by_conjugate @ direction.conj(), y_dot, rtol=1e-13)


def test_wirtinger_of_a_real_loss_is_half_the_gradient():
    def loss(z, scale):
        return scale * np.sum(np.abs(np.fft.fft(z)) ** 4)

    by_z, by_conjugate = adpy.wirtinger(loss)(Z, 0.5)
    np.testing.assert_allclose(2 * by_conjugate, adpy.grad(loss)(Z, 0.5), rtol=1e-13)
    np.testing.assert_allclose(by_z, by_conjugate.conj(), rtol=1e-13)
    found = adpy.wirtinger(loss)(Z.astype(np.complex64), np.float32(0.5))[1]
    assert found.dtype == np.complex64


def test_wirtinger_of_trees_and_names():
    found = adpy.wirtinger(lambda k, z: {"p": k * z, "q": (np.conj(z), "name")}, argnum=1)(2.0, z=1j)
    assert found == ({"p": 2, "q": (0, None)}, {"p": 0, "q": (1, None)})


@pytest.mark.parametrize("wrong", [2.0, np.ones(2), [1j]])
def test_wirtinger_of_something_else(wrong):
    with pytest.raises(ArgumentError, match="complex number or array"):
        adpy.wirtinger(np.abs)(wrong)


def test_steepest_ascent():
    """The gradient of a real loss points uphill: the convention that optimizers need."""
    z = Z.copy()

    def loss(z):
        return np.sum(np.abs(z - (1 + 2j)) ** 2)

    for _ in range(60):
        z = z - 0.2 * adpy.grad(loss)(z)
    np.testing.assert_allclose(z, 1 + 2j, rtol=1e-12)
