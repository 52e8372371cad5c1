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
from operator import is_
from typing import Any

from numpy.random import Generator, get_state

from adpy.capture.codes import code_names
from adpy.plain import np

__all__ = ["LARGE", "Surroundings", "fingerprint", "large_arrays", "random_state"]

LARGE = 1 << 16
"""Bytes from which an array is compared by identity only."""

_SHORT = 1024  # bytes of an array that are kept as they are
_BUDGET = 1000  # containers and their elements
_LIMIT = 200  # functions
_PARTS = 100  # containers that are looked into one by one, at most
_NUMBERS = frozenset([bool, int, float, complex, str, bytes, type(None), np.float64])
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, type(np.sum))
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


class _Visit:
    """What is left of the budget, and containers that were met already: some hold themselves."""

    __slots__ = ("left", "met")

    def __init__(self) -> None:
        self.left, self.met = _BUDGET, set()


def fingerprint(value: Any, visit: _Visit | None = None) -> Any:
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
    if _is_sparse(value):
        return Identity(value), value.shape, _entries(value)
    visit = _Visit() if visit is None else visit
    if visit.left <= 0 or id(value) in visit.met:
        return Identity(value)
    if not isinstance(value, tuple | frozenset):
        visit.met.add(id(value))
    if isinstance(value, dict):
        return kind, tuple(value), _fingerprints(value.values(), visit)
    if isinstance(value, tuple | list | set | frozenset | bytearray):
        return kind, _fingerprints(value, visit)
    if _is_object(value):
        return Identity(value), tuple(vars(value)), _fingerprints(vars(value).values(), visit)
    return Identity(value)


def _fingerprints(values: Any, visit: _Visit) -> tuple:
    visit.left -= 1
    kinds = tuple(map(type, values))
    if _NUMBERS.issuperset(kinds):
        return kinds, tuple(values)
    visit.left -= len(kinds)
    return tuple([fingerprint(value, visit) for value in values])


def random_state() -> tuple:
    """The state of the generators that NumPy and Python share among all code."""
    name, numbers, *rest = get_state()
    return name, numbers.tobytes(), *rest, random.getstate()


def _is_object(value: Any) -> bool:
    """Is it an object of the user's, with attributes of its own, and not a function, class or module?"""
    if isinstance(value, types.ModuleType | types.FunctionType | type):
        return False
    return type(getattr(value, "__dict__", None)) is dict and not _is_library(type(value).__module__)


def _is_sparse(value: Any) -> bool:
    """Is it a sparse matrix of SciPy's?"""
    return hasattr(value, "tocsr") and str(type(value).__module__).startswith("scipy.sparse.")


def _entries(matrix: Any) -> tuple:
    """The arrays of a sparse matrix; those made of others are compared by what is in them."""
    if matrix.format in ("lil", "dok"):
        made = matrix.tocoo()
        return tuple([hashlib.blake2b(array.tobytes()).digest() for array in (*made.coords, made.data)])
    names = ("data", "indices", "indptr", "offsets", "coords")
    arrays = [getattr(matrix, name) for name in names if hasattr(matrix, name)]
    return tuple([fingerprint(array) for array in arrays])


def _is_library(module: Any) -> bool:
    return str(module).partition(".")[0] in _LIBRARIES


def _is_fixed(value: Any, depth: int = 4) -> bool:
    """Has this very object always the same fingerprint?"""
    if isinstance(value, tuple | frozenset):
        return depth > 0 and all([_is_fixed(x, depth - 1) for x in value])
    if isinstance(value, np.ndarray):
        return value.nbytes > LARGE
    if isinstance(value, Generator | dict | list | set | bytearray) or _is_sparse(value):
        return False
    return not _is_object(value)


_EMPTY = object()


