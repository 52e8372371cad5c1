"""Arguments, results and errors of taylor and derivatives; the cost in operations."""

import collections

import numpy as np
import pytest
from scipy import special

import adpy
from adpy.errors import ArgumentError, MissingRuleError, TracedValueError
from adpy.series.lazy import LazyTrace


class TestDirections:
    def test_a_curve(self):
        sine = adpy.taylor(np.sin, 0.2, 1.0, 10)
        np.testing.assert_allclose(adpy.taylor(np.arcsin, sine[0], sine[1:], 10), [0.2, 1] + [0] * 9, atol=1e-12)

    def test_a_curve_of_arrays_is_longer_or_shorter_than_the_order(self):
        x = np.array([1.0, 2.0])
        terms = [np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([5.0, 5.0])]
        wanted = [[1, 4], [2, 0], [1, 4]]
        np.testing.assert_array_equal(adpy.taylor(np.square, x, terms, 2), wanted)
        np.testing.assert_array_equal(adpy.taylor(np.square, x, tuple(terms[:2]), 2), wanted)

    def test_several_arguments(self):
        found = adpy.taylor(lambda a, b: a * b, (2.0, 3.0), (1.0, np.array([1.0, 2.0])), 3)
        np.testing.assert_array_equal(found, [6.0, 5.0, 5.0, 2.0])

    def test_containers(self):
        Point = collections.namedtuple("Point", "x y")
        found = adpy.taylor(lambda p: [p.x * p.y, {"y": p.y}], Point(1.0, np.ones(2)), Point(1.0, np.ones(2)), 2)
        np.testing.assert_array_equal(found[0], [[1, 1], [2, 2], [1, 1]])
        np.testing.assert_array_equal(found[1]["y"], [[1, 1], [1, 1], [0, 0]])


class TestResults:
    def test_what_does_not_depend_on_the_input(self):
        found = adpy.taylor(lambda x: (x, 2.0, np.ones(2), np.arange(2), "name", None), 3.0, 1.0, 2)
        np.testing.assert_array_equal(found[1], [2, 0, 0])
        np.testing.assert_array_equal(found[2], [[1, 1], [0, 0], [0, 0]])
        assert found[3].dtype.kind == "i" and found[3].shape == (3, 2)
        assert found[4:] == ("name", None)

    def test_types(self):
        single = np.float32(0.5)
        assert adpy.taylor(np.sin, single, single, 2).dtype == np.float32
        assert adpy.taylor(np.sin, 0.5 + 0j, 1.0, 2).dtype == np.complex128
        assert adpy.derivatives(np.sin, single, 2).dtype == np.float32
        assert adpy.taylor(lambda x: (x > 0, x.astype(int)), np.ones(2), np.ones(2), 2)[0].dtype == bool

    def test_derivatives(self):
        np.testing.assert_allclose(adpy.derivatives(lambda t: np.array([t**3, 2 * t]), 2.0, 4)[:, 0], [8, 12, 12, 6, 0])
        assert adpy.derivatives(lambda t: {"a": t, "b": "b"}, 2.0, 1)["b"] == "b"

    def test_a_list_of_numbers(self):
        found = adpy.taylor(lambda x: np.array([x, 2 * x, 1.0]), 3.0, 1.0, 1)
        np.testing.assert_array_equal(found, [[3, 6, 1], [1, 2, 0]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: adpy.taylor(3, 1.0, 1.0, 2), "function: expected a callable"),
        (lambda: adpy.taylor(np.sin, 1, 1.0, 2), "write 2.0 instead of 2"),
        (lambda: adpy.taylor(np.sin, 1.0, 1.0, 0), "order: expected a whole number"),
        (lambda: adpy.taylor(np.sin, 1.0, 1.0, 2.5), "order: expected a whole number"),
        (lambda: adpy.taylor(np.sin, 1.0, 1.0, True), "order: expected a whole number"),
        (lambda: adpy.taylor(np.sin, 1.0, np.ones((2, 2)), 2), "v: expected the shape"),
        (lambda: adpy.taylor(np.sin, np.ones(2), 1.0, 2), "v: expected the shape"),
        (lambda: adpy.taylor(np.sin, np.ones(2), np.ones((2, 3)), 2), "v: expected the shape"),
        (lambda: adpy.taylor(np.sin, 1.0, 1j, 2), "numbers that fit its primal"),
        (lambda: adpy.taylor(np.add, (1.0, 2.0), 1.0, 2), "v: expected a tuple of 2 directions"),
        (lambda: adpy.taylor(np.add, (1.0, 2.0), (1.0,), 2), "v: expected a tuple of 2 directions"),
        (lambda: adpy.taylor(len, {"a": 1.0}, {"b": 1.0}, 2), "v: expected the structure of x"),
        (lambda: adpy.derivatives(np.sin, np.ones(2), 2), "x: expected one floating-point number"),
        (lambda: adpy.derivatives(np.sin, 1, 2), "x: expected one floating-point number"),
        (lambda: adpy.derivative_tensor(np.sin, 0), "order: expected a whole number"),
        (lambda: adpy.derivative_tensor(np.sin, 2)({"a": 1.0}), "a number or an array"),
        (lambda: adpy.derivative_tensor(np.sin, 2)(1), "a number or an array"),
    ],
)
def test_argument_errors(call, message):
    with pytest.raises(ArgumentError, match=message):
        call()


def test_missing_rules_are_refused():
    with pytest.raises(MissingRuleError, match="scipy.special.jv with respect to argument 0"):
        adpy.taylor(lambda v: special.jv(v, 1.0), 1.0, 1.0, 2)
    kept = []
    adpy.taylor(lambda x: kept.append(x) or x, 1.0, 1.0, 2)
    with pytest.raises(TracedValueError, match="outlived"):
        kept[0] * 2.0


def test_a_swallowed_refusal_is_raised():
    def program(v):
        try:
            return special.jv(v, 1.0)
        except TypeError:
            return 0.0

    with pytest.raises(MissingRuleError):
        adpy.taylor(program, 1.0, 1.0, 2)


@pytest.mark.parametrize("function", [special.j0, special.y1, lambda x: special.jv(0.5, x), np.arcsin, np.hypot])
def test_operations_do_not_grow_exponentially(function, monkeypatch):
    """Twice the order makes at most four times the nodes, for rules that refer to each other."""
    made = []
    wrap = LazyTrace.wrap
    monkeypatch.setattr(LazyTrace, "wrap", lambda self, value, node: made.append(1) or wrap(self, value, node))

    def count(order):
        made.clear()
        arguments = (0.7, 0.4) if function is np.hypot else (0.7,)
        adpy.taylor(function, arguments, (1.0,) * len(arguments), order)
        return len(made)

    low, high = count(8), count(16)
    assert 0 < low and high <= 4 * low
