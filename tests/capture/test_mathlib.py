"""Every function of ``math`` and ``cmath`` on traced numbers: value as ``math`` gives it, derivative by differences."""

import cmath
import math

import numpy as np
import pytest

import adpy
from adpy.capture.mathlib import MATH_ROWS, math_replacements
from tests.capture.complexstep import tangent

ANALYTIC = "sin cos tan asin acos atan sinh cosh tanh asinh atanh sqrt exp expm1 log log2 log10 log1p".split()
OTHERS = {
    "acosh": lambda x: math.acosh(1 + x),
    "degrees": lambda x: math.degrees(x * 1.0),
    "pow": lambda x: math.pow(x, 2.5) + math.pow(2.0, x) + math.pow(x, x),
    "hypot": lambda x: math.hypot(x, 2.0) + math.hypot(1.0, x, x * x),
    "dist": lambda x: math.dist([x, 1.0], (0.5, x)),
    "dist of arrays": lambda x: math.dist(np.array([x, 1.0]), np.array([0.5, 2.0])),
    "log to a base": lambda x: math.log(x, 3) + math.log(5.0, 1 + x),
    "fsum": lambda x: math.fsum([x, 1e20, x * x, -1e20]) + math.fsum(v * x for v in range(3)),
    "prod": lambda x: math.prod([x, 2.0, x]) + math.prod((x,), start=3.0),
    "frexp": lambda x: math.frexp(6 * x)[0] + math.frexp(x * 1e-300)[1],
    "modf": lambda x: math.modf(7 * x)[0] * 2 + math.modf(-7 * x)[0] + math.modf(7 * x)[1],
    "ldexp": lambda x: math.ldexp(x, 3) + math.ldexp(x, -4),
    "remainder": lambda x: math.remainder(10 * x, 3.0) + math.remainder(7.2, x),
    "nextafter": lambda x: math.nextafter(x, 5.0) * 2,
    "values": lambda x: x * math.floor(7 * x) + math.ceil(x) + math.trunc(4 * x) + (x if math.isfinite(x) else 0.0),
    "close": lambda x: x if math.isclose(x, x + 1e-12) and not math.isnan(x) and not math.isinf(x) else 0.0,
    "constants": lambda x: x * math.sin(1.0) * math.factorial(3) * math.pi,
    "complex": lambda x: (cmath.exp(1j * x) * cmath.sqrt(-x) * cmath.log(x, 2)).imag,
    "polar": lambda x: cmath.polar(x + 1j)[0] * cmath.polar(x + 1j)[1] + cmath.phase(x + 2j) + cmath.rect(x, x).real,
}


def differences(function, x, h=1e-3):
    """Richardson extrapolation of central differences."""
    table = [(function(x + h / 2**k) - function(x - h / 2**k)) * 2**k / (2 * h) for k in range(4)]
    for order in range(1, 4):
        table = [(4**order * b - a) / (4**order - 1) for a, b in zip(table, table[1:], strict=False)]
    return table[0]


@pytest.mark.parametrize("name", ANALYTIC)
def test_one_argument(name):
    function = getattr(math, name)
    found, level = tangent(lambda x: getattr(math, name)(x), 0.4, level=2)
    assert found == pytest.approx(differences(function, 0.4), rel=1e-9)


@pytest.mark.parametrize("name", [name for name in OTHERS if name not in ("complex", "polar", "degrees")])
def test_the_others(name):
    if name == "dist of arrays":
        pytest.skip("the traced class of these tests needs complex arrays all through")
    found, _ = tangent(OTHERS[name], 0.4)
    assert found == pytest.approx(differences(OTHERS[name], 0.4), rel=1e-8, abs=1e-9)


@pytest.mark.parametrize("name", OTHERS)
def test_by_gradient(name):
    """The same by adpy, as long as it has the rules."""
    value, derivative = adpy.value_and_grad(OTHERS[name])(0.4)
    assert value == OTHERS[name](0.4)
    assert derivative == pytest.approx(differences(OTHERS[name], 0.4), rel=1e-8, abs=1e-9)


@pytest.mark.parametrize(
    "name", ["gamma", "lgamma", "erf", "erfc", "cbrt", "exp2", "fabs", "radians", "atan2", "fmod", "copysign"]
)
def test_rows_of_scipy_and_more(name):
    if not hasattr(math, name):
        pytest.skip("not in this Python")
    if name in ("atan2", "fmod", "copysign"):

        def function(x):
            return getattr(math, name)(x, 1.5) + getattr(math, name)(1.5, x)
    else:

        def function(x):
            return getattr(math, name)(x)

    value, derivative = adpy.value_and_grad(function)(0.4)
    assert value == function(0.4)
    assert derivative == pytest.approx(differences(function, 0.4), rel=1e-8, abs=1e-9)


@pytest.mark.parametrize(
    "call, error",
    [
        (lambda x: math.sqrt(x - 1), ValueError),
        (lambda x: math.log(x - 0.4), ValueError),
        (lambda x: math.exp(x * 10000), OverflowError),
        (lambda x: math.sin(x, x), TypeError),
        (lambda x: math.dist([x], [x, x]), ValueError),
        (lambda x: math.floor("a"), TypeError),
    ],
)
def test_errors_are_those_of_math(call, error):
    with pytest.raises(error):
        call(0.4)
    with pytest.raises(error):
        tangent(call, 0.4)


def test_every_function_of_math_is_replaced_or_takes_integers():
    made = math_replacements()
    left = {name for name, f in vars(math).items() if callable(f) and f not in made and not name.startswith("_")}
    assert left == set()
    assert set(MATH_ROWS) <= set(vars(math))


def test_nothing_is_lost_for_plain_numbers():
    made = math_replacements()
    for original in (math.sin, math.log, math.hypot, math.fsum, math.floor, cmath.sqrt, cmath.log):
        for argument in (0.5, 2, True, np.float64(0.5), np.float32(0.5), [0.5, 1.0]):
            try:
                expected = original(argument)
            except TypeError as error:
                with pytest.raises(TypeError, match=str(error)[:10].replace("(", ".")):
                    made[original](argument)
            else:
                assert made[original](argument) == expected
