"""kinks: what ties and jumps, where, how far, and what does not count."""

import math

import numpy as np
import pytest
from scipy import special

import adpy
from adpy.errors import ArgumentError
from adpy.rules.table import TABLE, Elementwise

NEAR = 1e-10


def found(f, *args, **kwargs):
    return [(k.kind, k.function) for k in adpy.kinks(f, *args, **kwargs)]


# Function, an argument exactly at a kink, one just off it, one far from it; what is reported.
CASES = [
    (abs, 0.0, NEAR, 0.5, ("bend", "numpy.absolute")),
    (math.fabs, 0.0, -NEAR, 0.5, ("bend", "numpy.fabs")),
    (lambda x: np.maximum(x, 1.0), 1.0, 1 - NEAR, 2.0, ("bend", "numpy.maximum")),
    (lambda x: np.clip(x, -1.0, 1.0), -1.0, -1 + NEAR, 0.3, ("bend", "numpy.clip")),
    (lambda x: max(x, 2.0), 2.0, 2 + NEAR, 3.0, ("decision", "<")),
    (lambda x: min(2.0, x), 2.0, 2 + NEAR, 3.0, ("decision", "<")),
    (lambda x: x if x >= 0 else -x, 0.0, NEAR, 1.0, ("decision", ">=")),
    (lambda x: x if x else 1.0, 0.0, NEAR, 1.0, ("decision", "!=")),
    (np.sign, 0.0, NEAR, 1.0, ("jump", "numpy.sign")),
    (np.floor, 3.0, 3 - NEAR, 3.3, ("jump", "numpy.floor")),
    (math.ceil, 3.0, 3 + NEAR, 3.3, ("jump", "math.ceil")),
    (int, 3.0, 3 + NEAR, 3.3, ("jump", "numpy.trunc")),
    (round, 2.5, 2.5 + NEAR, 2.2, ("jump", "numpy.rint")),
    (lambda x: np.round(x, 2), 0.125, 0.125 + NEAR, 0.123, ("jump", "numpy.round")),
    (lambda x: x % 2.0, 4.0, 4 - NEAR, 3.3, ("jump", "numpy.remainder")),
    (lambda x: x // 2.0, 4.0, 4 - NEAR, 3.3, ("jump", "numpy.floor_divide")),
    (np.sqrt, 0.0, NEAR, 1.0, ("infinite slope", "numpy.sqrt")),
    (lambda x: x**0.5, 0.0, NEAR, 1.0, ("infinite slope", "numpy.power")),
    (np.arcsin, 1.0, 1 - NEAR, 0.2, ("infinite slope", "numpy.arcsin")),
    (lambda x: np.arctan2(x, -1.0), 0.0, NEAR, 1.0, ("jump", "numpy.arctan2")),
    (lambda x: math.isclose(x, 1.0, rel_tol=0.5), 0.5, 0.5 + NEAR, 1.0, ("decision", "math.isclose")),
    (special.i0e, 0.0, NEAR, 1.0, ("bend", "scipy.special.i0e")),
    (lambda x: np.interp(x, [0.0, 1.0, 2.0], [0.0, 1.0, 0.0]), 1.0, 1 + NEAR, 0.4, ("bend", "numpy.interp")),
    (lambda x: np.searchsorted([0.0, 1.0], x), 1.0, 1 + NEAR, 0.4, ("decision", "numpy.searchsorted")),
    (lambda x: np.linalg.norm(np.array([x, 0.0 * x])), 0.0, NEAR, 1.0, ("bend", "numpy.linalg.norm")),
    (lambda x: np.std(np.array([x, 1.0])), 1.0, 1 + NEAR, 2.0, ("bend", "numpy.std")),
    (lambda x: np.array([x, 1.0]).max(), 1.0, 1 + NEAR, 2.0, ("bend", "numpy.max")),
    (lambda x: np.argmin(np.array([x, 1.0])), 1.0, 1 + NEAR, 2.0, ("tie", "numpy.argmin")),
    (lambda x: np.sort(np.array([x, 1.0, 5.0])), 1.0, 1 + NEAR, 2.0, ("tie", "numpy.argsort")),
    (lambda x: np.median(np.array([x, 1.0, 5.0])), 1.0, 1 + NEAR, 2.0, ("bend", "numpy.median")),
    (lambda x: np.linalg.eigvalsh(np.diag([1.0, 2.0]) * x**0 + np.diag([0, 1]) * (x - 1)), 0.0, NEAR, 2.0, None),
]


@pytest.mark.parametrize(("f", "at", "near", "far", "expected"), CASES)
def test_every_kind(f, at, near, far, expected):
    wanted = expected or ("tie", "numpy.linalg.eigvalsh (repeated)")
    assert wanted in found(f, at)
    assert wanted in found(f, near)
    assert not adpy.kinks(f, far)
    assert wanted not in found(f, near, tol=1e-12)


@pytest.mark.parametrize(
    "row", [r for r in TABLE.values() if isinstance(r, Elementwise) and r.kinks], ids=lambda r: r.name
)
def test_the_kinks_of_every_row(row):
    point = row.kinks[0]
    point = [np.float64(x) for x in (point if isinstance(point, tuple) else (point,))]
    assert row.name in [name for _, name in found(row.function, *point)]


def test_the_report():
    def f(x):
        y = np.zeros(4)
        for i in range(3):
            y[i] = abs(x[i])
        return np.sum(np.where(y > 1e-12, y, 0.0))

    report = adpy.kinks(f, np.array([1.0, 0.0, -1e-9]))
    bend, decision = report
    assert (decision.kind, decision.function, decision.indices) == ("decision", ">", ((1,), (2,)))
    assert decision.distance == pytest.approx(-1e-12)
    assert (bend.kind, bend.distance, bend.entries, bend.evaluations) == ("bend", 0.0, 2, 2)
    assert bend.exact and bend.indices == ((), ())
    assert bend.source == "y[i] = abs(x[i])" and bend.file == __file__
    text = str(report)
    assert "bend: numpy.absolute, exactly" in text and "in 2 evaluations" in text


def test_entries_and_distances():
    x = np.array([[3.0, 1.0 + 1e-9], [1.0 - 2e-9, 1.0]])
    (kink,) = adpy.kinks(lambda x: np.minimum(x, 1.0), x)
    assert kink.indices == ((0, 1), (1, 0), (1, 1)) and kink.entries == 3 and kink.distance == 0.0
    (kink,) = adpy.kinks(lambda x: np.minimum(x, 1.0), x[:1])
    assert kink.distance == pytest.approx(1e-9, rel=1e-6) and not kink.exact
    assert "+1e-09 from it" in str(kink)


def test_the_tolerance_is_relative_for_large_numbers():
    assert adpy.kinks(lambda x: x > 1e6, 1e6 + 1e-3)
    assert not adpy.kinks(lambda x: x > 1.0, 1.0 + 1e-3)
    assert adpy.kinks(lambda x: x > 1.0, 1.0 + 1e-3, tol=1e-2)
    assert not adpy.kinks(lambda x: x > 1.0, 1.0 + 1e-15, tol=0)


def test_constants_do_not_count():
    def f(x, n):
        y = np.zeros(3)
        y[0] = x
        return y[y > 0].sum() + abs(y[1]) + np.maximum(np.zeros(2), 0.0).sum() + (n == 3) + np.abs(np.zeros(3))[0]

    assert not adpy.kinks(f, 2.0, 3)
    assert adpy.kinks(f, 0.0, 3)


def test_the_same_number_is_no_tie():
    assert not adpy.kinks(
        lambda x: np.where(x == x.max(), x, 0.0) + (x[0] if x[0] >= x[0] else 0.0), np.array([1.0, 2.0])
    )
    assert adpy.kinks(lambda x: np.where(x == x.max(), x, 0.0), np.array([2.0, 2.0]))


def test_gradients_inside():
    report = adpy.kinks(lambda x: adpy.grad(lambda u: np.sum(np.maximum(u, 0.0) ** 2))(x), np.array([0.0, 1.0]))
    assert ("bend", "numpy.maximum") in [(k.kind, k.function) for k in report]


def test_trees_keywords_and_nothing():
    assert adpy.kinks(lambda p, scale: abs(p["a"][0]) * scale, {"a": [0.0, "name"]}, scale=2.0)
    report = adpy.kinks(lambda x: x * 2.0, 1.0)
    assert not report and len(report) == 0 and "no kinks" in str(report)


def test_arguments_are_checked():
    with pytest.raises(ArgumentError, match="tol"):
        adpy.kinks(abs, 0.0, tol=-1.0)
    with pytest.raises(ArgumentError, match="args"):
        adpy.kinks(abs, 3)
    with pytest.raises(ArgumentError, match="function"):
        adpy.kinks(3, 0.0)
