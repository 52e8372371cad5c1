"""Randomised estimates: exact where they must be, unbiased, and as far off as they say."""

from dataclasses import FrozenInstanceError, dataclass

import numpy as np
import pytest

import adpy
from adpy.errors import ArgumentError

SIZE, SAMPLES, REPEATS = 6, 8, 600
MATRIX = np.random.default_rng(3).standard_normal((SIZE, SIZE))
POINT = np.linspace(-1.0, 1.0, SIZE)
SYMMETRIC = MATRIX + MATRIX.T
OFF_DIAGONAL = SYMMETRIC - np.diag(np.diag(SYMMETRIC))


def quadratic(x):
    return x @ MATRIX @ x


def linear(x):
    return MATRIX @ x


def of_many_seeds(estimate):
    """Values and standard errors of one estimate, repeated with other seeds."""
    found = [estimate(seed) for seed in range(REPEATS)]
    return np.array([e.value for e in found]), np.array([e.standard_error for e in found])


def check_moments(estimate, exact, variance):
    """Mean, variance and reported standard error of an estimate against what its documentation states.

    The mean of the repeats is within four of its standard deviations; the sample variance of a few hundred values of
    moderate kurtosis is within a quarter of the variance.
    """
    values, errors = of_many_seeds(estimate)
    np.testing.assert_array_less(np.abs(values.mean(0) - exact), 4 * np.sqrt(variance / REPEATS) + 1e-12)
    np.testing.assert_allclose(values.var(0, ddof=1), variance, rtol=0.25)
    np.testing.assert_allclose((errors**2).mean(0), variance, rtol=0.25)


class TestForwardGradient:
    @pytest.mark.parametrize(("distribution", "sign"), [("normal", 1.0), ("rademacher", -1.0)])
    def test_moments(self, distribution, sign):
        exact = SYMMETRIC @ POINT
        variance = (exact @ exact + sign * exact**2) / SAMPLES
        check_moments(
            lambda seed: adpy.forward_gradient(quadratic, POINT, SAMPLES, seed, distribution), exact, variance
        )

    def test_one_number_needs_one_sample(self):
        found = adpy.forward_gradient(lambda t: t**3, 2.0, distribution="rademacher", rng=0)
        assert found.value == 12.0
        assert type(found.value) is float
        assert np.isnan(found.standard_error)

    def test_the_function_is_called_once_for_many_samples(self):
        calls = []

        def f(x):
            calls.append(1)
            return np.sum(np.exp(x))

        adpy.forward_gradient(f, POINT, samples=64, rng=0)
        assert len(calls) == 1

    def test_plain_python_code(self):
        def f(x):
            total = np.zeros(1)
            for i in range(len(x)):
                total[0] += x[i] * x[i - 1]
            return total[0]

        found = adpy.forward_gradient(f, POINT, samples=4000, rng=1)
        error = np.abs(found.value - adpy.grad(f)(POINT))
        assert np.all(error < 4 * found.standard_error)
        assert np.all(found.standard_error < 0.1)

    def test_structures(self):
        @dataclass
        class Model:
            slope: float
            offsets: np.ndarray
            name: str

        model = Model(2.0, np.arange(3.0), "line")
        found = adpy.forward_gradient(lambda m: m.slope * np.sum(m.offsets), model, samples=50, rng=0)
        assert isinstance(found.value, Model)
        assert type(found.value.slope) is float
        assert found.value.offsets.shape == (3,)
        assert found.value.name is None

    def test_single_precision(self):
        found = adpy.forward_gradient(np.sum, POINT.astype(np.float32), samples=3, rng=0)
        assert found.value.dtype == np.float32


class TestTrace:
    @pytest.mark.parametrize("distribution", ["normal", "rademacher"])
    def test_moments(self, distribution):
        square = np.sum(SYMMETRIC**2 if distribution == "normal" else OFF_DIAGONAL**2)
        estimate = adpy.hutchinson_trace(quadratic, distribution=distribution)
        check_moments(lambda seed: estimate(POINT, SAMPLES, seed), np.trace(SYMMETRIC), 2 * square / SAMPLES)

    def test_moments_for_a_jacobian(self):
        estimate = adpy.hutchinson_trace(linear, matrix="jacobian")
        variance = 2 * np.sum((OFF_DIAGONAL / 2) ** 2) / SAMPLES
        check_moments(lambda seed: estimate(POINT, SAMPLES, seed), np.trace(MATRIX), variance)

    @pytest.mark.parametrize("distribution", ["normal", "rademacher"])
    def test_deflation_is_unbiased(self, distribution):
        estimate = adpy.hutchinson_trace(linear, matrix="jacobian", method="hutch++", distribution=distribution)
        values, errors = of_many_seeds(lambda seed: estimate(POINT, SAMPLES, seed))
        assert abs(values.mean() - np.trace(MATRIX)) < 4 * values.std() / np.sqrt(REPEATS)
        np.testing.assert_allclose((errors**2).mean(), values.var(), rtol=0.25)

    def test_deflation_of_a_low_rank_is_exact(self):
        factor = np.random.default_rng(0).standard_normal((40, 4))
        estimate = adpy.hutchinson_trace(lambda x: np.sum((factor.T @ x) ** 2), method="hutch++")
        found = estimate(np.ones(40), 15, 0)
        np.testing.assert_allclose(found.value, 2 * np.sum(factor**2), rtol=1e-12)
        assert found.standard_error < 1e-10

    def test_deflation_with_all_directions_is_exact(self):
        found = adpy.hutchinson_trace(quadratic, method="hutch++")(POINT, 3 * SIZE, 0)
        np.testing.assert_allclose(found.value, np.trace(SYMMETRIC), rtol=1e-12)
        assert found.standard_error == 0.0

    def test_a_diagonal_matrix_has_no_variance(self):
        found = adpy.hutchinson_trace(lambda x: np.sum(np.sin(x)))(POINT, 2, 0)
        np.testing.assert_allclose(found.value, -np.sum(np.sin(POINT)), rtol=1e-14)
        assert found.standard_error < 1e-14


