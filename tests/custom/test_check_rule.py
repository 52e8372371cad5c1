"""The checker itself: right rules pass, and every wrong one is found and named."""

import numpy as np
import pytest

import adpy
from adpy.custom.report import RuleMismatch
from adpy.errors import ArgumentError, RuleError
from tests.custom.boxes import Spring, bundle, by_both, by_jvp, by_partials, by_vjp, product

X = np.array([0.7, 0.4, -0.9])


def box(name="box"):
    """``x**2 * p``, without rules."""
    return adpy.primitive(lambda x, p: x**2 * p, name=name)


@pytest.mark.parametrize(
    ("primitive", "args", "static"),
    [
        (by_jvp, (X,), {}),
        (by_vjp, (X,), {}),
        (by_partials, (0.3,), {}),
        (by_both, (np.float32(0.4),), {}),
        (by_jvp, (np.array([1 + 2j, 0.3j]),), {}),
        (product, (X, 2.0), {"power": 3}),
        (product, (X[:, None], X), {}),
        (bundle, (Spring(2.0, X[:2]), [0.5, 3]), {}),
        (adpy.numerical(lambda x: x**3), (X,), {"order": 1}),
    ],
)
def test_right_rules_pass(primitive, args, static):
    report = adpy.check_rule(primitive, *args, **static)
    assert report.ok and not report.notes
    assert report.compared > 3
    assert report.largest_error < (1e-3 if isinstance(args[0], np.float32) else 1e-6)


WRONG_JVPS = {
    "a factor": lambda p, t, y: p[0] * t[0] * p[1] + p[0] ** 2 * t[1],
    "a sign": lambda p, t, y: 2 * p[0] * t[0] * p[1] - p[0] ** 2 * t[1],
    "an operand forgotten": lambda p, t, y: 2 * p[0] * t[0] * p[1],
    "a tangent forgotten": lambda p, t, y: 2 * p[0] * p[1] + p[0] ** 2 * t[1],
    "entries mixed": lambda p, t, y: (2 * p[0] * t[0] * p[1])[::-1] + p[0] ** 2 * t[1],
    "a tiny error": lambda p, t, y: 2.0001 * p[0] * t[0] * p[1] + p[0] ** 2 * t[1],
    "not linear": lambda p, t, y: 2 * p[0] * t[0] * p[1] * (1 + 1e-3 * abs(t[0])) + p[0] ** 2 * t[1],
}


@pytest.mark.parametrize("what", WRONG_JVPS)
def test_wrong_jvps_fail(what):
    wrong = box()
    wrong.defjvp(WRONG_JVPS[what])
    with pytest.raises(RuleMismatch, match="jvp rule '<lambda>' of 'box'") as caught:
        adpy.check_rule(wrong, X, 1.3)
    assert "expected" in str(caught.value) and not caught.value.report.ok


WRONG_VJPS = {
    "a factor": (lambda p, y, b: (p[0] * p[1] * b, np.sum(p[0] ** 2 * b)), "cotangent of x"),
    "zero": (lambda p, y, b: (2 * p[0] * p[1] * b, None), "cotangent of p"),
    "a mean for a sum": (lambda p, y, b: (2 * p[0] * p[1] * b, np.mean(p[0] ** 2 * b)), "cotangent of p"),
    "the cotangent forgotten": (lambda p, y, b: (2 * p[0] * p[1], np.sum(p[0] ** 2 * b)), "cotangent of x"),
}


@pytest.mark.parametrize("what", WRONG_VJPS)
def test_wrong_vjps_fail(what):
    rule, operand = WRONG_VJPS[what]
    wrong = box()
    wrong.defvjp(rule)
    with pytest.raises(RuleMismatch, match=f"vjp rule '<lambda>' of 'box': {operand}"):
        adpy.check_rule(wrong, X, 1.3)


def test_wrong_partials_fail_and_name_the_place():
    wrong = box()
    wrong.defpartials(lambda x, p, y: (2 * x * p, x**2 + np.array([0.0, 0.0, 0.5])))
    report = adpy.check_rule(wrong, X, 1.3, raises=False)
    assert any(
        "partials '<lambda>' of 'box': tangent of y[2] along p: expected 0.81, got 1.31" in w for w in report.wrong
    )
    assert not any("along x" in w and "second" not in w for w in report.wrong)


def test_rules_that_disagree():
    """Each is near enough to the differences, which are noisy; together they are not near enough."""
    noisy = adpy.primitive(lambda x: x**2 + 1e-9 * np.sin(1e7 * x), name="noisy")
    noisy.defjvp(lambda p, t, y: 2 * p[0] * t[0])
    noisy.defvjp(lambda p, y, b: (2.001 * p[0] * b,))
    report = adpy.check_rule(noisy, X, order=1, raises=False)
    assert any("jvp rule '<lambda>' of 'noisy' and vjp rule" in w and "disagree" in w for w in report.wrong)


def test_second_order_is_checked():
    """The value of the rule is right; what adpy sees of it is not."""
    wrong = box()

    @wrong.defjvp
    def hidden(primals, tangents, y):
        (x, p), (x_dot, p_dot) = primals, tangents
        return 2 * adpy.stop_gradient(x) * x_dot * p + x**2 * p_dot

    assert adpy.check_rule(wrong, X, 1.3, order=1).ok
    with pytest.raises(RuleMismatch, match=r"jvp rule 'hidden' of 'box': derivative of the tangent \(second order\)"):
        adpy.check_rule(wrong, X, 1.3)


def test_rules_without_second_order_are_noted():
    first = box()

    @first.defvjp
    def compiled(primals, y, y_bar):
        x, p = (np.frombuffer(np.asarray(v).tobytes()) for v in primals)
        return 2 * x * p * y_bar, float(np.sum(x**2 * y_bar))

    report = adpy.check_rule(first, X, 1.3)
    assert report.ok
    assert "vjp rule 'compiled' of 'box' has no derivatives of second order" in report.notes[0]


def test_a_rule_that_changes_its_arguments():
    wrong = adpy.primitive(lambda x: x**2, name="square")

    @wrong.defvjp
    def careless(primals, y, y_bar):
        x = primals[0]
        x *= 2
        return (x * y_bar,)

    with pytest.raises(RuleMismatch, match="vjp rule 'careless' of 'square' writes into its argument"):
        adpy.check_rule(wrong, X, order=1)


def test_kinks_are_noted_and_not_counted():
    box = adpy.primitive(lambda x: np.abs(x))
    box.defpartials(lambda x, y: (np.sign(x),))
    report = adpy.check_rule(box, np.array([0.0]), raises=False)
    assert report.ok and any("do not converge" in note for note in report.notes)


def test_shapes_are_errors_at_once():
    wrong = box()
    wrong.defvjp(lambda p, y, b: (2 * p[0] * p[1] * b, p[0] ** 2 * b))
    with pytest.raises(RuleError, match="cotangent of p: expected shape"):
        adpy.check_rule(wrong, X, 1.3)


def test_bad_arguments():
    for primitive, args, name in (
        (np.sin, (1.0,), "primitive"),
        (box(), (1.0, 2.0), "primitive"),
        (by_jvp, (3,), "args"),
    ):
        with pytest.raises(ArgumentError, match=name):
            adpy.check_rule(primitive, *args)
    with pytest.raises(ArgumentError, match="order"):
        adpy.check_rule(by_jvp, 1.0, order=3)
