"""Masks: comparisons of recorded arrays that stay instructions as long as they only choose between values.

A :class:`Mask` goes symbolically into ``numpy.where``, products, means, ``astype(float)`` and logical operations.
Whatever else is done with it finds a plain array of booleans, on which the recording then depends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adpy import capture
from adpy.capture.registry import TRACED_TYPES
from adpy.kernels.opcodes import COMPARISONS
from adpy.plain import np
from adpy.program.nodes import Check, Fixed, Operation
from adpy.reverse.indexing import index_of
from adpy.rules import lookup
from adpy.rules.table import Row
from adpy.traced.dispatch import call, template
from adpy.traced.traced import Traced

__all__ = ["DECIDING", "SELECT", "Mask", "compared", "intercepted"]

ndarray, float64 = np.ndarray, np.float64

_LOGICAL = {
    np.logical_and: np.logical_and,
    np.logical_or: np.logical_or,
    np.logical_xor: np.logical_xor,
    np.logical_not: np.logical_not,
    np.bitwise_and: np.logical_and,
    np.bitwise_or: np.logical_or,
    np.bitwise_xor: np.logical_xor,
    np.invert: np.logical_not,
}


def _as_call(function: np.ufunc) -> Callable:
    """A function of its own, without an opcode: sweeps shall pass nothing through it, not even zero times infinity."""

    def decide(*operands):
        return function(*operands)

    return decide


DECIDING: dict[Row, np.ufunc] = {
    Row(_as_call(f), f"numpy.{f.__name__}"): f for f in (*COMPARISONS, *set(_LOGICAL.values()))
}
"""Rows of the operations whose results are masks, with the functions that they call."""
SELECT = Row(np.where, "numpy.where")
"""The row of a choice: mask, what is taken where it holds, and where not."""
_ROW_OF = {function: row for row, function in DECIDING.items()}


class Mask(Traced):
    """An array of booleans that depends on the inputs.

    Code that does not know it takes it for a constant: its ``_value`` is plain, and reading it makes the mask a guard.

    Attributes
    ----------
    plain : ndarray of bool
        Its value at the point of the recording.
    node : Operation
        What computes it, as ones and zeros.
    checks : tuple of Check or None
        The decisions that it stands for; None once they are guards.
    """

    __slots__ = ("checks", "frame", "node", "plain")
    immutable = False
    active = False
    _settles = True
    __class__ = property(lambda self: ndarray)

    def __init__(self, plain: np.ndarray, node: Any, frame: Any, checks: tuple) -> None:
        self.plain, self.node, self.frame, self.checks = plain, node, frame, checks

    @property
    def _value(self) -> np.ndarray:
        """The plain array, on which the recording depends from now on."""
        if self.checks is not None:
            self.frame.undecided.difference_update(self.checks)
            self.checks = None
        return self.plain

    @property
    def symbolic(self) -> bool:
        """Can it be an operand of an instruction?"""
        return self.checks is not None and self.frame.open and capture.frame() is self.frame

    def operand(self) -> Any:
        """What an instruction has of it."""
        return (self.node, None, self.plain.shape, True)

    def saved(self) -> np.ndarray:
        """As a constant."""
        return self._value.copy()

    # ---- what does not depend on its value

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape."""
        return self.plain.shape

    @shape.setter
    def shape(self, shape: Any) -> None:
        self._value.shape = shape

    ndim = property(lambda self: self.plain.ndim)
    size = property(lambda self: self.plain.size)
    dtype = property(lambda self: self.plain.dtype)
    nbytes = property(lambda self: self.plain.nbytes)

    def __len__(self):
        return len(self.plain)

    # ---- what stays symbolic

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if method == "__call__" and not kwargs:
            found = intercepted(ufunc, inputs, {})
            if found is not None:
                return found[0]
        return getattr(ufunc, method)(*_settled(inputs), **_settled(kwargs))

    def __array_function__(self, function, types, args, kwargs):
        found = intercepted(function, args, kwargs)
        return found[0] if found is not None else function(*_settled(args), **_settled(kwargs))

    def astype(self, dtype, *args, **kwargs):
        """As ``numpy.ndarray.astype``."""
        if self.symbolic and not args and not kwargs and np.dtype(dtype) == float64:
            return _operation(self.frame, np.positive, (self,), self.plain.astype(float64))
        return self._value.astype(dtype, *args, **kwargs)

    def mean(self, *args, **kwargs):
        """As ``numpy.ndarray.mean``."""
        return np.mean(self, *args, **kwargs)

    # ---- plain arrays do the rest

    def __getitem__(self, key):
        return self._value[_index(key)]

    def __setitem__(self, key, value):
        self._value[_index(key)] = _settled(value)


