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
        if data is not None and frame.direct:
            if kind is BatchArray or kind is BatchScalar:
                other_data = other._data
                if other_data is not None and other.frame is frame:
                    return frame.wrap(operate(other_data, data) if swap else operate(data, other_data), True)
            elif kind is float or kind is int:
                return frame.wrap(operate(other, data) if swap else operate(data, other), True)
        return general(self, other)

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
