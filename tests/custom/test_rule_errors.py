"""What a wrong rule says: which rule, which operand, what was expected and what came."""

import re

import numpy as np
import pytest

import adpy
from adpy.errors import MissingRuleError, RuleError
from tests.custom.boxes import Spring

X = np.array([0.7, 0.4, -0.9])


def box():
    """A primitive of an array and a number without rules."""
    return adpy.primitive(lambda x, p: {"a": x * p, "b": p}, name="box")


COTANGENTS = [
    (lambda primals, y, y_bar: None, "expected a tuple of 2 cotangents, for x, p; got NoneType"),
    (lambda primals, y, y_bar: y_bar["a"], "expected a tuple of 2 cotangents, for x, p; got ndarray"),
    (lambda primals, y, y_bar: (y_bar["a"],), "expected a tuple of 2 cotangents, for x, p; got 1"),
    (lambda primals, y, y_bar: (y_bar["a"], y_bar["a"]), "cotangent of p: expected shape (), got shape (3,)"),
    (lambda primals, y, y_bar: (0.0, y_bar["b"]), "cotangent of x: expected shape (3,), got shape ()"),
    (lambda primals, y, y_bar: (1j * y_bar["a"], None), "cotangent of x: expected real numbers (float64; take .real)"),
    (lambda primals, y, y_bar: ("none", None), "cotangent of x: expected an array of shape (3,), got str 'none'"),
    (lambda primals, y, y_bar: ([1.0, 2.0, 3.0], None), "cotangent of x: expected an array of shape (3,), got a list"),
]


@pytest.mark.parametrize(("rule", "message"), COTANGENTS, ids=range(len(COTANGENTS)))
@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_cotangents(rule, message, mode):
    wrong = box()
    wrong.defvjp(rule)
    with pytest.raises(RuleError, match=re.escape("vjp rule '<lambda>' of primitive 'box': " + message)):
        adpy.jacobian(lambda x: wrong(x, x[0])["a"], mode=mode)(X)


TANGENTS = [
    (lambda primals, tangents, y: None, "expected y_dot, got None (is a return missing?)"),
    (lambda primals, tangents, y: tangents[0], "y_dot: expected a dict with keys ['a', 'b'], got an array"),
    (lambda primals, tangents, y: {"a": tangents[0]}, "y_dot: expected keys ['a', 'b'], got keys ['a']"),
    (lambda primals, tangents, y: {"a": tangents[0][1:], "b": 0.0}, "y_dot['a']: expected shape (3,), got shape (2,)"),
    (
        lambda primals, tangents, y: {"a": tangents[0], "b": tangents[0]},
        "y_dot['b']: expected shape (), got shape (3,)",
    ),
]


@pytest.mark.parametrize(("rule", "message"), TANGENTS, ids=range(len(TANGENTS)))
@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_tangents(rule, message, mode):
    wrong = box()
    wrong.defjvp(rule)
    with pytest.raises(RuleError, match=re.escape("jvp rule '<lambda>' of primitive 'box': " + message)):
        adpy.jacobian(lambda x: wrong(x, x[0])["a"], mode=mode)(X)


PARTIALS = [
    (lambda x, p, y: p, "expected a tuple of 2 partials, for x, p; got float"),
    (lambda x, p, y: (p,), "expected a tuple of 2 partials, for x, p; got 1"),
    (lambda x, p, y: (p, np.ones(2)), "partial for p: expected shape (3,), got (2,)"),
    (lambda x, p, y: (np.ones((2, 3)), x), "partial for x: expected shape (3,), got (2, 3)"),
]


@pytest.mark.parametrize(("rule", "message"), PARTIALS, ids=range(len(PARTIALS)))
@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_partials(rule, message, mode):
    wrong = adpy.primitive(lambda x, p: x * p, name="box")
    wrong.defpartials(rule)
    with pytest.raises(RuleError, match=re.escape("partials '<lambda>' of primitive 'box': " + message)):
        adpy.jacobian(lambda x: wrong(x, 2.0), mode=mode)(X)


