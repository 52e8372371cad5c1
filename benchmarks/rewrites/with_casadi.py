"""The problems in CasADi: numbers as ``SX``, arrays as ``MX``, branches as ``if_else``."""

import math

import casadi
import numpy as np

from benchmarks.batch_problems import STEPS
from benchmarks.problems.rosenbrock import rosenbrock as rosenbrock_loop
from benchmarks.problems.three_body import three_body as three_body_loop
from benchmarks.programs.bundle import block_of
from benchmarks.programs.options import call_price
from benchmarks.rebind import rebind
from benchmarks.rewrites.with_scalars import lorenz as lorenz_scalars

__all__ = [
    "bundle",
    "burgers",
    "heat",
    "heston",
    "logistic",
    "lorenz",
    "options",
    "rosenbrock",
    "small_arrays",
    "three_body",
    "ufunc_chain",
]

OF_NUMBERS = ("bundle", "heston", "lorenz", "options", "rosenbrock", "small_arrays", "three_body")
"""What runs on ``SX``."""
IN_CASADI = {id(math): casadi}


def rosenbrock(x):
    return rosenbrock_loop(casadi.vertsplit(x))


def lorenz(p, h, steps):
    return lorenz_scalars(casadi.vertsplit(p), h, steps)


def three_body(state, masses, dt, steps):
    return rebind(three_body_loop, IN_CASADI)(casadi.vertsplit(state), masses, dt, steps)


def small_arrays(x):
    y = x
    for _ in range(20):
        y = casadi.sin(y) * x + 0.5 * casadi.tanh(y)
    return casadi.sum1(y)


def options(option):
    return rebind(call_price, IN_CASADI)(casadi.vertsplit(option))


def heston(parameters, path):
    """The shocks of a path are one column: those of the first kind, then the others."""
    v, kappa, theta, xi, rho = casadi.vertsplit(parameters)
    h, s = 1.0 / STEPS, 0.0
    across = casadi.sqrt(1.0 - rho * rho)
    for i in range(STEPS):
        volatility = casadi.sqrt(v)
        s = s - 0.5 * v * h + volatility * math.sqrt(h) * path[i]
        shock = rho * path[i] + across * path[STEPS + i]
        v = v + kappa * (theta - v) * h + xi * volatility * math.sqrt(h) * shock + 0.25 * xi * xi * h * (shock**2 - 1.0)
    price = casadi.exp(s)
    return casadi.if_else(price > 1.0, price - 1.0, 0.0)


def bundle(unknowns, feature):
    """No rotation is zero."""
    parts = [casadi.vertsplit(part) for part in casadi.vertsplit(unknowns, [0, 3, 6, 11, 14, 15])]
    return rebind(block_of, {id(np): casadi})(*parts[:4], *parts[4], casadi.vertsplit(feature))


def ufunc_chain(x):
    y = casadi.exp(casadi.sin(x))
    y = casadi.tanh(casadi.log1p(casadi.sqrt(y)))
    y = casadi.atan(casadi.cos(y) ** 2)
    y = -casadi.log(1.0 / casadi.cosh(casadi.expm1(y)))
    y = casadi.asinh(casadi.sinh(y))
    y = casadi.log(casadi.exp(y * math.log(2.0))) / math.log(2.0)
    return casadi.sum1(casadi.tan(0.5 * casadi.log10(y + 1.0)))


def burgers(u0, dx, dt, nu, steps):
    u = u0
    for _ in range(steps):
        middle = u[1:-1]
        new = middle - dt / dx * middle * (middle - u[:-2]) + nu * dt / dx**2 * (u[2:] - 2 * middle + u[:-2])
        u = casadi.vertcat(new[-1], new, new[0])
    return casadi.sumsqr(u) * dx


def heat(u, alpha, steps):
    for _ in range(steps):
        rows = casadi.vertcat(u[-1, :], u[:-1, :]) + casadi.vertcat(u[1:, :], u[0, :])
        columns = casadi.horzcat(u[:, -1], u[:, :-1]) + casadi.horzcat(u[:, 1:], u[:, 0])
        u = u + alpha * (rows + columns - 4.0 * u)
    return casadi.sumsqr(u)


def logistic(w, features, labels, penalty):
    margins = labels * (features @ w)
    return casadi.sum1(casadi.log1p(casadi.exp(-margins))) / labels.shape[0] + penalty * casadi.dot(w, w)
