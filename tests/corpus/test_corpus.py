"""Every function of the corpus, as it stands, in both modes, against extrapolated differences."""

import numpy as np
import pytest

from adpy.errors import MissingRuleError, TracedValueError
from tests.corpus.modes import by_differences, by_forward, by_jacobian, by_reverse
from tests.corpus.registry import load
from tests.corpus.trees import flat

CASES = load()
MODES = {"forward": by_forward, "reverse": by_reverse}

# What adpy does not differentiate, with the error it raises: name -> (type, part of the message).
COMPILED = (TracedValueError, "[Cc]ompiled code")
REFUSED: dict[str, tuple[type, str]] = {
    "scipy.adaptive_quadrature": (TracedValueError, r"float\(\)"),
    "scipy.quadrature_with_traced_limits": (TracedValueError, r"float\(\)"),
    "scipy.odeint_trajectory": (TracedValueError, "compiled code"),
    "scipy.scalar_root": (TracedValueError, r"float\(\)"),
    "scipy.root_of_a_system": (TracedValueError, "compiled code"),
    "scipy.cubic_spline": COMPILED,
    "scipy.interpolated_at_a_traced_point": COMPILED,
    "scipy.shape_preserving_interpolation": COMPILED,
    "scipy.distances": (TracedValueError, "compiled code"),
    "scipy.gaussian_blur": (TracedValueError, "compiled code"),
    "signal.linear_filter": (TracedValueError, "compiled code"),
    "special.lambert_zeta_and_friends": (MissingRuleError, "zeta"),
}

WORKING = [name for name in CASES if name not in REFUSED]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", WORKING)
def test_derivative(name, mode):
    case = CASES[name]
    arguments = case.fresh()
    value, found = MODES[mode](case, arguments)
    np.testing.assert_allclose(flat(value), flat(case.value), rtol=1e-12, atol=1e-14, err_msg="value")
    assert np.array_equal(flat(arguments), flat(case.arguments)), "the function's input was changed"
    expected, error, kink = by_differences(name)
    size = max(1.0, np.max(np.abs(expected), initial=0.0))
    assert not kink.any() and np.all(error < 1e-5 * size), "the differences do not tell"
    np.testing.assert_array_less(np.abs(found - expected), error + case.rtol * (0.1 * size + np.abs(expected)))


@pytest.mark.parametrize("name", [name for name in WORKING if CASES[name].plain and CASES[name].kind != "tree"])
def test_jacobians_of_both_modes_agree(name):
    case = CASES[name]
    forward, reverse = (by_jacobian(case, case.fresh(), mode) for mode in MODES)
    size = max(1.0, np.max(np.abs(forward), initial=0.0))
    np.testing.assert_allclose(reverse, forward, rtol=1e-9, atol=1e-11 * size)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", REFUSED)
def test_refused(name, mode):
    error, message = REFUSED[name]
    with pytest.raises(error, match=message):
        MODES[mode](CASES[name], CASES[name].fresh())


def test_size_of_the_corpus():
    assert len(CASES) >= 500
    assert len(REFUSED) <= 0.05 * len(CASES)
