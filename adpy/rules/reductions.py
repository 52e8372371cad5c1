"""Rules of the reductions that NumPy runs in C: sum, prod, mean, var, std, max and min.

Conventions: entries tied for a maximum or minimum share its derivative equally; the standard deviation has derivative
zero where it is zero.
"""

from __future__ import annotations

import numpy as np

from adpy.rules._shapes import ABSENT, count, given, kept, merge, split_last, spread, unreduce
from adpy.rules.table import block

__all__ = []


def _mask(where):
    """``where`` as NumPy's reductions take it."""
    return where if given(where) else True


def _shared(y_dot, initial_dot, y):
    """The tangents of the entries and of ``initial`` put together."""
    if initial_dot is None:
        return y_dot
    return initial_dot + (np.zeros(np.shape(y)) if y_dot is None else y_dot)


def _masked(bar, where):
    """``bar`` with zeros where the reduction did not look."""
    return np.where(where, bar, 0) if given(where) and where is not True else bar


# sum


@block(np.sum, "a", "initial")
def np_sum(a, axis=None, dtype=None, out=None, keepdims=ABSENT, initial=ABSENT, where=ABSENT):
    """``np.add.reduce`` without the detour through NumPy's wrapper."""
    return np.add.reduce(a, axis, dtype, None, kept(keepdims), initial, _mask(where))


@np_sum.defjvp
def sum_jvp(dots, y, a, initial=ABSENT, axis=None, dtype=None, keepdims=False, where=ABSENT):
    a_dot, initial_dot = dots
    total = None if a_dot is None else np.sum(a_dot, axis=axis, dtype=dtype, keepdims=keepdims, where=_mask(where))
    return _shared(total, initial_dot, y)


@np_sum.defvjp
def sum_vjp(bar, y, needs, a, initial=ABSENT, axis=None, dtype=None, keepdims=False, where=ABSENT):
    a_bar = _masked(spread(bar, np.shape(a), axis, keepdims), where) if needs[0] else None
    return a_bar, np.sum(bar) if needs[1] else None


# mean


@block(np.mean, "a")
def np_mean(a, axis=None, dtype=None, out=None, keepdims=ABSENT, *, where=ABSENT):
    return np.mean(a, axis, dtype, None, keepdims, where=where)


@np_mean.defjvp
def mean_jvp(dots, y, a, axis=None, dtype=None, keepdims=False, where=ABSENT):
    return np.mean(dots[0], axis=axis, dtype=dtype, keepdims=keepdims, where=_mask(where))


@np_mean.defvjp
def mean_vjp(bar, y, needs, a, axis=None, dtype=None, keepdims=False, where=ABSENT):
    shape = np.shape(a)
    if given(where) and where is not True:
        bar = unreduce(bar, len(shape), axis, keepdims) / _entries(shape, axis, where)
        return (_masked(bar + np.zeros(shape), where),)
    return (spread(bar / max(count(shape, axis), 1), shape, axis, keepdims),)


def _entries(shape, axis, where):
    """How many entries take part; an array with the reduced axes kept where a mask decides."""
    if not given(where) or where is True:
        return count(shape, axis)
    return np.sum(np.broadcast_to(where, shape), axis=axis, keepdims=True)


# var and std


def _deviation(a, mean, axis, where):
    """The entries less their mean."""
    if not given(mean):
        mean = np.mean(a, axis=axis, keepdims=True, where=_mask(where))
    return _masked(a - mean, where)


def _freedom(shape, axis, ddof, correction, where):
    """Degrees of freedom; NaN, as NumPy has it, where nothing is left to divide by."""
    freedom = _entries(shape, axis, where) - (correction if given(correction) else ddof)
    if isinstance(freedom, np.ndarray):
        return np.where(freedom > 0, freedom, np.nan)
    return freedom if freedom > 0 else float("nan")


def _var_jvp(dots, a, mean, axis, keepdims, ddof, correction, where):
    deviation = _deviation(a, mean, axis, where)
    a_dot, mean_dot = dots
    dot = -mean_dot if a_dot is None else a_dot if mean_dot is None else a_dot - mean_dot
    terms = np.real(np.conj(deviation) * dot)
    total = np.sum(terms, axis=axis, keepdims=keepdims)
    freedom = _freedom(np.shape(a), axis, ddof, correction, where)
    return 2 * total / (freedom if isinstance(freedom, (int, float)) else np.reshape(freedom, np.shape(total)))


def _var_vjp(bar, needs, a, mean, axis, keepdims, ddof, correction, where):
    shape = np.shape(a)
    bar = unreduce(bar, len(shape), axis, keepdims)
    a_bar = (2 * bar / _freedom(shape, axis, ddof, correction, where)) * _deviation(a, mean, axis, where)
    mean_bar = np.reshape(-np.sum(a_bar, axis=axis, keepdims=True), np.shape(mean)) if needs[1] else None
    return a_bar, mean_bar


@block(np.var, "a", "mean")
def np_var(
    a, axis=None, dtype=None, out=None, ddof=0, keepdims=ABSENT, *, where=ABSENT, mean=ABSENT, correction=ABSENT
):
    return np.var(a, axis, dtype, None, ddof, keepdims, where=where, mean=mean, correction=correction)


@np_var.defjvp
def var_jvp(dots, y, a, mean=ABSENT, axis=None, dtype=None, ddof=0, keepdims=False, where=ABSENT, correction=ABSENT):
    return _var_jvp(dots, a, mean, axis, keepdims, ddof, correction, where)


@np_var.defvjp
def var_vjp(
    bar, y, needs, a, mean=ABSENT, axis=None, dtype=None, ddof=0, keepdims=False, where=ABSENT, correction=ABSENT
):
    return _var_vjp(bar, needs, a, mean, axis, keepdims, ddof, correction, where)


