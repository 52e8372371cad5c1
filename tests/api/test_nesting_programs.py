"""Random programs of views, writes and arithmetic at second and third order, in all mixes of modes.

The programs are those of the first-order tests of aliasing.  Each is a function of one number here: both of its inputs
move along a line.  A mix may be right by luck along one line; eight mixes and differences are not, all together.
"""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reverse.programs import Program, inputs
from tests.reverse.test_aliasing import compiled, ignore
from tests.rules.mixes import check_mixes, derivatives_by_differences

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
QUICK = settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
SEEDS = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=16)
KINKS = ("sort", " < ", " > ")
LARGEST = 1e7  # differences of steep programs have no digits left


def check_program(program):
    if any(word in line for line in program.lines for word in KINKS):
        return
    function, start = compiled(program), inputs(program.complex)
    x, y = start["x"], start["y"]
    v, w = np.cos(x), np.sin(3 * y)

    def along(t):
        return function(x + t * v, y + t * w, ignore)

    coarse, expected = (np.array(derivatives_by_differences(along, step)) for step in (4e-3, 2e-3))
    if np.isfinite(expected).all() and np.max(np.abs(expected)) < LARGEST:
        scale = max(1.0, *map(abs, expected))
        doubt = np.max(np.abs(coarse - expected)) / scale  # of the differences
        try:
            check_mixes(along, expected, max(1e-5, doubt), 1e-9, [scale] * 3)
        except AssertionError as error:
            raise AssertionError(program.source) from error


@QUICK
@given(SEEDS)
def test_real_programs(seeds):
    check_program(Program(seeds))


@settings(QUICK, max_examples=20)
@given(SEEDS)
def test_complex_programs(seeds):
    check_program(Program(seeds, allow_complex=True))


@pytest.mark.slow
@LONG
@given(SEEDS)
def test_many_real_programs(seeds):
    check_program(Program(seeds))


@pytest.mark.slow
@settings(LONG, max_examples=80)
@given(SEEDS)
def test_many_complex_programs(seeds):
    check_program(Program(seeds, allow_complex=True))
