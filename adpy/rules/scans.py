"""Rules of the scans cumsum and cumprod, and of the linear recurrence behind them."""

from __future__ import annotations

import numpy as np

from adpy.rules.table import block

__all__ = ["linear_recurrence"]


_BLOCK = 32


def linear_recurrence(factor, term):
    """Solve ``s[k] = factor[k] * s[k-1] + term[k]``, ``s[-1] = 0``, along the last axis.

    Blocks are solved side by side, step by step; what enters each block from the one before obeys a recurrence of the
    same kind over the blocks.  No division.
    """
    *lead, n = np.shape(term)
    if n <= _BLOCK:
        steps = [term[..., 0]]
        for k in range(1, n):
            steps.append(factor[..., k] * steps[-1] + term[..., k])
        return np.stack(steps, -1)
    rest = np.zeros((*lead, -n % _BLOCK))
    factor, term = (np.reshape(np.concatenate([x, rest], -1), (*lead, -1, _BLOCK)) for x in (factor, term))
    within = linear_recurrence(factor, term)
    through = np.cumprod(factor, -1)
    entering = _shifted(linear_recurrence(through[..., -1], within[..., -1]), 0)
    return np.reshape(within + through * entering[..., None], (*lead, -1))[..., :n]


def _last(a, axis):
    """The scanned axis at the end; the flattened array where there is no axis."""
    return np.ravel(a) if axis is None else np.moveaxis(a, axis, -1)


def _back(s, axis, shape):
    """Undo :func:`_last`."""
    return np.reshape(s, shape) if axis is None else np.moveaxis(s, -1, axis)


def _shifted(s, first):
    """``s`` moved one place up along the last axis, with ``first`` in front."""
    return np.concatenate([np.full((*np.shape(s)[:-1], 1), first, s.dtype), s[..., :-1]], -1)


# cumsum


@block(np.cumsum, "a")
def np_cumsum(a, axis=None, dtype=None, out=None):
    return np.cumsum(a, axis, dtype)


@np_cumsum.defjvp
def cumsum_jvp(dots, y, a, axis=None, dtype=None):
    return np.cumsum(dots[0], axis=axis, dtype=dtype)


@np_cumsum.defvjp
def cumsum_vjp(bar, y, needs, a, axis=None, dtype=None):
    along = 0 if axis is None else axis
    a_bar = np.flip(np.cumsum(np.flip(bar, along), axis=along), along)
    return (np.reshape(a_bar, np.shape(a)),)


# cumprod


@block(np.cumprod, "a")
def np_cumprod(a, axis=None, dtype=None, out=None):
    return np.cumprod(a, axis, dtype)


@np_cumprod.defjvp
def cumprod_jvp(dots, y, a, axis=None, dtype=None):
    along = 0 if axis is None else axis
    row, row_dot, product = _last(a, axis), _last(dots[0], axis), _last(y, along)
    if np.shape(row)[-1] == 0:
        return np.reshape(row_dot, np.shape(y))
    return _back(linear_recurrence(row, _shifted(product, 1) * row_dot), along, np.shape(y))


@np_cumprod.defvjp
def cumprod_vjp(bar, y, needs, a, axis=None, dtype=None):
    along = 0 if axis is None else axis
    row, product, bar = np.conj(_last(a, axis)), np.conj(_last(y, along)), _last(bar, along)
    if np.shape(row)[-1] == 0:
        return (np.reshape(bar, np.shape(a)),)
    # The cotangent of what follows obeys s[k] = bar[k] + a[k+1] s[k+1]: the same recurrence from the end.
    following = np.flip(linear_recurrence(_shifted(np.flip(row, -1), 0), np.flip(bar, -1)), -1)
    return (_back(_shifted(product, 1) * following, axis, np.shape(a)),)