def test_a_partial_that_is_missing():
    half = adpy.primitive(lambda x, p: x * p, name="half")
    half.defpartials(lambda x, p, y: (p, None))
    assert adpy.grad(half)(2.0, 3.0) == 3.0
    with pytest.raises(MissingRuleError, match="half with respect to argument 'p'"):
        adpy.grad(half, argnums=1)(2.0, 3.0)


def test_partials_of_what_is_not_elementwise():
    total = adpy.primitive(lambda x: np.sum(x), name="total")
    total.defpartials(lambda x, y: (1.0,))
    with pytest.raises(RuleError, match=re.escape("'total' has partials, so its result must have the shape")):
        adpy.grad(total)(X)
    pair = adpy.primitive(lambda x: (x, x), name="pair")
    pair.defpartials(lambda x, y: (1.0,))
    with pytest.raises(RuleError, match="'pair' has partials: its result is one number or array only"):
        adpy.grad(lambda x: np.sum(pair(x)[0]))(X)


def test_names_of_leaves_in_trees():
    box = adpy.primitive(lambda spring, loads: spring.stiffness * spring.lengths * loads["q"][0])
    box.defvjp(lambda primals, y, y_bar: (Spring(1.0, np.ones(3)), {"q": [1.0]}))
    spring = Spring(1.0, np.ones(2))
    with pytest.raises(RuleError, match=re.escape("cotangent of spring.lengths: expected shape (2,), got shape (3,)")):
        adpy.grad(lambda spring: np.sum(box(spring, {"q": [2.0]})))(spring)
    box.defvjp(lambda primals, y, y_bar: ({"stiffness": 1.0}, {"q": [1.0]}))
    with pytest.raises(RuleError, match="cotangent of spring: expected a Spring, got dict"):
        adpy.grad(lambda spring: np.sum(box(spring, {"q": [2.0]})))(spring)
    box.defvjp(lambda primals, y, y_bar: (None, {"q": [1.0, 2.0]}))
    with pytest.raises(RuleError, match=re.escape("cotangent of loads['q']: expected a list of 1 entries, got a list")):
        adpy.grad(lambda loads: np.sum(box(spring, loads)))({"q": [2.0]})


def test_none_is_zero():
    box = adpy.primitive(lambda x, p: (x + p, x - p))
    box.defvjp(lambda primals, y, y_bar: (None, y_bar[0] - y_bar[1]))
    assert adpy.grad(lambda x: box(x, 2.0 * x)[0])(1.0) == 2.0
    pushed = adpy.primitive(box.function)
    pushed.defjvp(lambda primals, tangents, y: (tangents[0], None))
    assert adpy.jvp(lambda x: pushed(x, 2.0), 1.0, 1.0)[1] == (1.0, 0.0)


def test_cotangents_of_constants_are_not_looked_at():
    box = adpy.primitive(lambda x, p: x * p)
    box.defvjp(lambda primals, y, y_bar: (primals[1] * y_bar, primals[0] * y_bar))  # not summed to the shape of p
    assert adpy.grad(lambda x: np.sum(box(x, 2.0)))(X).tolist() == [2.0, 2.0, 2.0]


@pytest.mark.parametrize(
    "transform",
    [
        lambda f: adpy.jacobian(adpy.grad(f))(X),
        lambda f: adpy.jvp(adpy.grad(f), X, X),
        lambda f: adpy.hessian(f)(X),
        lambda f: adpy.hvp(f)(X, X),
        lambda f: adpy.taylor(f, X, X, 2),
    ],
)
def test_a_rule_that_cannot_be_differentiated_says_so(transform):
    box = adpy.primitive(lambda x: x * x, name="box")
    box.defvjp(lambda primals, y, y_bar: (2 * np.frombuffer(primals[0].tobytes()) * y_bar,))
    with pytest.raises(adpy.errors.TracedValueError) as caught:
        transform(lambda x: np.sum(box(x)))
    assert "vjp rule '<lambda>' of primitive 'box'" in caught.value.__notes__[0]