@block(np.std, "a", "mean")
def np_std(
    a, axis=None, dtype=None, out=None, ddof=0, keepdims=ABSENT, *, where=ABSENT, mean=ABSENT, correction=ABSENT
):
    return np.std(a, axis, dtype, None, ddof, keepdims, where=where, mean=mean, correction=correction)


def _half_reciprocal(y):
    """The derivative of the square root; zero at zero."""
    flat = y == 0
    return np.where(flat, 0, 0.5 / np.where(flat, 1, y))


@np_std.defjvp
def std_jvp(dots, y, a, mean=ABSENT, axis=None, dtype=None, ddof=0, keepdims=False, where=ABSENT, correction=ABSENT):
    return _var_jvp(dots, a, mean, axis, keepdims, ddof, correction, where) * _half_reciprocal(y)


@np_std.defvjp
def std_vjp(
    bar, y, needs, a, mean=ABSENT, axis=None, dtype=None, ddof=0, keepdims=False, where=ABSENT, correction=ABSENT
):
    bar = bar * _half_reciprocal(y)
    return _var_vjp(bar, needs, a, mean, axis, keepdims, ddof, correction, where)


# prod


@block(np.prod, "a", "initial")
def np_prod(a, axis=None, dtype=None, out=None, keepdims=ABSENT, initial=ABSENT, where=ABSENT):
    return np.multiply.reduce(a, axis, dtype, None, kept(keepdims), initial, _mask(where))


def _products_of_others(a, axis, initial, where):
    """For each entry the product of all the others, without a division: zeros are no special case."""
    shape = np.shape(a)
    if len(shape) == 0 or (type(axis) is tuple and not axis):
        others = np.ones(shape)
    else:
        row = merge(np.where(where, a, 1) if given(where) and where is not True else a, axis)
        one = np.ones((*np.shape(row)[:-1], 1), row.dtype)
        before = np.cumprod(np.concatenate([one, row[..., :-1]], -1), -1)
        after = np.flip(np.cumprod(np.concatenate([one, np.flip(row[..., 1:], -1)], -1), -1), -1)
        others = split_last((before * after)[..., : np.shape(row)[-1]], shape, axis)
    return others * initial if given(initial) else others


@np_prod.defjvp
def prod_jvp(dots, y, a, initial=ABSENT, axis=None, dtype=None, keepdims=False, where=ABSENT):
    a_dot, initial_dot = dots
    y_dot = None
    if a_dot is not None:
        terms = a_dot * _products_of_others(a, axis, initial, where)
        y_dot = np.sum(terms, axis=axis, keepdims=keepdims, where=_mask(where))
    if initial_dot is not None:
        initial_dot = initial_dot * np.prod(a, axis=axis, keepdims=keepdims, where=_mask(where))
    return _shared(y_dot, initial_dot, y)


@np_prod.defvjp
def prod_vjp(bar, y, needs, a, initial=ABSENT, axis=None, dtype=None, keepdims=False, where=ABSENT):
    a_bar = initial_bar = None
    if needs[0]:
        others = np.conj(_products_of_others(a, axis, initial, where))
        a_bar = _masked(unreduce(bar, np.ndim(a), axis, keepdims) * others, where)
    if needs[1]:
        initial_bar = np.sum(bar * np.conj(np.prod(a, axis=axis, keepdims=keepdims, where=_mask(where))))
    return a_bar, initial_bar


# max and min


def _ties(y, a, initial, axis, keepdims, where):
    """Which entries attain the result, whether ``initial`` does, and how many share; the latter with axes kept."""
    y = unreduce(y, np.ndim(a), axis, keepdims)
    hit = a == y
    if given(where) and where is not True:
        hit = hit & where
    share = np.add.reduce(hit, axis, np.result_type(y), None, True)
    if not given(initial):
        # A NaN is attained nowhere: one avoids a division by zero.
        return hit, None, np.maximum(share, 1)
    first = initial == y
    return hit, first, np.maximum(share + first, 1)


def _extremum_jvp(dots, y, a, initial, axis, keepdims, where):
    a_dot, initial_dot = dots
    hit, first, share = _ties(y, a, initial, axis, keepdims, where)
    total = 0 if a_dot is None else np.sum(np.where(hit, a_dot, 0), axis=axis, keepdims=True)
    if initial_dot is not None:
        total = total + np.where(first, initial_dot, 0)
    return np.reshape(total / share, np.shape(y))


def _extremum_vjp(bar, y, needs, a, initial, axis, keepdims, where):
    hit, first, share = _ties(y, a, initial, axis, keepdims, where)
    bar = unreduce(bar, np.ndim(a), axis, keepdims) / share
    return np.where(hit, bar, 0) if needs[0] else None, np.sum(np.where(first, bar, 0)) if needs[1] else None


def extremum(function, ufunc):
    """Register the row of a maximum or minimum over axes."""

    @block(function, "a", "initial")
    def row(a, axis=None, out=None, keepdims=ABSENT, initial=ABSENT, where=ABSENT):
        return ufunc.reduce(a, axis, None, None, kept(keepdims), initial, _mask(where))

    @row.defjvp
    def jvp(dots, y, a, initial=ABSENT, axis=None, keepdims=False, where=ABSENT):
        return _extremum_jvp(dots, y, a, initial, axis, keepdims, where)

    @row.defvjp
    def vjp(bar, y, needs, a, initial=ABSENT, axis=None, keepdims=False, where=ABSENT):
        return _extremum_vjp(bar, y, needs, a, initial, axis, keepdims, where)


for _function, _ufunc in [
    (np.max, np.maximum),
    (np.amax, np.maximum),
    (np.min, np.minimum),
    (np.amin, np.minimum),
]:
    extremum(_function, _ufunc)
