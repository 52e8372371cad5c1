"""Rules of the array products: matmul and its vector forms, dot, vdot, inner, outer and tensordot."""

from __future__ import annotations

import math

import numpy as np

from adpy.rules._shapes import conj, unbroadcast
from adpy.rules.table import block

__all__ = []


def _bilinear(product, dots, a, b, **static):
    """The tangent of a product that is linear in each of two operands."""
    a_dot, b_dot = dots
    if b_dot is None:
        return product(a_dot, b, **static)
    if a_dot is None:
        return product(a, b_dot, **static)
    return product(a_dot, b, **static) + product(a, b_dot, **static)


def _mT(a):
    """The transpose of each matrix of a stack."""
    return np.swapaxes(a, -1, -2)


# matmul


@block(np.matmul, "x1", "x2")
def np_matmul(x1, x2, /, out=None):
    return np.matmul(x1, x2)


@np_matmul.defjvp
def matmul_jvp(dots, y, x1, x2):
    return _bilinear(np.matmul, dots, x1, x2)


@np_matmul.defvjp
def matmul_vjp(bar, y, needs, x1, x2):
    m, n = np.ndim(x1), np.ndim(x2)
    left = right = None
    if needs[0]:
        left = _matmul_left(bar, conj(x2), m, n, np.shape(x1))
    if needs[1]:
        right = _matmul_right(bar, conj(x1), m, n, np.shape(x2))
    return left, right


def _matmul_left(bar, x2, m, n, shape):
    """The cotangent of the left factor of ``ndim`` m beside a right factor of ``ndim`` n."""
    if n == 1:
        return bar * x2 if m == 1 else bar[..., None] * x2
    if m == 1:
        product = np.matmul(x2, bar[..., None])[..., 0]
    else:
        product = np.matmul(bar, _mT(x2))
    return unbroadcast(product, shape)


def _matmul_right(bar, x1, m, n, shape):
    """The cotangent of the right factor."""
    if m == 1:
        return bar * x1 if n == 1 else unbroadcast(x1[:, None] * bar[..., None, :], shape)
    if n <= 2:
        # One product of tall matrices sums over the stack too.
        k = np.shape(x1)[-1]
        rows = np.reshape(x1, (-1, k)) if m > 2 else x1
        flat = math.prod(np.shape(x1)[:-1])
        return np.matmul(rows.T, np.reshape(bar, (flat, *shape[1:])) if m > 2 else bar)
    return unbroadcast(np.matmul(_mT(x1), bar), shape)


# vecdot, matvec and vecmat: vectors on the left are conjugated


def _vecdot_signature(function):
    """Register a product of two vectors along one axis, the first conjugated."""

    @block(function, "x1", "x2")
    def row(x1, x2, /, out=None, *, axis=-1):
        return function(x1, x2, axis=axis)

    @row.defjvp
    def jvp(dots, y, x1, x2, axis=-1):
        return _bilinear(function, dots, x1, x2, axis=axis)

    @row.defvjp
    def vjp(bar, y, needs, x1, x2, axis=-1):
        bar = np.expand_dims(bar, axis)
        left = unbroadcast(conj(bar) * x2, np.shape(x1)) if needs[0] else None
        return left, unbroadcast(x1 * bar, np.shape(x2)) if needs[1] else None


_vecdot_signature(np.vecdot)

if hasattr(np, "matvec"):

    @block(np.matvec, "x1", "x2")
    def np_matvec(x1, x2, /, out=None):
        return np.matvec(x1, x2)

    @np_matvec.defjvp
    def matvec_jvp(dots, y, x1, x2):
        return _bilinear(np.matvec, dots, x1, x2)

    @np_matvec.defvjp
    def matvec_vjp(bar, y, needs, x1, x2):
        left = unbroadcast(bar[..., None] * conj(x2)[..., None, :], np.shape(x1)) if needs[0] else None
        return left, unbroadcast(np.matvec(_mT(conj(x1)), bar), np.shape(x2)) if needs[1] else None

    @block(np.vecmat, "x1", "x2")
    def np_vecmat(x1, x2, /, out=None):
        return np.vecmat(x1, x2)

    @np_vecmat.defjvp
    def vecmat_jvp(dots, y, x1, x2):
        return _bilinear(np.vecmat, dots, x1, x2)

    @np_vecmat.defvjp
    def vecmat_vjp(bar, y, needs, x1, x2):
        left = unbroadcast(np.matvec(x2, conj(bar)), np.shape(x1)) if needs[0] else None
        return left, unbroadcast(x1[..., None] * bar[..., None, :], np.shape(x2)) if needs[1] else None


