"""One-sided directional derivatives: closed forms, one-sided differences, random programs, and what is refused."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import adpy
from adpy.errors import ArgumentError, NonDifferentiableError, TracedValueError
from tests.forward.piecewise import DIRECTIONS, POINTS, continuous, steps

RANDOM = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
STEP = 2.0**-30


def one_sided(f, x, v):
    return adpy.jvp(f, x, v, lexicographic=True)


@RANDOM
@given(continuous, POINTS, DIRECTIONS)
def test_piecewise_linear_programs_are_linear_along_a_direction(f, x, v):
    y, y_dot = one_sided(f, x, v)
    np.testing.assert_array_equal(y, f(x))
    for t in (STEP, STEP / 2):
        np.testing.assert_array_equal(f(x + t * v), y + t * y_dot)


@RANDOM
@given(steps, POINTS, DIRECTIONS)
def test_programs_that_may_jump_are_right_or_refused(f, x, v):
    jumps = not np.array_equal(f(x + STEP * v) - f(x), 2 * (f(x + STEP / 2 * v) - f(x)))
    if jumps:
        with pytest.raises(NonDifferentiableError, match="jumps along"):
            one_sided(f, x, v)
    else:
        np.testing.assert_array_equal(f(x + STEP * v), f(x) + STEP * one_sided(f, x, v)[1])


@RANDOM
@given(continuous, POINTS, DIRECTIONS, DIRECTIONS, DIRECTIONS)
def test_later_directions_decide_what_still_ties(f, x, a, b, c):
    def along(v):
        return (f(x + 2.0**-14 * v) - f(x)) * 2.0**14

    s = 2.0**-11
    found = one_sided(f, x, np.stack([a, b, c], -1))[1]
    second = (along(a + s * b) - along(a)) / s
    third = (along(a + s * b + s * s * c) - along(a + s * b)) / s**2
    np.testing.assert_array_equal(found, np.stack([along(a), second, third], -1))


def _buffered(x):
    out = np.zeros((2, 2))
    out[0] = np.abs(x[:2])
    out.T[1] += max(x[0], x[2])
    return out


@pytest.mark.parametrize(
    ("f", "x", "v", "expected"),
    [
        (abs, 0.0, -2.0, 2.0),
        (math.fabs, 0.0, -2.0, 2.0),
        (np.linalg.norm, np.zeros(2), np.array([3.0, 4.0]), 5.0),
        (lambda x: np.linalg.norm(x, axis=1), np.array([[0.0, 0], [3, 4]]), np.array([[3.0, 4], [5, 0]]), [5.0, 3.0]),
        (lambda x: np.linalg.norm(x, 1), np.array([0.0, 2.0]), np.array([-3.0, 1.0]), 4.0),
        (lambda x: np.linalg.norm(x, np.inf), np.array([-2.0, 2.0]), np.array([-3.0, 1.0]), 3.0),
        (np.std, np.ones(3), np.array([1.0, 2.0, 3.0]), np.std([1.0, 2.0, 3.0])),
        (lambda x: math.hypot(x[0], x[1]), np.zeros(2), np.array([3.0, 4.0]), 5.0),
        (lambda x: np.abs(x[0] + 1j * x[1]), np.zeros(2), np.array([3.0, 4.0]), 5.0),
        (np.ptp, np.ones(3), np.array([1.0, 2.0, 5.0]), 4.0),
        (lambda x: np.percentile(x, [0, 50, 75]), np.zeros(5), np.arange(5.0)[::-1], [0.0, 2.0, 3.0]),
        (lambda x: x % 1.0, 1.0, 1.0, 1.0),
        (lambda x: x - math.floor(x), 3.0, 0.5, 0.5),
        (np.sqrt, 0.0, 1.0, np.inf),
        (np.cbrt, 0.0, -1.0, -np.inf),
        (_buffered, np.zeros(3), np.array([-1.0, 2.0, -3.0]), [[1.0, 1.0], [0.0, -1.0]]),
        (
            lambda x: adpy.grad(lambda u: np.sum(np.maximum(u, 0) ** 2))(x),
            np.zeros(2),
            np.array([1.0, -1.0]),
            [2.0, 0.0],
        ),
        (lambda x: np.where(x > 0, np.log(x), 2 * x), np.zeros(1), np.array([-1.0]), [-2.0]),
        (lambda x: np.where(x == x.max(), x, 0.0).sum(), np.array([2.0, 1.0]) ** 2, np.array([3.0, 1.0]), 3.0),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_closed_forms(f, x, v, expected):
    y, y_dot = one_sided(f, x, v)
    np.testing.assert_array_equal(y, f(x))
    np.testing.assert_allclose(y_dot, expected, rtol=1e-14)


def test_smooth_functions_are_as_without():
    def f(x):
        return np.sin(x) @ np.cumsum(np.exp(x)) / (1 + x[0] ** 2)

    x, v = np.array([0.3, 0.5, -0.2]), np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(one_sided(f, x, v), adpy.jvp(f, x, v), rtol=1e-14)


def test_a_smooth_composition_at_kinks():
    """Against extrapolated one-sided differences."""

    def f(x):
        return np.exp(np.abs(x[0] ** 2 - x[1])) * max(np.sin(x[1]), np.linalg.norm(x - 1.0)) + np.sort(x * x)[0]

    x, v = np.ones(2), np.array([0.5, 2.0])
    x[0] = -1.0
    slopes = [(f(x + h * v) - f(x)) / h for h in (1e-5, 5e-6)]
    assert one_sided(f, x, v)[1] == pytest.approx(2 * slopes[1] - slopes[0], rel=1e-8)


@pytest.mark.parametrize(
    ("f", "x", "v"),
    [
        (np.floor, 1.0, -1.0),
        (np.sign, 0.0, 1.0),
        (np.ceil, 1.0, 1.0),
        (lambda x: x * int(x), 2.0, -1.0),
        (lambda x: round(x) + x, 0.5, 1.0),
        (lambda x: np.round(x, 2), 0.125, 1.0),
        (lambda x: 1.0 if x > 0 else x, 0.0, 1.0),
        (lambda x: np.unique(x).sum(), np.ones(2), np.array([1.0, 2.0])),
        (lambda x: np.arctan2(x[0], x[1]), np.array([0.0, -1.0]), np.array([-1.0, 0.0])),
        (lambda x: np.searchsorted([0.0, 1.0], x) * 1.0 * x + 1.0 * (x >= 1), 1.0, 1.0),
        (lambda x: np.digitize(x, [0.0, 1.0]) * (x + 1.0), 1.0, -1.0),
    ],
)
def test_jumps_are_refused(f, x, v):
    with pytest.raises(NonDifferentiableError, match="jump"):
        one_sided(f, x, v)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x if x * x > 0 else 2 * x,
        lambda x: np.sqrt(x * x),
        lambda x: np.sqrt(-x),
        lambda x: (x * x) ** 0.5,
        lambda x: np.linalg.eigvalsh(np.eye(2) + x * np.array([[0.0, 1.0], [1.0, 0.0]])),
        lambda x: np.arctan2(x, x * x) * x,
        lambda x: np.floor(1.0 - x * x),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_what_value_and_tangents_do_not_decide_is_refused(f):
    with pytest.raises(NonDifferentiableError, match=r"not tell|not known"):
        one_sided(f, 0.0, 1.0)


def test_a_refusal_that_the_function_swallows_is_raised():
    def f(x):
        try:
            return x if x * x > 0 else 2 * x
        except ValueError:
            return 3 * x

    with pytest.raises(NonDifferentiableError, match="a comparison"):
        one_sided(f, 0.0, 1.0)


def test_the_refusal_names_the_line():
    with pytest.raises(NonDifferentiableError) as caught:
        one_sided(lambda x: 1.0 * x if x * x > 0 else 2.0 * x, 0.0, 1.0)
    assert "test_lexicographic.py" in str(caught.value)


def test_an_unknown_tangent_that_is_masked_does_no_harm():
    found = one_sided(lambda x: np.where(x > 0, np.sqrt(x * x), -3 * x), np.zeros(1), np.array([-1.0]))
    np.testing.assert_array_equal(found[1], [3.0])


def test_inputs_that_do_not_move_are_constants():
    """A tie of them is no question, whatever is done to them."""

    def f(x):
        return np.sum(np.where(x**2 > 0, x, 5 * x)) + np.floor(x[1] ** 2)

    assert one_sided(f, np.array([1.0, 0.0]), np.array([1.0, 0.0]))[1] == 1.0


def test_several_directions_at_a_norm():
    y, y_dot = one_sided(np.linalg.norm, np.zeros(2), np.array([[0.0, 3.0, 1.0], [0.0, 4.0, 1.0]]))
    np.testing.assert_allclose(y_dot, [0.0, 5.0, 1.4])


def test_trees_and_types():
    def f(p, k):
        return {"a": abs(p["w"]) * k, "n": 3, "b": (np.float32(2.0), p["b"].max())}

    y, y_dot = adpy.jvp(f, ({"w": 0.0, "b": np.zeros(2)}, 2.0), ({"w": -1.0, "b": np.array([1.0, 2.0])}, 0.0), True)
    assert y_dot == {"a": 2.0, "n": 0.0, "b": (0.0, 2.0)} and type(y_dot["a"]) is float
    assert y["n"] == 3
    found = one_sided(np.abs, np.zeros(2, np.float32), np.array([1.0, -1.0], np.float32))[1]
    assert found.dtype == np.float32


def test_arguments_are_checked():
    with pytest.raises(ArgumentError, match="shape"):
        one_sided(np.abs, np.zeros(2), np.zeros(3))
    with pytest.raises(ArgumentError, match="same number of directions"):
        adpy.jvp(lambda x, y: x + y, (1.0, 2.0), (np.ones(2), np.ones(3)), lexicographic=True)
    with pytest.raises(ArgumentError, match="at least one"):
        one_sided(abs, 1.0, np.ones(0))
    with pytest.raises(TracedValueError):
        one_sided(lambda x: x * len({x: 1.0}), 1.0, 1.0)


def test_the_argument_is_left_alone():
    x = np.zeros(2)

    def f(x):
        x[x > 0] = 1.0
        x += 2.0
        return np.abs(x - 2.0)

    with pytest.raises(NonDifferentiableError):
        one_sided(f, x, np.ones(2))
    one_sided(f, x, -np.ones(2))
    assert not x.any()


@pytest.mark.parametrize("transform", [adpy.grad, adpy.derivative])
def test_not_inside_another_transform(transform):
    def slope(x):
        return adpy.jvp(lambda y: abs(y) * x, (1.0,), (1.0,), lexicographic=True)[1]

    with pytest.raises(ArgumentError, match="inside another transform"):
        transform(slope)(2.0)
