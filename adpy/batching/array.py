"""BatchArray: an array in each lane; all of them are one array with one more axis, the last.

A constant (a buffer from ``np.zeros``, a table) is shared by all lanes until a value that differs is written into it,
through whichever view: a view of shared memory remembers its ``origin`` (the array it was made from, and how).
"""

from __future__ import annotations

import operator
from typing import Any

from adpy.batching.indexing import data_key, read_by_lane, write_by_lane
from adpy.batching.scalar import BatchScalar
from adpy.batching.splitting import Restart, Split
from adpy.batching.value import BatchBase
from adpy.plain import np
from adpy.traced.dispatch import primal
from adpy.traced.refusal import refuse_dead
from adpy.traced.traced import Entries

__all__ = ["FROZEN", "BatchArray"]

ndarray = np.ndarray
_REAL, _IMAG = operator.attrgetter("real"), operator.attrgetter("imag")


class _Frozen:
    """Stands at the origin of an array from outside the function: written to by the lanes one after the other only."""

    def laned(self) -> None:
        """No values of lanes."""

    def writable(self) -> None:
        """Not for all lanes at once."""


FROZEN = _Frozen()


class BatchArray(Entries, BatchBase):
    """An array in each lane, or one that all lanes share so far."""

    __slots__ = ("_data", "_shared", "frame", "origin")
    immutable = False

    def __init__(self, data: Any, frame: Any, shared: Any = None, origin: tuple | None = None) -> None:
        self._data, self.frame, self._shared, self.origin = data, frame, shared, origin

    __class__ = property(lambda self: ndarray)

    # ---- the values

    def laned(self) -> Any:
        """The values of all lanes, or None while they share one."""
        data = self._data
        if data is None and self.origin is not None:
            parent, step = self.origin
            data = parent.laned()
            if data is not None:
                data = self._data = step(data)
        return data

    def shared(self) -> Any:
        """The value that all lanes share."""
        return self._shared

    def writable(self) -> Any:
        """The values of all lanes, to write into."""
        data = self.laned()
        if data is not None:
            return data
        if self.origin is None:
            data = self._data = self.frame.separate(self._shared)
            return data
        parent, step = self.origin
        if parent is FROZEN:
            raise Split(self.frame, None, "Writing into an array from outside the function")
        data = self._data = step(parent.writable())
        return data

    def _is_frozen(self) -> bool:
        """Does the memory belong to an array from outside the function?"""
        array = self
        while array.origin is not None:
            array = array.origin[0]
            if array is FROZEN:
                return True
        return False

    @property
    def active(self) -> bool:
        """Do the lanes have values of their own?"""
        return self.laned() is not None

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one lane."""
        data = self._data
        return self._shared.shape if data is None else data.shape[:-1]

    @shape.setter
    def shape(self, shape):
        self._become(self.reshape(shape))

    @property
    def ndim(self) -> int:
        """Number of dimensions of one lane."""
        data = self._data
        return self._shared.ndim if data is None else data.ndim - 1

    @property
    def size(self) -> int:
        """Number of entries of one lane."""
        size = 1
        for n in self.shape:
            size *= n
        return size

    @property
    def dtype(self) -> np.dtype:
        """Dtype."""
        data = self._data
        return self._shared.dtype if data is None else data.dtype

    def __len__(self):
        if not self.ndim:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __contains__(self, item):
        return bool((self == item).any())

    # ---- reading

    def __getitem__(self, key):
        data = self._data
        if data is None:
            data = self.laned()
            if data is None:
                return self._shared_item(key)
        kind = type(key)
        if kind is int:
            if data.ndim == 1:
                raise IndexError("too many indices for array: array is 0-dimensional, but 1 were indexed")
            y = data[key]
        else:
            key, by_lane = data_key(self.frame, data.ndim - 1, key)
            if by_lane:
                y = read_by_lane(self.frame, data, key)
            else:
                y = data[key]
        frame = self.frame
        if not frame.open:
            refuse_dead()
        if y.ndim == 1:
            return BatchScalar(y.copy(), frame)
        return BatchArray(y, frame)

    def _shared_item(self, key):
        plain, by_lane = data_key(self.frame, self.ndim, key)
        if by_lane:
            return self.frame.wrap(read_by_lane(self.frame, self.frame.expanded(self._shared), plain), True)
        y = self._shared[key if type(key) is tuple else plain]
        if not getattr(y, "ndim", 0) and not isinstance(y, ndarray):
            return y
        if _owner(y) is not _owner(self._shared):
            return self.frame.lift(y)
        return BatchArray(None, self.frame, y, (self, operator.itemgetter(plain)))

    def view_by(self, step: Any, shared_step: Any) -> Any:
        """The result of a function that makes a view: ``step(data)``, or ``shared_step(shared)``."""
        data = self.laned()
        if data is not None:
            return BatchArray(step(data), self.frame)
        y = shared_step(self._shared)
        if _owner(y) is not _owner(self._shared):
            return self.frame.lift(y)
        return BatchArray(None, self.frame, y, (self, step))

    def _real(self):
        return self.view_by(_REAL, _REAL)

    def _imag(self):
        return self.view_by(_IMAG, _IMAG)

    def item(self, *args):
        """The entry as a Python number in each lane."""
        np.broadcast_to(np.zeros(()), self.shape).item(*args)  # NumPy's errors
        index = args[0] if len(args) == 1 and isinstance(args[0], tuple) else args or (0,)
        if len(index) != self.ndim:
            index = np.unravel_index(index[0] % self.size, self.shape)
        return self[tuple([int(i) for i in index])].item()

    def copy(self, order="C"):
        """As ``numpy.ndarray.copy``."""
        data = self.laned()
        if data is None:
            return self.frame.lift(self._shared.copy(order))
        return BatchArray(data.copy("K" if self.ndim < 2 else order), self.frame)

    def conj(self):
        """Complex conjugate."""
        return self if self.dtype.kind != "c" else self.frame.ufunc(np.conjugate, (self,))

    conjugate = conj

    def astype(self, dtype, order="K", casting="unsafe", subok=True, copy=True):
        """As ``numpy.ndarray.astype``."""
        if not copy and np.dtype(dtype) == self.dtype:
            return self
        data = self.laned()
        if data is None:
            return self.frame.lift(self._shared.astype(dtype))
        return BatchArray(data.astype(dtype), self.frame)

    # ---- writing

    def __setitem__(self, key, source):
        frame = self.frame
        if not frame.open:
            refuse_dead()
        source, laned = frame.operand(source)
        data = self.laned()
        key, by_lane = data_key(frame, self.ndim, key, writing=True)
        if data is None:
            if not laned and not by_lane and not self._is_frozen():
                self._shared[_shared_key(key)] = source[..., 0] if getattr(source, "ndim", 0) else source
                return
            data = self.writable()
        try:
            if by_lane:
                write_by_lane(frame, data, key, source, laned)
            else:
                data[key] = source
        except ValueError as error:
            self._copies_wanted(error)
            raise
        except IndexError as error:
            if by_lane:
                frame.failing(error)
            raise

    def _copies_wanted(self, error):
        """All lanes of an argument share memory that cannot be written: begin again, with a copy for each."""
        if "read-only" in str(error) and not self.frame.copies and not primal(self.laned()).flags.writeable:
            self.frame.wants_copies = True
            raise Restart(self.frame)

    # ---- in place

    def in_place(self, operate: Any, other: Any) -> Any:
        """``self op= other``, in this array's memory."""
        frame = self.frame
        if not frame.open:
            refuse_dead()
        term, laned = frame.operand(other)
        data = self.laned()
        if data is None and (laned or self._is_frozen()):
            data = self.writable()
        try:
            if data is None:
                self._shared = operate(self._shared, term[..., 0] if getattr(term, "ndim", 0) else term)
            else:
                operate(data, term)
        except Exception as error:
            if data is not None and isinstance(error, ValueError):
                self._copies_wanted(error)
            frame.failing(error)
            raise
        return self

    def __imatmul__(self, other):
        self[...] = self @ other
        return self

    def _become(self, other):
        """Take the place of another view of the same memory (``x.shape = …``)."""
        if self.size and _owner(other._data) is not _owner(self._data):
            raise AttributeError("Incompatible shape for in-place modification. Use `.reshape()` to make a copy.")
        self._data, self._shared, self.origin = other._data, other._shared, other.origin

    def setflags(self, write=None, align=None, uic=None):
        """As ``numpy.ndarray.setflags``."""
        data = self.laned()
        (self._shared if data is None else data).setflags(write=write, align=align, uic=uic)


def _shared_key(key: Any) -> Any:
    """A data key without the axis of the lanes."""
    if type(key) is tuple and any(k is Ellipsis for k in key):
        return key[:-1]
    return key


def _owner(value: Any) -> Any:
    """The object that owns the memory under an array."""
    value = primal(value)
    base = getattr(value, "base", None)
    while base is not None:
        value, base = base, getattr(base, "base", None)
    return value
