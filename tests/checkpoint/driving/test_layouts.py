"""Layouts go through JSON and back, also those of states that the process has not seen."""

import collections
import json

import numpy as np
import pytest
from hypothesis import given, settings

from adpy.checkpoint.driving.layouts import UnknownLayout, describe, understand
from adpy.checkpoint.stepping.state import join, split
from tests.checkpoint.stepping.test_state import Frozen, Ocean, Point, Scheme, assert_same, trees


def again(layout):
    return json.loads(json.dumps(describe(layout)))


@settings(deadline=None, max_examples=100)
@given(trees)
def test_every_layout_comes_back(state):
    layout, arrays = split(state)
    assert_same(join(understand(again(layout), layout), arrays), state)


def test_a_state_that_has_grown():
    first, _ = split({"p": Point(1.0, [Ocean(np.ones(2), 3)]), Scheme.UPWIND: [], (1, "a"): None, 2: b"x"})
    grown = {
        "p": Point([Point(1.0, np.zeros((2, 3)).T)], [Ocean(np.ones(2), 3), Ocean(np.ones(5), 4)]),
        Scheme.UPWIND: [Scheme.UPWIND, "text"],
        3: (1 << 80, None, 0.5),
        (1, "a"): b"xyz",
    }
    layout, arrays = split(grown)
    assert_same(join(understand(again(layout), first), arrays), grown)


def test_subclasses_of_dictionaries():
    state = collections.OrderedDict(b=1.0, a=collections.defaultdict(list, x=2.0))
    layout, arrays = split(state)
    back = join(understand(again(layout), layout), arrays)
    assert_same(back, state)
    assert back["a"]["new"] == []


def test_classes_of_others_are_not_made_up():
    layout, _ = split({"a": Frozen(1.0, 2.0)})
    first, _ = split({"a": 1.0})
    with pytest.raises(UnknownLayout, match=r"no .*test_state\.Frozen is in the first state"):
        understand(again(layout), first)
    constant, _ = split({"a": np.sin})
    with pytest.raises(UnknownLayout, match="sin is in the first state"):
        understand(again(constant), first)
