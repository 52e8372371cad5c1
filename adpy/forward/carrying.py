"""Carrying: an array with a tangent to which every index, view and in-place write is applied as to the primal.

So aliasing is NumPy's own on both.  A constant buffer has no tangent until the first write of an active value, through
whichever view: a view of a storage without tangent remembers its ``origin`` (the array it was made from, how, and what
shape that had then).
"""

from __future__ import annotations

from typing import Any

from adpy.capture.registry import TRACED_TYPES, contains_traced
from adpy.forward.dual import DualBase
from adpy.forward.element import cast
from adpy.plain import np
from adpy.traced.dispatch import call_ufunc, primal, top_trace
from adpy.traced.refusal import refuse, refuse_dead
from adpy.traced.traced import Entries

__all__ = ["BORROWED", "Carrying", "index_of", "plain_key", "widened"]

ndarray = np.ndarray
_BASIC = frozenset([int, slice, type(None), type(Ellipsis), *[np.dtype(c).type for c in "bBhHiIlLqQ"]])


class _Borrowed:
    """Stands at the origin of an array of the user's from outside the function, which must stay constant."""

    active = False

    def carried(self) -> None:
        """No tangent."""

    def writable(self) -> None:
        """Refused."""
        refuse(
            "Writing a traced value into an array from outside the function",
            "Create the array inside the function, or pass it in as an argument and return it.",
        )


BORROWED = _Borrowed()


def _real_part(tangent: Any, frame: Any) -> Any:
    return tangent.real


def _imaginary_part(tangent: Any, frame: Any) -> Any:
    return tangent.imag


