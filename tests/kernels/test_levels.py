"""Orders of scalar operations: operands come first, everything once, and few results wait."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from adpy.kernels.levels import depth_first, feeding, leveled
from adpy.kernels.opcodes import HOLE, OPCODES

ADD = OPCODES[np.add]


@st.composite
def streams(draw):
    """Opcodes and operands; -1 for none."""
    rows = []
    for k in range(draw(st.integers(1, 30))):
        first, second = draw(st.integers(-1, k - 1)), draw(st.integers(-1, k - 1))
        rows.append((ADD, first, second) if first >= 0 else (HOLE, -1, -1))
    ops, firsts, seconds = zip(*rows, strict=True)
    return np.array(ops, np.int32), np.array(firsts, np.int64), np.array(seconds, np.int64)


def ordered(ops, firsts, seconds, roots):
    """The order, depth first."""
    order = np.full(len(ops), -1)
    depth_first(ops, firsts, seconds, np.array(roots), order)
    return order


@settings(deadline=None, max_examples=100)
@given(streams(), st.data())
def test_depth_first_has_everything_once_and_operands_first(stream, data):
    ops, firsts, seconds = stream
    order = ordered(*stream, data.draw(st.lists(st.integers(0, len(ops) - 1), min_size=1, max_size=4)))
    assert sorted(order) == list(range(len(ops)))
    place = np.argsort(order)
    for operands in (firsts, seconds):
        used = operands >= 0
        assert (place[operands[used]] < place[used]).all()


def test_terms_of_a_sum_come_when_they_are_added():
    terms, sums = list(range(1, 6)), list(range(6, 11))
    ops = np.array([HOLE] + [ADD] * 10, np.int32)
    firsts = np.array([-1] + [0] * 5 + terms)
    seconds = np.array([-1] + [0] * 5 + [0, *sums[:-1]])
    order = ordered(ops, firsts, seconds, [10])
    assert order.tolist() == [0, *[k for pair in zip(terms, sums, strict=True) for k in pair]]


def test_levels_and_what_they_feed():
    ops = np.array([HOLE, ADD, ADD, ADD, ADD], np.int32)
    firsts, seconds = np.array([0, -3, 0, 1, 2], np.int32), np.array([0, 0, 1, 2, 0], np.int32)
    levels, marks = np.zeros(5, np.int64), np.array([False, False, False, True, False])
    leveled(ops, firsts, seconds, 0, 5, levels)
    feeding(ops, firsts, seconds, 0, 5, marks)
    assert levels.tolist() == [0, 1, 2, 3, 3]
    assert marks.tolist() == [True, True, True, True, False]
