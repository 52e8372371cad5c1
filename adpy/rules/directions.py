"""Many directions at once: block rows whose tangent map takes all of them in one call.

A jvp takes one direction.  What stands here takes tangents with one more axis, the last, and returns such a tangent;
rows that are not here are pushed one direction after the other.  Keys are names, so that nothing is loaded for them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from adpy.rules._shapes import conj, given, kept, tuple_of_axes
from adpy.rules.contractions import LETTERS, places_of, spelling, terms_of
from adpy.rules.table import Block

__all__ = ["LEADING", "OWN", "REDUCTIONS", "by_gradient", "many_directions"]


def many_directions(row: Block) -> Callable | None:
    """``many(dots, y, *operands, **static) -> y_dot`` of a row, or None.

    It may return None where it has no answer for these operands.
    """
    own = OWN.get(row.name)
    if own is not None:
        return own
    if row.name in REDUCTIONS:
        return _reduction(row)
    return _leading(row) if row.name in LEADING else None


# ---- rows whose jvp is written for tangents with more axes in front, if axes are counted from the end

LEADING = frozenset(
    [f"numpy.fft.{kind}fft{n}" for kind in ("", "i", "r", "ir") for n in ("", "2", "n")]
    + [f"scipy.fft.{kind}fft{n}" for kind in ("", "i", "r", "ir", "h", "ih") for n in ("", "2", "n")]
    + ["numpy.fft.hfft", "numpy.fft.ihfft", "scipy.fft.dct", "scipy.fft.idct", "scipy.fft.dst", "scipy.fft.idst"]
    + [f"numpy.linalg.{name}" for name in ("cholesky", "inv", "det", "pinv", "eigvalsh", "svdvals", "eigh")]
    + ["scipy.linalg.inv", "scipy.linalg.cholesky", "scipy.linalg.det", "scipy.linalg.eigvalsh"]
    + ["scipy.special.softmax", "scipy.special.log_softmax"]
)


def _leading(row: Block) -> Callable:
    parameters = inspect.signature(row.primal).parameters
    name = next((n for n in ("axis", "axes") if n in parameters), None)

    def many(dots, y, *operands, **static):
        if any(dot is not None for dot in dots[1:]):
            return None
        if name is not None:
            axis = static.get(name, parameters[name].default)
            static[name] = _from_the_end(axis, np.ndim(operands[0]))
        found = row.jvp((np.moveaxis(dots[0], -1, 0), *dots[1:]), y, *operands, **static)
        if isinstance(found, tuple):
            return tuple(np.moveaxis(part, 0, -1) for part in found)
        return np.moveaxis(found, 0, -1)

    return many


def _from_the_end(axis: Any, ndim: int) -> Any:
    """Axes as negative numbers; ``None`` means all."""
    if axis is None:
        return tuple(range(-ndim, 0))
    if isinstance(axis, tuple | list):
        return tuple(_from_the_end(a, ndim) for a in axis)
    return axis if axis < 0 else axis - ndim


# ---- reductions: each entry has its weight in the one result it goes to

REDUCTIONS = frozenset(
    [f"numpy.{name}" for name in ("mean", "var", "std", "prod", "max", "amax", "min", "amin")]
    + ["numpy.linalg.vector_norm", "scipy.special.logsumexp"]
)


def _reduction(row: Block) -> Callable:
    def many(dots, y, a, *others, **static):
        if any(dot is not None for dot in dots[1:]) or isinstance(y, tuple) or any(np.ndim(x) for x in others):
            return None
        if np.iscomplexobj(a) or np.iscomplexobj(y):
            return None
        needs = (True, *[False for _ in others])
        weights = np.broadcast_to(row.vjp(np.ones_like(y), y, needs, a, *others, **static)[0], np.shape(a))
        return _summed(weights[..., None] * dots[0], a, **static)

    return many


def _summed(terms: Any, a: Any, axis: Any = None, keepdims: Any = False, **_: Any) -> Any:
    """Terms of the shape of ``a``, and directions, summed over the axes of ``a``."""
    return np.add.reduce(terms, tuple_of_axes(axis, np.ndim(a)), None, None, kept(keepdims))


def _sum(dots, y, a, initial=None, axis=None, dtype=None, keepdims=False, where=True):
    a_dot, initial_dot = dots
    if initial_dot is not None:
        return None
    where = where[..., None] if given(where) and np.ndim(where) else where if given(where) else True
    return np.add.reduce(a_dot, tuple_of_axes(axis, np.ndim(a)), dtype, None, kept(keepdims), where=where)


# ---- scans


def _cumsum(dots, y, a, axis=None, dtype=None):
    a_dot = dots[0]
    if axis is None:
        return np.cumsum(np.reshape(a_dot, (-1, a_dot.shape[-1])), 0, dtype)
    return np.cumsum(a_dot, axis if axis >= 0 else axis - 1, dtype)


# ---- products


def _matmul(dots, y, a, b):
    a_dot, b_dot = dots
    left = right = None
    if a_dot is not None:
        if np.ndim(b) == 1:
            left = np.matmul(b, a_dot)
        else:
            turned = np.swapaxes(b, -1, -2)
            left = np.matmul(turned if np.ndim(a) == 1 else turned[..., None, :, :], a_dot)
    if b_dot is not None:
        if np.ndim(b) == 1:
            right = np.matmul(a, b_dot)
        else:
            *stack, n, p, count = b_dot.shape
            right = np.matmul(a, np.reshape(b_dot, (*stack, n, p * count)))
            right = np.reshape(right, (*right.shape[:-1], p, count))
    return _total(left, right)


def _dot(dots, y, a, b):
    m, n = np.ndim(a), np.ndim(b)
    if 0 < m <= 2 and 0 < n <= 2:
        return _matmul(dots, y, a, b)
    if m == 0 or n == 0:
        return _scaled(dots, a, b)
    return _contraction(dots, a, b, [m - 1], [max(n - 2, 0)])


def _inner(dots, y, a, b):
    m, n = np.ndim(a), np.ndim(b)
    return _scaled(dots, a, b) if m == 0 or n == 0 else _contraction(dots, a, b, [m - 1], [n - 1])


def _tensordot(dots, y, a, b, axes=2):
    m, n = np.ndim(a), np.ndim(b)
    if np.ndim(axes) == 0 and not isinstance(axes, tuple | list):
        return _contraction(dots, a, b, list(range(m - axes, m)), list(range(axes)))
    of_a, of_b = ([int(i) % k for i in np.ravel(s)] for s, k in zip(axes, (m, n), strict=True))
    return _contraction(dots, a, b, of_a, of_b)


def _contraction(dots, a, b, of_a, of_b):
    """The sum over axes ``of_a`` of a paired with ``of_b`` of b."""
    a_dot, b_dot = dots
    left = right = None
    if a_dot is not None:
        left = np.moveaxis(np.tensordot(a_dot, b, (of_a, of_b)), np.ndim(a) - len(of_a), -1)
    if b_dot is not None:
        right = np.tensordot(a, b_dot, (of_a, of_b))
    return _total(left, right)


def _scaled(dots, a, b):
    """The product of an array and a single number."""
    a_dot, b_dot = dots
    left = None if a_dot is None else a_dot * np.expand_dims(b, -1)
    return _total(left, None if b_dot is None else np.expand_dims(a, -1) * b_dot)


def _vdot(dots, y, a, b):
    a_dot, b_dot = dots
    left = right = None
    if a_dot is not None:
        left = np.matmul(np.ravel(b), np.conj(np.reshape(a_dot, (np.size(a), -1))))
    if b_dot is not None:
        right = np.matmul(np.conj(np.ravel(a)), np.reshape(b_dot, (np.size(b), -1)))
    return _total(left, right)


def _outer(dots, y, a, b):
    a_dot, b_dot = dots
    left = right = None
    if a_dot is not None:
        left = np.reshape(a_dot, (np.size(a), 1, -1)) * np.ravel(b)[:, None]
    if b_dot is not None:
        right = np.ravel(a)[:, None, None] * np.reshape(b_dot, (1, np.size(b), -1))
    return _total(left, right)


def _einsum(dots, y, operands, optimize=False, **kwargs):
    places = places_of(operands)
    spelled = operands[0] if isinstance(operands[0], str) else spelling(operands)
    arrays = [operands[p] for p in places]
    terms, output = terms_of(spelled, tuple([np.shape(array) for array in arrays]))
    unused = next((c for c in LETTERS if c not in "".join([*terms, output])), None)
    if unused is None:
        return None
    total = None
    for i, place in enumerate(places):
        if dots[0][place] is not None:
            labels = [*terms[:i], terms[i] + unused, *terms[i + 1 :]]
            parts = [*arrays[:i], dots[0][place], *arrays[i + 1 :]]
            # With all directions there is more to gain from a good order of contraction.
            term = np.einsum(f"{','.join(labels)}->{output}{unused}", *parts, optimize=True, **kwargs)
            total = _total(total, term)
    return total


def _total(left, right):
    return right if left is None else left if right is None else left + right


# ---- equations


def _solve(dots, y, a, b):
    if np.ndim(a) != 2 or np.ndim(b) > 2:
        return None
    a_dot, b_dot = dots
    right = None if a_dot is None else -_matmul((a_dot, None), None, a, y)
    right = _total(right, b_dot)
    flat = np.linalg.solve(a, np.reshape(right, (len(a), -1)))
    return np.reshape(flat, (*np.shape(y), right.shape[-1]))


OWN: dict[str, Callable] = {
    "numpy.cumsum": _cumsum,
    "numpy.dot": _dot,
    "numpy.einsum": _einsum,
    "numpy.inner": _inner,
    "numpy.linalg.solve": _solve,
    "numpy.matmul": _matmul,
    "numpy.outer": _outer,
    "numpy.sum": _sum,
    "numpy.tensordot": _tensordot,
    "numpy.vdot": _vdot,
}


def by_gradient(row: Block, dots: tuple, y: float, operands: tuple, static: dict) -> Any:
    """The tangent of a result that is one real number: its gradient, by one vjp, times all directions."""
    needs = tuple([dot is not None for dot in dots])
    bars = row.vjp(np.float64(1.0), y, needs, *operands, **static)
    total = None
    for dot, bar in zip(dots, bars, strict=True):
        if dot is not None:
            gradient = np.broadcast_to(bar, dot.shape[:-1])
            along = np.matmul(np.ravel(conj(gradient)), np.reshape(dot, (-1, dot.shape[-1])))
            total = _total(total, np.real(along) if np.iscomplexobj(along) else along)
    return total
