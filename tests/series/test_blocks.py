"""Blocks, composites and structural functions: every example call of the rule tests, against nested forward mode."""

import math

import numpy as np
import pytest

import adpy
from adpy.errors import AdpyError
from tests.rules.harness import direction
from tests.rules.test_through_transforms import cases, losses

ORDER = 3
SLOW = {"logm-0", "sqrtm-0", "fractional_matrix_power-0", "expm-0", "tanm-0", "tanhm-0", "cosm-0", "sinm-0", "coshm-0"}


def nested(along):
    """The coefficients of a function of one number, by derivatives of derivatives."""
    found = [along(0.0)]
    for k in range(1, ORDER + 1):
        along = adpy.derivative(along)
        found.append(along(0.0) / math.factorial(k))
    return np.array(found)


def examples():
    for case in cases(1):
        yield pytest.param(*case.values, id=case.id, marks=[pytest.mark.slow] * (case.id in SLOW))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("function", "example"), list(examples()))
def test_against_nested_derivatives(function, example):
    inputs, loss = losses(function, example)
    if not inputs or loss is None:
        pytest.skip("nothing to differentiate")
    rng = np.random.default_rng(5)
    dots = [direction(rng, x) for x in inputs]

    def along(t):
        return loss(*[x + t * dot for x, dot in zip(inputs, dots, strict=True)])

    try:
        wanted = nested(along)
    except AdpyError as error:
        with pytest.raises(type(error)):
            adpy.taylor(loss, tuple(inputs), tuple(dots), ORDER)
        return
    found = adpy.taylor(loss, tuple(inputs), tuple(dots), ORDER)
    rtol = 1e-3 if any(np.asarray(x).dtype.itemsize == 4 for x in inputs) else 1e-9
    np.testing.assert_allclose(found, wanted, rtol=0, atol=rtol * np.abs(wanted).max())


class TestMatrices:
    """Functions of a matrix to higher order, against identities that hold for the whole series."""

    ORDER = 8

    def curve(self, seed=0):
        rng = np.random.default_rng(seed)
        return rng.standard_normal((3, 3)) + 4 * np.eye(3), 0.5 * rng.standard_normal((self.ORDER, 3, 3))

    def taylor(self, function, symmetric=False):
        a, terms = self.curve()
        if symmetric:
            a, terms = a + a.T, terms + np.swapaxes(terms, 1, 2)
        return np.stack([a, *terms]), adpy.taylor(function, a, terms, self.ORDER)

    def product(self, *factors):
        total = factors[0]
        for factor in factors[1:]:
            total = np.stack([sum(total[j] @ factor[k - j] for j in range(k + 1)) for k in range(self.ORDER + 1)])
        return total

    def test_inverse(self):
        a, inverse = self.taylor(np.linalg.inv)
        identity = np.zeros_like(a)
        identity[0] = np.eye(3)
        np.testing.assert_allclose(self.product(a, inverse), identity, atol=1e-12)

    def test_solve(self):
        right = np.arange(6.0).reshape(3, 2)
        a, x = self.taylor(lambda a: np.linalg.solve(a, right))
        np.testing.assert_allclose(self.product(a, x)[1:], 0, atol=1e-12)

    def test_cholesky(self):
        a, factor = self.taylor(lambda a: np.linalg.cholesky(a @ a.T))
        square = self.product(a, np.swapaxes(a, 1, 2))
        np.testing.assert_allclose(self.product(factor, np.swapaxes(factor, 1, 2)), square, atol=1e-9)

    def test_eigh(self):
        a, (w, v) = self.taylor(np.linalg.eigh, symmetric=True)
        diagonal = w[:, :, None] * np.eye(3)
        np.testing.assert_allclose(self.product(a, v), self.product(v, diagonal), atol=1e-9)

    def test_determinant(self):
        a, found = self.taylor(np.linalg.det)
        leibniz = [np.polynomial.Polynomial(a[:, 0, i]) for i in range(3)]
        rows = [[np.polynomial.Polynomial(a[:, i, j]) for j in range(3)] for i in range(1, 3)]
        total = sum(
            leibniz[i] * (rows[0][(i + 1) % 3] * rows[1][(i + 2) % 3] - rows[0][(i + 2) % 3] * rows[1][(i + 1) % 3])
            for i in range(3)
        )
        np.testing.assert_allclose(found, total.coef[: self.ORDER + 1], rtol=1e-11)

    def test_exponential(self):
        import scipy.linalg

        a = np.array([[0.0, 1.0], [-1.0, 0.0]])
        found = adpy.taylor(lambda a: scipy.linalg.expm(a)[0, 0], 0.3 * a, a, 8)
        wanted = adpy.taylor(np.cos, 0.3, 1.0, 8)
        np.testing.assert_allclose(found, wanted, atol=1e-13)

    def test_contraction_of_three(self):
        a, found = self.taylor(lambda a: np.einsum("ij,jk,kl->il", a, a, a))
        np.testing.assert_allclose(found, self.product(a, a, a), rtol=1e-12)
