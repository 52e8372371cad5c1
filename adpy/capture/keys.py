"""Keys of functions: by which what was learnt about one is found again for the next that is made of the same code."""

from __future__ import annotations

import functools
import types
from typing import Any

from adpy.capture.reach import LEAVES

__all__ = ["key_of"]

_FUNCTION = types.FunctionType
_CALLABLES = frozenset([_FUNCTION, types.MethodType, functools.partial, types.BuiltinFunctionType])


def key_of(function: Any, anchors: list | None = None, depth: int = 3) -> tuple:
    """Equal keys: the same code in the same namespaces, in closures and attributes too.

    Keys consist of ids.  ``anchors`` collects the objects they are the ids of (code, namespaces, classes; no data):
    whoever stores a key stores these.
    """
    kind = type(function)
    if kind is _FUNCTION:
        closure = function.__closure__
        if anchors is not None:
            anchors += (function.__code__, function.__globals__)
        key = (id(function.__code__), id(function.__globals__))
        if closure is None or depth == 0:
            return key
        return key + tuple([_cell_key(cell, anchors, depth - 1) for cell in closure])
    if kind is types.MethodType:
        return (*key_of(function.__func__, anchors, depth), *_object_key(function.__self__, anchors, depth))
    if kind is functools.partial:
        return ("partial", *key_of(function.func, anchors, depth))
    if kind is types.BuiltinFunctionType:
        if anchors is not None:
            anchors.append(function)
        return (id(function),)
    return _object_key(function, anchors, depth)


def _cell_key(cell: types.CellType, anchors: list | None, depth: int) -> Any:
    try:
        value = cell.cell_contents
    except ValueError:
        return None
    return key_of(value, anchors, depth) if type(value) in _CALLABLES else _object_key(value, anchors, depth)


def _object_key(value: Any, anchors: list | None, depth: int) -> tuple:
    """The class of an object, and the functions among its attributes."""
    kind = type(value)
    if anchors is not None:
        anchors.append(kind)
    attributes = getattr(value, "__dict__", None) if depth and kind not in LEAVES else None
    if type(attributes) is not dict:
        return (id(kind),)
    functions = [key_of(item, anchors, depth - 1) for item in attributes.values() if type(item) in _CALLABLES]
    return (id(kind), *functions)
