"""Surroundings: numbers, text, containers and arrays outside a function that its code reads, and whether they changed.

They are found once, by the names that the code of the function, and of functions that it calls, mentions: globals,
attributes of the user's modules, closure cells, defaults, attributes of the object that a method is bound to.
"""

from __future__ import annotations

import functools
import hashlib
import random
import sys
import types
from collections.abc import Callable
from typing import Any

from numpy.random import Generator, get_state

from adpy.capture.codes import code_names
from adpy.plain import np

__all__ = ["LARGE", "Surroundings", "fingerprint", "random_state"]

LARGE = 1 << 16
"""Bytes from which an array is compared by identity only."""

_SHORT = 1024  # bytes of an array that are kept as they are
_BUDGET = 1000  # containers and their elements
_LIMIT = 200  # functions
_NUMBERS = frozenset([bool, int, float, complex, str, bytes, type(None), np.float64])
_LIBRARIES = (frozenset(sys.stdlib_module_names) - {"types", "__main__"}) | {"numpy", "scipy", "numba", "adpy"}


class Identity:
    """Equal to itself only; keeps its object, so that no other takes its place in memory."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return type(other) is Identity and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)


def fingerprint(value: Any, budget: list[int] | None = None) -> Any:
    """Something hashable, and equal as long as a value has not changed.

    Beyond a budget of containers and objects, and in large arrays, values are compared by identity.
    """
    kind = type(value)
    if kind in _NUMBERS or isinstance(value, np.generic):
        return kind, value
    if isinstance(value, np.ndarray):
        if value.nbytes > LARGE or value.dtype.hasobject:
            return Identity(value)
        data = value.tobytes()
        return value.shape, value.dtype, data if len(data) <= _SHORT else hashlib.blake2b(data).digest()
    if isinstance(value, Generator):
        return str(value.bit_generator.state)
    budget = [_BUDGET] if budget is None else budget
    if budget[0] <= 0:
        return Identity(value)
    if isinstance(value, dict):
        return kind, tuple(value), _fingerprints(value.values(), budget)
    if isinstance(value, tuple | list | set | frozenset | bytearray):
        return kind, _fingerprints(value, budget)
    if _is_object(value):
        return Identity(value), tuple(vars(value)), _fingerprints(vars(value).values(), budget)
    return Identity(value)


def _fingerprints(values: Any, budget: list[int]) -> tuple:
    budget[0] -= 1
    kinds = tuple(map(type, values))
    if _NUMBERS.issuperset(kinds):
        return kinds, tuple(values)
    budget[0] -= len(kinds)
    return tuple([fingerprint(value, budget) for value in values])


def random_state() -> tuple:
    """The state of the generators that NumPy and Python share among all code."""
    name, numbers, *rest = get_state()
    return name, numbers.tobytes(), *rest, random.getstate()


def _is_object(value: Any) -> bool:
    """Is it an object of the user's, with attributes of its own, and not a function, class or module?"""
    if isinstance(value, types.ModuleType | types.FunctionType | type):
        return False
    return type(getattr(value, "__dict__", None)) is dict and not _is_library(type(value).__module__)


def _is_library(module: Any) -> bool:
    return str(module).partition(".")[0] in _LIBRARIES


class Surroundings:
    """What a function reads of its surroundings.

    Parameters
    ----------
    function : callable
    """

    def __init__(self, function: Callable) -> None:
        self.names: dict[tuple[int, str], tuple[dict, str]] = {}
        self.cells: list[types.CellType] = []
        self.values: list[Any] = []
        self._seen: set[int] = set()
        self._pending = [function]
        while self._pending and len(self._seen) < _LIMIT:
            self._visit(self._pending.pop())

    def state(self) -> tuple:
        """Equal states: nothing has changed."""
        found = [fingerprint(space.get(name)) for space, name in self.names.values()]
        for cell in self.cells:
            try:
                found.append(fingerprint(cell.cell_contents))
            except ValueError:
                found.append(None)
        return *found, *[fingerprint(value) for value in self.values]

    def _visit(self, function: Any) -> None:
        if id(function) in self._seen:
            return
        self._seen.add(id(function))
        if isinstance(function, functools.partial):
            self.values += [function.args, function.keywords]
            self._pending.append(function.func)
        elif isinstance(function, types.MethodType):
            self.values.append(function.__self__)
            self._pending.append(function.__func__)
        elif isinstance(function, types.FunctionType):
            self._function(function)
        elif hasattr(function, "__wrapped__"):
            self._pending.append(function.__wrapped__)
        elif _is_object(function) and callable(function):
            self.values.append(function)
            self._pending.append(type(function).__call__)

    def _function(self, function: types.FunctionType) -> None:
        space = function.__globals__
        if _is_library(space.get("__name__")):
            return
        self.values += [x for x in (function.__defaults__, function.__kwdefaults__) if x]
        for cell in function.__closure__ or ():
            self.cells.append(cell)
            try:
                self._pending.append(cell.cell_contents)
            except ValueError:
                continue
        names = code_names(function.__code__)
        for name in names:
            value = space.get(name)
            if isinstance(value, types.ModuleType):
                self._module(value, names)
            elif name in space:
                self._name(space, name)

    def _module(self, module: types.ModuleType, names: set[str]) -> None:
        if not _is_library(module.__name__):
            for name in names.intersection(vars(module)):
                self._name(vars(module), name)

    def _name(self, space: dict, name: str) -> None:
        value = space[name]
        if isinstance(value, types.ModuleType | type) or _is_library(getattr(value, "__module__", None)):
            return
        self._pending.append(value)
        self.names[id(space), name] = (space, name)
