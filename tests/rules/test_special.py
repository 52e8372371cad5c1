"""scipy.special's elementwise rows against mpmath or differences, at their special points and on scalars."""

import mpmath
import numpy as np
import pytest
from scipy import special

from adpy.rules import special as rows  # noqa: F401
from adpy.rules.table import TABLE, Elementwise
from tests.rules import elementwise_checks as checks
from tests.rules.mp_references import derivative

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
ROWS = [row for row in TABLE.values() if type(row) is Elementwise and row.name.startswith("scipy.special.")]
every_row = pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
COMPLEX = [row for row in ROWS if any(t.split("->")[0].endswith("D") for t in row.function.types)]


@every_row
def test_partials_equal_the_derivative(row):
    checks.check_partials(row, rtol=1e-12)


@every_row
def test_second_derivatives(row):
    checks.check_second(row)


@pytest.mark.parametrize(
    ("ufunc", "point", "i", "j", "expected"),
    [
        (special.xlogy, (0.0, 2.0), 0, 1, 0.5),
        (special.rel_entr, (0.0, 2.0), 0, 1, -0.5),
        (special.kl_div, (0.0, 2.0), 0, 1, -0.5),
        (special.spence, (1.0,), 0, 0, 0.5),
        (special.exprel, (0.0,), 0, 0, 1 / 3),
        (special.ellipk, (0.0,), 0, 0, 9 * np.pi / 64),
        (special.boxcox, (3.0, 0.0), 1, 1, np.log(3.0) ** 3 / 3),
        (special.boxcox, (3.0, 0.0), 0, 1, np.log(3.0) / 3),
        (special.j0, (0.0,), 0, 0, -0.5),
        (special.j1, (0.0,), 0, 0, 0.0),
        (special.erfcx, (40.0,), 0, 0, 1.7597943756913901e-05),
    ],
)
def test_second_derivatives_at_special_points(ufunc, point, i, j, expected):
    checks.check_second_at(TABLE[ufunc], point, i, j, expected)


@every_row
def test_special_points(row):
    checks.check_special(row)


@every_row
def test_slices_and_scalars_agree_with_the_whole_rule(row):
    checks.check_slices(row)


def test_a_wrong_rule_fails():
    def d_wrong(x, y):
        return (special.digamma(x) + 1e-10 * x,)

    wrong = Elementwise(special.gammaln, "scipy.special.gammaln", d_wrong, ((0.2, 5.0),))
    with pytest.raises(AssertionError, match=r"scipy\.special\.gammaln, operand 0"):
        checks.check_partials(wrong, rtol=1e-12)


# SciPy has a complex digamma, but no complex trigamma.
@pytest.mark.parametrize(
    "row", [r for r in COMPLEX if r.holomorphic and r.name != "scipy.special.psi"], ids=lambda r: r.name
)
def test_complex_partials(row):
    rng = np.random.default_rng(3)
    operands = checks.samples(row)
    operands[-1] = operands[-1] + 0.5j * rng.choice([-1, 1], operands[-1].shape)
    if row.name == "scipy.special.lambertw":
        operands = [checks.samples(row)[0] + 0.5j, *operands[1:2], operands[2].real]
    partials = row.partials(*operands, row.function(*operands))
    i = max(k for k, w in enumerate(partials) if w is not None)
    for step in (1e-2, 1e-2j):
        expected = checks.difference(row.function, operands, i, step)
        np.testing.assert_allclose(partials[i], expected, rtol=1e-8, atol=1e-9)


def test_refused_operands_are_none_never_zero():
    for function, operand in [(special.jv, 0), (special.gammainc, 0), (special.betainc, 1), (special.expn, 0)]:
        part = TABLE[function].slices[operand]
        assert part.function is None and part.constant is None


@pytest.mark.parametrize("x", [-30.0, -5.0, 0.0, 3.0, 29.0, 31.0, 1e3, 1e6])
def test_scaled_error_functions_keep_their_digits(x):
    with mpmath.workdps(60):
        z = mpmath.mpf(x)
        erfcx = mpmath.exp(z * z) * mpmath.erfc(z) if abs(x) < 1e3 else None
        ratio = mpmath.npdf(z) / mpmath.ncdf(z)
    (partial,) = TABLE[special.log_ndtr].partials(x, special.log_ndtr(x))
    np.testing.assert_allclose(partial, float(ratio), rtol=1e-13)
    if erfcx is not None and x > -20:
        (partial,) = TABLE[special.erfcx].partials(np.array(x), special.erfcx(x))
        np.testing.assert_allclose(partial, float(2 * z * erfcx - 2 / mpmath.sqrt(mpmath.pi)), rtol=1e-12)


@pytest.mark.parametrize("phi", [-7.0, -2.0, 1.6, 4.7, 30.0])
@pytest.mark.parametrize("m", [-50.0, -0.3, 0.0, 1e-9, 0.98])
def test_incomplete_elliptic_integrals_past_a_quarter_turn(phi, m):
    for function, primal in [(special.ellipkinc, mpmath.ellipf), (special.ellipeinc, mpmath.ellipe)]:
        partials = TABLE[function].partials(phi, m, function(phi, m))
        for i, partial in enumerate(partials):
            np.testing.assert_allclose(partial, derivative(primal, (phi, m), i).real, rtol=1e-12)


@pytest.mark.parametrize("p", [0.0, 1e-12, 1e-5, 1e-3])
def test_box_cox_is_smooth_at_zero_power(p):
    x = np.array([0.2, 1.0, 5.0])
    by_power = TABLE[special.boxcox].partials(x, p, special.boxcox(x, p))[1]
    # The power series of (x**p - 1) / p, differentiated.
    u = np.log(x)
    expected = sum(k * p ** (k - 1) * u ** (k + 1) / special.factorial(k + 1) for k in range(1, 8))
    np.testing.assert_allclose(by_power, expected, rtol=1e-13)