def _index(key: Any) -> Any:
    return tuple([index_of(k) for k in key]) if type(key) is tuple else index_of(key)


def _settled(x: Any) -> Any:
    """Plain arrays in the place of masks."""
    kind = type(x)
    if kind is Mask:
        return x._value
    if kind is list or kind is tuple:
        return kind([_settled(item) for item in x])
    return {name: _settled(item) for name, item in x.items()} if kind is dict else x


def _holds_mask(x: Any) -> bool:
    kind = type(x)
    if kind is list or kind is tuple:
        return any(map(_holds_mask, x))
    return kind is Mask


def intercepted(function: Callable, args: Sequence, kwargs: dict) -> tuple | None:
    """The result of a function of masks, alone in a tuple; None if there are no masks among its arguments."""
    if not (any(map(_holds_mask, args)) or (kwargs and any(map(_holds_mask, kwargs.values())))):
        return None
    if not (kwargs and any(map(_holds_mask, kwargs.values()))):
        found = _symbolic(function, args, kwargs)
        if found is not None:
            return (found,)
    return (function(*_settled(args), **_settled(kwargs)),)


def _symbolic(function: Callable, args: Sequence, kwargs: dict) -> Any:
    """The result of an instruction; None where there is none."""
    symbolic = [x.symbolic if type(x) is Mask else False for x in args]
    if not any(symbolic):
        return None
    if function in _LOGICAL and not kwargs:
        return _combined(_LOGICAL[function], args)
    if function is np.where and len(args) == 3 and not kwargs and symbolic[0]:
        return _chosen(*args)
    if function is np.multiply and len(args) == 2 and not kwargs:
        return _multiplied(*args)
    if function is np.mean and len(args) == 1 and kwargs.keys() <= {"axis", "keepdims"}:
        return call(np.mean, (args[0].astype(float64),), kwargs)
    return None


def _combined(function: np.ufunc, args: Sequence) -> Any:
    """A logical operation."""
    masks = [x for x in args if type(x) is Mask]
    if not all(type(x) is Mask or type(x) in (bool, np.bool_) or _is_boolean(x) for x in args):
        return None
    frame = masks[0].frame
    checks = tuple([check for x in masks if x.symbolic for check in x.checks])
    args = [x if type(x) is not Mask or x.symbolic else x.plain for x in args]
    value = function(*[x.plain if type(x) is Mask else x for x in args])
    return Mask(value, _node(frame, _ROW_OF[function], args, value), frame, checks)


def _is_boolean(x: Any) -> bool:
    return type(x) is ndarray and x.dtype == bool


def _chosen(mask: Mask, a: Any, b: Any) -> Any:
    """``numpy.where``."""
    frame = mask.frame
    if not (_is_real(a, frame) and _is_real(b, frame)):
        return None
    value = np.where(mask.plain, template(a), template(b))
    if value.dtype != float64:
        return None
    return frame.wrap(_node(frame, SELECT, (mask, a, b), value), value)


