"""Tangent arrays: their memory layout, many directions at once, and products in which zero always wins.

With one direction a tangent has the shape of its primal.  With ``width`` directions it has one more axis, the last,
and the same order of the other axes in memory: so a function that only moves entries can be applied to the tangent seen
as an array of *records* of ``width`` numbers, and makes views exactly where it makes them of the primal.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

from adpy.capture.registry import TRACED_TYPES
from adpy.errors import TracedValueError
from adpy.plain import np
from adpy.traced.refusal import refuse

__all__ = [
    "OneDirectionError",
    "copied",
    "finite",
    "fitted",
    "fitted_scalar",
    "leaves",
    "packed",
    "product",
    "record",
    "storage",
    "unpacked",
    "widened",
    "zeros",
]

ndarray = np.ndarray


@cache
def record(dtype: np.dtype, width: int) -> np.dtype:
    """The dtype of one entry with all its directions."""
    return np.dtype([("directions", dtype, (width,))])


class OneDirectionError(TracedValueError):
    """Raised where only one direction at a time will do; who asked for many asks again for one after the other."""


def packed(tangent: Any, width: int, view: bool) -> ndarray:
    """A tangent with ``width`` directions as an array of records; a view of it if ``view`` is asked for.

    Real parts of complex tangents can only be copied, and tangents with derivatives of their own not even that.
    """
    if type(tangent) in TRACED_TYPES or (view and tangent.strides[-1] != tangent.itemsize):
        refuse("Many directions at once", "Differentiate in one direction.", OneDirectionError)
    if tangent.strides[-1] != tangent.itemsize:
        tangent = tangent.copy()
    return tangent.view(record(tangent.dtype, width))[..., 0]


def unpacked(records: Any) -> ndarray:
    """The inverse of :func:`packed` (a view)."""
    return records["directions"]


def widened(values: Sequence, y: Any) -> Sequence:
    """Primals with all digits of the result ``y``, in which partials are computed."""
    found = getattr(y, "dtype", None)
    for x in values if found is not None else ():
        dtype = getattr(x, "dtype", found)
        if dtype is not found and _narrower(dtype, found):
            return [_wide(x, found) for x in values]
    return values


def _narrower(dtype: np.dtype, other: np.dtype) -> bool:
    return dtype.kind in "fc" and np.finfo(dtype).eps > np.finfo(other).eps


def _wide(x: Any, dtype: np.dtype) -> Any:
    kind = getattr(x, "dtype", dtype)
    return x.astype(np.result_type(kind, dtype)) if _narrower(kind, dtype) else x


def zeros(value: Any, width: int | None) -> Any:
    """A zero tangent for ``value``, with the same memory layout."""
    if type(value) in TRACED_TYPES:
        return value.frame.lift(zeros(value._value, width))
    tangent = _empty(value, width)
    tangent.fill(0.0)
    return tangent


def storage(value: Any) -> Any:
    """The object that owns the memory under an array, through every level of tracing."""
    while type(value) in TRACED_TYPES:
        value = value._value
    base = value.base if type(value) is ndarray else None
    while base is not None:  # not only arrays: as_strided goes through an object of its own
        value, base = base, getattr(base, "base", None)
    return value


def finite(x: Any) -> bool:
    """Are all entries finite?  May be wrongly False for very large entries."""
    while type(x) in TRACED_TYPES:
        x = x._value
    if type(x) is ndarray:
        if x.size > 4096 and not (x.flags.c_contiguous and x.dtype == np.float64):
            return bool(np.isfinite(x).all())
        return math.isfinite(np.vdot(x, x).real)  # the fastest for a small array, and silent
    return bool(np.isfinite(x))


def product(weight: Any, tangent: Any) -> Any:
    """``weight * tangent``, exactly zero where the tangent is zero even if the weight is infinite or not a number."""
    term = weight * tangent
    if finite(term):
        return term
    return np.where(tangent == 0, 0.0, term).astype(term.dtype)[()]


def fitted(tangent: Any, y: Any, width: int | None, fresh: bool) -> Any:
    """A tangent for the array ``y`` in its shape, dtype and memory layout; copied unless it is ``fresh``."""
    if not hasattr(tangent, "dtype"):
        tangent = np.asarray(tangent)
    shape = y.shape if width is None else (*y.shape, width)
    dtype = y.dtype
    if tangent.dtype != dtype:
        if tangent.dtype.kind == "c" and dtype.kind != "c":
            tangent = tangent.real
        tangent = tangent.astype(dtype)
        fresh = True
    fit = fresh and tangent.shape == shape and _like_primal(tangent, y, width)
    return tangent if fit else copied(tangent, y, width)


def fitted_scalar(tangent: Any, y: Any) -> Any:
    """A tangent for the scalar ``y`` in its dtype."""
    dtype = y.dtype if hasattr(y, "dtype") else np.result_type(y)
    if dtype.kind != "c":
        tangent = tangent.real
    if type(tangent) in TRACED_TYPES or type(y) in TRACED_TYPES:
        return tangent
    return np.asarray(tangent, dtype)[()]


def leaves(nested: Any) -> list:
    """The leaves of nested lists and tuples."""
    return [leaf for x in nested for leaf in (leaves(x) if isinstance(x, list | tuple) else (x,))]


def _like_primal(tangent: Any, y: Any, width: int | None) -> bool:
    """Does the tangent have the memory layout of ``y``?"""
    if width is None:
        return len(y.shape) < 2 or tangent.strides == y.strides
    step = tangent.dtype.itemsize
    return tangent.strides[-1] == step and (
        len(y.shape) < 2 or tangent.strides[:-1] == tuple([width * s for s in y.strides])
    )


def copied(tangent: Any, y: Any, width: int | None) -> Any:
    """A copy of a tangent, or what broadcasts to one, in the memory layout of ``y``."""
    if type(tangent) in TRACED_TYPES or type(y) in TRACED_TYPES:
        copy = zeros(y if type(y) in TRACED_TYPES else tangent.frame.lift(y), width)
    else:
        copy = _empty(y, width)
    copy[...] = tangent
    return copy


def _empty(value: ndarray, width: int | None) -> ndarray:
    return np.empty_like(value) if width is None else unpacked(np.empty_like(value, record(value.dtype, width)))
