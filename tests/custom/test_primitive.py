"""Primitives in both modes and all nestings, against the same functions in code that adpy sees."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import adpy
from adpy.testing import check_derivatives
from tests.custom.boxes import PAIRS, TRANSFORMS, Spring, bundle, by_jvp, by_partials, by_vjp, product

X = np.array([0.7, 0.4, -0.9])


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("pair", PAIRS)
def test_as_the_transparent_function(pair, transform):
    black, transparent = PAIRS[pair]
    change = TRANSFORMS[transform]
    np.testing.assert_allclose(change(black)(X), change(transparent)(X), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("pair", ["jvp", "vjp", "partials", "trees"])
@settings(max_examples=10, deadline=None)
@given(st.lists(st.floats(-1.5, 1.5), min_size=3, max_size=3))
def test_anywhere(pair, point):
    black, transparent = PAIRS[pair]
    x = np.array(point)
    for transform in (adpy.grad, TRANSFORMS["forward over reverse"]):
        np.testing.assert_allclose(transform(black)(x), transform(transparent)(x), rtol=1e-10, atol=1e-12)


def test_pullbacks_and_directions_in_the_structure_of_the_arguments():
    spring, loads = Spring(2.0, np.array([1.0, 3.0])), [0.5, 7]
    y, pullback = adpy.vjp(bundle, spring, loads)
    assert y["energy"] == 20.0 and y["name"] == "spring" and y["shape"][1] == 2
    spring_bar, loads_bar = pullback({"energy": 1.0, "shape": (np.array([1.0, 1.0]), 0), "name": None})
    assert spring_bar.stiffness == 10.0 and loads_bar[1] is None and spring_bar.name is None
    np.testing.assert_allclose(spring_bar.lengths, [4.0 + 0.5, 12.0 + 0.5])
    assert loads_bar[0] == 4.0
    _, y_dot = adpy.jvp(bundle, (spring, loads), (Spring(1.0, np.zeros(2)), [0.0, 0]))
    assert y_dot["energy"] == 10.0


@pytest.mark.parametrize("box", [by_jvp, by_vjp, by_partials])
@pytest.mark.parametrize("x", [0.5, np.float64(0.5), np.float32(0.5), np.array(0.5), np.ones((2, 1, 3)) / 2])
def test_types_of_results_and_gradients(box, x):
    def function(x):
        y = box(x)
        return np.sum(y) if np.ndim(x) else y * 1

    value, gradient = adpy.value_and_grad(function)(x)
    plain = function(x)
    assert type(value) is type(plain) and value == plain
    assert type(gradient) is type(x) or np.ndim(x) == 0
    np.testing.assert_allclose(gradient, 0.75, rtol=1e-6)
    assert np.result_type(gradient) == np.result_type(x)


def test_python_floats_stay_python_floats():
    def function(x):
        y = by_jvp(x)
        assert isinstance(y, float) and not isinstance(y, np.float64)
        return y * np.ones(1, np.float32)

    assert adpy.jvp(function, 0.5, 1.0)[1].dtype == np.float32
    assert adpy.vjp(function, 0.5)[0].dtype == np.float32


def test_many_directions_at_once():
    x = np.linspace(-1, 1, 40)
    expected = np.diag(3 * x**2)
    for box in (by_jvp, by_vjp, by_partials):
        np.testing.assert_allclose(adpy.jacobian(box, mode="forward")(x), expected)
        np.testing.assert_allclose(adpy.jacobian(box, mode="reverse")(x), expected)


def test_operands_that_broadcast():
    check_derivatives(lambda x, s: product(x, s), np.ones((2, 1, 3)) / 3, np.array([[0.5], [2.0]]))
    assert adpy.grad(lambda s: np.sum(product(np.full((4, 2), np.pi / 2), s)))(2.0) == 8.0


def test_several_positional_keyword_and_variadic_operands():
    @adpy.primitive(static="sign")
    def weighted(a, *rest, weight=2.0, sign=1):
        return sign * weight * a * sum(rest)

    @weighted.defjvp
    def weighted_jvp(primals, tangents, y, sign):
        (a, b, c, weight), (a_dot, b_dot, c_dot, weight_dot) = primals, tangents
        return sign * (
            weight * (a_dot * (b + c) + a * (b_dot + c_dot)) + weight_dot * a * (b + c)
        )  # an integer operand has the tangent zero

    check_derivatives(lambda x: weighted(x[0], x[1], x[2], sign=-1) * weighted(x[0], 4, x[1], weight=x[2]), X)


@pytest.mark.parametrize("box", [by_jvp, by_partials])  # the vjp rule is written for real numbers
def test_complex_operands(box):
    z = np.array([0.5 + 1j, -0.3 + 0.2j])

    def loss(cube):
        return lambda z: np.sum(abs(cube(z) * np.conj(z)) ** 2)

    expected = adpy.grad(loss(lambda z: z**3))(z)
    np.testing.assert_allclose(adpy.grad(loss(box))(z), expected)


def test_maps_that_are_linear_over_the_reals_only():
    @adpy.primitive
    def twisted(z, w):
        return z * np.conj(w)

    by_tangents, by_cotangents = twisted, adpy.primitive(twisted.function)
    by_tangents.defjvp(lambda p, t, y: t[0] * np.conj(p[1]) + p[0] * np.conj(t[1]))
    by_cotangents.defvjp(lambda p, y, y_bar: (y_bar * p[1], np.conj(y_bar) * p[0]))
    z = np.array([0.5 + 1j, -0.3 + 0.2j])

    def loss(multiply):
        return lambda z: np.sum(abs(multiply(z, z * z) + multiply(1j * z, z)) ** 2)

    expected = adpy.grad(loss(lambda z, w: z * np.conj(w)))(z)
    for box in (by_tangents, by_cotangents):
        np.testing.assert_allclose(adpy.grad(loss(box))(z), expected)
        np.testing.assert_allclose(adpy.jvp(loss(box), z, 1j * z)[1], np.real(np.vdot(expected, 1j * z)))


def test_real_to_complex():
    wave = adpy.primitive(lambda x: np.exp(1j * x))
    wave.defpartials(lambda x, y: (1j * y,))

    def function(x):
        return np.sum((wave(x) * (1 + x)).real ** 3)

    check_derivatives(function, X)
    check_derivatives(adpy.grad(function), X)


def test_methods():
    class Material:
        def __init__(self, modulus):
            self.modulus = modulus

        @adpy.primitive
        def stress(self, strain):
            return self.modulus * np.tanh(strain)

    @Material.stress.defvjp
    def stress_vjp(primals, y, y_bar):
        material, strain = primals
        return None, material.modulus / np.cosh(strain) ** 2 * y_bar

    check_derivatives(lambda x: np.sum(Material(3.0).stress(x) ** 2), X)
    assert Material.stress(Material(1.0), 0.0) == 0.0


def test_methods_of_dataclasses_are_differentiated_with_respect_to_their_fields():
    from dataclasses import dataclass

    @dataclass
    class Material:
        modulus: float

        @adpy.primitive
        def stress(self, strain):
            return self.modulus * np.tanh(strain)

    @Material.stress.defvjp
    def stress_vjp(primals, y, y_bar):
        material, strain = primals
        return Material(np.sum(np.tanh(strain) * y_bar)), material.modulus / np.cosh(strain) ** 2 * y_bar

    check_derivatives(lambda x: np.sum(Material(x[0]).stress(x) ** 2), X)


def test_a_primitive_in_a_rule_of_another():
    sine, cosine = adpy.primitive(lambda x: np.sin(x)), adpy.primitive(lambda x: np.cos(x))
    sine.defpartials(lambda x, y: (cosine(x),))
    cosine.defpartials(lambda x, y: (-sine(x),))
    derivative = sine
    for order in range(1, 5):
        derivative = adpy.derivative(derivative) if order % 2 else adpy.grad(derivative)
        np.testing.assert_allclose(derivative(0.3), np.sin(0.3 + order * np.pi / 2))


def test_transforms_inside_the_body():
    """A body may differentiate on its own account."""

    @adpy.primitive
    def stationary(p):
        z = np.zeros(3)
        for _ in range(60):
            z = z - 0.4 * adpy.grad(lambda z: np.sum((z - p) ** 2))(z)
        return z

    stationary.defjvp(lambda primals, tangents, y: tangents[0])
    check_derivatives(lambda p: np.sum(stationary(p**2) ** 2), X)


def test_a_rule_may_fill_copies_of_its_constants():
    """For higher orders, with values that vary."""
    stored = np.linspace(0.0, 1.0, 5).tobytes()
    box = adpy.primitive(lambda u, k: u * k, name="scaled")

    @box.defvjp
    def filled(primals, y, y_bar):
        u, k = primals
        work = u.copy()
        work[1:] = u[1:] * k
        return k * y_bar, np.sum(work * y_bar) / k + u[0] * y_bar[0] * (1 - 1 / k)

    def energy(k):
        return np.sum(box(np.frombuffer(stored), k) ** 3)

    def slope(k):
        return adpy.grad(energy)(k)

    expected = 6 * 0.7 * np.sum(np.frombuffer(stored) ** 3)
    np.testing.assert_allclose(adpy.derivative(slope)(0.7), expected)
    np.testing.assert_allclose(adpy.derivative(adpy.grad(energy))(0.7), expected)


def test_under_batch_and_taylor():
    X = np.linspace(0.1, 1.0, 12).reshape(4, 3)
    for name, (black, transparent) in PAIRS.items():
        for transform in (adpy.grad, TRANSFORMS["forward"]):
            np.testing.assert_allclose(adpy.batch(transform(black))(X), adpy.batch(transform(transparent))(X))
        if name != "vjp":  # whose rule writes into a buffer, which no series can be written into
            series = adpy.taylor(black, X[0], X[1], 4)
            np.testing.assert_allclose(series, adpy.taylor(transparent, X[0], X[1], 4), rtol=1e-10)


@pytest.mark.parametrize("pair", PAIRS)
def test_second_order_from_a_recording(pair):
    black, transparent = PAIRS[pair]
    np.testing.assert_allclose(adpy.hessian(black)(X), adpy.hessian(transparent)(X), rtol=1e-12, atol=1e-13)
    for found, expected in zip(
        adpy.value_grad_and_hvp(black)(X, X[::-1]), adpy.value_grad_and_hvp(transparent)(X, X[::-1]), strict=True
    ):
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)


def test_zero_cotangents_contribute_nothing():
    root = adpy.primitive(lambda x: np.sqrt(x))
    root.defvjp(lambda primals, y, y_bar: (0.5 / y * y_bar,))
    share = adpy.primitive(lambda x: np.sqrt(x))
    share.defpartials(lambda x, y: (0.5 / y,))
    x = np.array([0.0, 4.0])
    for mode in ("forward", "reverse"):
        assert adpy.jacobian(lambda x: np.where(x > 0, share(x), 0.0).sum(), mode=mode)(x).tolist() == [0.0, 0.25]
    np.testing.assert_array_equal(adpy.grad(lambda x: np.sum(x) + 0.0 * np.sum(root(x[:1])))(x), [1.0, 1.0])
