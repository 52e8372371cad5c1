"""Functions for the benchmark of CUDA devices: of one lane, and of large arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import erf

from benchmarks.batch_problems import heston, heston_inputs
from benchmarks.problems.heat import heat
from benchmarks.problems.ufunc_chain import ufunc_chain

__all__ = ["ARRAYS", "LANES", "ArrayProblem", "LaneProblem"]


@dataclass(frozen=True)
class LaneProblem:
    """A function of one lane.

    Attributes
    ----------
    function : callable
    inputs : callable
        ``inputs(lanes)`` gives the arguments.
    in_axes : tuple
        Axis of the lanes in each argument, None for one that is shared.
    reduce : str or None
        What is wanted of the lanes: None for the gradient of each, ``"mean"``.
    """

    function: Callable
    inputs: Callable
    in_axes: tuple
    reduce: str | None = None


@dataclass(frozen=True)
class ArrayProblem:
    """A function of a large array; ``inputs(entries)`` gives the arguments."""

    function: Callable
    inputs: Callable


def call(market, strike):
    """A European call by the Black-Scholes formula; the gradient are its Greeks."""
    spot, volatility, maturity, rate = market
    root = volatility * np.sqrt(maturity)
    d1 = (np.log(spot / strike) + (rate + 0.5 * volatility**2) * maturity) / root
    d2 = d1 - root
    first, second = 0.5 * (1.0 + erf(d1 / np.sqrt(2.0))), 0.5 * (1.0 + erf(d2 / np.sqrt(2.0)))
    return spot * first - strike * np.exp(-rate * maturity) * second


def call_inputs(lanes):
    rng = np.random.default_rng(6)
    low, high = [80.0, 0.1, 0.1, 0.0], [120.0, 0.5, 2.0, 0.05]
    return rng.uniform(low, high, size=(lanes, 4)), rng.uniform(80.0, 120.0, lanes)


def reprojection(block, feature):
    """Squared error of one observation in bundle adjustment: camera (rotation, centre, focal length, centre of the
    picture, distortion), point and weight, as in ADBench."""
    camera, point, weight = block[:11], block[11:14], block[14]
    rotation, shifted = camera[:3], point - camera[3:6]
    angle = np.sqrt(rotation[0] ** 2 + rotation[1] ** 2 + rotation[2] ** 2)
    cosine, sine = np.cos(angle), np.sin(angle)
    axis = rotation / angle
    turned = shifted * cosine + np.cross(axis, shifted) * sine + axis * (axis @ shifted) * (1.0 - cosine)
    plane = turned[:2] / turned[2]
    square = plane[0] ** 2 + plane[1] ** 2
    distorted = plane * (1.0 + camera[9] * square + camera[10] * square**2)
    residual = weight * (distorted * camera[6] + camera[7:9] - feature)
    return residual[0] ** 2 + residual[1] ** 2


def reprojection_inputs(lanes):
    rng = np.random.default_rng(7)
    blocks = rng.uniform(0.2, 1.0, size=(lanes, 15))
    blocks[:, 13] += 4.0
    return blocks, rng.normal(size=(lanes, 2))


def heat_inputs(entries):
    side = max(2, int(np.sqrt(entries)))
    return np.random.default_rng(5).uniform(size=(side, side)), 0.2, 20


LANES = {
    "Heston's model, 50 steps, mean gradient": LaneProblem(heston, heston_inputs, (None, 0), "mean"),
    "Black-Scholes, Greeks of every option": LaneProblem(call, call_inputs, (0, 0)),
    "bundle adjustment, gradient of every block": LaneProblem(reprojection, reprojection_inputs, (0, 0)),
}
ARRAYS = {
    "chain of 20 ufuncs": ArrayProblem(ufunc_chain, lambda entries: (np.random.default_rng(2).normal(size=entries),)),
    "heat by np.roll, 20 steps": ArrayProblem(heat, heat_inputs),
}
