"""Functions of loops that vectorise: errors in units in the last place beside mpmath, special values beside NumPy."""

import functools
import math
import re
import subprocess
import sys

import numba
import numpy as np
import pytest

from adpy.kernels import generate
from adpy.kernels.vector_math import FUNCTIONS
from adpy.kernels.vector_math.defining import FORMULAS

mpmath = pytest.importorskip("mpmath")

BOUND = {"expm1": 1.3, "cosh": 1.3, "sinh": 1.2, "arctan": 1.8, "arctan2": 1.8}
"""Units in the last place; 1 for the others.  The C library's own errors come on top beyond the formulas' ranges."""

COUNT = 60
NAMES = sorted(name for name, (formula, _, _) in FORMULAS.items() if formula is not None)
EXACT = {
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
}


def points(name):
    """Arguments over the whole range, and where the functions change their way."""
    rng = np.random.default_rng(5)

    def both(x):
        return np.concatenate([x, -x])

    def uniform(low, high):
        return rng.uniform(low, high, COUNT)

    small, everywhere = both(10.0 ** uniform(-320, 0)), both(10.0 ** uniform(-323, 308))
    near = both(uniform(0.0, 3.0))
    borders = [0.35, 0.4142135623730951, 0.5, 0.625, 0.7, 0.785398, 1.0, 1.04, 1.3, 2.414213562373095, 2**0.5, 0.5**0.5]
    beside = both(np.array(borders * 5) + rng.uniform(-1e-3, 1e-3, 60))
    turns = np.array([float(k * mpmath.pi / 2) for k in rng.integers(1, 63000, COUNT).tolist()])
    angles = [near, small, beside, everywhere, turns, both(uniform(0.0, 1e5))]
    positive = [abs(everywhere), abs(near), abs(beside), 1.0 + 1e-3 * near, uniform(0.0, 3e-308)]
    sines = [both(uniform(0.0, 1.0)), small, 1.0 - 10.0 ** uniform(-16, 0), beside[abs(beside) <= 1.0]]
    other = rng.permutation(near)
    return {
        "exp": [uniform(-745.0, 709.7), near, small, beside],
        "exp2": [uniform(-1074.0, 1024.0), near, small, beside],
        "expm1": [uniform(-60.0, 709.0), near, small, beside],
        "sinh": [both(uniform(0.0, 710.4)), near, small, beside],
        "cosh": [both(uniform(0.0, 710.4)), near, small, beside],
        "tanh": [both(uniform(0.0, 25.0)), near, small, beside],
        "log": positive,
        "log2": [*positive, 2.0 ** rng.integers(-1000, 1000, COUNT)],
        "log10": [*positive, 10.0 ** rng.integers(-300, 300, COUNT)],
        "log1p": [abs(everywhere), small, abs(near) - 0.999, abs(beside), -beside[(beside > 0.0) & (beside < 1.0)]],
        "arcsinh": [everywhere, near, small, beside],
        "arccosh": [1.0 + abs(everywhere), 1.0 + abs(near), 1.0 + abs(small), 1.0 + abs(beside)],
        "arctanh": [x[abs(x) < 1.0] for x in sines],
        "sin": angles,
        "cos": angles,
        "tan": angles,
        "arcsin": sines,
        "arccos": sines,
        "arctan": [everywhere, near, small, beside],
        "cbrt": [everywhere, near, small, beside],
        "arctan2": [[near, other], [everywhere, rng.permutation(everywhere)], [beside, np.ones_like(beside)]],
        "hypot": [[near, other], [everywhere, rng.permutation(everywhere)], [1e3 * near, np.ones_like(near)]],
        "power": [
            [abs(near), other],
            [abs(near), 200.0 * near],
            [abs(everywhere), other],
            [1.0 + 1e-3 * near, 2e5 * other],
            [1.0 + 1e-8 * near, 2e10 * other],
            [near, np.round(5.0 * other)],
        ],
    }[name]


def operands(name):
    """The points of a function as one array for each operand."""
    found = points(name)
    if FORMULAS[name][2] == 1:
        return (np.concatenate(found),)
    return tuple(np.concatenate([pair[k] for pair in found]) for k in (0, 1))


