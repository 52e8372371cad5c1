"""Generated kernels beside the interpreters and nested transforms: the same numbers from every sweep."""

import time

import numpy as np
import pytest

import adpy
from adpy.program import Unrecordable, codegen
from adpy.program.specialized import kernels_of, specialize
from tests.corpus.registry import load
from tests.corpus.trees import float_leaves
from tests.program.harness import check_at, directions, record

CASES = list(load().values())


def everything(recording, leaves, width=1):
    """Values, tangents, cotangents and second-order results of a recording."""
    outputs = recording.outputs()
    seeds = directions(outputs, width)
    found = [*outputs, *recording.tangents(directions(leaves, width)), *recording.cotangents(seeds)]
    for part in recording.second_order(directions(leaves, width), [seed[..., 0] for seed in seeds]):
        found += part
    return found


def compare(program, primals):
    """The kernels of a recorded function beside the interpreters; memory of values has nothing left over from them."""
    leaves = float_leaves(primals)
    code = program.code
    with np.errstate(all="ignore"):
        with program.at(primals) as recording:
            expected = [everything(recording, leaves, width) for width in (1, 3)]
        kernels = specialize(code)
        for width, parts in zip((1, 3), expected, strict=True):
            for memory in [frame.values for frame in code.frames]:
                memory[: len(code.scalars)] = np.where(code.ops, np.nan, code.scalars)
            with program.at(primals) as recording:
                for found, part in zip(everything(recording, leaves, width), parts, strict=True):
                    scale = np.max(np.abs(part[np.isfinite(part)]), initial=1e-3)
                    np.testing.assert_allclose(found, part, rtol=1e-10, atol=1e-11 * scale)
    return kernels


def scalars(x, parameters):
    """A leapfrog step as a loop body, a loop over neighbours at irregular places, a term of a sum."""
    a, b = parameters
    order = np.random.default_rng(0).permutation(len(x))
    p, q = x[0], x[1]
    for _ in range(40):
        force = -a * q / np.sqrt(1.0 + q * q)
        p = p + 0.05 * force
        q = q + 0.05 * p / (b + abs(p))
    total = p * q
    entries = [x[i] * x[i] for i in range(len(x))]
    for i in range(len(x)):
        total += entries[i] * np.sin(entries[order[i]]) + max(entries[i], 0.5)
    for i in range(len(x) - 1):
        total = total + 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return total


def arrays(x, matrix):
    """Overlapping views, sums along axes, broadcasting, writes in place, calls in between."""
    inner = np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)
    y = x.copy()
    y[1:-1] += 0.1 * (x[2:] - 2.0 * x[1:-1] + x[:-2]) * y[1:-1]
    y[::3] = np.exp(-y[::3] * y[::3])
    y[5] *= y[7]
    rows = np.sum(matrix * matrix.T, axis=0) + np.tanh(matrix) @ matrix[0]
    outer = np.maximum(matrix[:, None, :], matrix[None, :, :]) * rows
    return inner + np.sum(y * x) + np.sum(outer) + np.mean(np.linalg.inv(matrix + 9.0 * np.eye(4))) + y[2]


POINT = np.random.default_rng(1).uniform(-0.9, 1.1, 61)
LONG = np.random.default_rng(2).uniform(-0.9, 1.1, 700)
MATRIX = np.random.default_rng(3).uniform(-1.0, 1.0, (4, 4))


def test_scalar_loops_are_rolled():
    program = record(scalars, POINT, [1.5, 0.5])
    kernels = compare(program, (POINT, [1.5, 0.5]))
    assert kernels.stats()["operations"] < 400 < program.code.stats()["scalar operations"]
    assert kernels.stats()["pieces left to the interpreter"] == 0
    assert {body.loop for body in kernels.bodies} == {True, False}
    assert "table" in {kind for body in kernels.bodies for kind, _, _ in body.externals}
    check_at(program, (POINT, [1.5, 0.5]), True, 1e-9)


