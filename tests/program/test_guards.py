"""Guards: whatever a function decides from its values, a program never returns what belongs to another decision."""

import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import adpy
from tests.program.decisions import NUMBERS, VECTORS
from tests.program.random_programs import compiled, programs


def outcome(function, x):
    """The result, or the class of the error that was raised."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return function(x.copy() if isinstance(x, np.ndarray) else x)
        except Exception as error:
            return type(error)


def assert_same(found, expected, context):
    if isinstance(expected, type) or isinstance(found, type):
        assert found is expected, context
    else:
        assert np.shape(found) == np.shape(expected), context
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12, err_msg=str(context))


def check(f, points):
    """Value and gradient at every point, there and back; how often a recording was used."""
    p = adpy.compile(f)
    gradient = adpy.grad(f)
    for x in (*points, *reversed(points)):
        assert_same(outcome(p, x), outcome(f, x), ("value", x))
        assert_same(outcome(p.gradient, x), outcome(gradient, x), ("gradient", x))
    return p.stats()


POINTS = [-1.38, 0.82, 0.0, -0.0, 1.0, 2.31, -0.5]
ARRAYS = [
    np.array(x)
    for x in ([0.7, -0.3, 1.9, 0.5], [-0.8, -0.3, -1.9, -1.5], [0.0, 1.0, -1.0, 2.0], [1.2, 1.4, 0.1, 1.6], [0.5] * 4)
]


@pytest.mark.parametrize("f", NUMBERS)
def test_functions_of_a_number(f):
    stats = check(f, POINTS)
    assert stats["hits"] or stats["eager"]


@pytest.mark.parametrize("f", VECTORS)
def test_functions_of_an_array(f):
    stats = check(f, ARRAYS)
    assert stats["hits"] or stats["eager"]


entries = st.sampled_from([-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0]) | st.floats(-2.5, 2.5).map(lambda x: round(x, 3))
arrays = st.lists(entries, min_size=3, max_size=3).map(np.array)


@given(programs(), st.lists(arrays, min_size=2, max_size=4))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_programs(text, points):
    check(compiled(text), points)


@pytest.mark.slow
@given(programs(), st.lists(arrays, min_size=2, max_size=6))
@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
def test_many_random_programs(text, points):
    check(compiled(text), points)


@pytest.mark.parametrize("make", [np.zeros_like, np.ones_like, np.empty_like, lambda x: np.full_like(x, 2.0)])
def test_buffers_like_an_argument_do_not_depend_on_its_values(make):
    def function(x):
        buffer = make(x)
        buffer[1:] = x[:-1] ** 2
        return np.sum(buffer[1:] * x[1:])

    points = [np.array([0.5, 1.5, -2.0]), np.array([3.0, -1.0, 0.25])]
    assert check(function, points)["misses"] == 1
