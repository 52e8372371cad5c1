"""Which names a function can reach: a conservative walk over code objects, so that a trace replaces only those.

The walk reads, for a function and for everything it can find from it (globals, attributes of modules, closure cells,
defaults, methods of classes, partials, containers of callables), the names its code mentions.  It follows a call
into a library as readily as into the user's own module.  What it misses (a method of an object that is only known at
run time, ``getattr`` with a computed name) ends in a refusal and a second, full installation; it is never silent.
"""

from __future__ import annotations

import functools
import sys
import types
from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np

from adpy.capture.classes import space_of
from adpy.capture.codes import code_names, facts
from adpy.capture.kinds import KIND
from adpy.capture.numbers import NUMPY_SHADOWS, SHADOWS
from adpy.capture.registry import TRACED_TYPES
from adpy.capture.replacements import importing, inner_python, original_of, replacement
from adpy.rules.table import METHODS

__all__ = ["LEAVES", "Reach", "reach"]

_LIMIT = 600  # code objects
_CONTAINED = 64  # elements of a container, attributes of an instance
_SKIPPED_MODULES = frozenset(sys.stdlib_module_names) - {"statistics", "random", "colorsys", "functools"} | {"numba"}
LEAVES = frozenset(
    [float, int, bool, complex, str, bytes, type(None), type(Ellipsis), np.ndarray, np.dtype]
    + [np.dtype(c).type for c in "?bBhHiIlLqQefdgFDG"]
)
_FUNCTION = types.FunctionType
_SHADOWS = frozenset(map(id, SHADOWS.values()))  # an enclosing trace has put them there


class Reach:
    """What the walk found.

    Attributes
    ----------
    replaced : dict
        ``id(namespace) -> (namespace, {name: (original, replacement)})``.
    watched : dict
        ``id(namespace) -> (namespace, {name: value})``: what the walk went through; when one changes, it is stale.
    cells : bool
        A closure cell or a default holds something to be replaced: the function itself must be rebound.
    complete : bool
        False if the walk gave up on its limit.
    shadows : dict
        ``id(namespace) -> (namespace, {name: shadow})``: builtins to be shadowed there: ``type``, and in second
        attempts ``float`` and ``complex``.
    """

    __slots__ = ("cells", "complete", "replaced", "shadows", "watched")

    def __init__(self) -> None:
        self.replaced: dict[int, tuple[dict, dict]] = {}
        self.watched: dict[int, tuple[dict, dict]] = {}
        self.shadows: dict[int, tuple[dict, dict]] = {}
        self.cells = False
        self.complete = True


def reach(function: Any, thorough: bool = False) -> Reach:
    """Walk everything that ``function`` can reach."""
    walk = _Walk(thorough)
    walk.always(*importing())
    walk.visit(function)
    walk.run()
    walk.spare_compared()
    return walk.found


def _root(name: Any) -> str:
    return name.partition(".")[0] if isinstance(name, str) else ""


