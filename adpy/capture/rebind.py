"""Rebinding: the same code objects with other globals and cells, for what patching of modules cannot reach.

``buf = DATA.copy(); buf[0] = x`` and ``acc = DATA * 1.0; acc += x`` call methods of arrays that live in globals,
closures, defaults and attributes; methods of ndarray cannot be replaced.  In a rebound function those arrays are
inactive buffers over the same memory, and ``float(x)`` keeps the derivative.  The original function, its globals and
its
cells are not touched, so no other thread notices.

What the function itself writes to its globals, and to lists, dictionaries and objects found there, is carried over when
the trace ends.
"""

from __future__ import annotations

import functools
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from adpy.capture.codes import facts
from adpy.capture.frames import Frame
from adpy.capture.numbers import SHADOWS
from adpy.capture.registry import TRACED_TYPES
from adpy.capture.replacements import inner_python, original_of, replacement

__all__ = ["Rebinding", "rebind"]

_FUNCTION = types.FunctionType
_KINDS = "fc"
_MISSING = object()
_CONTAINED = 256  # larger containers are data, and stay as they are
_DEPTH = 3  # containers in containers
_LEAVES = frozenset([float, int, bool, complex, str, bytes, type(None), types.ModuleType])


def rebind(function: Callable, frame: Frame, level: int = 1) -> tuple[Callable, bool]:
    """``function`` with its arrays and ``float`` rebound, and whether anything was.

    Side effects on globals stay in the copy; :class:`Rebinding` carries them over.
    """
    rebinding = Rebinding(frame, level)
    return rebinding.callable(function), rebinding.changed


