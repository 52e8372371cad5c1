"""Polynomials: vander, polyval and polymul."""

from __future__ import annotations

import numpy as np

from adpy.rules.table import composite

__all__ = ["polymul", "polyval", "vander"]


@composite(np.vander)
def vander(x, N=None, increasing=False):
    n = np.shape(x)[0]
    columns = n if N is None else N
    ones = np.ones((n, min(columns, 1)), np.result_type(x, int))
    powers = np.cumprod(np.broadcast_to(np.reshape(x, (n, 1)), (n, max(columns - 1, 0))), axis=1)
    powers = np.concatenate([ones, powers], axis=1)
    return powers if increasing else np.flip(powers, 1)


@composite(np.polyval)
def polyval(p, x):
    """Horner's scheme, as NumPy has it."""
    if isinstance(x, np.poly1d):
        y = 0
        for coefficient in p:
            y = y * x + coefficient
        return y
    y = np.zeros(np.shape(x))
    for i, coefficient in enumerate(p):
        y = y + coefficient if i == 0 else y * x + coefficient
    return y


@composite(np.polymul)
def polymul(a1, a2):
    return np.convolve(np.trim_zeros(np.atleast_1d(a1), "f"), np.trim_zeros(np.atleast_1d(a2), "f"))
