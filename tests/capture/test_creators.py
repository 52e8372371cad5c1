"""Replaced creators: the same values, dtypes and aliasing as NumPy's, and results that take traced values."""

import array as array_module

import numpy as np
import pytest

from adpy import capture
from adpy.capture.creators import CREATORS
from adpy.capture.replacements import refresh, replacement
from tests.capture.complexstep import Frame, Step, StepScalar, primal, tangent

refresh()
FRESH = [
    (np.zeros, (3,), {}),
    (np.zeros, ((2, 3), np.float32), {"order": "F"}),
    (np.zeros, ((),), {}),
    (np.ones, (2,), {"dtype": complex}),
    (np.empty, ((0, 3),), {}),
    (np.full, ((2, 2), 1.5), {}),
    (np.full, (2,), {"fill_value": [1.0, 2.0]}),
    (np.zeros_like, (np.ones((2, 3)),), {}),
    (np.zeros_like, (np.ones(2, int),), {"dtype": float}),
    (np.ones_like, ([1.0, 2.0],), {}),
    (np.empty_like, (np.ones(0),), {}),
    (np.full_like, (np.ones(2), 3.0), {}),
    (np.array, ([1.0, 2.0],), {}),
    (np.array, ([[1, 2], [3, 4.0]],), {"order": "F"}),
    (np.array, ([1.0],), {"ndmin": 3}),
    (np.array, (1.5,), {}),
    (np.array, (np.ones((2, 2)),), {}),
    (np.array, (array_module.array("d", [1.0, 2.0]),), {}),
    (np.asarray, ([1.0, 2.0],), {}),
    (np.asarray, (np.arange(3), float), {}),
    (np.asarray, (), {"a": (1.0, 2.0), "dtype": np.float32}),
    (np.asanyarray, ([1.0],), {}),
    (np.ascontiguousarray, (np.ones((2, 3)).T,), {}),
    (np.asfortranarray, (np.ones((2, 3)),), {}),
    (np.asarray_chkfinite, ([1.0, 2.0],), {}),
    (np.require, ([1.0, 2.0],), {"requirements": "C"}),
    (np.copy, (np.ones(2),), {}),
    (np.eye, (3, 2, 1), {}),
    (np.identity, (2,), {}),
    (np.tri, (3,), {}),
    (np.arange, (0.0, 1.0, 0.25), {}),
    (np.arange, (3.0,), {}),
    (np.linspace, (0, 1, 5), {}),
    (np.logspace, (0, 1, 3), {}),
    (np.geomspace, (1, 8, 4), {}),
    (np.fromiter, ((i * 0.5 for i in range(3)), float), {}),
    (np.diag, ([1.0, 2.0],), {}),
    (np.tile, ([1.0, 2.0], 2), {}),
    (np.repeat, ([1.0, 2.0], 2), {}),
]
PLAIN = [
    (np.zeros, (3, int), {}),
    (np.zeros, (3,), {"dtype": bool}),
    (np.array, ([1, 2],), {}),
    (np.array, (["a"],), {}),
    (np.array, ([None, 1.0], object), {}),
    (np.arange, (3,), {}),
    (np.eye, (2,), {"dtype": int}),
    (np.asarray, (np.arange(3),), {}),
]


def in_a_trace(function, args, kwargs):
    with capture.tracing(Frame(), np.zeros):
        return replacement(function)(*args, **kwargs)


def named(cases):
    return [pytest.param(*case, id=f"{case[0].__name__}-{i}") for i, case in enumerate(cases)]


@pytest.mark.parametrize("function, args, kwargs", named(FRESH))
def test_fresh_arrays_are_buffers(function, args, kwargs):
    if function is np.fromiter:
        args = ([0.0, 0.5, 1.0], float)
    plain = function(*args, **kwargs)
    made = in_a_trace(function, args, kwargs)
    assert type(made) is Step
    assert made.z.shape == plain.shape
    if function not in (np.empty, np.empty_like):
        np.testing.assert_array_equal(made.z, plain)


@pytest.mark.parametrize("function, args, kwargs", named(PLAIN))
def test_indices_masks_and_labels_stay_plain(function, args, kwargs):
    plain = function(*args, **kwargs)
    made = in_a_trace(function, args, kwargs)
    assert type(made) is np.ndarray and made.dtype == plain.dtype
    np.testing.assert_array_equal(made, plain)