class TestDiagonal:
    @pytest.mark.parametrize(("distribution", "freedom"), [("rademacher", SAMPLES), ("normal", SAMPLES - 2)])
    def test_moments(self, distribution, freedom):
        estimate = adpy.hutchinson_diagonal(quadratic, distribution=distribution)
        variance = np.sum(OFF_DIAGONAL**2, 1) / freedom
        check_moments(lambda seed: estimate(POINT, SAMPLES, seed), np.diag(SYMMETRIC), variance)

    def test_of_a_jacobian_written_with_loops(self):
        def f(x):
            y = np.zeros(len(x))
            for i in range(len(x)):
                y[i] = x[i] ** 3 + x[i - 1]
            return y

        found = adpy.hutchinson_diagonal(f, matrix="jacobian")(POINT, 400, 0)
        assert np.all(np.abs(found.value - 3 * POINT**2) < 4 * found.standard_error)


def test_the_same_seed_gives_the_same_estimate():
    estimate = adpy.hutchinson_trace(quadratic)
    assert estimate(POINT, 5, 7) == estimate(POINT, 5, np.random.default_rng(7))
    assert estimate(POINT, 5, 7) != estimate(POINT, 5, 8)


def test_estimates_are_frozen():
    with pytest.raises(FrozenInstanceError):
        adpy.forward_gradient(np.sum, POINT).value = 0.0


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: adpy.forward_gradient(np.sum, POINT, samples=0), "samples"),
        (lambda: adpy.forward_gradient(np.sum, POINT, samples=2.5), "samples"),
        (lambda: adpy.forward_gradient(np.sum, POINT, rng="seed"), "rng"),
        (lambda: adpy.forward_gradient(np.sum, POINT, distribution="uniform"), "distribution"),
        (lambda: adpy.forward_gradient(np.sum, np.arange(3)), "argument 0"),
        (lambda: adpy.forward_gradient(np.sum, POINT + 1j), "x"),
        (lambda: adpy.forward_gradient(np.cumsum, POINT), "result of the differentiated function"),
        (lambda: adpy.hutchinson_trace(3), "function"),
        (lambda: adpy.hutchinson_trace(np.sum, matrix="inverse"), "matrix"),
        (lambda: adpy.hutchinson_trace(np.sum, method="exact"), "method"),
        (lambda: adpy.hutchinson_trace(np.diff, matrix="jacobian")(POINT), "result of the differentiated function"),
        (lambda: adpy.hutchinson_diagonal(np.sum, matrix="inverse"), "matrix"),
    ],
)
def test_errors_name_the_argument(call, argument):
    with pytest.raises(ArgumentError) as caught:
        call()
    assert caught.value.argument == argument


@pytest.mark.parametrize("method", ["hutchinson", "hutch++"])
def test_estimates_inside_a_differentiated_function(method):
    """The derivative of an estimate, its directions being held."""

    def quartic(x):
        return np.sum(x**4) + x[0] * x[1] * x[2]

    def trace(x):
        return adpy.hutchinson_trace(quartic, method=method)(x, samples=6, rng=0).value

    def diagonal(x):
        return np.sum(adpy.hutchinson_diagonal(quartic)(x, samples=6, rng=0).value)

    def slope(x):
        return np.sum(adpy.forward_gradient(quartic, x, samples=6, rng=0).value)

    x, v = np.array([0.5, 1.0, -0.7]), np.array([1.0, -0.5, 2.0])
    for f in (trace, diagonal, slope):
        along = (f(x + 1e-5 * v) - f(x - 1e-5 * v)) / 2e-5
        assert np.isclose(adpy.grad(f)(x) @ v, along, rtol=1e-7)
        assert np.isclose(adpy.jvp(f, x, v)[1], along, rtol=1e-7)
        assert adpy.batch(f)(np.stack([x, v])).tolist() == pytest.approx([f(x), f(v)], rel=1e-13)
