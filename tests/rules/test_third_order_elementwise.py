"""Elementwise rows to third order, on arrays, on Python floats and on complex arrays: all mixes of modes agree."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from mpmath import mp

from adpy.rules import load_all
from adpy.rules.table import TABLE, Elementwise
from tests.rules.elementwise_checks import samples
from tests.rules.mixes import check_mixes, derivatives_by_differences
from tests.rules.mp_references import PRIMALS

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
load_all()
ROWS = [row for row in TABLE.values() if isinstance(row, Elementwise)]
COUNT = 2
# mpmath takes seconds for the third derivatives of these; differences of the second take milliseconds.
SLOW = {*(f"scipy.special.{name}" for name in ("k0", "k1", "y0", "y1", "zeta", "spence", "hyperu", "kv", "yv"))}


def moves(row, i):
    """Is the operand a real number with a partial?"""
    return not isinstance(row.domain[i][0], int) and row.slices[i].function is not None


def last_moving(row):
    return max(i for i in range(row.arity) if moves(row, i))


class Line:
    """A row along a random line through points of its domain, as a function of one number.

    Operands without a partial, and integers, stay where they are.  ``turned`` moves the last operand (of NumPy's
    functions every operand) off the real axis.
    """

    def __init__(self, row: Elementwise, turned: bool = False) -> None:
        rng = np.random.default_rng(len(row.name))
        self.row = row
        self.points = samples(row, COUNT)
        self.dots = [self._dot(rng, i) for i in range(len(self.points))]
        self.weights = rng.uniform(0.5, 1.5, COUNT)
        if turned:
            self.weights = self.weights + 1j * rng.uniform(0.5, 1.5, COUNT)
            last = last_moving(row)
            for i, dot in enumerate(self.dots):
                if dot is not None and (i == last or row.name.startswith("numpy.")):
                    self.points[i] = self.points[i] + 1j * rng.uniform(0.2, 1.0, COUNT)
                    self.dots[i] = dot + 1j * rng.uniform(-0.2, 0.2, COUNT)

    def _dot(self, rng, i):
        low, high = self.row.domain[i]
        if not moves(self.row, i):
            return None
        return 0.3 * (high - low) * rng.uniform(-1, 1, COUNT)

    def arrays(self, t):
        """The weighted sum over the points, on arrays."""
        operands = [x if dot is None else x + t * dot for x, dot in zip(self.points, self.dots, strict=True)]
        return np.sum((self.weights * self.row.function(*operands)).real)

    def scalars(self, t):
        """The same number, point by point on Python floats."""
        total = 0.0
        for i, weight in enumerate(self.weights.tolist()):
            operands = [
                x[i].item() if dot is None else x[i].item() + t * dot[i].item()
                for x, dot in zip(self.points, self.dots, strict=True)
            ]
            total = total + weight * self.row.function(*operands).real
        return total

    def exact(self) -> list[float]:
        """The derivatives of the first three orders, in mpmath."""
        primal = PRIMALS[self.row.name]
        with mp.workdps(30):
            total = [mpmath.mpf(0)] * 3
            for i, weight in enumerate(self.weights.tolist()):
                point = [mpmath.mpmathify(x[i].item()) for x in self.points]
                dots = [0 if dot is None else mpmath.mpmathify(dot[i].item()) for dot in self.dots]

                def along(t, point=point, dots=dots):
                    return mpmath.re(primal(*[x + t * d for x, d in zip(point, dots, strict=True)]))

                found = list(mpmath.diffs(along, 0, 3))[1:]
                total = [a + weight * b for a, b in zip(total, found, strict=True)]
            return [float(x) for x in total]


def check(line, function, exact=None):
    """Compare the mixes with mpmath, or with differences."""
    expected = exact or derivatives_by_differences(function, 1e-2)
    # A derivative that is small by cancellation is judged by the size of the others.
    scales = [max(abs(e), 1e-3 * max(map(abs, expected)), 1e-20) for e in expected]
    check_mixes(function, expected, 1e-10 if exact else 1e-7, 1e-11, scales)


def test_on_arrays_and_floats(row):
    line = Line(row)
    exact = line.exact() if row.name in PRIMALS and row.name not in SLOW else None
    check(line, line.arrays, exact)
    if row.function is not np.unwrap:  # which refuses numbers
        check(line, line.scalars, exact)


def has_complex_loop(row):
    """Does the function take complex numbers for the operand that moves?"""
    loops = [t.split("->")[0] for t in getattr(row.function, "types", ())]
    return row.holomorphic and any(t[last_moving(row)] == "D" for t in loops)


def test_on_complex_arrays(row):
    line = Line(row, turned=True)
    check(line, line.arrays)


def pytest_generate_tests(metafunc):
    rows = ROWS if metafunc.function is test_on_arrays_and_floats else [r for r in ROWS if has_complex_loop(r)]
    metafunc.parametrize("row", rows, ids=[row.name for row in rows])
