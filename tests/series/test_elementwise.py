"""Taylor coefficients of every elementwise row: to order 10 against mpmath, and against what they predict."""

import math

import mpmath
import numpy as np
import pytest
from mpmath import mp, mpf

import adpy
from adpy.rules import load_all
from adpy.rules.table import TABLE, Elementwise
from tests.rules.elementwise_checks import samples
from tests.rules.mp_references import PRIMALS

ORDER = 10
load_all()
ROWS = {row.name: row for row in TABLE.values() if type(row) is Elementwise}

# Functions that mpmath knows and the references of first derivatives do without.
MORE = {
    "scipy.special.boxcox1p": lambda x, p: ((1 + x) ** p - 1) / p,
    "scipy.special.cbrt": PRIMALS["numpy.cbrt"],
    "scipy.special.cosdg": lambda x: mpmath.cos(mpmath.radians(x)),
    "scipy.special.cosm1": lambda x: mpmath.cos(x) - 1,
    "scipy.special.cotdg": lambda x: mpmath.cot(mpmath.radians(x)),
    "scipy.special.erfinv": mpmath.erfinv,
    "scipy.special.eval_chebyt": mpmath.chebyt,
    "scipy.special.eval_chebyu": mpmath.chebyu,
    "scipy.special.eval_laguerre": lambda n, x: mpmath.laguerre(n, 0, x),
    "scipy.special.exp10": lambda x: mpf(10) ** x,
    "scipy.special.exp2": lambda x: mpf(2) ** x,
    "scipy.special.expm1": mpmath.expm1,
    "scipy.special.hankel1e": lambda v, x: mpmath.hankel1(v, x) * mpmath.expj(-x),
    "scipy.special.inv_boxcox": lambda x, p: (1 + p * x) ** (1 / p),
    "scipy.special.ive": lambda v, x: mpmath.besseli(v, x) * mpmath.exp(-x),
    "scipy.special.kl_div": lambda x, z: x * mpmath.log(x / z) - x + z,
    "scipy.special.kve": lambda v, x: mpmath.besselk(v, x) * mpmath.exp(x),
    "scipy.special.log1p": mpmath.log1p,
    "scipy.special.log_expit": lambda x: -mpmath.log1p(mpmath.exp(-x)),
    "scipy.special.ndtri": lambda x: mpmath.sqrt(2) * mpmath.erfinv(2 * x - 1),
    "scipy.special.powm1": lambda x, p: x**p - 1,
    "scipy.special.pseudo_huber": lambda d, r: d * d * (mpmath.sqrt(1 + (r / d) ** 2) - 1),
    "scipy.special.rel_entr": lambda x, z: x * mpmath.log(x / z),
    "scipy.special.sindg": lambda x: mpmath.sin(mpmath.radians(x)),
    "scipy.special.spherical_jn": lambda n, x: mpmath.sqrt(mp.pi / 2 / x) * mpmath.besselj(n + mpf("0.5"), x),
    "scipy.special.tandg": lambda x: mpmath.tan(mpmath.radians(x)),
    "scipy.special.xlog1py": lambda x, z: x * mpmath.log1p(z),
}
REFERENCES = {**PRIMALS, **MORE}
# Seconds in mpmath, which takes limits at whole orders and follows integrals.
_NAMES = ("y0", "y1", "k0", "k1", "hyperu", "zeta", "jv", "ellipeinc", "elliprf", "beta", "ellipkinc", "psi", "agm")
SLOW = {f"scipy.special.{name}" for name in _NAMES}
# So slow there that fewer coefficients must do.
SHORT = {f"scipy.special.{name}" for name in ("k0", "k1", "y1", "zeta")}
# Digits that SciPy's own function, or that of one of its derivatives, has.
LOOSE = {"scipy.special.chndtr": 1e-5, "scipy.special.hyperu": 1e-7, "scipy.special.rgamma": 1e-9}
# Jumps everywhere.
ROUGH = {"numpy.spacing", "numpy.nextafter"}


class Curve:
    """A row along a line through the first sample of its domain, all operands that have a partial moving."""

    def __init__(self, row):
        self.row = row
        first = 1 if "smirnov" in row.name else 0  # the first sample lies next to a knot of that spline
        self.point = [x[first] for x in samples(row)]
        self.active = [
            i for i, part in enumerate(row.slices) if part.function is not None and self.point[i].dtype.kind == "f"
        ]
        self.slopes = [0.3 / (i + 1) for i in self.active]

    def moved(self, t):
        """The operands at ``t``, which may be a number of any kind."""
        operands = [x.item() if x.dtype.kind != "f" else float(x) for x in self.point]
        if isinstance(t, mpf):
            operands = [mpf(x) for x in operands]
        for i, slope in zip(self.active, self.slopes, strict=True):
            operands[i] = operands[i] + t * slope
        return operands

    def of_operands(self, *xs):
        """The function of its moving operands."""
        operands = list(self.point)
        for i, x in zip(self.active, xs, strict=True):
            operands[i] = x
        return self.row.function(*operands)

    def coefficients(self, order):
        """By adpy, on arrays of one entry."""
        at = tuple(np.array([self.point[i]]) for i in self.active)
        along = tuple(np.array([slope]) for slope in self.slopes)
        return adpy.taylor(self.of_operands, at, along, order)[:, 0]


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in sorted(REFERENCES) if n in ROWS]
)
def test_to_order_ten(name):
    curve = Curve(ROWS[name])
    order = 4 if name in SHORT else ORDER
    with mp.workdps(40):
        series = mpmath.taylor(lambda t: REFERENCES[name](*curve.moved(mpf(t))), 0, order)
        wanted = np.array([complex(c) for c in series])
    found = curve.coefficients(order)
    # Coefficients shrink as powers of the distance to the nearest singularity; zeros between them have rounding.
    scale = np.abs(wanted).max()
    size = np.maximum(np.abs(wanted), 1e-3 * scale * 0.5 ** np.arange(order + 1))
    assert np.all(np.abs(found - wanted) <= LOOSE.get(name, 1e-10) * size), (found, wanted)


