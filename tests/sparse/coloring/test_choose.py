"""The choice among kinds and orderings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adpy.errors import ArgumentError
from adpy.sparse.coloring import ORDERINGS, choose, color_columns, color_star
from adpy.sparse.coloring.bounds import fewest_symmetric
from adpy.sparse.pattern import Pattern
from tests.sparse.coloring import matrices
from tests.sparse.coloring.strategies import patterns, symmetric_patterns
from tests.sparse.coloring.test_colorings import check

COSTS = st.sampled_from([0.25, 1.0, 3.0, float("inf")])


@given(patterns(), COSTS, COSTS)
@settings(deadline=None)
def test_any(pattern, forward, reverse):
    if forward == reverse == float("inf"):
        forward = 1.0
    coloring = choose(pattern, forward=forward, reverse=reverse)
    check(pattern, coloring)
    assert coloring.column_count == 0 or forward < float("inf")
    assert coloring.row_count == 0 or reverse < float("inf")
    if forward < float("inf"):
        assert coloring.cost(forward, min(reverse, 1e9)) <= forward * color_columns(pattern).count


@given(symmetric_patterns(), st.booleans())
@settings(deadline=None)
def test_symmetric(pattern, substitution):
    coloring = choose(pattern, symmetric=True, substitution=substitution)
    check(pattern, coloring)
    assert coloring.row_count == 0
    assert coloring.count <= color_star(pattern).count
    assert substitution or coloring.kind != "acyclic"
    acyclic, star = fewest_symmetric(pattern)
    assert coloring.count >= (acyclic if coloring.kind == "acyclic" else star)


def test_bounds_that_are_reached():
    for half in range(4):
        assert fewest_symmetric(matrices.banded(40, half))[0] == half + 1
    assert fewest_symmetric(matrices.banded(40, 1)) == (2, 3)
    assert fewest_symmetric(matrices.arrowhead(40)) == (2, 2)
    assert fewest_symmetric(Pattern.of(np.ones((6, 6)))) == (6, 6)


def test_the_cheaper_side_is_taken():
    wide, tall = Pattern.of(np.ones((2, 9))), Pattern.of(np.ones((9, 2)))
    assert choose(wide).kind == "row"
    assert choose(tall).kind == "column"
    assert choose(wide, reverse=10.0).kind == "column"
    assert choose(tall, forward=10.0).kind == "row"
    assert choose(wide, reverse=float("inf")).kind == "column"
    assert choose(matrices.banded(9, 1), forward=2.0).kind == "row"


def test_sides_that_are_impossible_keep_no_other_ordering_from_being_tried():
    pattern = matrices.brusselator(20)
    for costs in ({"reverse": float("inf")}, {"forward": float("inf")}):
        assert choose(pattern, **costs).count == choose(pattern).count < color_columns(pattern).count


def test_both_sides_weighed():
    """Three full rows and a full column: row sweeps for the rows, unless they cost more than all columns."""
    found = np.eye(30)
    found[:3] = found[:, 0] = 1.0
    pattern = Pattern.of(found)
    both = choose(pattern)
    assert (both.kind, both.row_count, both.column_count) == ("bidirectional", 3, 2)
    assert choose(pattern, reverse=20.0).kind == "column"


def test_little_effort_is_one_coloring():
    pattern = matrices.brusselator(16)
    assert choose(pattern, effort=1.0, orders=["random"]).order.startswith("random")
    assert choose(pattern, effort=1.0).order.startswith("natural")


def test_more_orderings_take_no_more_colors():
    pattern = matrices.symmetric(matrices.random(500, 500, 3))
    few = choose(pattern, symmetric=True, orders=["natural"])
    many = choose(pattern, symmetric=True, orders=sorted(ORDERINGS))
    assert many.count < few.count


def test_same_result_every_time():
    pattern = matrices.random(400, 300, 4)
    one, other = choose(pattern), choose(pattern)
    assert repr(one) == repr(other)
    assert np.array_equal(one.column_colors, other.column_colors)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"forward": 0.0}, "forward"),
        ({"reverse": -1.0}, "reverse"),
        ({"forward": float("nan")}, "forward"),
        ({"forward": float("inf"), "reverse": float("inf")}, "reverse"),
        ({"effort": 0}, "effort"),
        ({"orders": []}, "orders"),
        ({"orders": "natural"}, "orders"),
        ({"orders": ["natural", "unnatural"]}, "orders"),
    ],
)
def test_bad_arguments(arguments, name):
    with pytest.raises(ArgumentError) as caught:
        choose(matrices.banded(4, 1), **arguments)
    assert caught.value.argument == name
