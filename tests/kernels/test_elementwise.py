"""Every opcode: value, partials and second partials of the generated functions."""

import ast
import itertools

import numpy as np
import pytest

import adpy
from adpy.kernels import elementwise, generate, symbolic
from adpy.kernels.opcodes import COMPARISONS, COPY, OPCODES, UFUNCS
from adpy.rules import lookup
from adpy.rules.table import Elementwise
from tests.rules.elementwise_checks import difference, samples
from tests.rules.mp_references import PRIMALS, derivative

EPS = np.finfo(float).eps
DIFFERENTIABLE = [u for u in UFUNCS if u not in COMPARISONS]
names = pytest.mark.parametrize("ufunc", DIFFERENTIABLE, ids=lambda u: u.__name__)


def points(ufunc, count=12):
    """Points of the domain, as tuples of floats."""
    operands = [x.astype(float).tolist() for x in samples(lookup(ufunc), count)]
    return list(zip(*operands, strict=True))


def pair(point):
    """Two operands; the second is anything for a function of one."""
    return (*point, 0.37)[:2]


def remarkable(row):
    """Kinks and special points, as tuples."""
    found = [*row.kinks, *[point for point, _ in row.special]]
    return [tuple(map(float, p if isinstance(p, tuple) else (p,))) for p in found]


@pytest.mark.parametrize("ufunc", UFUNCS, ids=lambda u: u.__name__)
def test_values(ufunc):
    op = OPCODES[ufunc]
    given = points(ufunc) if ufunc not in COMPARISONS else list(itertools.product([-1.0, 0.0, 2.0, np.nan], repeat=2))
    with np.errstate(all="ignore"):
        for point in given:
            assert elementwise.value(op, *pair(point)) == pytest.approx(float(ufunc(*point)), rel=4 * EPS, abs=1e-300)
        if ufunc not in COMPARISONS:
            for point in remarkable(lookup(ufunc)):
                np.testing.assert_array_max_ulp(elementwise.value(op, *pair(point)), ufunc(*point), 2)


@pytest.mark.parametrize("ufunc", UFUNCS, ids=lambda u: u.__name__)
def test_values_at_special_numbers(ufunc):
    special = [0.0, -0.0, 1.0, -2.0, 0.5, np.inf, -np.inf, np.nan, 1e300, 1e-300]
    with np.errstate(all="ignore"):
        for point in itertools.product(special, repeat=ufunc.nin):
            if ufunc is np.power and point == (-np.inf, 0.5):
                continue  # NumPy: nan for numbers, inf for arrays
            found, expected = elementwise.value(OPCODES[ufunc], *pair(point)), float(ufunc(*point))
            np.testing.assert_allclose(found, expected, rtol=4 * EPS, err_msg=f"{ufunc.__name__}{point}")


@names
def test_partials_are_those_of_the_rule(ufunc):
    row = lookup(ufunc)
    for point in [*points(ufunc), *remarkable(row)]:
        with np.errstate(all="ignore"):
            y = ufunc(*point)
            expected = [float(x) for x in row.partials(*map(np.float64, point), y)]
            found = elementwise.weights(OPCODES[ufunc], *pair(point), float(y))
        np.testing.assert_allclose(found[: len(expected)], expected, rtol=8 * EPS, err_msg=f"{ufunc.__name__}{point}")
        assert len(expected) == 2 or found[1] == 0.0


@names
def test_partials_at_promised_points(ufunc):
    for point, expected in lookup(ufunc).special:
        point, expected = (x if isinstance(x, tuple) else (x,) for x in (point, expected))
        with np.errstate(all="ignore"):
            found = elementwise.weights(OPCODES[ufunc], *pair(point), float(ufunc(*point)))
        np.testing.assert_allclose(found[: len(expected)], expected, rtol=16 * EPS)


def exact(row, point, i, j):
    """A second derivative to more digits than a float has, or by extrapolated differences of the partial."""
    if row.name in PRIMALS:
        return derivative(PRIMALS[row.name], point, i, j).real, 1e-11

    def partial(*operands):
        return row.slices[i].function(*operands, row.function(*operands))

    return difference(partial, [np.float64(x) for x in point], j), 1e-7


@names
def test_second_partials(ufunc):
    row = lookup(ufunc)
    given = points(ufunc, 5)
    for (i, j), position in zip([(0, 0), (0, 1), (1, 1)], (2, 3, 4), strict=True):
        if j >= row.arity:
            assert all(elementwise.second(OPCODES[ufunc], *pair(p), float(ufunc(*p)))[position] == 0.0 for p in given)
            continue
        found = [elementwise.second(OPCODES[ufunc], *pair(p), float(ufunc(*p)))[position] for p in given]
        wanted, rtols = zip(*[exact(row, p, i, j) for p in given], strict=True)
        scale = max(np.max(np.abs(wanted)), 1e-20)
        np.testing.assert_allclose(found, wanted, rtol=0, atol=max(rtols) * scale, err_msg=f"{ufunc.__name__} {i}{j}")