# dot and inner


@block(np.dot, "a", "b")
def np_dot(a, b, out=None):
    return np.dot(a, b)


@np_dot.defjvp
def dot_jvp(dots, y, a, b):
    return _bilinear(np.dot, dots, a, b)


@np_dot.defvjp
def dot_vjp(bar, y, needs, a, b):
    m, n = np.ndim(a), np.ndim(b)
    if 0 < m <= 2 and 0 < n <= 2:
        return matmul_vjp(bar, y, needs, a, b)
    if m == 0 or n == 0:
        return _scaled_vjp(bar, needs, a, b)
    return _contraction_vjp(bar, needs, a, b, [m - 1], [max(n - 2, 0)])


def _scaled_vjp(bar, needs, a, b):
    """Cotangents of a product in which one factor is a single number."""
    left = unbroadcast(bar * conj(b), np.shape(a)) if needs[0] else None
    return left, unbroadcast(bar * conj(a), np.shape(b)) if needs[1] else None


@block(np.inner, "a", "b")
def np_inner(a, b, /):
    return np.inner(a, b)


@np_inner.defjvp
def inner_jvp(dots, y, a, b):
    return _bilinear(np.inner, dots, a, b)


@np_inner.defvjp
def inner_vjp(bar, y, needs, a, b):
    m, n = np.ndim(a), np.ndim(b)
    if m == 0 or n == 0:
        return _scaled_vjp(bar, needs, a, b)
    return _contraction_vjp(bar, needs, a, b, [m - 1], [n - 1])


# tensordot


@block(np.tensordot, "a", "b")
def np_tensordot(a, b, axes=2):
    return np.tensordot(a, b, axes)


@np_tensordot.defjvp
def tensordot_jvp(dots, y, a, b, axes=2):
    return _bilinear(np.tensordot, dots, a, b, axes=axes)


@np_tensordot.defvjp
def tensordot_vjp(bar, y, needs, a, b, axes=2):
    m, n = np.ndim(a), np.ndim(b)
    if np.ndim(axes) == 0 and not isinstance(axes, (tuple, list)):
        of_a, of_b = list(range(m - axes, m)), list(range(axes))
    else:
        of_a, of_b = ([int(i) % k for i in np.ravel(s)] for s, k in zip(axes, (m, n), strict=True))
    return _contraction_vjp(bar, needs, a, b, of_a, of_b)


def _contraction_vjp(bar, needs, a, b, of_a, of_b):
    """Cotangents of the sum over axes ``of_a`` of a paired with ``of_b`` of b; the free axes of a come first."""
    free_a = [i for i in range(np.ndim(a)) if i not in of_a]
    free_b = [i for i in range(np.ndim(b)) if i not in of_b]
    p = len(free_a)
    left = right = None
    if needs[0]:
        left = np.tensordot(bar, conj(b), (list(range(p, p + len(free_b))), free_b))
        left = np.transpose(left, np.argsort(free_a + [of_a[i] for i in np.argsort(of_b)]))
    if needs[1]:
        right = np.tensordot(conj(a), bar, (free_a, list(range(p))))
        right = np.transpose(right, np.argsort([of_b[i] for i in np.argsort(of_a)] + free_b))
    return left, right


# vdot and outer: both flatten their operands


@block(np.vdot, "a", "b")
def np_vdot(a, b, /):
    return np.vdot(a, b)


@np_vdot.defjvp
def vdot_jvp(dots, y, a, b):
    return _bilinear(np.vdot, dots, a, b)


@np_vdot.defvjp
def vdot_vjp(bar, y, needs, a, b):
    left = np.reshape(conj(bar) * b, np.shape(a)) if needs[0] else None
    return left, np.reshape(bar * a, np.shape(b)) if needs[1] else None


@block(np.outer, "a", "b")
def np_outer(a, b, out=None):
    return np.outer(a, b)


@np_outer.defjvp
def outer_jvp(dots, y, a, b):
    return _bilinear(np.outer, dots, a, b)


@np_outer.defvjp
def outer_vjp(bar, y, needs, a, b):
    left = np.reshape(np.matmul(bar, np.ravel(conj(b))), np.shape(a)) if needs[0] else None
    return left, np.reshape(np.matmul(np.ravel(conj(a)), bar), np.shape(b)) if needs[1] else None
