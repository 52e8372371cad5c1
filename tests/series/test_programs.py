"""Taylor coefficients of whole programs, which never heard of them: against mpmath, closed forms and nested jvp."""

import dataclasses
import math

import mpmath
import numpy as np
import pytest
from mpmath import mp

import adpy
from tests.corpus.modes import _active, _of_active, _vector
from tests.corpus.registry import load
from tests.corpus.trees import flat, float_leaves, rebuilt, split

ORDER = 10


def check(function, reference, at=0.4, rtol=1e-11):
    """The coefficients of a function of one number against those of the same function in mpmath."""
    with mp.workdps(40):
        wanted = [float(c) for c in mpmath.taylor(reference, at, ORDER)]
    found = adpy.taylor(function, at, 1.0, ORDER)
    np.testing.assert_allclose(found, wanted, rtol=rtol, atol=1e-13)


def test_loop_over_numbers():
    def program(x, sin=math.sin, exp=math.exp, sqrt=math.sqrt):
        total = 0.0
        for i in range(1, 6):
            total = total * x + sin(i * x) / sqrt(1 + x**2)
            if total > 0.5:
                total -= exp(-x)
        return total / (2 - x)

    check(program, lambda x: program(x, mpmath.sin, mpmath.exp, mpmath.sqrt))


def test_buffers_and_writes_in_place():
    def program(x):
        grid = np.zeros((3, 4))
        grid[0] = np.linspace(0.1, 1.0, 4) * x
        grid[1:, 1] = math.cos(x)
        grid[2] += grid[0, ::-1] ** 2
        column = grid.T[1]
        column *= x
        grid[:, 2] -= column
        flat = grid.reshape(-1)
        flat[5] = x * flat[0]
        np.exp(grid, out=grid)
        return np.sum(grid[1:] * grid[:-1])

    def reference(x):
        grid = [[mpmath.mpf(0)] * 4 for _ in range(3)]
        for j, point in enumerate(np.linspace(0.1, 1.0, 4)):
            grid[0][j] = mpmath.mpf(point) * x
        grid[1][1] = grid[2][1] = mpmath.cos(x)
        for j in range(4):
            grid[2][j] += grid[0][3 - j] ** 2
        for i in range(3):
            grid[i][1] *= x
            grid[i][2] -= grid[i][1]
        grid[1][1] = x * grid[0][0]
        grid = [[mpmath.exp(entry) for entry in row] for row in grid]
        return sum(grid[i + 1][j] * grid[i][j] for i in range(2) for j in range(4))

    check(program, reference)


def test_iteration_to_convergence():
    def program(x):
        y = 1.0
        for _ in range(60):
            y = y - (y - x * math.cos(y)) / (1 + x * math.sin(y))  # Newton: y = x cos(y)
        return y

    found = adpy.taylor(program, 0.4, 1.0, 6)
    y = program(0.4)
    # The inverse function x = y / cos(y) along the found curve is the line x + t.
    np.testing.assert_allclose(
        adpy.taylor(lambda y: y / np.cos(y), y, found[1:], 6), [0.4, 1, 0, 0, 0, 0, 0], atol=1e-12
    )


def test_complex_intermediates():
    def program(x):
        z = np.exp(1j * x) / (1 + 2j * x)
        return np.abs(z) ** 2 + np.angle(z) + (z * np.conj(z)).real + z.imag

    def reference(x):
        z = mpmath.expj(x) / (1 + 2j * x)
        return abs(z) ** 2 + mpmath.arg(z) + abs(z) ** 2 + z.imag

    check(program, reference)


def test_structures_and_closures():
    @dataclasses.dataclass
    class Spring:
        stiffness: float
        state: np.ndarray

    factor = np.array([1.0, 2.0])

    def energy(spring):
        return {"energy": spring.stiffness * np.sum(factor * spring.state**2), "name": "spring"}

    at = Spring(2.0, np.array([1.0, -1.0]))
    found = adpy.taylor(energy, at, Spring(1.0, np.array([0.0, 1.0])), 3)
    # (2 + t) (1 + 2 (t - 1)**2)
    np.testing.assert_allclose(found["energy"], [6.0, -5.0, 0.0, 2.0])
    assert found["name"] == "spring"


def test_view_written_after_its_storage():
    def program(x):
        a = np.zeros(4)
        b = a[1:3]
        c = a.reshape(2, 2).T
        b[:] = x
        c[1, 0] = x[0] * x[1]
        return a * a

    found = adpy.taylor(program, np.array([2.0, 3.0]), np.array([1.0, 0.0]), 2)
    np.testing.assert_array_equal(found, [[0, 36, 9, 0], [0, 36, 0, 0], [0, 9, 0, 0]])


def test_ordinary_differential_equation_by_its_own_series():
    """Coefficients of the solution of y' = f(y), one more for each pass: y_(k+1) = f(y)_k / (k + 1)."""

    def f(y):
        return np.array([y[1], -math.sin(y[0])])

    y = np.array([1.0, 0.0])
    terms = [y, f(y)]
    for k in range(1, 12):
        terms.append(adpy.taylor(f, y, np.array(terms[1:]), k)[k] / (k + 1))
    with mp.workdps(30):
        solution = mpmath.odefun(lambda t, y: [y[1], -mpmath.sin(y[0])], 0, [1, 0])
        wanted = [float(value) for value in solution(mpmath.mpf("0.2"))]
    predicted = sum(term * 0.2**k for k, term in enumerate(terms))
    np.testing.assert_allclose(predicted, wanted, rtol=1e-11)


def test_the_input_and_the_direction_stay_as_they_are():
    x, v = np.array([1.0, 2.0]), np.array([1.0, 1.0])

    def spoil(x):
        x *= x
        return x

    np.testing.assert_array_equal(adpy.taylor(spoil, x, v, 2), [[1, 4], [2, 4], [1, 1]])
    np.testing.assert_array_equal(x, [1.0, 2.0])
    np.testing.assert_array_equal(v, [1.0, 1.0])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", load())
def test_corpus(name):
    """Functions as scientists write them, to second order along one direction."""
    case = load()[name]
    function = _of_active(case, case.fresh())
    at = _active(case, case.fresh())
    along = rebuilt(at, split(0.1 * np.random.default_rng(3).standard_normal(_vector(at).size), at))

    def slope(*x):
        return adpy.jvp(function, x, along)[1]

    try:
        wanted = [flat(case.value), flat(slope(*at)), flat(adpy.jvp(slope, at, along)[1]) / 2]
    except adpy.errors.AdpyError as error:
        with pytest.raises(type(error)):
            adpy.taylor(function, at, along, 2)
        return
    found = adpy.taylor(function, at, along, 2)
    for k, coefficient in enumerate(wanted):
        parts = np.concatenate([np.empty(0), *[np.ravel(leaf[k]) for leaf in float_leaves(found)]])
        np.testing.assert_allclose(parts, coefficient, rtol=1e-7, atol=1e-8 * np.abs(coefficient).max(initial=1.0))
