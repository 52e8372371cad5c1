"""Small matrix operations that the linear-algebra rules share; they work on plain and on traced arrays."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from adpy.errors import NonDifferentiableError

__all__ = [
    "as_array",
    "as_matrix",
    "call",
    "diagonal_matrix",
    "eps_of",
    "filled",
    "fold",
    "half_triangle",
    "hermitian_from",
    "identity",
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


_SMALL = 32
_BOOL = np.dtype(bool)


def _constants(dtype) -> tuple[np.ndarray, np.ndarray]:
    identity = np.eye(_SMALL, dtype=dtype)
    lower = np.tri(_SMALL, dtype=dtype)
    return identity, lower


# Cut from constants when small: making them costs more than using them.  They are made at import, because a cache
# could be filled during a trace, when array creators return traced buffers.
_CONSTANTS = {np.dtype(t): _constants(t) for t in (float, np.float32, bool)}


def identity(n: int, dtype) -> np.ndarray:
    """Identity matrix; do not write into it."""
    known = _CONSTANTS.get(dtype) if n <= _SMALL else None
    return np.eye(n, dtype=dtype) if known is None else known[0][:n, :n]


def _ones_below(n: int, lower: bool, dtype) -> np.ndarray:
    """Ones in one triangle and on the diagonal; do not write into it."""
    known = _CONSTANTS.get(dtype) if n <= _SMALL else None
    ones = np.tri(n, dtype=dtype) if known is None else known[1][:n, :n]
    return ones if lower else ones.T


def diagonal_matrix(d):
    """Square matrices with the last axis of ``d`` on their diagonals."""
    return d[..., :, None] * identity(np.shape(d)[-1], _real_dtype(d.dtype))


def zeros_of(x) -> np.ndarray:
    """Constant zeros of the shape and type of ``x``, also where ``x`` is traced."""
    return np.zeros(np.shape(x), getattr(x, "dtype", float))


def filled(bar, y) -> tuple:
    """The cotangents of several results, with zeros for the results that nothing read."""
    return tuple(zeros_of(part) if b is None else b for b, part in zip(bar, y, strict=True))


def as_array(x):
    """A constant operand that was given as a list, as an array."""
    return np.asarray(x) if isinstance(x, list | tuple) else x


def as_matrix(x):
    """A number, or a stack of numbers, as a stack of 1 by 1 matrices."""
    return np.expand_dims(x, (-2, -1)) if np.ndim(x) else x


def half_triangle(a, lower: bool = True):
    """One triangle with halved diagonal: the ``Phi`` of the Cholesky derivative."""
    n, dtype = np.shape(a)[-1], _real_dtype(a.dtype)
    return a * (_ones_below(n, lower, dtype) - 0.5 * identity(n, dtype))


def hermitian_from(a, lower: bool = True):
    """The Hermitian matrix that LAPACK sees when it reads one triangle of ``a``."""
    # What is in the other triangle may not even be a number, so it is masked and not multiplied away.
    half = half_triangle(np.where(_ones_below(np.shape(a)[-1], lower, _BOOL), a, 0), lower)
    return half + mH(half)


def fold(bar, lower: bool = True):
    """Transpose of :func:`hermitian_from`: the whole cotangent moves to the triangle that is read."""
    return half_triangle(bar + mH(bar), lower)


def eps_of(a) -> float:
    """Machine epsilon of the precision of ``a``."""
    return _eps(a.dtype)


@lru_cache
def _eps(dtype: np.dtype) -> float:
    return float(np.finfo(dtype if dtype.kind in "fc" else float).eps)


@lru_cache
def _real_dtype(dtype: np.dtype) -> np.dtype:
    return np.finfo(dtype).dtype if dtype.kind in "fc" else np.dtype(float)


def inverse_gaps(values):
    """``F[i, j] = 1 / (values[j] - values[i])`` and the mask of the pairs too close to tell apart.

    The diagonal, and the entries under the mask, are 0.
    """
    n = np.shape(values)[-1]
    gaps = values[..., None, :] - values[..., :, None]
    tolerance = 16 * n * eps_of(values) * np.max(np.abs(values), axis=-1, initial=0)[..., None, None]
    close = np.abs(gaps) <= tolerance
    return np.where(close, 0, 1 / np.where(close, 1, gaps)), close & ~identity(n, _BOOL)


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