@pytest.mark.parametrize("name", sorted(set(ROWS) - ROUGH))
def test_predicts_the_function(name):
    curve, order = Curve(ROWS[name]), 8
    found = curve.coefficients(order)
    assert np.all(np.isfinite(found))
    scale = np.abs(found).max() or 1.0
    rate = max((abs(c) / scale) ** (1 / k) for k, c in enumerate(found[1:], 1))
    step = min(0.2 / rate, 0.1) if rate else 0.1
    for t in (step, -step):
        terms = found * t ** np.arange(order + 1)
        rest = abs(curve.row.function(*[np.array([x]) for x in curve.moved(t)])[0] - terms.sum())
        # A wrong coefficient is off by its term at least; what follows the last two is smaller than them.
        assert rest <= 0.6 * np.abs(terms[-2:]).max() + LOOSE.get(name, 1e-11) * scale


@pytest.mark.parametrize("name", ["numpy.exp", "numpy.tanh", "numpy.divide", "numpy.hypot", "scipy.special.jv"])
def test_numbers_and_arrays_agree(name):
    curve = Curve(ROWS[name])
    on_numbers = adpy.taylor(lambda t: curve.row.function(*curve.moved(t)), 0.0, 1.0, ORDER)
    np.testing.assert_allclose(on_numbers, curve.coefficients(ORDER), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "sin", "cosh", "arctan", "square", "reciprocal", "log1p"])
def test_complex_and_single_precision(name):
    function = getattr(np, name)
    z, w = 0.7 + 0.4j, 0.3 - 0.2j
    found = adpy.taylor(function, np.array([z]), np.array([w]), 6)[:, 0]
    primal = {"square": lambda x: x * x, "reciprocal": lambda x: 1 / x, "arctan": mpmath.atan}
    reference = primal.get(name) or getattr(mpmath, name)
    with mp.workdps(30):
        wanted = [complex(c) for c in mpmath.taylor(lambda t: reference(z + t * w), 0, 6)]
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-14)
    single = adpy.taylor(function, np.array([0.7], np.float32), np.array([0.3], np.float32), 6)
    assert single.dtype == np.float32
    double = adpy.taylor(function, np.array([0.7]), np.array([0.3]), 6)
    np.testing.assert_allclose(single, double, rtol=1e-4, atol=1e-6)


class TestPoints:
    """Kinks and singular points, where the rows promise something."""

    AT = np.array([0.0, 2.0])

    def coefficients(self, function, order=4):
        with np.errstate(all="ignore"):
            return adpy.taylor(function, self.AT, np.ones(2), order)[:, 0]

    def test_powers_at_zero(self):
        np.testing.assert_array_equal(self.coefficients(lambda x: x**3), [0, 0, 0, 1, 0])
        np.testing.assert_array_equal(self.coefficients(lambda x: (x * x) ** 2), [0, 0, 0, 0, 1])
        np.testing.assert_array_equal(self.coefficients(lambda x: x**0), [1, 0, 0, 0, 0])
        np.testing.assert_array_equal(self.coefficients(lambda x: x ** np.array([2.0, 3.0])), [0, 0, 1, 0, 0])
        np.testing.assert_array_equal(self.coefficients(lambda x: x**2.5)[:4], [0, 0, 0, np.inf])

    def test_powers_with_a_moving_exponent(self):
        found = adpy.taylor(lambda x: x**x, 2.0, 1.0, ORDER)
        np.testing.assert_allclose(found, [float(c) for c in mpmath.taylor(lambda t: t**t, 2, ORDER)], rtol=1e-12)

    def test_infinite_slope(self):
        np.testing.assert_array_equal(self.coefficients(np.sqrt)[:2], [0, np.inf])

    def test_unused_branch_of_where(self):
        found = self.coefficients(lambda x: np.where(x > 0, np.sqrt(x), 0.0))
        np.testing.assert_array_equal(found, np.zeros(5))

    def test_ties(self):
        np.testing.assert_array_equal(self.coefficients(np.abs), np.zeros(5))
        np.testing.assert_array_equal(self.coefficients(lambda x: np.maximum(x, 0.0)), [0, 0.5, 0, 0, 0])

    def test_removable_singularity(self):
        found = self.coefficients(np.sinc, 6)
        wanted = [1, 0, -(math.pi**2) / 6, 0, math.pi**4 / 120, 0, -(math.pi**6) / 5040]
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-14)
