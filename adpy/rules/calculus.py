"""Differences between neighbours: gradient and ediff1d."""

from __future__ import annotations

import numpy as np

from adpy.rules._shapes import tuple_of_axes
from adpy.rules.table import composite

__all__ = ["ediff1d", "gradient"]


@composite(np.ediff1d)
def ediff1d(ary, to_end=None, to_begin=None):
    a = np.ravel(ary)
    middle = a[1:] - a[:-1]
    parts = [None if to_begin is None else np.ravel(to_begin), middle, None if to_end is None else np.ravel(to_end)]
    return np.concatenate([p for p in parts if p is not None]) if len(parts) > 1 else middle


@composite(np.gradient)
def gradient(f, *varargs, axis=None, edge_order=1):
    axes = tuple_of_axes(axis, np.ndim(f))
    steps = list(varargs) or [1.0]
    if len(steps) == 1 and np.ndim(steps[0]) == 0:
        steps = steps * len(axes)
    if len(steps) != len(axes):
        raise TypeError("invalid number of arguments")
    if edge_order > 2:
        raise ValueError("'edge_order' greater than 2 not supported")
    results = []
    for along, step in zip(axes, steps, strict=True):
        if np.shape(f)[along] < edge_order + 1:
            raise ValueError(
                "Shape of array too small to calculate a numerical gradient, "
                "at least (edge_order + 1) elements are required."
            )
        results.append(np.moveaxis(_slopes(np.moveaxis(f, along, -1), step, edge_order), -1, along))
    return results[0] if len(axes) == 1 else tuple(results)


def _slopes(f, step, edge_order):
    """Derivative estimates along the last axis."""
    if np.ndim(step):
        if np.ndim(step) != 1 or np.shape(step)[0] != np.shape(f)[-1]:
            raise ValueError("when 1d, distances must match the length of the corresponding dimension")
        step = np.diff(step)
        if np.all(step == step[0]):
            step = step[0]
    if np.ndim(step) == 0:
        inner = (f[..., 2:] - f[..., :-2]) / (2.0 * step)
        h0 = h1 = g0 = g1 = step
    else:
        left, right = step[:-1], step[1:]
        inner = -right / (left * (left + right)) * f[..., :-2]
        inner = inner + (right - left) / (left * right) * f[..., 1:-1] + left / (right * (left + right)) * f[..., 2:]
        h0, g1 = step[0], step[-1]
        h1, g0 = (step[1], step[-2]) if edge_order == 2 else (None, None)
    if edge_order == 1:
        first = (f[..., 1:2] - f[..., :1]) / h0
        last = (f[..., -1:] - f[..., -2:-1]) / g1
    else:
        first = -(2.0 * h0 + h1) / (h0 * (h0 + h1)) * f[..., :1] + (h0 + h1) / (h0 * h1) * f[..., 1:2]
        first = first - h0 / (h1 * (h0 + h1)) * f[..., 2:3]
        last = g1 / (g0 * (g0 + g1)) * f[..., -3:-2] - (g1 + g0) / (g0 * g1) * f[..., -2:-1]
        last = last + (2.0 * g1 + g0) / (g1 * (g0 + g1)) * f[..., -1:]
    return np.concatenate([first, inner, last], -1)
