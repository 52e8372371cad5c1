"""Describing: what programs consist of as values for JSON and plain arrays, and back; nothing is run when it is read.

Rows of the rule table and functions of NumPy are described by name and looked up again.  Classes of results must have
been imported by whoever reads.
"""

from __future__ import annotations

import dataclasses
import importlib
import math
import operator
import sys
from collections.abc import Callable
from operator import attrgetter
from types import NoneType
from typing import Any, NamedTuple, NoReturn

from adpy.errors import ProgramFileError
from adpy.plain import np
from adpy.program import calls, choices, stacks
from adpy.program.code import Code, View
from adpy.program.recorder import itself
from adpy.program.sparse_products import SparseProduct
from adpy.reverse.array import converted
from adpy.rules import load_all
from adpy.rules.table import TABLE, Row

__all__ = ["describe", "restore"]

_PLAIN = (bool, int, str, NoneType)
_KINDS = (float, int, bool, str, bytes, NoneType, np.ndarray, dict, set, frozenset)
_SINGLE = {"no value": np._NoValue, "ellipsis": Ellipsis, "itself": itself, "converted": converted}
_MODULES = {"math": math, "operator": operator}


class _Codec(NamedTuple):
    """How objects of one class are taken apart and put together again."""

    tag: str
    parts: Callable
    make: Callable


def _pairs(x: dict) -> list:
    return [[key, value] for key, value in x.items()]


def _dictionary(*pairs: list) -> dict:
    return dict(pairs)


def _sequence(*items: Any) -> tuple:
    return items


def _set(*items: Any) -> frozenset:
    return frozenset(items)


def _increment(x: calls.IncrementAt) -> tuple:
    return x.outs[0], x.source, x.targets, x.sign


def _hexadecimal(x: float | bytes) -> list[str]:
    return [x.hex()]


def _view(x: View) -> tuple:
    return int(x.offset), tuple(map(int, x.shape)), tuple(map(int, x.strides))


_CODECS: dict[type, _Codec] = {
    float: _Codec("float", _hexadecimal, float.fromhex),
    bytes: _Codec("bytes", _hexadecimal, bytes.fromhex),
    complex: _Codec("complex", attrgetter("real", "imag"), complex),
    tuple: _Codec("tuple", list, _sequence),
    frozenset: _Codec("set", list, _set),
    dict: _Codec("dictionary", _pairs, _dictionary),
    slice: _Codec("slice", attrgetter("start", "stop", "step"), slice),
    View: _Codec("view", _view, View),
    Code: _Codec("code", attrgetter(*[f.name for f in dataclasses.fields(Code) if f.name != "memories"]), Code),
    calls.Product: _Codec("product", attrgetter("left", "right", "out"), calls.Product),
    stacks.Stack: _Codec("stack", attrgetter("left", "right", "out"), stacks.Stack),
    stacks.Extremum: _Codec("extremum", attrgetter("function", "operand", "axes", "out"), stacks.Extremum),
    SparseProduct: _Codec(
        "sparse product", attrgetter("data", "indices", "indptr", "columns", "x", "out"), SparseProduct
    ),
    choices.Decide: _Codec("decide", attrgetter("function", "operands", "out"), choices.Decide),
    choices.Select: _Codec("select", attrgetter("operands", "out"), choices.Select),
    calls.IncrementAt: _Codec("increment", _increment, calls.IncrementAt),
    calls.Check: _Codec("check", attrgetter("function", "arguments", "kwargs", "outcome"), calls.Check),
    calls.ElementwiseCall: _Codec(
        "elementwise", attrgetter("row", "operands", "out", "settings", "named"), calls.ElementwiseCall
    ),
    calls.BlockCall: _Codec(
        "block", attrgetter("row", "operands", "needs", "static", "outs", "plain", "several", "kind"), calls.BlockCall
    ),
}
_BY_TAG = {codec.tag: codec for codec in _CODECS.values()}


# ---- describing


def describe(x: Any, arrays: list[np.ndarray]) -> Any:
    """``x`` as plain values, lists and ``{what it is: parts}``; its arrays are appended to ``arrays``.

    Raises
    ------
    ProgramFileError
        Names what cannot be described.
    """
    kind = type(x)
    if kind in _PLAIN:
        return x
    if kind is list:
        return [describe(item, arrays) for item in x]
    if kind in _CODECS:
        codec = _CODECS[kind]
        return {codec.tag: [describe(part, arrays) for part in codec.parts(x)]}
    if kind is np.ndarray:
        return _array("array", x, arrays)
    if isinstance(x, np.generic):
        return _array("scalar", np.asarray(x), arrays)
    for name, single in _SINGLE.items():
        if x is single:
            return {"single": name}
    if isinstance(x, Row):
        return {"row": _row(x)}
    if isinstance(x, np.dtype):
        return {"dtype": x.str}
    if isinstance(x, type):
        return {"type": _type(x)}
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return {"named tuple": [_name_of(kind), *[describe(item, arrays) for item in x]]}
    if dataclasses.is_dataclass(x):
        fields = [[f.name, describe(getattr(x, f.name), arrays)] for f in dataclasses.fields(x)]
        return {"dataclass": [_name_of(kind), *fields]}
    return _function(x)


