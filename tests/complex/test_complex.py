"""Functions through complex numbers as they are written: both modes, single precision, second derivatives."""

import numpy as np
import pytest

from tests.complex.derivatives import (
    LOSS_MODES,
    by_differences,
    by_forward,
    by_reverse,
    direction_of,
    hessian_by_differences,
)
from tests.complex.registry import load

CASES = load()
MODES = {"forward": by_forward, "reverse": by_reverse}
SINGLE = {"f": np.float32, "c": np.complex64}


def agree(found, reference, rtol):
    """Compare with differences, which say themselves how far they can be trusted."""
    assert found.shape == reference.value.shape
    assert np.isfinite(reference.error).all(), "the function bends here: choose another point"
    scale = np.maximum(np.abs(reference.value), 1.0)
    np.testing.assert_array_less(np.abs(found - reference.value), reference.error + rtol * scale)
    assert np.all(reference.error < 1e-4 * scale.max()), "the differences cannot tell"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", CASES)
def test_first_derivatives(name, mode):
    case = CASES[name]
    agree(MODES[mode](case, case.fresh()), by_differences(name), case.rtol)


@pytest.mark.parametrize(
    "mode",
    ["forward over reverse", "reverse over reverse", pytest.param("reverse over forward", marks=pytest.mark.slow)],
)
@pytest.mark.parametrize("name", CASES)
def test_second_derivatives(name, mode):
    case = CASES[name]
    found = LOSS_MODES[mode](case, direction_of(case))
    agree(found[:, None], hessian_by_differences(name), 100 * case.rtol)


@pytest.mark.parametrize("mode", [pytest.param("forward", marks=pytest.mark.slow), "reverse"])
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.single])
def test_single_precision(name, mode):
    """The same Jacobian from float32 and complex64 arguments, to single precision."""
    case = CASES[name]
    arguments = tuple(np.asarray(a).astype(SINGLE[np.asarray(a).dtype.kind])[()] for a in case.fresh())
    found = MODES[mode](case, arguments)
    exact = MODES[mode](case, case.fresh())
    np.testing.assert_allclose(found, exact, rtol=2e-3, atol=2e-4 * max(1.0, np.abs(exact).max()))


def test_enough_functions():
    assert len(CASES) >= 60
