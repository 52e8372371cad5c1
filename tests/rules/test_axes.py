"""An axis may be an integer of NumPy's."""

import numpy as np
import pytest

import adpy

MATRIX = np.random.default_rng(0).standard_normal((3, 4))
FUNCTIONS = [np.sum, np.mean, np.max, np.min, np.prod, np.var, np.std, np.cumsum, np.cumprod, np.median, np.linalg.norm]


@pytest.mark.parametrize("axis", [0, -1])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_numpy_integer(function, axis):
    def reduced(x, axis):
        return function(x, axis=axis)

    expected = adpy.jacobian(reduced, mode="forward")(MATRIX, axis)
    for mode in ("forward", "reverse"):
        np.testing.assert_allclose(adpy.jacobian(reduced, mode=mode)(MATRIX, np.int64(axis)), expected, atol=1e-14)