def _array(tag: str, x: np.ndarray, arrays: list) -> dict:
    if x.dtype.hasobject:
        _refuse("an array of objects")
    arrays.append(x)
    return {tag: len(arrays) - 1}


def _row(row: Row) -> list[str]:
    if TABLE.get(row.function) is not row:
        _refuse(f"{row.name}, whose rule is not one of adpy's,")
    return [type(row).__name__, row.name]


def _type(kind: type) -> list[str]:
    if kind not in _KINDS and not issubclass(kind, tuple | list | np.generic) and not dataclasses.is_dataclass(kind):
        _refuse(f"the class {kind.__module__}.{kind.__qualname__}")
    return _name_of(kind)


def _name_of(kind: type) -> list[str]:
    return [kind.__module__, kind.__qualname__]


def _function(x: Any) -> dict:
    row = TABLE.get(x) if callable(x) else None
    if row is not None:
        return {"function of row": _row(row)}
    owner, name = getattr(x, "__self__", None), getattr(x, "__name__", "")
    if isinstance(owner, np.ufunc):
        return {"ufunc": [owner.__name__, name]}
    if isinstance(x, np.ufunc) and getattr(np, name, None) is x:
        return {"ufunc": [name, ""]}
    for title, module in _MODULES.items():
        if vars(module).get(name) is x:
            return {"function": [title, name]}
    _refuse(getattr(x, "__qualname__", None) or f"a value of type {type(x).__module__}.{type(x).__qualname__}")


def _refuse(what: str) -> NoReturn:
    raise ProgramFileError(f"a recording of this program holds {what}, which a file cannot describe")


# ---- restoring


def restore(described: Any, arrays: list[np.ndarray]) -> Any:
    """What :func:`describe` described.

    Raises
    ------
    ProgramFileError
        If something is not known here.
    """
    if type(described) in _PLAIN:
        return described
    if type(described) is list:
        return [restore(item, arrays) for item in described]
    ((tag, parts),) = described.items()
    codec = _BY_TAG.get(tag)
    if codec is not None:
        return codec.make(*[restore(part, arrays) for part in parts])
    if tag not in _RESTORE:
        raise ProgramFileError(f"unknown entry {tag!r} in a program file")
    return _RESTORE[tag](parts, arrays)


def _restored_array(number: int, arrays: list) -> np.ndarray:
    return arrays[number]


def _restored_scalar(number: int, arrays: list) -> Any:
    return arrays[number][()]


def _restored_single(name: str, arrays: list) -> Any:
    return _SINGLE[name]


def _restored_row(name: list, arrays: list) -> Row:
    for again in (False, True):
        if again:
            load_all()
        for row in TABLE.values():
            if row.name == name[1] and type(row).__name__ == name[0]:
                return row
    raise ProgramFileError(f"no rule for {name[1]} here: import what registers it, then load the program")


def _restored_row_function(name: list, arrays: list) -> Callable:
    return _restored_row(name, arrays).function


def _restored_dtype(name: str, arrays: list) -> np.dtype:
    return np.dtype(name)


def _restored_ufunc(name: list, arrays: list) -> Callable:
    ufunc = getattr(np, name[0], None)
    if not isinstance(ufunc, np.ufunc):
        raise ProgramFileError(f"no ufunc numpy.{name[0]} here")
    return getattr(ufunc, name[1]) if name[1] else ufunc


def _restored_function(name: list, arrays: list) -> Callable:
    return vars(_MODULES[name[0]])[name[1]]


def _restored_type(name: list, arrays: list) -> type:
    module, qualname = name
    if module.partition(".")[0] in ("builtins", "numpy", "scipy"):
        found: Any = importlib.import_module(module)
    else:
        found = sys.modules.get(module)
    for part in qualname.split("."):
        found = NoneType if qualname == "NoneType" else getattr(found, part, None)
    known = isinstance(found, type) and (
        found in _KINDS or issubclass(found, tuple | list | np.generic) or dataclasses.is_dataclass(found)
    )
    if not known:
        raise ProgramFileError(f"the class {module}.{qualname} is not here: import {module}, then load the program")
    return found


def _restored_named_tuple(parts: list, arrays: list) -> tuple:
    return _restored_type(parts[0], arrays)(*[restore(part, arrays) for part in parts[1:]])


def _restored_dataclass(parts: list, arrays: list) -> Any:
    found = object.__new__(_restored_type(parts[0], arrays))
    for name, value in parts[1:]:
        object.__setattr__(found, name, restore(value, arrays))
    return found


_RESTORE: dict[str, Callable] = {
    "array": _restored_array,
    "scalar": _restored_scalar,
    "single": _restored_single,
    "row": _restored_row,
    "function of row": _restored_row_function,
    "dtype": _restored_dtype,
    "ufunc": _restored_ufunc,
    "function": _restored_function,
    "type": _restored_type,
    "named tuple": _restored_named_tuple,
    "dataclass": _restored_dataclass,
}
