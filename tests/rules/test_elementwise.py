"""NumPy's elementwise rows against mpmath, at their special points, on scalars and on complex operands."""

import math

import mpmath
import numpy as np
import pytest

import adpy.rules.elementwise_functions  # noqa: F401
from adpy.rules.table import TABLE, Block, Composite, Elementwise, Inert
from tests.rules import elementwise_checks as checks

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
ROWS = [row for row in TABLE.values() if type(row) is Elementwise and row.name.startswith("numpy.")]
NAMES = [row.name for row in ROWS]
every_row = pytest.mark.parametrize("row", ROWS, ids=NAMES)
COMPLEX = [row for row in ROWS if any(t.endswith("D") for t in getattr(row.function, "types", ()))]
# Two are not holomorphic; the others choose by lexicographic order, and samples may lie near a change of choice.
NOT_COMPLEX = {
    *("numpy.absolute", "numpy.conjugate"),
    *("numpy.maximum", "numpy.minimum", "numpy.fmax", "numpy.fmin", "numpy.clip"),
}


@every_row
def test_partials_equal_the_derivative(row):
    checks.check_partials(row)


@every_row
def test_second_derivatives(row):
    checks.check_second(row)


@pytest.mark.parametrize(
    ("ufunc", "point", "i", "j", "expected"),
    [
        (np.power, (0.0, 2.0), 0, 0, 2.0),
        (np.power, (0.0, 3.0), 0, 0, 0.0),
        (np.power, (0.0, 1.0), 0, 0, 0.0),
        (np.power, (0.0, 2.0), 0, 1, 0.0),
        (np.power, (2.0, 0.0), 0, 1, 0.5),
        (np.power, (-2.0, 3.0), 0, 0, -12.0),
        (np.sinc, (0.0,), 0, 0, -(np.pi**2) / 3),
        (np.i0, (0.0,), 0, 0, 0.5),
        (np.logaddexp, (1.0, 1.0), 0, 0, 0.25),
        (np.logaddexp, (1.0, 1.0), 0, 1, -0.25),
        (np.logaddexp, (-np.inf, 1.0), 1, 1, 0.0),
        (np.logaddexp, (-np.inf, 1.0), 0, 0, 0.0),
        (np.arctan2, (0.0, 1.0), 0, 1, -1.0),
        (np.hypot, (0.0, 2.0), 0, 0, 0.5),
        (np.hypot, (0.0, 0.0), 0, 0, 0.0),
        (np.absolute, (0.0,), 0, 0, 0.0),
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


@every_row
def test_float32_operands(row):
    checks.check_float32(row)


@pytest.mark.parametrize(
    "row", [r for r in COMPLEX if r.holomorphic and r.name not in NOT_COMPLEX], ids=lambda r: r.name
)
def test_complex_partials(row):
    checks.check_complex(row)


def test_a_wrong_rule_fails():
    def d_wrong(x, y):
        return (np.cos(x) * (1 + 1e-9),)

    wrong = Elementwise(np.sin, "numpy.sin", d_wrong, ((-3.0, 3.0),))
    with pytest.raises(AssertionError, match=r"numpy\.sin, operand 0"):
        checks.check_partials(wrong)


def test_a_wrong_special_point_fails():
    def d_wrong(x, p, y):
        return (p * np.power(x, p - 1), y * np.log(x))

    power = TABLE[np.power]
    wrong = Elementwise(np.power, "numpy.power", d_wrong, power.domain, (), power.special)
    checks.check_partials(wrong)
    with pytest.raises(AssertionError, match=r"numpy\.power at"):
        checks.check_special(wrong)


def test_every_ufunc_has_a_row():
    ufuncs = {f for f in vars(np).values() if isinstance(f, np.ufunc) and f.signature is None}
    missing = {f.__name__ for f in ufuncs if f not in TABLE}
    assert not missing
    several = {f for f in ufuncs if f.nout > 1}
    assert all(type(TABLE[f]) in (Composite, Block) for f in several)


def test_only_functions_of_truth_bits_and_integers_are_inert():
    for ufunc in vars(np).values():
        if isinstance(ufunc, np.ufunc) and type(TABLE.get(ufunc)) is Inert:
            float_loops = [t for t in ufunc.types if "d" in t.split("->")[0]]
            assert all(t.endswith("?") for t in float_loops), ufunc


@pytest.mark.parametrize("row", [r for r in ROWS if r.kinks], ids=lambda r: r.name)
def test_kinks_get_the_mean_of_the_one_sided_derivatives(row):
    for kink in row.kinks:
        kink = np.atleast_1d(kink)
        at = row.partials(*kink, row.function(*kink))
        for i in range(row.arity):
            if np.all(np.asarray(at[i]) == 0) and row.slices[i].constant is not None:
                continue
            sides = []
            for h in (1e-6, -1e-6):
                moved = kink.copy()
                moved[i] += h
                sides.append(row.partials(*moved, row.function(*moved))[i])
            if row.name != "numpy.heaviside":
                assert at[i] == np.mean(sides)


def test_power_of_integer_and_unsigned_exponents():
    partials = TABLE[np.power].partials
    x = np.array([0.0, 3.0, -2.0, 200.0])
    for dtype in (np.int64, np.uint8, np.int8):
        p = np.array([0, 2, 3, 0], dtype)
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(partials(x, p, np.power(x, p))[0], [0.0, 6.0, 12.0, 0.0])


def test_complex_absolute_follows_the_direction_of_its_operand():
    x = np.array([3 + 4j, -1j, 0j])
    with np.errstate(all="ignore"):
        (partial,) = TABLE[np.absolute].partials(x, np.abs(x))
    np.testing.assert_allclose(partial, [0.6 - 0.8j, 1j, 0])


@pytest.mark.parametrize(
    ("ufunc", "point", "direction"),
    [
        (np.arcsin, 2.0, 1),
        (np.arcsin, -2.0, 1),
        (np.arccos, 2.0, 1),
        (np.arccos, -2.0, 1),
        (np.arccosh, 0.3, 1),
        (np.arccosh, -2.0, 1),
        (np.arctanh, 2.0, 1),
        (np.arcsinh, 2.0, 1j),
        (np.arcsinh, -2.0, 1j),
        (np.log, -2.0, 1),
        (np.sqrt, -2.0, 1),
        (np.log1p, -2.0, 1),
    ],
)
@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_branch_cuts_keep_their_side(ufunc, point, direction, zero):
    x = np.array([complex(point, zero) if direction == 1 else complex(zero, point)])
    (partial,) = TABLE[ufunc].partials(x, ufunc(x))
    shift = np.array([-1, 1]) * 1e-6
    moved = np.array([complex(point + s, zero) if direction == 1 else complex(zero, point + s) for s in shift])
    expected = np.diff(ufunc(moved)) / (2e-6 * direction)
    np.testing.assert_allclose(partial, expected, rtol=1e-8)


@pytest.mark.parametrize("ufunc", [np.logaddexp, np.hypot, np.arctan2])
def test_no_digits_are_lost_far_from_one(ufunc):
    points = {"logaddexp": (1e5, 1e5 + 0.5), "hypot": (1e300, 2e300), "arctan2": (1e-200, 3e-200)}[ufunc.__name__]
    reference = {
        "logaddexp": lambda a, b: a + mpmath.log1p(mpmath.exp(b - a)),
        "hypot": mpmath.hypot,
        "arctan2": mpmath.atan2,
    }[ufunc.__name__]
    point = [np.array([v]) for v in points]
    partials = TABLE[ufunc].partials(*point, ufunc(*point))
    with mpmath.workdps(60):
        a, b = map(mpmath.mpf, points)
        h = a * mpmath.mpf(10) ** -25
        expected = (
            (reference(a + h, b) - reference(a - h, b)) / (2 * h),
            (reference(a, b + h) - reference(a, b - h)) / (2 * h),
        )
    for partial, value in zip(partials, expected, strict=True):
        assert abs(float(partial[0] / value) - 1) < 1e-14


def test_sinc_near_zero_keeps_its_digits():
    x = np.concatenate([np.logspace(-12, 0, 40), [0.2499999, 0.2500001]])
    (partial,) = TABLE[np.sinc].partials(x, np.sinc(x))
    with mpmath.workdps(60):
        expected = [float((mpmath.cospi(v) - mpmath.sincpi(v)) / v) for v in map(mpmath.mpf, x)]
    np.testing.assert_allclose(partial, expected, rtol=2e-14, atol=2e-15)


@pytest.mark.parametrize("x", [2.5, -2.5, 0.0, -0.0, 3.0, -3.0, math.inf, -math.inf, math.nan, 1e300, 5e-324])
def test_composites_of_several_outputs_equal_the_ufunc(x):
    for ufunc, arguments in [(np.modf, (x,)), (np.divmod, (x, 0.7))]:
        with np.errstate(all="ignore"):
            got, expected = TABLE[ufunc].implementation(*arguments), ufunc(*arguments)
        np.testing.assert_array_equal(got, expected)
        assert [math.copysign(1, v) for v in got] == [math.copysign(1, v) for v in expected] or math.isnan(x)


def test_frexp_scales_by_its_exponent():
    x, dot, bar = np.array([0.3, -5.0, 1024.0]), np.array([1.0, 2.0, 3.0]), np.array([0.5, -1.0, 2.0])
    row, y = TABLE[np.frexp], np.frexp(x)
    tangent = row.jvp((dot,), y, x)
    np.testing.assert_array_equal(tangent[0], np.frexp(x)[0] / x * dot)
    np.testing.assert_array_equal(tangent[1], 0)
    (x_bar,) = row.vjp((bar, np.zeros(3)), y, (True,), x)
    np.testing.assert_array_equal(x_bar, y[0] / x * bar)


@pytest.mark.parametrize("bounds", [(-0.5, 0.5), (None, 0.5), (-0.5, None), (None, None)])
def test_clip_composite_equals_clip(bounds):
    x = np.linspace(-1, 1, 9)
    np.testing.assert_array_equal(TABLE[np.clip].implementation(x, *bounds), np.clip(x, *bounds))
    keywords = dict(zip(("min", "max"), bounds, strict=True))
    np.testing.assert_array_equal(TABLE[np.clip].implementation(x, **keywords), np.clip(x, **keywords))
