"""check_derivatives(report=True): condition numbers, cancellation, kinks, origins."""

import numpy as np
import pytest

from adpy.diagnostics.conditioning import cancellations
from adpy.testing import check_derivatives


def roots(c):
    root = np.sqrt(c[1] ** 2 - 4 * c[0] * c[2])
    return np.array([(-c[1] + root) / (2 * c[0]), (-c[1] - root) / (2 * c[0])])


def test_condition_numbers():
    x = np.array([0.5, 1.0])
    diagnosis = check_derivatives(lambda x: np.array([np.exp(x[0]) * x[1], x[1] - 1.001]), x, report=True).diagnosis
    np.testing.assert_allclose(diagnosis.condition, [[0.5, 1.0], [0.0, 1000.0]], rtol=1e-10)
    assert diagnosis.worst[:2] == ("y[1]", "args[0][1]") and diagnosis.worst[2] == pytest.approx(1000.0)
    assert "lose 3 digits" in str(diagnosis)


def test_cancellation_of_a_well_conditioned_problem():
    diagnosis = check_derivatives(roots, np.array([1.0, 1e5, 1.0]), report=True, raises=False).diagnosis
    assert diagnosis.worst[2] == pytest.approx(1.0, rel=1e-3)
    (found,) = diagnosis.cancellations
    assert found.digits == pytest.approx(9.7, abs=0.1) and "-c[1] + root" in found.place.source
    assert "10 digits cancel" in str(diagnosis)


def test_differences_of_given_numbers_are_exact():
    assert not cancellations(lambda x: x[0] - x[1], np.array([1.0, 1.0 + 1e-9]))
    assert cancellations(lambda x: x[0] * 3.0 - x[1], np.array([1.0, 3.0 + 1e-9]))


def test_kinks_and_infinities():
    report = check_derivatives(lambda x: np.abs(x) + np.sqrt(x), np.array([0.0, 1.0]), report=True, raises=False)
    assert {k.function for k in report.diagnosis.kinks} == {"numpy.absolute", "numpy.sqrt"}
    assert "numpy.sqrt made a cotangent inf" in report.diagnosis.nonfinite
    assert "not finite" in str(report)


def test_agreement():
    report = check_derivatives(np.sin, np.array([0.3, 0.7]), report=True)
    assert report.ok and report.diagnosis.modes_differ < 1e-15 and report.diagnosis.differences_error < 1e-8
    assert report.diagnosis.nonfinite is None and not report.diagnosis.kinks
    assert check_derivatives(np.sin, 0.3).diagnosis is None
