"""Operators of BatchArray: those of numbers and values of the same lanes without detours, and those in place."""

from __future__ import annotations

import operator
from typing import Any

from adpy.batching.array import BatchArray
from adpy.batching.scalar import BatchScalar
from adpy.batching.value import BatchBase

__all__ = []


def _fast(name: str, operate: Any, swap: bool) -> None:
    """The operator ``name`` without detours, for numbers and values of the same lanes."""
    general = getattr(BatchBase, name)

    def method(self, other):
        data, kind, frame = self._data, type(other), self.frame
        if data is None or not frame.direct:
            return general(self, other)
        if kind is BatchArray or kind is BatchScalar:
            if other._data is None or other.frame is not frame:
                return general(self, other)
            other = other._data
        elif kind is not float and kind is not int:
            return general(self, other)
        try:
            return frame.wrap(operate(other, data) if swap else operate(data, other), True)
        except Exception as error:
            frame.failing(error)
            raise

    setattr(BatchArray, name, method)


for _name in ("add", "sub", "mul", "truediv", "pow", "mod", "floordiv"):
    _fast(f"__{_name}__", getattr(operator, _name), False)
    _fast(f"__r{_name}__", getattr(operator, _name), True)


def _in_place(name: str) -> None:
    operate = getattr(operator, name)

    def method(self, other):
        return self.in_place(operate, other)

    setattr(BatchArray, f"__{name}__", method)


for _name in "iadd isub imul itruediv ifloordiv imod ipow iand ior ixor".split():
    _in_place(_name)