@pytest.mark.parametrize("function, args, kwargs", named(FRESH + PLAIN))
def test_outside_a_trace_they_are_numpys(function, args, kwargs):
    if function is np.fromiter:
        args = ([0.0, 0.5, 1.0], float)
    plain = function(*args, **kwargs)
    made = replacement(function)(*args, **kwargs)
    assert type(made) is type(plain) and made.dtype == plain.dtype and made.shape == plain.shape
    assert made.flags.f_contiguous == plain.flags.f_contiguous


def test_aliases_stay_aliases():
    x = np.ones((3, 4))
    with capture.tracing(Frame(), np.zeros):
        for convert in (np.asarray, np.asanyarray, np.ascontiguousarray):
            assert replacement(convert)(x) is x
        assert replacement(np.require)(x, requirements="C") is x
        assert replacement(np.array)(x, copy=False) is x
        view = replacement(np.array)(x, copy=None, ndmin=3)
        assert type(view) is np.ndarray and np.shares_memory(view, x)
        over = replacement(np.asarray)(array_module.array("d", [1.0]))
        assert type(over) is np.ndarray  # shares the memory of the array it was made from


def test_of_traced_arrays():
    z = np.array([1.0, 2.0]) + 1e-30j
    x = Step(z)
    with capture.tracing(Frame(), np.zeros):
        for convert in (np.asarray, np.asanyarray, np.ascontiguousarray):
            assert replacement(convert)(x) is x
        assert replacement(np.asarray)(x, float) is x
        copy = replacement(np.array)(x)
        assert copy is not x and not np.shares_memory(copy.z, z)
        np.testing.assert_array_equal(copy.z, z)
        assert replacement(np.array)(x, ndmin=2).shape == (1, 2)
        assert replacement(np.array)(StepScalar(z[0])).shape == ()
        assert replacement(np.ascontiguousarray)(StepScalar(z[0])).shape == (1,)
        with pytest.raises(ValueError):
            replacement(np.array)([x[0]], copy=False)


def test_object_arrays_hold_traced_scalars():
    x = Step(np.array([1.0, 2.0]) + 1e-30j)
    with capture.tracing(Frame(), np.zeros):
        of_scalars = replacement(np.array)([x[0], None], dtype=object)
        of_array = replacement(np.asanyarray)(x, dtype=object)
        nested = replacement(np.array)([[x[0], 1], [2, x[1]]], dtype=object)
        back = replacement(np.asarray)(of_array, dtype=float)
    assert of_scalars.dtype == object and of_scalars.shape == (2,) and type(of_scalars[0]) is StepScalar
    assert of_array.dtype == object and type(of_array[1]) is StepScalar
    assert nested.shape == (2, 2) and type(nested[1, 1]) is StepScalar
    assert type(back) is Step and back.tangent.tolist() == [1.0, 1.0]


def filled(x):
    return np.full((2, 2), x[0]).sum() + np.full_like(np.ones(3), x[1]).sum() + np.full(2, [x[0], 1.0]).sum()


def ranged(x):
    return (np.arange(0.0, 2.5 * x[0], x[0]) ** 2).sum() + np.arange(x[1], x[1] + 2.5).sum()


def iterated(x):
    return np.fromiter((x[i] * i for i in range(2)), float).sum() + np.fromiter((v for v in x), float, count=1)[0]


def checked(x):
    return np.asarray_chkfinite(x).sum() + np.require([x[0], 2.0], float, "C")[0]


def lists(x):
    a = [x[0], 2.0]
    return (
        np.sum(a)
        + np.dot(a, [x[1], x[0]])
        + np.concatenate([a, (x[1],)])[2]
        + np.mean(tuple(a))
        + np.vstack([a, a])[1, 0]
    )


@pytest.mark.parametrize("function", [filled, ranged, iterated, checked, lists])
def test_traced_arguments(function):
    x, direction = np.array([0.4, 0.7]), np.array([1.0, -0.3])
    h = 1e-6
    differences = (function(x + h * direction) - function(x - h * direction)) / (2 * h)
    found, level = tangent(function, x, direction)
    assert found == pytest.approx(differences, rel=1e-8)
    assert level == 0


def test_not_finite():
    with pytest.raises(ValueError, match="infs or NaNs"):
        tangent(lambda x: np.asarray_chkfinite([x[0], np.inf]).sum(), np.ones(2))


def test_every_creator_keeps_its_name():
    for original in CREATORS:
        made = replacement(original)
        assert made.__name__ == original.__name__ and made.__doc__ == original.__doc__


def test_primal_of_fake():
    assert primal(StepScalar(np.complex128(2 + 1e-30j))) == 2.0