def _inside(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return _EMPTY


def _elements(container: Any) -> tuple:
    """What a container or an object holds."""
    if isinstance(container, tuple | list | set | frozenset | bytearray):
        return tuple(container)
    names = container if isinstance(container, dict) else vars(container)
    return *names, *names.values()


class _Seen:
    """Surroundings at some time, so that it is told fast whether they are the same: mostly by identity of objects."""

    __slots__ = ("_arrays", "_cells", "_changing", "_names", "_others", "_parts", "state")

    def __init__(self, names: list, cells: list, values: list) -> None:
        self._names = [(space, name, space.get(name)) for space, name in names]
        self._cells = [(cell, _inside(cell)) for cell in cells]
        self._arrays: list[tuple] = []
        self._parts: list[tuple] = []
        self._others: list[tuple] = []
        found = [value for *_, value in (*self._names, *self._cells)] + values
        for value in found:
            self._visit(value)
        self.state = tuple([None if value is _EMPTY else fingerprint(value) for value in found])
        if len(self._parts) > _PARTS:
            self._arrays, self._parts = [], []
            self._others = [pair for pair in zip(found, self.state, strict=True) if not _is_fixed(pair[0])]
        self._changing = bool(self._arrays or self._parts or self._others)

    def _visit(self, value: Any) -> None:
        """Note what can change in a value, in its elements too."""
        if len(self._parts) > _PARTS or _is_fixed(value):
            return
        if isinstance(value, np.ndarray):
            self._arrays.append((value, value.shape, value.dtype, value.tobytes()))
        elif isinstance(value, Generator) or _is_sparse(value):
            self._others.append((value, fingerprint(value)))
        else:
            elements = _elements(value)
            self._parts.append((value, elements))
            for element in elements:
                self._visit(element)

    def holds(self) -> bool:
        """Is everything as it was?"""
        for space, name, value in self._names:
            if space.get(name) is not value:
                return False
        for cell, value in self._cells:
            if _inside(cell) is not value:
                return False
        return not self._changing or self._unchanged()

    def _unchanged(self) -> bool:
        for array, shape, dtype, data in self._arrays:
            if array.shape != shape or array.dtype is not dtype or array.tobytes() != data:
                return False
        for container, elements in self._parts:
            found = _elements(container)
            if len(found) != len(elements) or not all(map(is_, found, elements)):
                return False
        return all([fingerprint(value) == print for value, print in self._others])


def large_arrays(values: Any) -> list[np.ndarray]:
    """Arrays among values, and in containers and objects among them, that are compared by identity only."""
    found, met, left = [], set(), list(values)
    while left and len(met) < _BUDGET:
        value = left.pop()
        if isinstance(value, np.ndarray):
            if value.nbytes > LARGE and not value.dtype.hasobject:
                found.append(value)
        elif _is_sparse(value):
            left += [array for array in vars(value).values() if isinstance(array, np.ndarray)]
        elif id(value) not in met and (isinstance(value, tuple | list | set | frozenset | dict) or _is_object(value)):
            met.add(id(value))
            left += _elements(value)
    return found


class Surroundings:
    """What a function reads of its surroundings.

    Parameters
    ----------
    function : callable
    """

    def __init__(self, function: Callable) -> None:
        self._last: _Seen | None = None
        self.names: dict[tuple[int, str], tuple[dict, str]] = {}
        self.cells: list[types.CellType] = []
        self.values: list[Any] = []
        self._seen: set[int] = set()
        self._pending = [function]
        while self._pending and len(self._seen) < _LIMIT:
            self._visit(self._pending.pop())

    def state(self) -> tuple:
        """Equal states: nothing has changed; as long as nothing has, it is one object."""
        last = self._last
        if last is None or not last.holds():
            found = _Seen(list(self.names.values()), self.cells, self.values)
            if last is not None and found.state == last.state:
                found.state = last.state
            last = self._last = found
        return last.state

    def large(self) -> list[np.ndarray]:
        """The arrays that states compare by identity only: whether something was written into them is not known."""
        found = [space.get(name) for space, name in self.names.values()]
        return large_arrays([*found, *map(_inside, self.cells), *self.values])

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
        if isinstance(value, types.ModuleType | type):
            return
        if isinstance(value, _FUNCTIONS) and _is_library(value.__module__):
            return
        self._pending.append(value)
        self.names[id(space), name] = (space, name)