@functools.cache
def loop(name):
    """A compiled loop over entries, which vectorises."""
    function = FUNCTIONS[name]
    if FORMULAS[name][2] == 1:

        def entries(x, y):
            for i in range(x.size):
                y[i] = function(x[i])

        return numba.njit("void(float64[::1], float64[::1])", error_model="numpy")(entries)

    def entries_of_two(x, z, y):
        for i in range(x.size):
            y[i] = function(x[i], z[i])

    return numba.njit("void(float64[::1], float64[::1], float64[::1])", error_model="numpy")(entries_of_two)


def apply(name, *x):
    y = np.empty_like(x[0])
    loop(name)(*x, y)
    return y


def exact(name, *x):
    """The value in many digits."""
    x = [mpmath.mpf(float(v)) for v in x]
    if name == "exp2":
        return mpmath.power(2, *x)
    if name == "log2":
        return mpmath.log(*x) / mpmath.log(2)
    if name == "cbrt":
        return mpmath.sign(x[0]) * mpmath.cbrt(abs(x[0]))
    return getattr(mpmath, EXACT.get(name, name))(*x)


def worst_error(name):
    """The largest error, and where."""
    x = operands(name)
    found = apply(name, *x)
    worst = (0.0, ())
    with mpmath.workprec(1300 if name in ("sin", "cos", "tan") else 160):
        for y, *at in zip(found, *x):
            expected = exact(name, *at)
            nearest = float(expected)
            if math.isfinite(nearest) and math.isfinite(y):
                error = float(abs(mpmath.mpf(float(y)) - expected)) / float(np.spacing(abs(nearest)))
                worst = max(worst, (error, tuple(at)))
            else:
                assert y == nearest, (name, at)
    return worst


@pytest.mark.parametrize("name", NAMES)
def test_errors(name):
    error, where = worst_error(name)
    assert error < BOUND.get(name, 1.0), f"{error} ulp at {where!r}"


SPECIAL = [0.0, math.inf, math.nan, 1.0, 0.5, 1.5, 2.0, 3.0, 5e-324, 1e-310, np.finfo(float).max, 710.0, 746.0, 1e17]
SPECIAL = np.array([*SPECIAL, *[-x for x in SPECIAL]])


@pytest.mark.parametrize("name", NAMES)
def test_special_values(name):
    x = (SPECIAL,) if FORMULAS[name][2] == 1 else tuple(z.ravel() for z in np.meshgrid(SPECIAL, SPECIAL))
    with np.errstate(all="ignore"):
        expected = getattr(np, name)(*x)
    found = apply(name, *x)
    np.testing.assert_allclose(found, expected, rtol=5e-16, atol=0.0)
    real = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(found)[real], np.signbit(expected)[real])


def test_powers_that_are_numbers_are_exact():
    x, y = (z.ravel() for z in np.meshgrid(np.arange(-12.0, 13.0), np.arange(0.0, 10.0)))
    np.testing.assert_array_equal(apply("power", x, y), x**y)


@pytest.mark.parametrize("name", NAMES)
def test_one_and_several_entries_agree(name):
    x = [z[:37] for z in operands(name)]
    together = apply(name, *x)
    alone = np.concatenate([apply(name, *z) for z in zip(*[np.split(z, 37) for z in x])])
    np.testing.assert_array_equal(together, alone)


@pytest.mark.parametrize("name", NAMES)
def test_loops_vectorise(name):
    (code,) = loop(name).inspect_llvm().values()
    assert re.search(rf"call .*@adpy\.{name}\.\w+\.x\d\(<", code), "no call of a vector variant"


def test_the_generator_knows_the_names():
    assert set(NAMES) == generate.VECTORISED


@pytest.mark.slow
def test_without_fused_products():
    """The same bounds on a processor that is not this one: no vectors of four, no fused products."""
    code = "import sys; sys.path.insert(0, 'tests/kernels'); import test_vector_math as t\n"
    code += "for n in t.NAMES:\n    e, x = t.worst_error(n); assert e < t.BOUND.get(n, 1.0), (n, e, x)"
    environment = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "", "PATH": "", "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
