"""NumPy is as it was after every kind of trace: first and second attempts, refusals, errors."""

import sys

import numpy as np
import pytest
from scipy import special

import adpy
from tests.corpus import elsewhere


def _names():
    """Everything that NumPy's modules, ``math`` and a user's module hold."""
    modules = [m for n, m in sorted(sys.modules.items()) if n.partition(".")[0] in ("numpy", "math")] + [elsewhere]
    return {(m.__name__, key): id(value) for m in modules for key, value in vars(m).items()}


def _converts(x):
    return elsewhere.to_real(elsewhere.mean_as_float(x))


def _fails(x):
    elsewhere.mean_as_float(x)
    raise RuntimeError(str(np.linalg.inv(np.eye(2) * x)))


def _refused(x):
    return special.cg_roots(3, x)[0].sum() + elsewhere.mean_as_float(x)


@pytest.mark.parametrize("function", [_converts, _fails, _refused, np.linalg.det, np.sum])
def test_nothing_stays_replaced(function):
    np.linalg.pinv(np.eye(2))  # loads what is loaded late
    before = _names()
    for x in (0.7, np.array([[1.0, 2.0], [3.0, 5.0]])):
        try:
            adpy.grad(function)(x)
        except (RuntimeError, TypeError, ValueError, np.linalg.LinAlgError):
            pass
    after = _names()
    assert {key for key, value in after.items() if before.get(key, value) != value} == set()
    assert "float" not in vars(elsewhere)
