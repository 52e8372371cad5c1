"""The models that ``python -m adpy`` fits: known results, and gradients against differences."""

import contextlib
import io

import numpy as np
import pytest
from scipy.optimize import minimize

import adpy
from adpy.__main__ import load_example, main
from adpy.testing import check_derivatives


def test_mixture_reaches_the_known_likelihood():
    model = load_example("geyser")
    data = model.load()
    assert data.shape == (272, 2)
    found = minimize(
        model.negative_log_likelihood,
        model.first_guess(data),
        args=(data,),
        jac=adpy.grad(model.negative_log_likelihood),
    )
    log_shares, means, factors = model.unpack(found.x, 2)
    # The maximum that the EM algorithm finds for two free components.
    assert abs(found.fun - 1130.2640) < 1e-3
    assert np.allclose(np.exp(log_shares), [0.3559, 0.6441], atol=1e-4)
    assert np.allclose(means, [[2.0364, 54.4785], [4.2897, 79.9681]], atol=1e-3)
    assert np.allclose(model.deviations(factors[0]), [0.2630, 5.8047], atol=1e-3)


def test_gradients_of_the_mixture():
    model = load_example("geyser")
    data = model.load()[:30]
    check_derivatives(lambda theta: model.negative_log_likelihood(theta, data), model.first_guess(data))


def test_gradients_of_the_rod():
    model = load_example("heat")
    seen = model.readings(model.true_conductivity())
    start = np.linspace(-0.2, 0.3, model.CELLS - 1)

    def misfit_of_three(x):
        conductivity = start.copy()
        conductivity[[3, 20, 35]] += x
        return model.misfit(conductivity, seen)

    check_derivatives(misfit_of_three, np.zeros(3))


@pytest.mark.slow
def test_the_demonstration_succeeds():
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert main() == 0
    assert printed.getvalue().count(", right\n") == 2
