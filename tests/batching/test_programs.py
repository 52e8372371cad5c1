"""Random programs of statements as scientists write them: the batch of a program is the loop over it."""

import math

import numpy as np
import pytest

import adpy
from tests.batching.loops import assert_same, looped

N = 4


def program(rng):
    """The source of a random function of an array ``x`` of four entries, and of its number of statements."""
    arrays, numbers, lines = ["x"], ["x[1]"], []

    def array():
        return arrays[rng.integers(len(arrays))]

    def number():
        return numbers[rng.integers(len(numbers))]

    def index():
        return rng.integers(4)

    for i in range(rng.integers(4, 11)):
        a, b, s, t, k, m = array(), array(), number(), number(), index(), index()
        statements = [
            (f"v{i} = {a} * {b} + {s}", "a"),
            (f"v{i} = np.sin({a}) - {b} * 0.3", "a"),
            (f"v{i} = np.where({a} > {b}, {a}, {b} * {s})", "a"),
            (f"v{i} = np.maximum({a}, {s}) + TABLE @ {b}", "a"),
            (f"v{i} = np.cumsum({a})[::-1] / (1 + {b} ** 2)", "a"),
            (f"v{i} = np.sort({a}) * CONSTANT", "a"),
            (f"v{i} = np.concatenate([{a}[{k}:], {b}[:{k}]])", "a"),
            (f"v{i} = {a}.reshape(2, 2).T.ravel()", "a"),
            (f"v{i} = np.outer({a}, {b}) @ CONSTANT * 0.1", "a"),
            (f"v{i} = {a}.copy(); v{i}[{k}] = {s}; v{i}[v{i} < -1] = -1.0", "a"),
            (f"v{i} = np.zeros(4); v{i}[1:] += {a}[:-1]; v{i}[{k}] -= {s}", "a"),
            (f"v{i} = {a} * 1; w = v{i}[1:3]; w *= {s}; w[0] = {t}", "a"),
            (f"v{i} = np.empty(4)\n    for j in range(4): v{i}[j] = {a}[j] * {b}[3 - j] + {s}", "a"),
            (f"v{i} = {a} if {a}[{k}] > {b}[{m}] else {b} * 2.0", "a"),
            (f"v{i} = {a}.copy(); v{i}[np.argmax({b})] += 1.5", "a"),
            (f"v{i} = np.array([{s}, 1.0, {t}, {a}[{k}]])", "a"),
            (f"v{i} = np.stack([{a}, {b}]).mean(axis=0)", "a"),
            (f"v{i} = {a}.sum() * {s} - {b}[{k}]", "n"),
            (f"v{i} = math.tanh({s}) + {t} * 0.5", "n"),
            (f"v{i} = float({s}) * 2.0 + {a}.max()", "n"),
            (f"v{i} = math.sqrt({s} * {s} + 1.0) - math.exp(-abs({t}) - 1.0)", "n"),
            (f"v{i} = {s} * {t} if {s} < {t} else {s} - {t}", "n"),
            (f"v{i} = {a} @ {b} / 4", "n"),
            (f"v{i} = np.linalg.norm({a} + 2.0) + {a}[{k}].item()", "n"),
            (f"v{i} = {s}\n    for j in range(3): v{i} = 0.5 * v{i} + {a}[j]", "n"),
            (f"v{i} = abs({s}) + 0.1\n    while v{i} < 1: v{i} = v{i} * 1.7", "n"),
        ]
        line, kind = statements[rng.integers(len(statements))]
        lines.append(line)
        (arrays if kind == "a" else numbers).append(f"v{i}")
    lines.append(f"return ({arrays[-1]} * {arrays[len(arrays) // 2]}).sum() + {numbers[-1]}")
    return "def function(x):\n    " + "\n    ".join(lines)


def compiled(seed):
    rng = np.random.default_rng(seed)
    source = program(rng)
    space = {
        "np": np,
        "math": math,
        "TABLE": rng.normal(size=(4, 4)) * 0.5,
        "CONSTANT": rng.normal(size=4),
        "__name__": "programs",
    }
    exec(compile(source, f"<program {seed}>", "exec"), space)
    return space["function"], source, rng.normal(size=(N, 4))


@pytest.mark.parametrize("seed", range(120))
def test_values_and_gradients(seed):
    function, source, x = compiled(seed)
    for transformed in (function, adpy.grad(function)):
        expected = looped(transformed, (x,))
        for mode in ("vectorized", "auto"):
            try:
                found = adpy.batch(transformed, mode=mode)(x)
            except Exception as error:
                error.add_note(source)
                raise
            assert_same(found, expected, rtol=1e-10)


@pytest.mark.parametrize("seed", range(200, 230))
def test_second_derivatives(seed):
    function, _, x = compiled(seed)
    hessian = adpy.jacobian(adpy.grad(function))
    assert_same(adpy.batch(hessian)(x), looped(hessian, (x,)), rtol=1e-9)


@pytest.mark.parametrize("seed", range(300, 320))
def test_a_batch_inside_a_gradient(seed):
    function, _, x = compiled(seed)
    found = adpy.grad(lambda z: adpy.batch(lambda row: function(row) ** 2)(z).sum())(x)
    expected = adpy.grad(lambda z: sum(function(row) ** 2 for row in z))(x)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9 * np.abs(expected).max())
