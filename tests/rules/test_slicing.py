"""Cutting rules into one function per operand."""

import traceback

import numpy as np
import pytest

from adpy.rules.slicing import slice_partials

FACTOR = 3.0


def d_several(a, b, y):
    """A docstring is no statement of the rule."""
    square = a * a
    scale, shift = FACTOR * square, b
    unused = y * 1000
    return (scale + shift, -FACTOR, None, square + unused, np.pi / 180)


def test_slices_keep_only_what_they_read():
    slices = slice_partials(d_several)
    assert [s.reads for s in slices] == [{0, 1}, set(), set(), {0, 2}, set()]
    assert [s.position for s in slices] == [0, 1, 2, 3, 4]
    assert slices[0].function(2.0, 5.0, None) == 17.0
    assert slices[3].function(2.0, None, 1.0) == 1004.0


def test_constants_are_found_also_in_names_and_arithmetic():
    slices = slice_partials(d_several)
    assert [s.constant for s in slices] == [None, -3.0, None, None, np.pi / 180]
    assert slices[2].function is None


def test_closures_are_kept():
    factor = 7.0

    def d_closure(x, y):
        return (factor * x,)

    assert slice_partials(d_closure)[0].function(2.0, None) == 14.0


def test_scalar_code_falls_back_to_numpy_where_math_raises():
    def d_log(x, y):
        return (1 / x, np.sqrt(x), np.log(x), np.power(x, y))

    slices = slice_partials(d_log)
    assert slices[0].scalar_weight([0.0], 1.0) == np.inf
    assert np.isnan(slices[1].scalar_weight([-1.0], 1.0))
    assert slices[2].scalar_weight([0.0], 1.0) == -np.inf
    assert slices[3].scalar_weight([1e200], 2.0) == np.inf
    with pytest.raises(ZeroDivisionError):
        slices[0].scalar(0.0, 1.0)


def test_scalar_code_takes_complex_operands():
    def d_exp(x, y):
        return (np.exp(x),)

    assert slice_partials(d_exp)[0].scalar_weight([1j], 1.0) == np.exp(1j)


def test_tracebacks_point_into_the_rule():
    def d_fails(x, y):
        z = x / y
        return (z,)

    with pytest.raises(ZeroDivisionError) as caught:
        slice_partials(d_fails)[0].function(1, 0)
    frame = traceback.extract_tb(caught.tb)[-1]
    assert (frame.filename, frame.lineno) == (__file__, d_fails.__code__.co_firstlineno + 1)


def d_branching(x, y):
    if x > 0:
        return (1,)
    return (0,)


def d_no_tuple(x, y):
    return x


@pytest.mark.parametrize("rule", [d_branching, d_no_tuple])
def test_other_statements_are_refused(rule):
    with pytest.raises(ValueError, match="must"):
        slice_partials(rule)
