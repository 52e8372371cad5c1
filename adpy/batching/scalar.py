"""BatchScalar and BatchReal: one NumPy scalar, or one Python number, in each lane."""

from __future__ import annotations

import operator
from typing import Any

from adpy.batching.value import BatchBase
from adpy.plain import np

__all__ = ["BatchReal", "BatchScalar"]

_NUMBERS = frozenset([float, int, bool, np.float64])
_PYTHON_NUMBERS = frozenset([float, int])
_PYTHON = {"f": float, "c": complex, "b": bool, "i": int, "u": int}


class BatchScalar(BatchBase):
    """A NumPy scalar in each lane: immutable."""

    __slots__ = ("_data", "frame")
    immutable = True
    active = True

    def __init__(self, data: Any, frame: Any) -> None:
        self._data, self.frame = data, frame

    __class__ = property(lambda self: self._data.dtype.type)
    shape = property(lambda self: ())
    ndim = property(lambda self: 0)
    size = property(lambda self: 1)
    dtype = property(lambda self: self._data.dtype)
    T = property(lambda self: self)

    def laned(self) -> Any:
        """The values of all lanes."""
        return self._data

    def __getitem__(self, key):
        if key == () and type(key) is tuple:
            return self
        keys = key if type(key) is tuple else (key,)
        if all(k is None or k is Ellipsis for k in keys):
            return self.frame.wrap(self._data[(*key, slice(None)) if type(key) is tuple else (key, slice(None))], True)
        raise TypeError("invalid index to scalar variable.")

    def _real(self):
        return type(self)(self._data.real.copy(), self.frame)

    def _imag(self):
        return type(self)(self._data.imag.copy(), self.frame)

    def copy(self, order="C"):
        """Itself: it is immutable."""
        return self

    def conj(self):
        """Complex conjugate."""
        return self if self.dtype.kind != "c" else self.frame.ufunc(np.conjugate, (self,))

    conjugate = conj

    def item(self, *args):
        """As a Python number."""
        return BatchReal(self._data, self.frame) if self.dtype.kind in "fc" else self.agreed("item()").item()

    tolist = item

    def astype(self, dtype, *args, **kwargs):
        """As ``numpy.generic.astype``."""
        return BatchScalar(self._data.astype(dtype), self.frame)


class BatchReal(BatchScalar):
    """A Python ``float`` or ``complex`` in each lane: what would raise for it, is left to the lanes."""

    __slots__ = ()
    __class__ = property(lambda self: _PYTHON[self._data.dtype.kind])

    def agreed(self, reason: str) -> Any:
        """The Python number that all lanes have; the lanes part otherwise."""
        return BatchScalar.agreed(self, reason).item()

    def item(self):
        """Itself."""
        return self

    tolist = item

    def is_integer(self) -> bool:
        """As ``float.is_integer``."""
        return self.agreed("is_integer()").is_integer()


def _fast(name: str, operate: Any, swap: bool, keep: bool) -> None:
    """The operator ``name`` without detours, for numbers and for scalars of the same lanes.

    ``keep``: the result of an operation on Python floats is one, and raises nothing.
    """
    general = getattr(BatchBase, name)

    def generated(cls: type, mixed: type, plain: frozenset) -> Any:
        def method(self, other):
            kind, frame, data = type(other), self.frame, self._data
            result = cls
            if not frame.direct:
                return general(self, other)
            if kind is cls and other.frame is frame:
                other = other._data
            elif kind is mixed and other.frame is frame and data.dtype == other._data.dtype:
                other, result = other._data, BatchScalar
            elif kind not in plain:
                return general(self, other)
            try:
                return result(operate(other, data) if swap else operate(data, other), frame)
            except Exception as error:
                frame.failing(error)
                raise

        return method

    setattr(BatchScalar, name, generated(BatchScalar, BatchReal, _NUMBERS))
    setattr(BatchReal, name, generated(BatchReal, BatchScalar, _PYTHON_NUMBERS) if keep else general)


for _name in ("add", "sub", "mul", "truediv", "pow", "mod", "floordiv"):
    for _reflected in (False, True):
        _keep = _name in ("add", "sub", "mul")
        _fast(f"__{'r' * _reflected}{_name}__", getattr(operator, _name), _reflected, _keep)
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    _fast(f"__{_name}__", getattr(operator, _name), False, False)