class _Walk:
    def __init__(self, thorough: bool) -> None:
        self.found = Reach()
        self._thorough = thorough
        self._seen: set[int] = set()
        self._alive: list = []  # keeps the ids in `_seen` theirs
        self._pending: deque[types.FunctionType] = deque()
        self._methods: dict[int, dict[str, list[type]]] = {}
        self._compared: dict[int, set[str]] = {}

    def always(self, space: dict, name: str) -> None:
        """Replace a name whether or not it is mentioned."""
        self._replace(space, name, original_of(space[name]))

    def run(self) -> None:
        count = 0
        while self._pending:
            count += 1
            if count > _LIMIT:
                self.found.complete = False
                return
            self._function(self._pending.popleft())  # the nearest first: the limit cuts off the far end

    def _first_time(self, value: Any) -> bool:
        if id(value) in self._seen:
            return False
        self._seen.add(id(value))
        self._alive.append(value)
        return True

    def visit(self, value: Any, depth: int = 3) -> None:
        """Follow a value that is not (only) a name in a namespace."""
        kind = type(value)
        if kind in LEAVES or kind in TRACED_TYPES or kind is types.ModuleType or not self._first_time(value):
            return
        value = original_of(value)
        kind = type(value)
        if kind is _FUNCTION:
            self._pending.append(value)
        elif isinstance(value, type):
            self._class(value)
        elif kind is types.MethodType:
            self.visit(value.__func__)
            self.visit(value.__self__, depth)
        elif kind is functools.partial:
            self.visit(value.func)
            self._items([*value.args, *value.keywords.values()], depth)
        elif isinstance(value, dict):
            self._items(value.values(), depth)
        elif isinstance(value, (list, tuple, set, frozenset)):
            self._items(value, depth)
        elif isinstance(value, (staticmethod, classmethod)):
            self.visit(value.__func__)
        elif isinstance(value, property):
            self._items([value.fget, value.fset], depth)
        elif kind is functools.cached_property:
            self.visit(value.func)
        else:
            python = inner_python(value)
            if python is not None:
                self.visit(python)
            elif depth and (kind is types.SimpleNamespace or not self._is_skipped(kind)):
                self._class(kind)
                attributes = getattr(value, "__dict__", None)
                if type(attributes) is dict:
                    self._items(attributes.values(), depth)

    @staticmethod
    def _is_skipped(cls: type) -> bool:
        return _root(cls.__module__) in _SKIPPED_MODULES or issubclass(cls, np.ufunc)

    def _items(self, values: Any, depth: int) -> None:
        if depth:
            for _, value in zip(range(_CONTAINED), values, strict=False):
                if type(value) not in LEAVES:
                    self.visit(value, depth - 1)

    def _class(self, cls: type) -> None:
        for base in cls.__mro__:
            if _root(base.__module__) in _SKIPPED_MODULES or not self._first_time(vars(base)):
                continue
            if _root(base.__module__) == "adpy" or issubclass(base, np.generic):
                continue
            for name in METHODS.get(base, ()):
                self._replace(space_of(base), name, original_of(vars(base)[name]))
            for value in list(vars(base).values()):
                if type(value) not in LEAVES and not isinstance(value, dict):
                    self.visit(value)

    def _function(self, function: types.FunctionType) -> None:
        space = function.__globals__
        for cell in function.__closure__ or ():
            try:
                self._hidden(cell.cell_contents)
            except ValueError:
                continue
        root = _root(space.get("__name__"))
        if root in _SKIPPED_MODULES or root == "adpy":
            return
        for value in (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()):
            self._hidden(value)
        names = code_names(function.__code__)
        unresolved = []
        for name in names:
            if name in space and id(space[name]) not in _SHADOWS:
                self._name(space, name, names)
            else:
                unresolved.append(name)
                module = sys.modules.get(name)
                if module is not None and _root(name) not in _SKIPPED_MODULES:
                    self._module(module, names)  # imported by the function itself
                elif name in ("math", "cmath"):
                    self._module(sys.modules[name], names)
        if root != "numpy":
            self._unresolved(space, unresolved)
            if self._thorough or "type" in unresolved:
                self._shadow(space, unresolved, facts(function.__code__).compared)

    def _shadow(self, space: dict, unresolved: list[str], compared: frozenset[str]) -> None:
        """Note the builtins that ``space`` is to see in another form."""
        if compared:
            self._compared.setdefault(id(space), set()).update(compared)
        shadows = SHADOWS if self._thorough else {"type": KIND}
        names = {name: shadows[name] for name in unresolved if name in shadows}
        if names:
            self.found.shadows.setdefault(id(space), (space, {}))[1].update(names)

    def spare_compared(self) -> None:
        """Leave alone the types that some function compares by ``is``: ``type(x) is float``."""
        for key, (_, names) in self.found.shadows.items():
            for name in self._compared.get(key, set()).intersection(names):
                del names[name]
        anywhere = set().union(*self._compared.values())
        for _, names in self.found.replaced.values():
            for name in anywhere.intersection(names):
                if isinstance(names[name][0], type):
                    del names[name]

    def _hidden(self, value: Any) -> None:
        """A value in a closure cell or a default: no namespace holds it."""
        if type(value) in LEAVES:
            return
        if replacement(original_of(value)) is not None:
            self.found.cells = True
        if type(value) is types.ModuleType:
            return
        self.visit(value)

    def _name(self, space: dict, name: str, names: set[str]) -> None:
        value = original_of(space[name])
        if type(value) in LEAVES:
            return
        if isinstance(value, types.ModuleType):
            self._watch(space, name, value)
            self._module(value, names)
            return
        self._replace(space, name, value)
        if isinstance(value, (_FUNCTION, type)) or (callable(value) and inner_python(value) is not None):
            self._watch(space, name, value)
        self.visit(value)

    def _replace(self, space: dict, name: str, value: Any) -> None:
        instead = replacement(value, self._thorough)
        # NumPy's own modules compare float64 by ``is``; the name that numpy offers to others may be replaced.
        inside = id(value) in NUMPY_SHADOWS and space is not vars(np) and _root(space.get("__name__")) == "numpy"
        if instead is not None and not inside:
            self.found.replaced.setdefault(id(space), (space, {}))[1][name] = (value, instead)

    def _watch(self, space: dict, name: str, value: Any) -> None:
        self.found.watched.setdefault(id(space), (space, {}))[1][name] = value

    def _module(self, module: types.ModuleType, names: set[str]) -> None:
        space = vars(module)
        library = _root(module.__name__)
        if library in _SKIPPED_MODULES and library not in ("math", "cmath"):
            return
        for name in names.intersection(space):
            value = original_of(space[name])
            if isinstance(value, types.ModuleType):
                if value is not module and (id(value), id(names)) not in self._seen:
                    self._seen.add((id(value), id(names)))
                    self._module(value, names)
                continue
            if type(value) in LEAVES:
                continue
            self._replace(space, name, value)
            if library != "numpy":
                if isinstance(value, (_FUNCTION, type)):
                    self._watch(space, name, value)
                self.visit(value)
            elif _is_python(value):
                self.visit(value)

    def _unresolved(self, space: dict, names: list[str]) -> None:
        """Attributes of unknown objects: any class this namespace knows may be meant."""
        index = self._methods.get(id(space))
        if index is None:
            index = self._methods[id(space)] = {}
            for cls in _classes(space):
                for base in cls.__mro__:
                    for name in vars(base) if base is not object else ():
                        index.setdefault(name, []).append(cls)
        for name in names:
            for cls in index.get(name, ()):
                self.visit(cls)


def _classes(space: dict) -> Iterator[type]:
    for value in list(space.values()):
        if isinstance(value, type) and _root(value.__module__) not in _SKIPPED_MODULES | {"numpy", "adpy", "builtins"}:
            yield value


def _is_python(value: Any) -> bool:
    """Is this object of NumPy's written in Python, and not behind ``__array_function__``?"""
    if type(value) is _FUNCTION:
        return not hasattr(value, "_implementation")
    if str(type(value).__module__).startswith("numpy.lib."):  # r_, c_
        return True
    return isinstance(value, type) and not issubclass(value, (np.generic, np.ndarray))
