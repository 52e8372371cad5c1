"""States go through arrays and back: values, types, containers, order in memory, shared arrays."""

import collections
import dataclasses
import enum

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from adpy.checkpoint.stepping.state import join, split
from adpy.errors import ArgumentError

Point = collections.namedtuple("Point", "x y")


class Scheme(enum.Enum):
    UPWIND = 1


@dataclasses.dataclass
class Ocean:
    u: np.ndarray
    steps: int
    scheme: Scheme = Scheme.UPWIND


@dataclasses.dataclass(frozen=True)
class Frozen:
    t: float
    inner: object


def copied(state):
    layout, arrays = split(state)
    return join(layout, [np.array(a, order="C") for a in arrays])


def assert_same(a, b):
    assert type(a) is type(b)
    if isinstance(a, np.ndarray):
        assert a.dtype == b.dtype and a.shape == b.shape
        assert a.tobytes() == b.tobytes()
    elif isinstance(a, dict):
        assert list(a) == list(b)
        for key in a:
            assert_same(a[key], b[key])
    elif isinstance(a, tuple | list):
        assert len(a) == len(b)
        for x, y in zip(a, b):
            assert_same(x, y)
    elif dataclasses.is_dataclass(a) and not isinstance(a, type):
        for field in dataclasses.fields(a):
            assert_same(getattr(a, field.name), getattr(b, field.name))
    elif isinstance(a, float | complex | np.generic):
        assert np.asarray(a).tobytes() == np.asarray(b).tobytes()
    else:
        assert a == b


dtypes = hnp.scalar_dtypes()
arrays = hnp.arrays(dtypes, hnp.array_shapes(min_dims=0, min_side=0, max_side=4), elements=None)
leaves = st.one_of(
    arrays,
    st.floats(),
    st.integers(),
    st.booleans(),
    st.complex_numbers(),
    st.text(),
    st.none(),
    st.binary(),
    st.sampled_from([np.float32(0.1), np.int8(3), np.bool_(True), np.float64(-0.0), Scheme.UPWIND, np.sin, len]),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(st.text(max_size=3), inner, max_size=3),
        st.builds(Point, inner, inner),
        st.builds(Frozen, st.floats(), inner),
    ),
    max_leaves=8,
)


@settings(deadline=None, max_examples=200)
@given(trees)
def test_every_state_comes_back(state):
    assert_same(copied(state), state)


def test_what_changes_later_is_not_in_the_copy():
    state = {"u": np.arange(3.0), "ocean": Ocean(np.ones(2), 3)}
    back = copied(state)
    state["u"][0] = 7.0
    state["ocean"].u[:] = 0.0
    assert back["u"][0] == 0.0 and back["ocean"].u[1] == 1.0
    assert back["ocean"].scheme is Scheme.UPWIND


@pytest.mark.parametrize("axes", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 2, 1)])
def test_the_order_in_memory_stays(axes):
    array = np.arange(24.0).reshape(2, 3, 4).transpose(axes)
    back = copied((array, 1.0))[0]
    assert back.strides == array.strides
    np.testing.assert_array_equal(back, array)
    assert copied(np.asfortranarray(np.ones((2, 3)))).flags.f_contiguous


@pytest.mark.parametrize("view", [np.s_[::2], np.s_[::-1], np.s_[:, 1:3], np.s_[..., None, 0]])
def test_parts_of_arrays(view):
    array = np.arange(24.0).reshape(6, 4)[view]
    np.testing.assert_array_equal(copied([array])[0], array)


def test_one_array_twice_stays_one_array():
    u = np.arange(3.0)
    back = copied({"now": u, "before": u, "again": u[:]})
    assert back["now"] is back["before"] and back["now"] is back["again"]
    assert len(split([u, u])[1]) == 1


def test_views_that_overlap_are_refused():
    u = np.arange(6.0)
    with pytest.raises(ArgumentError, match=r"state\['inner'\]: expected memory of its own \(state\['u'\] overlaps"):
        split({"u": u, "inner": u[1:-1]})
    frame = np.zeros((3, 2))
    assert len(split([frame[:, 0], frame[:, 1]])[1]) == 2


@pytest.mark.parametrize("bits", ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"])
def test_random_generators_go_on_where_they_were(bits):
    rng = np.random.Generator(getattr(np.random, bits)(3))
    rng.normal(size=5)
    rng.integers(10, dtype=np.int32)
    back = copied({"rng": rng})["rng"]
    np.testing.assert_array_equal(back.normal(size=100), rng.normal(size=100))
    assert back.integers(1000, dtype=np.int32) == rng.integers(1000, dtype=np.int32)


@pytest.mark.parametrize(
    "leaf",
    [object(), {1, 2}, np.array([None]), np.ma.masked_array([1.0]), collections.deque([1.0])],
)
def test_other_leaves_are_refused(leaf):
    with pytest.raises(ArgumentError, match=r"state\['a'\]\[0\]: expected an array"):
        split({"a": [leaf]})