class Rebinding:
    """One rebound copy of a function and of what it reaches, for one trace."""

    def __init__(self, frame: Frame, level: int) -> None:
        self._frame, self._level = frame, level
        self.changed = False
        self._done: dict[int, tuple[Any, Any]] = {}  # id(original) -> (original, rebound)
        self._spaces: dict[int, tuple[dict, dict, set[str]]] = {}
        self._copies: list[tuple[Any, Any, Any]] = []  # original, copy, the copy's contents before the run
        self._unwrapped: dict[int, tuple[Any, np.ndarray]] = {}
        self._pending: list[tuple] = []
        self._home = ""
        self._written: list[tuple[dict, dict, str, Any]] = []

    def callable(self, function: Any) -> Any:
        """The rebound function."""
        inner = function
        while isinstance(inner, (functools.partial, types.MethodType)):
            inner = inner.func if isinstance(inner, functools.partial) else inner.__func__
        if type(inner) is _FUNCTION:
            self._home = _package(inner.__globals__)
        result = self._value(function, _DEPTH)
        while self._pending:
            self._fill(*self._pending.pop())
        self._written = [
            (space, copy, name, copy.get(name, _MISSING))
            for space, copy, stored in self._spaces.values()
            for name in stored
        ]
        return result

    def close(self) -> None:
        """Carry over what the function wrote to globals, containers and objects."""
        for space, copy, name, before in self._written:
            value = copy.get(name, _MISSING)
            if value is _MISSING:
                space.pop(name, None)
            elif value is not before:
                space[name] = self._back(value)
        for original, copy, before in self._copies:
            if isinstance(original, list):
                if len(copy) != len(before) or any(a is not b for a, b in zip(copy, before, strict=True)):
                    original[:] = map(self._back, copy)
                continue
            target, source = (original, copy) if isinstance(original, dict) else (vars(original), vars(copy))
            for name in [name for name in before if name not in source]:
                target.pop(name, None)
            for name, value in source.items():
                if name not in before or before[name] is not value:
                    target[name] = self._back(value)

    def _back(self, value: Any) -> Any:
        pair = self._unwrapped.get(id(value))
        return original_of(value) if pair is None else pair[1]

    def _value(self, value: Any, depth: int) -> Any:
        """The rebound version of a value in a namespace, or the value itself."""
        kind = type(value)
        if kind in _LEAVES or kind in TRACED_TYPES:
            return value
        done = self._done.get(id(value))
        if done is not None:
            return done[1]
        if kind is np.ndarray:
            return self._array(value)
        if kind is _FUNCTION:
            return self._function(value)
        if kind is types.MethodType:
            return types.MethodType(self._value(value.__func__, depth), self._value(value.__self__, depth))
        if kind is functools.partial:
            args = [self._value(x, depth) for x in value.args]
            keywords = {name: self._value(x, depth) for name, x in value.keywords.items()}
            return functools.partial(self._value(value.func, depth), *args, **keywords)
        instead = replacement(original_of(value), self._level > 0) if callable(value) else None
        if instead is not None:
            python = inner_python(value)
            return instead if python is None else self._value(python, depth)
        if depth and self._level:
            return self._container(value, depth - 1)
        return value

    def _array(self, array: np.ndarray) -> Any:
        if not self._level or array.dtype.kind not in _KINDS:
            return array
        borrow = getattr(self._frame, "borrow", None)
        if borrow is not None:
            wrapped = borrow(array)
        else:
            view = array.view()
            view.flags.writeable = False
            wrapped = self._frame.buffer(view)
        self.changed = True
        self._done[id(array)] = (array, wrapped)
        self._unwrapped[id(wrapped)] = (wrapped, array)
        return wrapped

    def _container(self, value: Any, depth: int) -> Any:
        """Lists, tuples, dictionaries and objects that hold something to be rebound."""
        kind = type(value)
        if kind in (tuple, list, dict) and len(value) > _CONTAINED:
            return value
        if kind is tuple or kind is list:
            self._done[id(value)] = (value, value)
            items = [self._value(item, depth) for item in value]
            if all(a is b for a, b in zip(items, value, strict=True)):
                return value
            result = tuple(items) if kind is tuple else items
            if kind is list:
                self._copies.append((value, result, list(items)))
        elif kind is dict:
            self._done[id(value)] = (value, value)
            result = {name: self._value(item, depth) for name, item in list(value.items())}
            if all(result[name] is value[name] for name in value):
                return value
            self._copies.append((value, result, dict(result)))
        else:
            return self._object(value, depth)
        self._done[id(value)] = (value, result)
        return result

    def _object(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if type(getattr(value, "__dict__", None)) is not dict or isinstance(value, (type, BaseException)):
            return value
        if not self._ours(getattr(sys.modules.get(kind.__module__), "__dict__", {})):
            return value
        self._done[id(value)] = (value, value)
        attributes = {name: self._value(item, depth) for name, item in vars(value).items()}
        if all(attributes[name] is item for name, item in vars(value).items()):
            return value
        try:
            result = object.__new__(kind)
        except TypeError:  # a subclass of a builtin: its contents cannot be copied this way
            return value
        vars(result).update(attributes)
        self._copies.append((value, result, attributes))
        self._done[id(value)] = (value, result)
        return result

    def _ours(self, space: dict) -> bool:
        """Is this namespace the user's own, or of the package that the function itself is in?"""
        package = _package(space)
        if package == "adpy":  # which is to see its own types
            return False
        if package == self._home:
            return True
        return package not in _NEVER and package not in sys.stdlib_module_names and not _is_library(space)

    def _function(self, function: types.FunctionType) -> types.FunctionType:
        space = function.__globals__
        if not self._ours(space):
            return self._transform(function) if self._home == _package(space) == "adpy" else function
        names, stored, compared = facts(function.__code__)
        if id(space) not in self._spaces:
            self._spaces[id(space)] = (space, dict(space), set())
        _, copy, all_stored = self._spaces[id(space)]
        all_stored |= stored
        result = _FUNCTION(
            function.__code__, copy, function.__name__, None, function.__closure__ and self._cells(function)
        )
        self._done[id(function)] = (function, result)
        if function.__defaults__:
            result.__defaults__ = tuple([self._value(x, _DEPTH) for x in function.__defaults__])
        if function.__kwdefaults__:
            result.__kwdefaults__ = {name: self._value(x, _DEPTH) for name, x in function.__kwdefaults__.items()}
        result.__dict__.update(function.__dict__)
        result.__qualname__, result.__module__ = function.__qualname__, function.__module__
        self._pending.append((space, copy, names, compared))
        return result

    def _transform(self, function: types.FunctionType) -> types.FunctionType:
        """What ``adpy.grad`` and its kin return, with the user's function in its cells rebound."""
        if not function.__closure__:
            return function
        result = _FUNCTION(function.__code__, function.__globals__, function.__name__, None, self._cells(function))
        self._done[id(function)] = (function, result)
        result.__defaults__, result.__kwdefaults__ = function.__defaults__, function.__kwdefaults__
        result.__dict__.update(function.__dict__)
        result.__qualname__, result.__module__ = function.__qualname__, function.__module__
        return result

    def _fill(self, space: dict, copy: dict, names: frozenset[str], compared: frozenset[str]) -> None:
        """Rebind the globals that a function mentions."""
        for name in names:
            if name in space:
                value = space[name]
                if copy.get(name) is value:
                    copy[name] = self._value(value, _DEPTH)
            elif self._level and name in SHADOWS and name not in compared:
                copy[name] = SHADOWS[name]
                self.changed = True

    def _cells(self, function: types.FunctionType) -> tuple[types.CellType, ...]:
        return tuple([self._cell(cell) for cell in function.__closure__])

    def _cell(self, cell: types.CellType) -> types.CellType:
        done = self._done.get(id(cell))
        if done is not None:
            return done[1]
        try:
            value = cell.cell_contents
        except ValueError:
            return cell
        if type(value) is _FUNCTION:  # may be the function that is being rebound: filled once that exists
            result = types.CellType()
            self._done[id(cell)] = (cell, result)
            result.cell_contents = self._value(value, _DEPTH)
            return result
        instead = self._value(value, _DEPTH)
        if instead is value:
            return cell
        self._done[id(cell)] = (cell, types.CellType(instead))
        return self._done[id(cell)][1]


_NEVER = frozenset(["adpy", "numpy", "scipy", "numba"])


def _package(space: dict) -> str:
    name = space.get("__name__")
    return name.partition(".")[0] if isinstance(name, str) else ""


def _is_library(space: dict) -> bool:
    path = space.get("__file__")
    return isinstance(path, str) and ("site-packages" in path or "dist-packages" in path)