def test_groups():
    program = record(arrays, LONG, MATRIX)
    kernels = compare(program, (LONG, MATRIX))
    assert kernels.stats()["count"] > 3
    gradient = adpy.grad(arrays, (0, 1))(LONG, MATRIX)
    with program.at((LONG, MATRIX)) as recording:
        for found, expected in zip(recording.cotangents([np.ones(1)]), gradient, strict=True):
            np.testing.assert_allclose(found[..., 0], expected, rtol=1e-12, atol=1e-12)


def test_memory_of_cotangents_may_be_dirty():
    program = record(lambda x: np.sum(np.exp(np.sin(x)) * x[::-1]), LONG)
    specialize(program.code)
    expected = adpy.grad(program.function)(LONG)
    for _ in range(2):
        with program.at((LONG,)) as recording:
            np.testing.assert_allclose(recording.cotangents([np.ones(1)])[0][..., 0], expected, rtol=1e-12)
        for stack in adpy.workspace._free.values():
            for memory in stack:
                memory[...] = np.nan


def test_zero_cotangents_contribute_exactly_zero():
    def function(x):
        total = 0.0
        for i in range(100):
            total = total + np.sqrt(x[i]) * 0.0 + x[i]
        return total + np.sum(np.sqrt(x) * 0.0)

    p = adpy.record(function, np.ones(100)).specialize()
    np.testing.assert_array_equal(p.gradient(np.zeros(100)), np.ones(100))


def test_what_is_too_long_stays_with_the_interpreter(monkeypatch):
    monkeypatch.setattr(codegen, "BUDGET", 10)

    def function(x):
        total = x[0]
        for i in range(30):
            total = total * np.cos(x[i % 7] + i * total) if i % 3 else total / (1.5 + x[i % 5])
        return total + np.sum(x**3)

    p = adpy.record(function, POINT).specialize()
    np.testing.assert_allclose(p.gradient(POINT), adpy.grad(function)(POINT), rtol=1e-12)
    assert p.stats()["recordings"][0]["kernels"]["pieces left to the interpreter"] > 0


def test_new_recordings_get_kernels():
    @adpy.compile(specialize=True)
    def f(x):
        return np.sum(x * x) if x[0] > 0 else np.sum(x)

    x = np.ones(3)
    np.testing.assert_array_equal(f.gradient(x), 2 * x)
    np.testing.assert_array_equal(f.gradient(-x), x)
    assert [set(r["kernels"]["compiled"]) for r in f.stats()["recordings"]] == [{"value", "adjoint"}] * 2


def test_in_the_background():
    p = adpy.record(lambda x: np.sum(x**4), np.ones(3)).specialize(background=True)
    x = np.arange(3.0)
    until = time.monotonic() + 60
    while set(p.stats()["recordings"][0]["kernels"]["compiled"]) != {"value", "adjoint"}:
        np.testing.assert_array_equal(p.gradient(x), 4 * x**3)
        assert time.monotonic() < until
        time.sleep(0.01)
    np.testing.assert_array_equal(p.gradient(x), 4 * x**3)


def test_codes_keep_their_kernels_and_not_the_other_way():
    program = record(lambda x: np.sum(x * x), np.ones(3))
    assert kernels_of(program.code) is None
    kernels = specialize(program.code)
    assert kernels_of(program.code) is kernels is specialize(program.code)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES[::40], ids=[case.name for case in CASES[::40]])
def test_corpus(case):
    arguments = case.fresh()
    primals = tuple(arguments[i] for i in case.argnums)

    def function(*given):
        changed = list(case.fresh())
        for i, x in zip(case.argnums, given, strict=True):
            changed[i] = x
        return case.function(*changed)

    try:
        program = record(function, *primals)
    except Unrecordable:
        pytest.skip("is not recorded")
    compare(program, primals)