class Carrying(Entries, DualBase):
    """An array with a tangent that behaves as an array of the primal's shape, or with none yet."""

    __slots__ = ("_tangent", "frame", "origin", "_value")
    immutable = False

    def __init__(self, value: Any, tangent: Any, frame: Any, origin: tuple | None = None) -> None:
        self._value, self._tangent, self.frame, self.origin = value, tangent, frame, origin

    __class__ = property(lambda self: ndarray)

    # ---- the tangent

    def carried(self) -> Any:
        """The tangent, or None while nothing active has been written into this storage."""
        tangent = self._tangent
        if tangent is None and self.origin is not None:
            parent, step, shape = self.origin
            tangent = parent.carried()
            if tangent is not None:
                tangent = self._tangent = self._follow(step, shape, tangent)
        return tangent

    def writable(self) -> Any:
        """The tangent to write into: made now, for the whole storage, if there was none."""
        tangent = self._tangent
        if tangent is None:
            if self.origin is None:
                tangent = self.frame.zeros(self._value)
            else:
                parent, step, shape = self.origin
                tangent = self._follow(step, shape, parent.writable())
            self._tangent = tangent
        return tangent

    def _follow(self, step: Any, shape: tuple, tangent: Any) -> Any:
        frame = self.frame
        if frame.width is not None:
            shape = (*shape, frame.width)
        if tangent.shape != shape:  # the parent was given another shape since
            tangent = tangent.reshape(shape)
        view = step(tangent, frame) if callable(step) else tangent[step if frame.width is None else widened(step)]
        if not view.flags.writeable and self._value.flags.writeable:
            view.setflags(write=True)  # NumPy marks diagonals read-only out of caution
        return view

    @property
    def active(self) -> bool:
        """Does any entry carry a derivative?"""
        return self._tangent is not None or (self.origin is not None and self.origin[0].active)

    @property
    def tangent(self) -> Any:
        """The tangent; zero for a constant."""
        tangent = self.carried()
        return self.frame.zeros(self._value) if tangent is None else tangent

    # ---- reading

    def _constant(self, key, value):
        kind = type(value)
        if kind is ndarray or (kind in TRACED_TYPES and not kind.immutable):
            basic = _BASIC.issuperset(map(type, key)) if type(key) is tuple else type(key) in _BASIC
            return type(self)(value, None, self.frame, (self, key, self._value.shape) if basic else None)
        return value

    def _part(self, value, step):
        return type(self)(value, None, self.frame, (self, step, self._value.shape))

    def _real(self):
        return self._part(self._value.real, _real_part)

    def _imag(self):
        return self._part(self._value.imag, _imaginary_part)

    def copy(self, order="C"):
        """As ``numpy.ndarray.copy``."""
        value = self._value.copy(order)
        tangent = self.carried()
        if tangent is None:
            return self.frame.lift(value)
        return type(self)(value, self.frame.copied(tangent, value), self.frame)

    def astype(self, dtype, order="K", casting="unsafe", subok=True, copy=True):
        """As ``numpy.ndarray.astype``; a cast to integers or booleans has no derivative."""
        if not copy and np.dtype(dtype) == self.dtype:
            return self
        return cast(self, dtype)

    # ---- writing

    def __setitem__(self, key, source):
        kind = type(key)
        if kind in TRACED_TYPES or kind is list:
            key = index_of(key)
        elif kind is tuple:
            key = tuple([index_of(k) if type(k) in TRACED_TYPES or type(k) is list else k for k in key])
        frame = self.frame
        kind = type(source)
        if kind in TRACED_TYPES or kind in (list, tuple) or (kind is ndarray and source.dtype == object):
            top = top_trace((source,))
            if top is not None and top is not frame and top.tag > frame.tag:
                refuse(
                    "Writing a value of an inner transform into an array of an outer one",
                    "Create the array inside the inner function.",
                )
            if kind not in TRACED_TYPES:
                source = frame.assemble(source) if top is not None else np.asarray(source)
        if not frame.open:
            refuse_dead()
        self._write(key, source)

    def _write(self, key, source) -> None:
        """``self[key] = source`` with plain keys, for a number, an array or a traced value."""
        tangent = None
        if type(source) in TRACED_TYPES and source.frame is self.frame:
            tangent = source.carried()
            source = source._value
        mine = self.carried() if tangent is None else self.writable()
        self._value[key] = source
        if tangent is None:
            if mine is None:
                return
            tangent = 0.0
        if np.iscomplexobj(tangent) and mine.dtype.kind != "c":
            tangent = tangent.real
        mine[key if self.frame.width is None else widened(key)] = tangent

    # ---- in place

    def _inplace(self, ufunc, other):
        """``self op= other``, written into this array's memory."""
        result = call_ufunc(ufunc, self, other)
        shape, mine = result.shape, self._value.shape
        if shape != mine:
            raise ValueError(
                f"non-broadcastable output operand with shape {mine} doesn't match the broadcast shape {shape}"
            )
        if not np.can_cast(result.dtype, self.dtype, "same_kind"):
            raise np._core._exceptions._UFuncOutputCastingError(ufunc, "same_kind", result.dtype, self.dtype, 0)
        self._write(Ellipsis, result)
        return self

    def _increment(self, other, ufunc):
        kind = type(other)
        tangent = None
        if kind in TRACED_TYPES:
            if other.frame is self.frame:
                tangent = other.carried()
                other = other._value
            elif other.frame.tag > self.frame.tag:
                return self._inplace(ufunc, other)
        elif contains_traced(other):
            return self._inplace(ufunc, other)
        if not self.frame.open:
            refuse_dead()
        mine = None if tangent is None else self.writable()
        _accumulate(self._value, other, ufunc)
        if mine is not None:
            _accumulate(mine, tangent, ufunc)
        return self

    def __iadd__(self, other):
        return self._increment(other, np.add)

    def __isub__(self, other):
        return self._increment(other, np.subtract)

    def __ipow__(self, other):
        return self._inplace(np.power, other)

    def _become(self, other):
        """Take the place of another view of the same storage (``x.shape = …``)."""
        plain, mine = primal(other), primal(self)
        if mine.size and not np.shares_memory(plain, mine):
            raise AttributeError("Incompatible shape for in-place modification. Use `.reshape()` to make a copy.")
        origin = other.origin
        if origin is not None and origin[0] is self:  # no tangent yet
            former = type(self)(self._value, None, self.frame, self.origin)
            origin = None if self.origin is None else (former, *origin[1:])
        self._value, self._tangent, self.origin = other._value, other._tangent, origin

    def setflags(self, write=None, align=None, uic=None):
        """As ``numpy.ndarray.setflags``, on primal and tangent."""
        for part in (self._value, self.carried()):
            if part is not None:
                part.setflags(write=write, align=align, uic=uic)


def _accumulate(target: Any, term: Any, ufunc: np.ufunc) -> None:
    """``target += term`` or ``target -= term``, in place."""
    if type(target) is ndarray and type(term) not in TRACED_TYPES:
        ufunc(target, term, out=target)
    elif ufunc is np.add:
        target += term
    else:
        target -= term


def widened(key: Any) -> Any:
    """An index for a tangent with one more axis at the end."""
    if type(key) is tuple and any(k is Ellipsis for k in key):
        return (*key, slice(None))
    return key


def index_of(key: Any) -> Any:
    """An index as plain integers or booleans."""
    while type(key) in TRACED_TYPES:
        key = key._value
    return [index_of(k) for k in key] if type(key) is list else key


def plain_key(key: Any) -> Any:
    """A key of ``x[key]`` with its traced values and lists as plain integers or booleans."""
    kind = type(key)
    if kind is tuple:
        for i, k in enumerate(key):
            if type(k) in TRACED_TYPES or type(k) is list:
                key = (*key[:i], index_of(k), *key[i + 1 :])
        return key
    return index_of(key) if kind in TRACED_TYPES or kind is list else key
