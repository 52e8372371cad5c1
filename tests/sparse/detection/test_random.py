"""Patterns of random functions: against sets in plain Python, and against nonzeros."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import adpy
from adpy.sparse.detection import hessian_pattern, jacobian_pattern
from adpy.sparse.detection.public import jacobian_pattern as pattern_of
from tests.program import random_loops, random_programs
from tests.program.test_guards import arrays
from tests.sparse.detection import test_hessian, test_jacobian
from tests.sparse.detection.harness import code_of, mask

ROUTINE = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))

KINDS = ["add", "mul", "div", "sin", "square", "max", "scale", "floor", "total", "sum", "dot", "where"]


class Drawn:
    """A random function of entries, and its patterns by sets in plain Python."""

    def __init__(self, n: int, seeds: list[int], outputs: int) -> None:
        self.n, self.steps = n, []
        for count, seed in enumerate(seeds, n):
            rng = np.random.default_rng(seed)
            low = max(0, count - 12) if rng.random() < 0.7 else 0
            operands = rng.integers(low, count, 2).tolist()
            several = rng.integers(0, count, rng.integers(2, 2 * n)).tolist()
            self.steps.append((KINDS[rng.integers(len(KINDS))], operands, several))
        rng = np.random.default_rng(len(seeds))
        self.outputs = rng.integers(max(0, n + len(seeds) - 20), n + len(seeds), outputs).tolist()

    def __call__(self, x):
        values = [x[i] for i in range(self.n)]
        for kind, (i, j), several in self.steps:
            a, b = values[i], values[j]
            parts = [values[k] for k in several]
            if kind in ("total", "sum", "dot"):
                parts = np.array(parts)
                if kind == "sum":
                    s = 0.0
                    for part in parts:
                        s += part
                else:
                    s = np.sum(parts) if kind == "total" else np.sum(parts * parts[::-1])
                values.append(s / len(several))
                continue
            values.append(
                {
                    "add": lambda a=a, b=b: a + b,
                    "mul": lambda a=a, b=b: a * b,
                    "div": lambda a=a, b=b: a / b,
                    "sin": lambda a=a: np.sin(a),
                    "square": lambda a=a: a**2,
                    "max": lambda a=a, b=b: np.maximum(a, b),
                    "scale": lambda a=a: 0.5 - a,
                    "floor": lambda a=a, b=b: np.floor(a) + b,
                    "where": lambda a=a, b=b: np.where(np.array([a]) > 0.2, np.array([a]), np.array([b]))[0],
                }[kind]()
            )
        return np.array([values[k] for k in self.outputs])

    def patterns(self):
        """Pattern of the Jacobian, pattern of the Hessian of all results together."""
        sets = [{i} for i in range(self.n)]
        bends, reads = [[] for _ in sets], [[] for _ in sets]
        for kind, (i, j), several in self.steps:
            a, b = sets[i], sets[j]
            pairs, read = [], [i, j]
            if kind in ("sin", "square"):
                pairs, read = [(a, a)], [i]
            elif kind == "scale":
                read = [i]
            elif kind == "floor":
                read = [j]
            elif kind == "mul":
                pairs = [(a, b)]
            elif kind == "div":
                pairs = [(a, b), (b, b)]
            elif kind in ("total", "sum", "dot"):
                read = several
                if kind == "dot":
                    pairs = [(sets[p], sets[q]) for p, q in zip(several, several[::-1], strict=True)]
            sets.append(set().union(*[sets[k] for k in read]))
            bends.append(pairs)
            reads.append(read)
        first, second = np.zeros((len(self.outputs), self.n), bool), np.zeros((self.n, self.n), bool)
        for row, k in enumerate(self.outputs):
            first[row, list(sets[k])] = True
        live = set(self.outputs)
        for k in range(len(sets) - 1, -1, -1):
            if k in live:
                live.update(reads[k])
                for a, b in bends[k]:
                    second[np.ix_(list(a), list(b))] = second[np.ix_(list(b), list(a))] = True
        return first, second


def check_drawn(n, seeds, outputs):
    drawn = Drawn(n, seeds, outputs)
    with np.errstate(all="ignore"):
        code, _ = code_of(drawn, np.linspace(0.1, 0.9, n))
    first, second = drawn.patterns()
    if code is None or not code.outputs:
        return
    assert np.array_equal(mask(jacobian_pattern(code, [0])), first)
    assert np.array_equal(mask(hessian_pattern(code, [0])), second)


seeds = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=80)


@given(st.sampled_from([3, 8, 90]), seeds, st.integers(1, 9))
@ROUTINE
def test_sets(n, seeds, outputs):
    check_drawn(n, seeds, outputs)


@pytest.mark.slow
@given(st.sampled_from([3, 8, 90, 200]), seeds, st.integers(1, 9))
@LONG
def test_many_sets(n, seeds, outputs):
    check_drawn(n, seeds, outputs)


def check_text(text, points):
    function = random_programs.compiled(text)
    exact, stable = pattern_of(function), pattern_of(function, stable=True)
    for x in points:
        try:
            with np.errstate(all="ignore"):
                dense = np.atleast_2d(adpy.jacobian(lambda x: np.ravel(function(x)))(x))
        except (ArithmeticError, ValueError, LookupError, TypeError):
            continue
        expected = (dense != 0) & np.isfinite(dense)
        found, wider = exact(x), stable(x)
        assert not (expected & ~mask(found)).any()
        assert wider.covers(found)
        code, _ = code_of(function, x)
        if code is not None:
            test_hessian.check(function, x, tight=False)


@pytest.mark.filterwarnings("ignore")
@given(random_programs.programs(), st.lists(arrays, min_size=1, max_size=3))
@ROUTINE
def test_programs(text, points):
    check_text(text, points)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@given(random_programs.programs(), st.lists(arrays, min_size=1, max_size=3))
@LONG
def test_many_programs(text, points):
    check_text(text, points)


@given(random_loops.loops(), st.integers(5, 12))
@settings(max_examples=25, deadline=None)
def test_loops(text, n):
    function = random_loops.compiled(text)
    x = np.random.default_rng(n).uniform(-1.0, 1.0, n)
    test_jacobian.check(function, x, 0.7, tight=False)
    test_hessian.check(function, x, 0.7, tight=False)
