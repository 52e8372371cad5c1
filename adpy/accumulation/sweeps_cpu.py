"""Numba kernels of the vector modes: many seeds in one walk over the edges."""

from __future__ import annotations

import numba
import numpy as np

__all__ = ["LANES", "pull_rows", "push_columns"]

LANES = 8
"""Seeds in one walk: the numbers of one vertex fill a line of the cache."""


@numba.njit(cache=True, nogil=True)
def _finite(weights):
    for weight in weights:
        if not np.isfinite(weight):
            return False
    return True


@numba.njit(cache=True, nogil=True)
def pull_rows(indptr, children, weights, inputs, outputs, jacobian):
    """Fill ``jacobian``, of shape (outputs, inputs), row by row: cotangents from the outputs to the inputs."""
    bars = np.zeros((indptr.shape[0] - 1, LANES))
    plain = _finite(weights)
    for start in range(0, outputs.shape[0], LANES):
        lanes = min(LANES, outputs.shape[0] - start)
        bars[:] = 0.0
        last = -1
        for lane in range(lanes):
            bars[outputs[start + lane], lane] = 1.0
            last = max(last, outputs[start + lane])
        for row in range(last, -1, -1):
            used = False
            for lane in range(LANES):
                used = used or bars[row, lane] != 0.0
            if not used:
                continue
            for edge in range(indptr[row], indptr[row + 1]):
                child = children[edge]
                weight = weights[edge]
                if plain:
                    for lane in range(LANES):
                        bars[child, lane] += weight * bars[row, lane]
                else:
                    for lane in range(LANES):
                        if bars[row, lane] != 0.0:
                            bars[child, lane] += weight * bars[row, lane]
        for lane in range(lanes):
            for i in range(inputs.shape[0]):
                jacobian[start + lane, i] = bars[inputs[i], lane]


@numba.njit(cache=True, nogil=True)
def push_columns(indptr, children, weights, inputs, outputs, jacobian):
    """Fill ``jacobian`` column by column: tangents from the inputs to the outputs."""
    dots = np.zeros((indptr.shape[0] - 1, LANES))
    plain = _finite(weights)
    for start in range(0, inputs.shape[0], LANES):
        lanes = min(LANES, inputs.shape[0] - start)
        dots[:] = 0.0
        for lane in range(lanes):
            dots[inputs[start + lane], lane] = 1.0
        for row in range(indptr.shape[0] - 1):
            for edge in range(indptr[row], indptr[row + 1]):
                child = children[edge]
                weight = weights[edge]
                if plain:
                    for lane in range(LANES):
                        dots[row, lane] += weight * dots[child, lane]
                else:
                    for lane in range(LANES):
                        if dots[child, lane] != 0.0:
                            dots[row, lane] += weight * dots[child, lane]
        for lane in range(lanes):
            for i in range(outputs.shape[0]):
                jacobian[i, start + lane] = dots[outputs[i], lane]
