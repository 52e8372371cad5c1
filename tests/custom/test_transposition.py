"""A vjp from a jvp and a jvp from a vjp: rules that adpy sees into, rules that it does not, rules that are wrong."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import adpy
from adpy.custom.transposition import UNITS
from adpy.errors import RuleError, TracedValueError
from adpy.testing import check_derivatives

A = np.random.default_rng(0).normal(size=(4, 3))


def unseen(x):
    """A copy that refuses a traced value, as compiled code does."""
    return np.frombuffer(np.ascontiguousarray(x).tobytes()).reshape(np.shape(x)).copy()


def linear(rule, see=lambda x: x):
    """``A @ x`` with one rule."""
    box = adpy.primitive(lambda x: A @ x, name="linear")
    if rule == "jvp":
        box.defjvp(lambda primals, tangents, y: A @ see(tangents[0]))
    else:
        box.defvjp(lambda primals, y, y_bar: (A.T @ see(y_bar),))
    return box


@pytest.mark.parametrize("see", [lambda x: x, unseen], ids=["seen", "unseen"])
@pytest.mark.parametrize("rule", ["jvp", "vjp"])
@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(-10, 10), min_size=7, max_size=7))
def test_inner_products(rule, see, numbers):
    x_dot, y_bar = np.array(numbers[:3]), np.array(numbers[3:])
    box = linear(rule, see)
    y_dot = adpy.jvp(box, np.ones(3), x_dot)[1]
    x_bar = adpy.vjp(box, np.ones(3))[1](y_bar)[0]
    np.testing.assert_allclose(y_dot, A @ x_dot, atol=1e-12)
    np.testing.assert_allclose(x_bar, A.T @ y_bar, atol=1e-12)


@pytest.mark.parametrize("rule", ["jvp", "vjp"])
def test_several_operands_and_results_of_different_types(rule):
    box = adpy.primitive(lambda z, x: (z * np.sum(x), abs(z) ** 2 * x))
    if rule == "jvp":

        @box.defjvp
        def box_jvp(primals, tangents, y):
            (z, x), (z_dot, x_dot) = primals, tangents
            square_dot = 2 * np.real(np.conj(z) * z_dot)
            return z_dot * np.sum(x) + z * np.sum(x_dot), square_dot * x + abs(z) ** 2 * x_dot
    else:

        @box.defvjp
        def box_vjp(primals, y, y_bar):
            (z, x), (a, b) = primals, y_bar
            return a * np.sum(x) + 2 * z * np.sum(b * x), np.real(np.conj(z) * a) + abs(z) ** 2 * b

    def loss(box):
        def function(x):
            first, second = box((x[0] + 1j * x[1]) ** 2, x * x[2])
            return np.sum(np.real(first * np.conj(first) * second)) + np.imag(first)

        return function

    x = np.array([0.3, -0.8, 1.1])
    transparent = loss(box.function)
    for transform in (adpy.grad, lambda f: adpy.jacobian(f, mode="forward"), lambda f: adpy.jacobian(adpy.grad(f))):
        np.testing.assert_allclose(transform(loss(box))(x), transform(transparent)(x), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("rule", ["jvp", "vjp"])
def test_rules_that_are_not_seen_into_are_applied_to_unit_vectors(rule):
    box = linear(rule, unseen)
    check_derivatives(lambda x: box(np.sin(x)) * x[0], np.array([0.5, 0.2, 0.3]))


def test_a_rule_that_loses_the_tangent_unnoticed():
    """Through text, for example: the transpose found by looking at the rule is checked before it is believed."""
    box = adpy.primitive(lambda x: 3 * x)
    box.defjvp(lambda primals, tangents, y: 3 * np.array([float(str(v)) for v in tangents[0]]))
    np.testing.assert_allclose(adpy.grad(lambda x: np.sum(box(x) ** 2))(np.ones(3)), 18.0)


def test_a_rule_with_a_short_cut_for_zero():
    box = adpy.primitive(lambda x: 3 * x)

    @box.defjvp
    def box_jvp(primals, tangents, y):
        return 3 * tangents[0] if np.any(tangents[0] != 0) else np.zeros(3)

    np.testing.assert_allclose(adpy.grad(lambda x: np.sum(box(x)))(np.ones(3)), 3.0)


def test_too_many_unit_vectors():
    box = adpy.primitive(lambda x: 3 * x, name="tripled")
    box.defjvp(lambda primals, tangents, y: 3 * unseen(tangents[0]))
    x = np.ones(UNITS + 1)
    with pytest.raises(TracedValueError) as caught:
        adpy.grad(lambda x: np.sum(box(x)))(x)
    assert "define defvjp" in "".join(caught.value.__notes__)
    box.defvjp(lambda primals, y, y_bar: (3 * unseen(y_bar),))
    np.testing.assert_allclose(adpy.grad(lambda x: np.sum(box(x)))(x), 3.0)


@pytest.mark.parametrize("rule", ["jvp", "vjp"])
def test_rules_that_are_not_linear(rule):
    box = adpy.primitive(lambda x: x * x, name="square")
    if rule == "jvp":
        box.defjvp(lambda primals, tangents, y: 2 * primals[0])  # forgets the tangent
        with pytest.raises(RuleError, match="jvp rule '<lambda>' of primitive 'square' is not linear in the tangents"):
            adpy.grad(lambda x: np.sum(box(x)))(np.ones(3))
    else:
        box.defvjp(lambda primals, y, y_bar: (2 * primals[0] * y_bar**2,))
        with pytest.raises(
            RuleError, match="vjp rule '<lambda>' of primitive 'square' is not linear in the cotangents"
        ):
            adpy.jvp(box, np.ones(3), np.ones(3))


def test_single_precision():
    box = adpy.primitive(lambda x: A.astype(np.float32) @ x)
    box.defjvp(lambda primals, tangents, y: A.astype(np.float32) @ tangents[0])
    found = adpy.grad(lambda x: np.sum(box(x) ** 2))(np.ones(3, np.float32))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, 2 * A.T @ A @ np.ones(3), rtol=1e-5)
