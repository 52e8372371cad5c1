"""Functions apart from the traced values that they close over: these become arguments that rules can name.

A user writes ``lambda v: A @ v``; the derivative of what is made of it needs ``A``.  The walk finds traced values in
cells, defaults, bound objects, partials, containers and attributes, and builds the same functions over other values.
What it misses is noticed when the functions are called for their values, and refused.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Sequence
from typing import Any

from adpy.capture.registry import TRACED_TYPES
from adpy.plain import np
from adpy.traced.dispatch import assemble, top_trace
from adpy.traced.refusal import refuse

__all__ = ["Closure", "refuse_traced"]

_CONTAINED = 256  # larger containers are data
_DEPTH = 6


class Closure:
    """Some functions, with the traced values that they close over.

    Attributes
    ----------
    values : list
        The traced values, each once.
    """

    def __init__(self, *functions: Callable | None) -> None:
        self._functions = functions
        self._positions: dict[int, int] = {}
        self.values: list = []
        collect = _Copy(self._collect)
        for function in functions:
            collect.of(function, _DEPTH)

    def _collect(self, value: Any) -> Any:
        if id(value) not in self._positions:
            self._positions[id(value)] = len(self.values)
            self.values.append(value)
        return value

    def over(self, values: Sequence) -> tuple:
        """The functions with ``values`` in the place of the traced ones."""
        copy = _Copy(lambda value: values[self._positions[id(value)]])
        return tuple([copy.of(function, _DEPTH) for function in self._functions])


class _Copy:
    """Copies of functions and objects that hold traced values, with others in their place; all else stays itself."""

    def __init__(self, swap: Callable) -> None:
        self._swap = swap
        self._done: dict[int, tuple[Any, Any]] = {}

    def of(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind in TRACED_TYPES:
            return self._swap(value)
        if depth == 0 or kind in _LEAVES or isinstance(value, type):
            return value
        if kind is np.ndarray:
            traced = value.dtype == object and top_trace([value]) is not None
            return self._once(value, lambda: self._swap(assemble(value))) if traced else value
        if id(value) in self._done:
            return self._done[id(value)][1]
        if kind is types.FunctionType:
            return self._function(value, depth)
        if kind is types.MethodType:
            parts = value.__func__, value.__self__
            return self._made(value, parts, depth, lambda of, to: types.MethodType(of, to))
        if kind is functools.partial:
            parts = value.func, value.args, value.keywords
            return self._made(value, parts, depth, lambda f, args, kw: functools.partial(f, *args, **kw))
        if isinstance(value, tuple | list | dict):
            return self._container(value, depth) if len(value) <= _CONTAINED else value
        if type(getattr(value, "__dict__", None)) is dict and not kind.__module__.startswith("adpy."):
            return self._object(value, depth)
        return value

    def _once(self, value: Any, make: Callable) -> Any:
        if id(value) not in self._done:
            self._done[id(value)] = (value, make())
        return self._done[id(value)][1]

    def _made(self, value: Any, parts: tuple, depth: int, make: Callable) -> Any:
        new = [self.of(part, depth) for part in parts]
        result = value if all(a is b for a, b in zip(new, parts, strict=True)) else make(*new)
        self._done[id(value)] = (value, result)
        return result

    def _function(self, function: types.FunctionType, depth: int) -> Any:
        """The same code over other cells.  Cells are filled last: the function may be among their contents."""
        if not (function.__closure__ or function.__defaults__ or function.__kwdefaults__):
            return function
        cells = [types.CellType() for _ in function.__closure__ or ()]
        copy = types.FunctionType(
            function.__code__, function.__globals__, function.__name__, None, tuple(cells) if cells else None
        )
        self._done[id(function)] = (function, copy)
        changed = False
        for cell, old in zip(cells, function.__closure__ or (), strict=True):
            try:
                contents = old.cell_contents
            except ValueError:
                continue
            cell.cell_contents = self.of(contents, depth - 1)
            changed = changed or (cell.cell_contents is not contents and contents is not function)
        defaults = self.of(function.__defaults__, depth)
        keywords = self.of(function.__kwdefaults__, depth)
        if not changed and defaults is function.__defaults__ and keywords is function.__kwdefaults__:
            self._done[id(function)] = (function, function)
            return function
        copy.__defaults__, copy.__kwdefaults__ = defaults, keywords
        copy.__dict__.update(function.__dict__)
        copy.__qualname__, copy.__module__ = function.__qualname__, function.__module__
        return copy

    def _container(self, value: Any, depth: int) -> Any:
        self._done[id(value)] = (value, value)
        items = value.values() if isinstance(value, dict) else value
        new = [self.of(item, depth - 1) for item in items]
        if all(a is b for a, b in zip(new, items, strict=True)):
            return value
        if isinstance(value, dict):
            result = value.copy()
            result.update(zip(value, new, strict=True))
        elif hasattr(value, "_fields"):
            result = type(value)(*new)
        else:
            result = new if type(value) is list else type(value)(new)
        self._done[id(value)] = (value, result)
        return result

    def _object(self, value: Any, depth: int) -> Any:
        self._done[id(value)] = (value, value)
        attributes = {name: self.of(item, depth - 1) for name, item in vars(value).items()}
        if all(attributes[name] is item for name, item in vars(value).items()):
            return value
        try:
            result = object.__new__(type(value))
        except TypeError:  # it has contents that cannot be copied this way
            return value
        vars(result).update(attributes)
        self._done[id(value)] = (value, result)
        return result


_LEAVES = frozenset([float, int, bool, complex, str, bytes, type(None), types.ModuleType, types.BuiltinFunctionType])


def refuse_traced(name: str, leaf: Any) -> Any:
    """``leaf``, unless it is a traced value that the walk did not find."""
    if type(leaf) in TRACED_TYPES:
        refuse(
            f"{name}, whose functions read a traced value that adpy did not find in their closures,",
            "Let them take it from a local variable of the function around them, a default argument, or an attribute.",
        )
    return leaf
