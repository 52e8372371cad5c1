"""Replacements of NumPy's array creators: a fresh float array comes back as a buffer that can take traced values.

An array that NumPy would return unchanged, or as a view, stays what it is: aliasing is exactly NumPy's.  Integer,
boolean and string arrays (indices, masks, labels) stay plain.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import numpy as np

from adpy.capture.frames import DEEP, FRAME
from adpy.capture.registry import TRACED_TYPES, contains_traced, model, primal

__all__ = ["CREATORS", "make", "wrap_fresh"]

ndarray = np.ndarray
_KINDS = "fc"
# Bound now: NumPy's own names may be replaced while the code below runs.
_array, _empty, _arange, _stack, _isfinite = np.array, np.empty, np.arange, np.stack, np.isfinite
_COPIED = frozenset([list, tuple, float, int, bool, complex, range])
# SciPy passes members of this enumeration, which have no truth value, as `copy`.
_COPY_MODES = {np._CopyMode.ALWAYS: True, np._CopyMode.IF_NEEDED: None, np._CopyMode.NEVER: False}
_current = FRAME.get
_deep = DEEP.get


def _current_deep():
    """The active frame, if one of NumPy's implementations is running on traced values."""
    return _current() if _deep() else None


def wrap_fresh(frame, result: Any, copied: bool = False) -> Any:
    """A buffer, if ``result`` is a float array that nothing else refers to.

    ``copied``: the function never returns a view of an argument, though perhaps one of memory of its own.
    """
    if (
        type(result) is ndarray
        and (copied or result.base is None)
        and result.dtype.kind in _KINDS
        and result.flags.writeable
    ):
        return frame.buffer(result)
    return result


def _plain_creator(original: Callable, current: Callable) -> Callable:
    def creator(*args, **kwargs):
        result = original(*args, **kwargs)
        frame = current()
        return result if frame is None else wrap_fresh(frame, result, True)

    return creator


def _like_creator(original: Callable, current: Callable) -> Callable:
    def creator(a, *args, **kwargs):
        frame = _current()
        if frame is None:
            return original(a, *args, **kwargs)
        if contains_traced(a):
            a = model(a if type(a) in TRACED_TYPES else frame.assemble(a))
            return wrap_fresh(frame, original(a, *args, **kwargs))
        result = original(a, *args, **kwargs)
        return result if current() is None else wrap_fresh(frame, result)

    return creator


def _full(original: Callable, current: Callable) -> Callable:
    """``full`` and ``full_like``: the first argument is a shape or an array."""

    def full(*args, **kwargs):
        frame = _current()
        if frame is None or not (contains_traced(args) or contains_traced(kwargs.get("fill_value"))):
            result = original(*args, **kwargs)
            return result if current() is None else wrap_fresh(frame, result)
        return _filled(frame, original, *args, **kwargs)

    return full


def _filled(frame, original: Callable, first: Any, fill_value: Any, *args: Any, **kwargs: Any) -> Any:
    if type(fill_value) not in TRACED_TYPES and contains_traced(fill_value):
        fill_value = frame.assemble(fill_value)
    if type(first) not in TRACED_TYPES and contains_traced(first) and isinstance(first, list):
        first = frame.assemble(first)
    result = original(model(first), model(fill_value), *args, **kwargs)
    if type(result) is ndarray:
        if result.dtype.kind not in _KINDS:  # an integer or object array: the writer decides what that means
            result[...] = fill_value
            return result
        result = frame.buffer(result)
    result[...] = fill_value
    return result


def _array_like(original: Callable, current: Callable, convert: Callable) -> Callable:
    """``array``, ``asarray`` and their kin: ``convert(frame, x, *args, **kwargs)`` is the traced version."""

    def creator(*args, **kwargs):
        frame = _current()
        if frame is None or not (args or kwargs):
            return original(*args, **kwargs)
        x = args[0] if args else kwargs.get("object", kwargs.get("a"))
        kind = type(x)
        if kind in TRACED_TYPES:
            return convert(frame, *args, **kwargs)
        if kind is ndarray:
            if x.dtype.hasobject and _wanted(args, kwargs) is not None and contains_traced(x):
                return convert(frame, *args, **kwargs)
            result = original(*args, **kwargs)
            fresh = result is not x and result.base is None
        elif contains_traced(x):
            return convert(frame, *args, **kwargs)
        else:
            result = original(*args, **kwargs)
            fresh = kind in _COPIED or isinstance(x, np.generic) or _copies(original, kwargs)
            if fresh and "subok" in kwargs and kwargs.get("copy", True) is None:
                return result  # NumPy's view functions ask so, and take views of what they get as an ndarray
        return wrap_fresh(frame, result, True) if fresh and current() is not None else result

    return creator


def _wanted(args: tuple, kwargs: dict) -> Any:
    return args[1] if len(args) > 1 else kwargs.get("dtype")


def _copies(original: Callable, kwargs: dict) -> bool:
    return kwargs.get("copy", original is _array) is True


def _ordered(x: Any, order: str | None) -> bool:
    """Does ``x`` already have the memory layout that ``order`` asks for?"""
    if order in (None, "K", "A"):
        return True
    flags = x.flags
    return flags.c_contiguous if order == "C" else flags.f_contiguous


