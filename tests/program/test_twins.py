"""Twins: a code and the one with inputs and results in each other's places, by turns on one memory."""

import math

import numpy as np
import pytest

import adpy
from adpy.program import sweeps
from adpy.program.specialized import specialize
from adpy.program.twins import twin_of

U = np.linspace(0.4, 1.3, 12)


def stencil(u, c):
    v = u.copy()
    v[1:-1] += c * u[1:-1] * (u[2:] - 2 * u[1:-1] + u[:-2])
    return v


def turned(u, c):
    return (np.sin(u.reshape(3, 4)) * c).T.copy().reshape(12) + u


def ends(u, c):
    v = np.empty(12)
    v[1:-1] = np.exp(-u[1:-1]) * c
    v[0], v[-1] = u[1] * u[2], v[3] * c
    return v


def gathered(u, c):
    v = u * c
    v[np.array([3, 1, 7])] = u[np.array([0, 5, 11])]
    return np.sqrt(v + u[np.array([5, 4, 3, 2, 1, 0, 11, 10, 9, 8, 7, 6])])


def code_of(function, *args):
    p = adpy.record(function, *args)
    (branches,) = p._branches.values()
    return branches[0].code


def tables(code, twin, *kinds):
    found = sweeps.tables_for(code, 1, *kinds)
    return found, twin.tables(code, found)


@pytest.mark.parametrize("kernels", [False, True])
@pytest.mark.parametrize("function", [stencil, turned, ends, gathered])
def test_values_and_cotangents(function, kernels):
    code = code_of(function, U, 0.7)
    if kernels:
        specialize(code)
    twin = twin_of(code, [(0, 0)])
    assert twin.pairs == [(0, 0)]
    frame = code.take_frame()
    frame.inputs[0][...], frame.inputs[1][...] = U, 0.7
    both = tables(code, twin, "value", "adjoint")
    ends_of = [(frame.inputs[0], frame.outputs[0]), (frame.outputs[0], frame.inputs[0])]
    expected = U
    for k in range(4):
        before = ends_of[k % 2][0].copy()
        assert both[k % 2].evaluate(both[k % 2].address, frame.address) == 1
        expected = function(expected, 0.7)
        np.testing.assert_allclose(ends_of[k % 2][1], expected, rtol=1e-14)
        np.testing.assert_array_equal(ends_of[k % 2][0], before)

    frame.prepare(code, "bars")
    memory = frame.columns("bars", 1)
    memory[...] = 0.0
    (in_bars, out_bars) = frame.ends["bars"]
    bars = [(in_bars[0], out_bars[0]), (out_bars[0], in_bars[0])]
    seed = np.cos(np.arange(12.0))
    for k in (1, 0, 1):  # one step and its adjoint after the other, on the side where the cotangents are
        ends_of[k][0][...] = U
        memory[: len(code.ops)] = 0.0
        run = both[k]
        assert run.evaluate(run.address, frame.address) == 1
        if k == 1 and not bars[k][1].any():
            bars[k][1][...] = seed
        found, wanted = bars[k][1].copy(), adpy.vjp(lambda u: function(u, 0.7), U)[1](bars[k][1].copy())[0]
        assert found.any() and not bars[k][0].any()
        run.sweeps["adjoint"](run.address, frame.address, *run.stretches[0][:2])
        np.testing.assert_allclose(bars[k][0], wanted, rtol=1e-13)
        assert not bars[k][1].any()
        assert not memory[code.placed :].any()
    code.give_frame(frame)


def test_tuples_and_numbers_beside():
    def step(u, w, t):
        return w * t + u, np.sin(u), t + np.sum(w)

    code = code_of(step, U, U[::-1].copy(), 0.3)
    assert twin_of(code, [(0, 0), (1, 1), (2, 2)]).pairs == [(0, 0), (1, 1)]  # numbers have their places
    assert twin_of(code, [(0, 0), (1, 0)]).pairs == [(0, 0)]
    assert twin_of(code, []) is None
    assert twin_of(code, [(0, 0)]) is twin_of(code, [(0, 0)])


def test_refused():
    def unwritten(u, c):
        return np.sum(u * c), u * c

    assert twin_of(code_of(unwritten, U, 0.7), [(0, 0)]) is None  # another shape

    def passed(u, c):
        return u, u * c

    assert twin_of(code_of(passed, U, 0.7), [(0, 0)]) is None  # it is the input itself

    def part(u, c):
        w = np.concatenate([u, u]) * c
        return w[2:14] + 0.0 * w[0], w[3:15]

    assert twin_of(code_of(part, U, 0.7), [(0, 1)]) is None  # instructions reach over its borders

    def looped(u, c):
        total = 0.0
        for i in range(300):
            total = math.sin(total * u[i]) + c
        return u * total

    assert twin_of(code_of(looped, np.ones(300), 0.7), [(0, 0)]) is None  # loops over scalars know their distances
