"""Rows of scipy.special's Python functions: log-sum-exp and softmax as blocks, others rewritten in terms of ufuncs."""

from __future__ import annotations

import math

import numpy as np
from scipy import special
from scipy.special._ufuncs import (
    _lambertw,
    _riemann_zeta,
    _spherical_in,
    _spherical_in_d,
    _spherical_jn,
    _spherical_jn_d,
    _spherical_kn,
    _spherical_kn_d,
    _spherical_yn,
    _spherical_yn_d,
    _zeta,
)

from adpy.rules._shapes import unbroadcast, unreduce
from adpy.rules.table import block, composite

__all__: list[str] = []


@block(special.logsumexp, "a", "b")
def logsumexp(a, axis=None, b=None, keepdims=False, return_sign=False):
    return special.logsumexp(a, axis=axis, b=b, keepdims=keepdims, return_sign=return_sign)


def _shares(y, a, b, axis, keepdims, return_sign):
    """The weight of each entry of ``b`` in the sum; ``b`` times it is the weight of the entry of ``a``.

    Where the result is infinite the finite terms have no weight, and the infinite ones share it as ties do.
    """
    a = np.broadcast_to(a, np.broadcast_shapes(np.shape(a), np.shape(b))) if b is not None else a
    total, sign = y if return_sign else (y, 1.0)
    total = unreduce(total, np.ndim(a), axis, keepdims)
    largest = a == total
    ties = np.maximum(np.sum(largest, axis=axis, keepdims=True), 1)
    weights = np.where(np.isinf(total), np.where(largest, 1 / ties, 0.0), np.exp(a - total))
    return weights * unreduce(sign, np.ndim(a), axis, keepdims) if return_sign else weights


@logsumexp.defjvp
def logsumexp_jvp(dots, y, a, b=None, *, axis=None, keepdims=False, return_sign=False):
    a_dot, b_dot = dots
    share = _shares(y, a, b, axis, keepdims, return_sign)
    terms = 0.0
    if a_dot is not None:
        terms = terms + (share if b is None else b * share) * a_dot
    if b_dot is not None:
        terms = terms + share * b_dot
    y_dot = np.sum(terms, axis=axis, keepdims=keepdims)
    return (y_dot, np.zeros(np.shape(y_dot))) if return_sign else y_dot


@logsumexp.defvjp
def logsumexp_vjp(bar, y, needs, a, b=None, *, axis=None, keepdims=False, return_sign=False):
    share = _shares(y, a, b, axis, keepdims, return_sign)
    bar = bar[0] if return_sign else bar
    spread = np.conjugate(share) * unreduce(bar, np.ndim(share), axis, keepdims)
    a_bar = unbroadcast(spread if b is None else np.conjugate(b) * spread, np.shape(a)) if needs[0] else None
    b_bar = unbroadcast(spread, np.shape(b)) if needs[1] else None
    return a_bar, b_bar


@block(special.softmax, "x")
def softmax(x, axis=None):
    return special.softmax(x, axis=axis)


@softmax.defjvp
def softmax_jvp(dots, y, x, *, axis=None):
    return y * (dots[0] - np.sum(y * dots[0], axis=axis, keepdims=True))


@softmax.defvjp
def softmax_vjp(bar, y, needs, x, *, axis=None):
    return (y * (bar - np.sum(y * bar, axis=axis, keepdims=True)),)


@block(special.log_softmax, "x")
def log_softmax(x, axis=None):
    return special.log_softmax(x, axis=axis)


@log_softmax.defjvp
def log_softmax_jvp(dots, y, x, *, axis=None):
    return dots[0] - np.sum(np.exp(y) * dots[0], axis=axis, keepdims=True)


@log_softmax.defvjp
def log_softmax_vjp(bar, y, needs, x, *, axis=None):
    return (bar - np.exp(y) * np.sum(bar, axis=axis, keepdims=True),)


@composite(special.polygamma)
def polygamma(n, x):
    if np.ndim(n) == 0 and n == 0:
        return special.digamma(x)
    higher = (-1.0) ** (n + 1) * special.gamma(n + 1.0) * _zeta(n + 1.0, x)
    return np.where(np.equal(n, 0), special.digamma(x), higher) if np.ndim(n) else higher


@composite(special.multigammaln)
def multigammaln(a, d):
    if np.ndim(d) or np.floor(d) != d:
        raise ValueError("d should be a positive integer (dimension)")
    if np.any(a <= 0.5 * (d - 1)):
        raise ValueError(f"condition a ({a:f}) > 0.5 * (d-1) ({0.5 * (d - 1):f}) not met")
    shift = d * (d - 1) * 0.25 * math.log(math.pi)
    return sum((special.gammaln(a - j / 2) for j in range(1, int(d))), shift + special.gammaln(a))


@composite(special.zeta)
def zeta(x, q=None, out=None):
    return _riemann_zeta(x, out=out) if q is None else _zeta(x, q, out=out)


def _spherical(function, value, slope, parity):
    """Register a spherical Bessel function, which for negative real ``z`` is ``parity`` times that of ``-z``."""

    @composite(function)
    def spherical(n, z, derivative=False):
        ufunc = slope if derivative else value
        if np.iscomplexobj(z):
            return ufunc(n, z)
        reflection = np.where(np.mod(n, 2) == 0, parity, -parity) * (-1.0 if derivative else 1.0)
        return ufunc(n, np.where(z >= 0, z, -z)) * np.where(z >= 0, 1.0, reflection)


_spherical(special.spherical_jn, _spherical_jn, _spherical_jn_d, 1.0)
_spherical(special.spherical_yn, _spherical_yn, _spherical_yn_d, -1.0)
_spherical(special.spherical_in, _spherical_in, _spherical_in_d, 1.0)


@composite(special.spherical_kn)
def spherical_kn(n, z, derivative=False):
    ufunc = _spherical_kn_d if derivative else _spherical_kn
    if np.iscomplexobj(z) or not np.any(z < 0):
        return ufunc(n, z)
    return np.where(z >= 0, ufunc(n, np.where(z >= 0, z, 1.0)), np.real(ufunc(n, z + 0j)))


@composite(special.lambertw)
def lambertw(z, k=0, tol=1e-8):
    return _lambertw(z, np.asarray(k, dtype=np.dtype("long")), tol)
