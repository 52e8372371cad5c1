"""Calls of the order statistics."""

from __future__ import annotations

import numpy as np

from tests.rules.harness import EXAMPLES, Example, real


def call(*args, **kwargs) -> Example:
    """An example whose differences stay clear of changes of order."""
    return Example(args, kwargs, step=1e-3)


A = real(5, 4)
BLOCK = real(2, 3, 4)
Q = np.array([0.13, 0.52, 0.83])
QUARTERS = [[0.21, 0.53], [0.77, 0.9]]
METHODS = [
    "linear",
    "inverted_cdf",
    "averaged_inverted_cdf",
    "closest_observation",
    "interpolated_inverted_cdf",
    "hazen",
    "weibull",
    "median_unbiased",
    "normal_unbiased",
    "lower",
    "higher",
    "midpoint",
    "nearest",
]
WITH_NAN = np.where(real(5, 4, seed=3) > 0.8, np.nan, A)
HOLES = np.array([[1.0, np.nan, 3.0, 0.5], [0.3, 0.9, np.nan, -2.0], [2.0, 1.0, 0.0, 5.0]])

MEDIANS = [
    call(A),
    call(A, 0),
    call(A, axis=-1, keepdims=True),
    call(BLOCK, axis=(0, 2)),
    call(BLOCK, axis=(-1, 0), keepdims=True),
    call(np.array(0.7)),
    call([3.0, 1.0, 2.0]),
]
EXAMPLES[np.median] = MEDIANS
EXAMPLES[np.nanmedian] = [*MEDIANS, call(WITH_NAN), call(HOLES, 0), call(HOLES, axis=1, keepdims=True)]

QUANTILES = [
    call(A, 0.3),
    call(A, Q),
    call(A, Q, 0),
    call(A, QUARTERS, axis=1),
    call(BLOCK, Q, axis=(0, 2), keepdims=True),
    call(BLOCK, 0.37, axis=(2, 0)),
    call([3.0, 1.0, 2.0], 0.4),
    *[call(A, Q + 0.02, axis=1, method=m) for m in METHODS],
    *[call(A, 0.37, axis=0, method=m) for m in METHODS],
    call(A, [0.4], method="inverted_cdf", weights=np.abs(A) + 0.1),
]
# The weights of nanquantile may not be a vector.
ALONG = call(A, Q, axis=0, method="inverted_cdf", weights=np.array([1.0, 2.0, 0.5, 1.0, 3.0]))
EXAMPLES[np.quantile] = [*QUANTILES, ALONG]
EXAMPLES[np.nanquantile] = [
    *QUANTILES,
    call(HOLES, Q, 1),
    call(HOLES, QUARTERS, 0),
    call(HOLES, 0.6, 1, method="hazen"),
]
EXAMPLES[np.percentile] = [
    call(A, 30.0),
    call(A, 100 * Q, axis=1),
    call(A, [25, 75], 0),
    call(BLOCK, 37.0, axis=(0, 2)),
]
EXAMPLES[np.nanpercentile] = EXAMPLES[np.percentile]