@names
def test_first_of_second_are_the_partials(ufunc):
    for point in [*points(ufunc), *remarkable(lookup(ufunc))]:
        with np.errstate(all="ignore"):
            y = float(ufunc(*point))
        found = elementwise.second(OPCODES[ufunc], *pair(point), y)[:2]
        np.testing.assert_array_equal(found, elementwise.weights(OPCODES[ufunc], *pair(point), y))


@pytest.mark.filterwarnings("ignore")
@names
def test_second_partials_where_transforms_are_nested(ufunc):
    """At kinks and special points: what forward over reverse mode makes of the same rule.

    Where both orders of differentiation differ (``0.0**1.0``), it is one of the two.
    """
    row = lookup(ufunc)
    for point in remarkable(row):
        found = elementwise.second(OPCODES[ufunc], *pair(point), float(ufunc(*point)))
        hessian = np.array([[found[2], found[3]], [found[3], found[4]]])[: row.arity, : row.arity]

        def slopes(*x):
            return adpy.grad(lambda *x: ufunc(*x), argnums=tuple(range(row.arity)))(*x)

        dots = [tuple(float(i == j) for j in range(row.arity)) for i in range(row.arity)]
        nested = np.array([adpy.jvp(slopes, tuple(map(np.float64, point)), dot)[1] for dot in dots])
        good = np.isclose(hessian, nested, 64 * EPS, 0.0, True) | np.isclose(hessian, nested.T, 64 * EPS, 0.0, True)
        assert good.all(), f"{ufunc.__name__}{point}: {hessian} instead of {nested}"


@pytest.mark.parametrize("ufunc", UFUNCS, ids=lambda u: u.__name__)
def test_tiles(ufunc):
    n = 5
    operands = samples(lookup(ufunc), n) if ufunc not in COMPARISONS else [np.arange(5.0), np.full(5, 2.0)]
    memory = np.full(8 * n, np.nan)
    memory[:n] = operands[0]
    memory[n : 2 * n] = operands[-1]
    a, b, y, u, v, p, q, r = (np.uint64(k * n) for k in range(8))
    op, count = OPCODES[ufunc], np.uint64(n)
    elementwise.value_tile(op, memory, a, b, y, count)
    first = [elementwise.value(op, memory[i], memory[n + i]) for i in range(n)]
    np.testing.assert_allclose(memory[2 * n : 3 * n], first, rtol=4 * EPS)
    elementwise.weights_tile(op, memory, a, b, y, u, v, count)
    found = [elementwise.weights(op, memory[i], memory[n + i], memory[2 * n + i]) for i in range(n)]
    np.testing.assert_allclose(memory[3 * n : 5 * n].reshape(2, n).T, found, rtol=8 * EPS)
    elementwise.second_tile(op, memory, a, b, y, u, v, p, q, r, count)
    found = [elementwise.second(op, memory[i], memory[n + i], memory[2 * n + i]) for i in range(n)]
    np.testing.assert_allclose(memory[3 * n :].reshape(5, n).T, found, rtol=16 * EPS)
    np.testing.assert_array_equal(memory[:n], operands[0])


def test_copies():
    assert elementwise.value(COPY, 1.5, 2.5) == 1.5
    assert elementwise.weights(COPY, 1.5, 2.5, 1.5) == (1.0, 0.0)
    assert elementwise.second(COPY, 1.5, 2.5, 1.5) == (1.0, 0.0, 0.0, 0.0, 0.0)


def test_the_generated_file_is_up_to_date():
    written, generated = generate.PATH.read_text(encoding="utf-8"), generate.generate()
    same = ast.dump(ast.parse(written)) == ast.dump(ast.parse(generated))  # whatever the line breaks
    assert same, "run python -m adpy.kernels.generate"


def branching(x, y):
    """A rule that is more than straight-line code."""
    if x is None:
        return (y,)
    return (x,)


def in_a_loop(x, y):
    """A rule with a loop."""
    for _ in range(2):
        y = y * x
    return (y,)


def with_a_power(x, y):
    """A rule with an operator that has no derivative here."""
    return (x // 2.0,)


@pytest.mark.parametrize("rule", [branching, in_a_loop, with_a_power])
def test_rules_that_are_not_symbolic(rule):
    row = Elementwise(np.sin, "a rule", rule)
    with pytest.raises(symbolic.NotSymbolic):
        symbolic.second_partials_of(row)