def _convert(frame, x, dtype=None, copy=None, order=None, ndmin=0) -> Any:
    """``numpy.array`` of a traced value, or of something with traced values in it."""
    dtype = None if dtype is None else np.dtype(dtype)
    copy = _COPY_MODES.get(copy, copy)
    if dtype is not None and dtype.hasobject:
        return _object_array(x)
    if type(x) not in TRACED_TYPES or getattr(type(x), "immutable", False):
        if copy is False:
            raise ValueError("Unable to avoid copy while creating an array as requested.")
        result = frame.assemble(x, dtype)
    elif dtype is not None and dtype != x.dtype:
        result = x.astype(dtype)
    elif copy or not _ordered(x, order):
        result = x.copy(order or "K")
    else:
        result = x
    if result.ndim < ndmin:
        result = result.reshape((1,) * (ndmin - result.ndim) + tuple(result.shape))
    return result


def _object_array(x: Any) -> ndarray:
    """A plain array of objects, traced scalars among them (NumPy would ask each of them for ``__array__``)."""
    if type(x) in TRACED_TYPES and x.ndim == 0:
        result = _empty((), object)
        result[()] = x if getattr(type(x), "immutable", False) else x[()]
        return result
    if isinstance(x, ndarray) and type(x) not in TRACED_TYPES:
        return x.astype(object)
    items = list(x)
    if not any(isinstance(item, (list, tuple)) or getattr(item, "ndim", 0) for item in items):
        result = _empty(len(items), object)
        for i, item in enumerate(items):
            result[i] = item
        return result
    return _stack([_object_array(item) for item in items])


def _traced_array(frame, object, dtype=None, *, copy=True, order="K", subok=False, ndmin=0, like=None, **rest):
    return _convert(frame, object, dtype, copy, order, ndmin)


def _traced_asarray(frame, a, dtype=None, order=None, *, device=None, copy=None, like=None):
    return _convert(frame, a, dtype, copy, order)


def _traced_ascontiguous(frame, a, dtype=None, *, like=None):
    return _convert(frame, a, dtype, None, "C", 1)


def _traced_asfortran(frame, a, dtype=None, *, like=None):
    return _convert(frame, a, dtype, None, "F", 1)


def _traced_checked(frame, a, dtype=None, order=None):
    a = _convert(frame, a, dtype, None, order)
    if a.dtype.kind in _KINDS and not _isfinite(primal(a)).all():
        raise ValueError("array must not contain infs or NaNs")
    return a


def _traced_require(frame, a, dtype=None, requirements=None, *, like=None):
    wanted = {str(r).upper()[:1] for r in requirements or ()}
    order = "F" if "F" in wanted else "C" if "C" in wanted else None
    return _convert(frame, a, dtype, None, order)


def _traced_copy(frame, a, order="K", subok=False):
    return _convert(frame, a, None, True, order)


def _ranging(original: Callable, current: Callable) -> Callable:
    def arange(*args, **kwargs):
        frame = _current()
        if frame is None:
            return original(*args, **kwargs)
        if contains_traced(args) or (kwargs and contains_traced(tuple(kwargs.values()))):
            return _traced_arange(original, *args, **kwargs)
        result = original(*args, **kwargs)
        return result if current() is None else wrap_fresh(frame, result)

    return arange


def _traced_arange(original, start, stop=None, step=None, dtype=None, **rest):
    values = original(primal(start), primal(stop), primal(step), dtype=dtype)
    if stop is None:
        return values  # only the length depends on the traced value
    counts = _arange(values.size, dtype=float)
    result = start + counts * (1 if step is None else step)
    return result if dtype is None else result.astype(dtype)


def _iterating(original: Callable, current: Callable) -> Callable:
    def fromiter(iter, dtype, count=-1, **kwargs):
        frame = _current()
        if frame is None:
            return original(iter, dtype, count, **kwargs)
        items = []
        if count < 0:
            items.extend(iter)
        else:
            items.extend(item for item, _ in zip(iter, range(count), strict=False))
        if contains_traced(items):
            return _convert(frame, items, dtype)
        result = original(items, dtype, count, **kwargs)
        return result if current() is None else wrap_fresh(frame, result)

    return fromiter


def _converting(convert: Callable) -> Callable:
    def kind(original: Callable, current: Callable) -> Callable:
        return _array_like(original, current, convert)

    return kind


CREATORS: dict[Callable, Callable] = {
    np.array: _converting(_traced_array),
    np.asarray: _converting(_traced_asarray),
    np.asanyarray: _converting(_traced_asarray),
    np.ascontiguousarray: _converting(_traced_ascontiguous),
    np.asfortranarray: _converting(_traced_asfortran),
    np.asarray_chkfinite: _converting(_traced_checked),
    np.require: _converting(_traced_require),
    np.copy: _converting(_traced_copy),
    np.full: _full,
    np.full_like: _full,
    np.arange: _ranging,
    np.fromiter: _iterating,
}
"""For each creator: ``kind(original, current) -> replacement``."""

for _creator in (np.zeros, np.ones, np.empty, np.eye, np.identity, np.tri, np.linspace, np.logspace, np.geomspace):
    CREATORS[_creator] = _plain_creator
for _creator in (np.zeros_like, np.ones_like, np.empty_like):
    CREATORS[_creator] = _like_creator


def make(original: Callable, internal: bool = False) -> Callable:
    """The replacement of a creator.

    ``internal`` is for the names in NumPy's own modules: there plain values are wrapped only while one of NumPy's
    implementations runs on traced values, so that ``np.histogram(plain)`` stays entirely NumPy's.
    """
    replacement = CREATORS[original](original, _current_deep if internal else _current)
    return update_wrapper(replacement, original, ("__name__", "__qualname__", "__doc__", "__module__"), ())
