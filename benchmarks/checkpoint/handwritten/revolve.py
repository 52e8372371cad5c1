"""Binomial checkpointing around compiled steps, with Griewank and Walther's rule for where snapshots go."""

import numpy as np
from numba import njit

__all__ = ["reverse"]


@njit
def beta(snapshots, passes):
    """How many steps can be reversed with so many passes over each at most."""
    found = 1.0
    for i in range(1, passes + 1):
        found = found * (snapshots + i) / i
    return round(found)


@njit
def advance_by(steps, snapshots):
    """How far the next snapshot is, with room for it and ``snapshots - 1`` others, the present state among them."""
    passes = 1
    while beta(snapshots, passes) < steps:
        passes += 1
    shortest = beta(snapshots, passes - 2) if passes > 1 else 1
    longest = beta(snapshots, passes - 1)
    right = beta(snapshots - 1, passes - 1)  # what the rest may need without another pass
    return max(shortest, min(longest, steps - right))


@njit
def reverse(forward, adjoint, state, params, steps, snapshots):
    """Cotangents of first state and parameters, for half the sum of squares of the last state; and the steps run."""
    kept = np.empty((snapshots, *state.shape))
    where = np.zeros(snapshots, np.int64)
    kept[0] = state
    u, v = state.copy(), np.empty_like(state)
    bar, out = np.empty_like(state), np.empty_like(state)
    params_bar = np.zeros(len(params))
    top, at, end, ran = 0, 0, steps, 0
    while end > 0:
        while at < end - 1:
            free = snapshots - 1 - top
            count = advance_by(end - at, free + 1) if free else end - 1 - at
            for _ in range(count):
                forward(u, params, v)
                u, v = v, u
            ran += count
            at += count
            if free and at < end - 1:
                top += 1
                kept[top] = u
                where[top] = at
        if end == steps:
            forward(u, params, v)
            bar[...] = v
        adjoint(u, params, bar, out, params_bar)
        bar, out = out, bar
        end -= 1
        ran += 1
        if end and where[top] == end:
            top -= 1
        at = where[top]
        u[...] = kept[top]
    return bar, params_bar, ran
