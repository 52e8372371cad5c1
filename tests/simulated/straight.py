"""Straight-line kernels beside the interpreted ones and the CPU, on the simulated device."""

import math

import numpy as np
import pytest
from numba import cuda
from scipy import special

import adpy
from adpy.program import device_lanes, device_straight
from tests.simulated.programs import close
from tests.simulated.sweeps import every

RNG = np.random.default_rng(2)
MANY = RNG.uniform(0.2, 0.8, size=(9, 3))


def payoff(w, x):
    u = np.zeros(3)
    u[0] = x[0] / w[1]
    for i in range(1, 3):
        u[i] = u[i - 1] * w[i] + np.tanh(x[i]) + special.erf(u[i - 1])
    u[1:] += 2.0 * x[:2]
    s = np.sort(u)
    return s @ w + math.exp(s[1]) if s[0] > 2.4 else s[0] * w[1] - x[0]


@pytest.fixture(params=["straight", "interpreted"])
def kind(request, monkeypatch):
    monkeypatch.setattr(device_straight, "ALWAYS", 10_000 if request.param == "straight" else 0)
    return request.param


@pytest.mark.parametrize("reduce", [None, "mean"])
@pytest.mark.parametrize("axes", [(None, 0), (0, 0), (0, None)])
def test_a_function_with_branches(kind, axes, reduce):
    p = adpy.record(payoff, MANY[0], MANY[1])
    arguments = [MANY[0] if axis is None else MANY + 0.1 * k for k, axis in enumerate(axes)]
    settings = {"in_axes": axes, "reduce": reduce}
    expected = p.batch_value_and_gradient(*arguments, **settings)
    close(p.batch_value_and_gradient(*arguments, **settings, device="cuda"), expected, 1e-12)
    there = [cuda.to_device(x) for x in arguments]
    close(p.batch_value_and_gradient(*there, **settings, device="cuda"), expected, 1e-12)
    close(p.batch(*there, **settings, device="cuda"), expected[0], 1e-12)
    branches = [branch for found in p._branches.values() for branch in found]
    plans = [plan for branch in branches for plan in branch.plans.values()]
    plans = [plan for plan in plans if isinstance(plan, device_lanes.DevicePlan)]
    assert plans and all(isinstance(plan, device_straight.StraightPlan) is (kind == "straight") for plan in plans)


@pytest.mark.parametrize("dtype, rtol", [(np.float64, 1e-12), (np.float32, 5e-6)])
def test_every_opcode(kind, dtype, rtol):
    p = adpy.record(lambda x: every(x.reshape(2, 1))[0], MANY[0, :2])
    q = p.to("cuda", dtype)
    close(q.batch_value_and_gradient(MANY[:3, :2]), p.batch_value_and_gradient(MANY[:3, :2]), rtol)
