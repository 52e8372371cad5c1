"""Scalar loops: operations of one level become elementwise instructions, and every sweep is as before."""

from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import adpy
from adpy.kernels.opcodes import HOLE, OPCODES
from adpy.kernels.table import GROUP
from adpy.program import rerolling, scheduling
from tests.program.harness import check, check_elsewhere, moved, record
from tests.program.random_loops import compiled, loops

ADD, MULTIPLY, SIN = (OPCODES[f] for f in (np.add, np.multiply, np.sin))


def columns(rows):
    """Scalar operations as arrays."""
    ops, firsts, seconds = (np.array(x, np.int32) for x in zip(*rows, strict=True))
    return ops, firsts, seconds, np.arange(len(ops)) * 1.0


def groups(code):
    """Opcodes of the elementwise instructions of each group."""
    heads = [pc for pc in code.heads if code.table[pc, 0] == GROUP]
    return [code.table[pc + 1 : pc + 1 + code.table[pc, 1], 0].tolist() for pc in heads]


def rosenbrock(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return total


def heat(x):
    u = [v for v in x]
    for _ in range(3):
        u = [u[0]] + [u[i] + 0.1 * (u[i + 1] - 2.0 * u[i] + u[i - 1]) for i in range(1, len(u) - 1)] + [u[-1]]
    return np.array(u)


def triangle(x):
    energy = 0.0
    for i in range(len(x)):
        for j in range(i):
            energy += 1.0 / (1.0 + (x[i] - x[j]) ** 2)
    return energy


def polynomial(c):
    loss = 0.0
    for k in range(150):
        z, y = 0.01 * k, 0.0
        for coefficient in c:
            y = y * z + coefficient
        loss += (y - np.sin(z)) ** 2
    return loss


def branches(x):
    s, found = 0.0, []
    for i in range(len(x)):
        t = x[i] * x[i] - 0.3
        if t > 0.0:
            s += t
        found.append(t * s)
    return np.array(found)


def buffers(x):
    w = np.zeros(len(x))
    for _ in range(3):
        for i in range(len(x)):
            w[i] = w[i] * 0.5 + x[-1 - i] * x[i]
        w = np.tanh(w)
    return w


@pytest.mark.parametrize("function", [rosenbrock, heat, triangle, polynomial, branches, buffers])
def test_loops(function):
    n = {triangle: 20, polynomial: 5}.get(function, 140)
    x = np.random.default_rng(0).uniform(-1.0, 1.0, n)
    program = check(function, x)
    assert groups(program.code)
    check_elsewhere(program, x * 1.0001)


def test_a_double_loop_has_two_axes():
    def f(x):
        return np.array([(a - 2.0 * b) * b for a in x[:5] for b in x])

    program = check(f, np.random.default_rng(1).uniform(-1.0, 1.0, 70))
    lengths = [program.code.table[pc, 2:5].tolist() for pc in program.code.heads if program.code.table[pc, 0] == GROUP]
    assert [1, 5, 70] in lengths


@pytest.mark.parametrize(
    ("addresses", "units"),
    [
        (np.arange(12), []),
        (-3 * np.arange(12), []),
        (np.arange(12).reshape(3, 4).T.reshape(-1), [3]),
        (np.repeat(np.arange(6), 4), [4]),
        ((np.arange(3)[:, None, None] * 100 + np.arange(2)[:, None] * 10 + np.arange(4)).reshape(-1), [4, 8]),
        (np.array([0, 1, 2, 4, 5, 7]), None),
        (np.array([0, 1, 3, 4, 9, 11]), None),
        (np.array([5, 1, 3, 4]), None),
    ],
)
def test_even_steps(addresses, units):
    assert rerolling._units(addresses) == units


def test_a_loop_without_a_carried_result_has_no_scalars_left():
    program = record(lambda x: np.array([math_free(a) for a in x]), np.linspace(0.1, 1.0, 200))
    assert program.code.stats()["scalar operations"] == 0


def math_free(a):
    return 2.0 * a * a - 1.0 / a


def test_chains_keep_their_order():
    rows = [(HOLE, 0, 0)] + [(SIN, k, 0) for k in range(300)]
    found = scheduling.schedule(columns(rows), [(0, 301)])
    assert found.moved is None
    assert not found.segments


def test_operations_of_a_level_are_neighbours():
    rows = [(HOLE, 0, 0)]
    for _ in range(200):
        at = len(rows)
        rows += [(SIN, 0, 0), (MULTIPLY, at, at), (ADD, at + 1, at - 1)]
    found = scheduling.schedule(columns(rows), [(0, len(rows))])
    assert found.segments[0] == [[SIN, 1, 201], [MULTIPLY, 201, 401]]
    assert (found.ops[401:] == ADD).all()
    assert sorted(found.moved) == list(range(len(rows)))
    for old, (op, first, second) in enumerate(rows):
        new = found.moved[old]
        assert (found.ops[new], found.values[new]) == (op, old)
        assert (found.firsts[new], found.seconds[new]) == (found.moved[first], found.moved[second])


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_operands_come_first(data):
    count = data.draw(st.integers(1, 60))
    borders = sorted({0, count, *data.draw(st.lists(st.integers(0, count), max_size=3))})
    rows = [(HOLE, 0, 0)]
    for k in range(1, count):
        op = data.draw(st.sampled_from([HOLE, ADD, MULTIPLY, SIN]))
        first = data.draw(st.integers(-5, k - 1)) if op == SIN else data.draw(st.integers(0, k - 1))
        rows.append((op, 0, 0) if op == HOLE else (op, first, 0 if op == SIN else data.draw(st.integers(0, k - 1))))
    with mock.patch.object(scheduling, "LONG", data.draw(st.integers(1, 6))):
        found = scheduling.schedule(columns(rows), zip(borders, borders[1:], strict=False))
    order = np.arange(count) if found.moved is None else np.argsort(found.moved)
    for low, high in zip(borders, borders[1:], strict=False):
        assert sorted(order[low:high]) == list(range(low, high))
    places = np.arange(count)
    live = found.ops != HOLE
    assert (found.firsts < places)[live].all()
    assert (found.seconds < places)[live].all()
    for segments in found.segments.values():
        for op, low, high in segments:
            assert (found.ops[low:high] == op).all()
            assert (found.firsts[low:high] < low).all()
            assert (found.seconds[low:high] < low).all()


@settings(deadline=None, max_examples=25)
@given(loops(), st.integers(5, 12), st.integers(2, 5))
def test_random_loops(text, n, long):
    function = compiled(text)
    x = np.random.default_rng(n).uniform(-1.0, 1.0, n)
    with mock.patch.object(scheduling, "LONG", long), mock.patch.object(rerolling, "INNER", 2):
        program = check(function, x, 0.7)
    check_elsewhere(program, *moved((x, 0.7), 1e-3))


def test_batches_of_loops():
    points = np.random.default_rng(3).uniform(-1.0, 1.0, (4, 140))
    program = adpy.record(rosenbrock, points[0])
    np.testing.assert_allclose(program.batch(points), [rosenbrock(x) for x in points], rtol=1e-14)
    expected = [adpy.grad(rosenbrock)(x) for x in points]
    np.testing.assert_allclose(program.batch_gradient(points), expected, rtol=1e-12, atol=1e-12)
