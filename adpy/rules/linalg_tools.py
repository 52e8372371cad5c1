"""Small matrix operations that the linear-algebra rules share; they work on plain and on traced arrays."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from adpy.errors import NonDifferentiableError

__all__ = [
    "as_matrix",
    "call",
    "diagonal_matrix",
    "eps_of",
    "filled",
    "fold",
    "half_tril",
    "hermitian_from",
    "inner",
    "inverse_gaps",
    "is_traced",
    "mH",
    "mT",
    "phase_row",
    "real_to_rounding",
    "require",
    "zeros_of",
]


def call(function: Callable, *args, **kwargs):
    """Call ``function``, through ``__array_function__`` when an argument is traced.

    NumPy's own functions dispatch by themselves; this gives SciPy's functions, and adpy's private
    primitives, the same protocol inside rules.
    """
    for argument in (*args, *kwargs.values()):
        if is_traced(argument):
            return argument.__array_function__(function, (type(argument),), args, kwargs)
    return function(*args, **kwargs)


def is_traced(x) -> bool:
    """Whether ``x`` is the value of an enclosing trace; such values pretend to be arrays to ``isinstance``."""
    kind = type(x)
    return hasattr(kind, "__array_function__") and not issubclass(kind, np.ndarray)


def mT(a):
    """Transpose of the last two axes."""
    return np.swapaxes(a, -1, -2)


def mH(a):
    """Conjugate transpose of the last two axes."""
    swapped = np.swapaxes(a, -1, -2)
    return np.conj(swapped) if np.iscomplexobj(a) else swapped


def inner(u, v, axis=None, keepdims: bool = False):
    """Real inner product ``Re sum(conj(u) v)`` over ``axis``."""
    product = np.conj(u) * v if np.iscomplexobj(u) else u * v
    return np.sum(np.real(product) if np.iscomplexobj(product) else product, axis=axis, keepdims=keepdims)


def diagonal_matrix(d):
    """Square matrices with the last axis of ``d`` on their diagonals."""
    return d[..., :, None] * np.eye(np.shape(d)[-1], dtype=d.dtype)


def zeros_of(x) -> np.ndarray:
    """Constant zeros of the shape and type of ``x``, also where ``x`` is traced."""
    return np.zeros(np.shape(x), getattr(x, "dtype", float))


def filled(bar, y) -> tuple:
    """The cotangents of several results, with zeros for the results that nothing read."""
    return tuple(zeros_of(part) if b is None else b for b, part in zip(bar, y, strict=True))


def as_matrix(x):
    """A number, or a stack of numbers, as a stack of 1 by 1 matrices."""
    return np.expand_dims(x, (-2, -1))


def half_tril(a):
    """Lower triangle with halved diagonal: the ``Phi`` of the Cholesky derivative."""
    n = np.shape(a)[-1]
    return a * (np.tri(n, k=-1) + 0.5 * np.eye(n)).astype(_real_dtype(a))


def hermitian_from(a, lower: bool = True):
    """The Hermitian matrix that LAPACK sees when it reads one triangle of ``a``."""
    strict = np.tril(a, -1) if lower else np.triu(a, 1)
    diagonal = np.real(a) if np.iscomplexobj(a) else a
    return strict + mH(strict) + diagonal * np.eye(np.shape(a)[-1], dtype=_real_dtype(a))


def fold(bar, lower: bool = True):
    """Transpose of :func:`hermitian_from`: the whole cotangent moves to the triangle that is read."""
    both = bar + mH(bar)
    strict = np.tril(both, -1) if lower else np.triu(both, 1)
    diagonal = np.real(bar) if np.iscomplexobj(bar) else bar
    return strict + diagonal * np.eye(np.shape(bar)[-1], dtype=_real_dtype(bar))


def eps_of(a) -> float:
    """Machine epsilon of the precision of ``a``."""
    return float(np.finfo(a.dtype).eps) if a.dtype.kind in "fc" else float(np.finfo(float).eps)


def inverse_gaps(values, scale):
    """``F[i, j] = 1 / (values[j] - values[i])`` and the mask of the pairs too close to tell apart.

    The diagonal, and the entries under the mask, are 0.
    """
    n = np.shape(values)[-1]
    gaps = values[..., None, :] - values[..., :, None]
    tolerance = 16 * n * eps_of(values) * np.max(np.abs(scale), axis=-1, initial=0)[..., None, None]
    close = np.abs(gaps) <= tolerance
    off = ~np.eye(n, dtype=bool)
    return np.where(close | ~off, 0, 1 / np.where(close | ~off, 1, gaps)), close & off


def phase_row(vectors, row: int):
    """Reciprocal of one row of complex eigenvectors where LAPACK made that row real, else 0.

    LAPACK's reduction to real tridiagonal (or bidiagonal) form leaves one row of the vectors real; that
    row fixes the phases.  Entries that are not real to rounding, or too small to fix a phase, do not count.
    """
    entries = vectors[..., row, :]
    usable = real_to_rounding(entries) & (np.abs(entries) > 1e-6)
    return np.where(usable, 1 / np.where(usable, np.real(entries), 1), 0)


def real_to_rounding(entries):
    """Which entries of a unit vector have no imaginary part but rounding."""
    return np.abs(np.imag(entries)) <= 64 * eps_of(entries)


def require(condition, what: str) -> None:
    """Raise :class:`NonDifferentiableError` unless every element of ``condition`` holds."""
    if not np.all(condition):
        raise NonDifferentiableError(what)


def _real_dtype(a) -> np.dtype:
    return np.finfo(a.dtype).dtype if a.dtype.kind in "fc" else np.dtype(float)