def _multiplied(a: Any, b: Any) -> Any:
    """A product."""
    mask, other = (a, b) if type(a) is Mask and a.symbolic else (b, a)
    if not _is_real(other, mask.frame):
        return None
    value = np.multiply(mask.plain, template(other))
    return _operation(mask.frame, np.multiply, (a, b), value) if value.dtype == float64 else None


def _is_real(x: Any, frame: Any) -> bool:
    """Can it be an operand beside a mask?"""
    kind = type(x)
    if kind in TRACED_TYPES:
        return kind is not Mask and x.frame is frame and template(x).__class__ is not complex and _is_float64(x)
    return kind in (float, int, float64) or (kind is ndarray and x.dtype.kind in "fiub" and x.dtype.itemsize <= 8)


def _is_float64(x: Any) -> bool:
    value = template(x)
    return type(value) in (float, float64) or (type(value) is ndarray and value.dtype == float64)


def _operation(frame: Any, function: np.ufunc, args: Sequence, value: np.ndarray) -> Any:
    """An instruction of floats."""
    return frame.wrap(_node(frame, lookup(function), args, value), value)


def _node(frame: Any, row: Row, args: Sequence, value: np.ndarray) -> Any:
    """The record of an operation, some of whose operands may be masks."""
    node = Operation(value.shape)
    operands = []
    for x in args:
        if type(x) is Mask:
            operands.append(x.operand())
        elif type(x) in (float, int, bool):
            operands.append(Fixed(float(x)))
        elif type(x) in TRACED_TYPES:
            operands.append(frame.operand(x, None))
        else:
            operands.append(Fixed(frame.keep(np.array(x, float64))))
    node.operands, node.saved = tuple(operands), (row, (), {})
    frame.record(node)
    return node


def compared(frame: Any, function: np.ufunc, args: Sequence, outcome: Any) -> Mask | None:
    """The mask of a comparison; None where its outcome must be a guard."""
    if type(outcome) is not ndarray or capture.frame() is not frame or not all(_is_real(x, frame) for x in args):
        return None
    check = Check(())
    check.operands = tuple([frame.argument(x) for x in args])
    check.saved = (function, {}, outcome.copy())
    frame.record(check)
    frame.undecided.add(check)
    frame.takes(8 * outcome.size)
    return Mask(outcome, _node(frame, _ROW_OF[function], args, outcome), frame, (check,))


def _forwarded(name: str) -> Callable:
    plain = getattr(ndarray, name)

    def method(self, *args, **kwargs):
        return plain(self._value, *args, **kwargs)

    return method


def _attribute(name: str) -> property:
    return property(lambda self: getattr(self._value, name), lambda self, value: setattr(self._value, name, value))


def _operator(ufunc: np.ufunc, name: str) -> Callable:
    plain = getattr(ndarray, name)

    def method(self, *others):
        args = (*others, self) if name.startswith("__r") else (self, *others)
        found = _symbolic(ufunc, args, {})
        return found if found is not None else plain(self._value, *_settled(others))

    return method


_OPERATORS = {"mul": np.multiply, "and": np.logical_and, "or": np.logical_or, "xor": np.logical_xor}
_OBJECTS = {"__array_finalize__", "__class_getitem__", *dir(object)} - {
    "__eq__",
    "__ne__",
    "__lt__",
    "__le__",
    "__gt__",
}
_OBJECTS -= {"__ge__", "__repr__", "__str__", "__format__", "__reduce__", "__reduce_ex__"}
for _name in set(dir(ndarray)) - _OBJECTS - set(vars(Mask)):
    if callable(getattr(ndarray, _name)):
        setattr(Mask, _name, _forwarded(_name))
    elif not _name.startswith("_"):
        setattr(Mask, _name, _attribute(_name))
for _name, _ufunc in _OPERATORS.items():
    for _method in (f"__{_name}__", f"__r{_name}__"):
        setattr(Mask, _method, _operator(_ufunc, _method))
Mask.__invert__ = _operator(np.logical_not, "__invert__")
TRACED_TYPES.add(Mask)
