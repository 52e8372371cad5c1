"""Programs of the functions of the corpus."""

import copy

import numpy as np
import pytest

from adpy.program import Unrecordable
from tests.corpus.registry import load
from tests.corpus.test_corpus import REFUSED
from tests.program.harness import check, check_elsewhere, moved, record

CASES = load()
NAMES = [name for name in CASES if name not in REFUSED]


def of_active(case):
    """The function of a case, of its differentiated arguments only, and its point."""
    arguments = case.fresh()

    def function(*active):
        whole = copy.deepcopy(list(arguments))
        for i, value in zip(case.argnums, active, strict=True):
            whole[i] = value
        return case.function(*whole)

    return function, tuple(arguments[i] for i in case.argnums)


def check_case(name, second=True):
    """Record a function of the corpus, sweep, and replay it nearby; complex numbers are not recorded."""
    function, active = of_active(CASES[name])
    try:
        program = check(function, *active, second=second)
    except Unrecordable as reason:
        assert "complex" in str(reason) or "a buffer that is not of float64" in str(reason)
        pytest.skip(str(reason))
    check_elsewhere(program, *moved(active, 1e-7), rtol=1e-9)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES[::6])
def test_some(name):
    check_case(name, second=False)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES)
def test_all(name):
    check_case(name)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_how_many_can_be_recorded():
    found = 0
    for name in NAMES:
        function, active = of_active(CASES[name])
        try:
            record(function, *active)
            found += 1
        except Unrecordable:
            pass
    assert found >= 518


def test_complex_numbers_are_not_recorded():
    with pytest.raises(Unrecordable, match="complex"):
        record(lambda x: np.abs(np.exp(1j * x)), np.array([0.3]))
