"""Plans: what to write into which namespaces, and the bookkeeping that puts everything back.

One lock and one counter for the whole process: the first trace in installs its plan, later ones add what is missing,
and the last one out puts the originals back.  In between, a thread that does not trace sees replacements that call the
originals.  A name that the program itself rebinds meanwhile is left alone.

A namespace is checked by one ``itemgetter`` call and one tuple comparison and installed by one ``dict.update``.
"""

from __future__ import annotations

import os
import sys
import threading
import types
from itertools import islice
from operator import itemgetter
from typing import Any

from adpy.capture.classes import space_of
from adpy.capture.collector import relax, restore
from adpy.capture.reach import Reach
from adpy.capture.replacements import everything, is_replacement, original_of, replacement
from adpy.rules.table import METHODS

__all__ = ["Plan", "StalePlan", "enter", "full_plan", "leave", "numpy_plan"]


class StalePlan(Exception):
    """The namespaces are not what they were when the plan was made."""


def _getter(names: list[str]) -> itemgetter:
    return itemgetter(*names, names[0])  # always a tuple


class _Names:
    """Gives back the keys it is asked for."""

    def __getitem__(self, name: str) -> str:
        return name


class Plan:
    """What to write where.

    Attributes
    ----------
    writes : list of (getter, namespace, expected, replacements)
        ``getter(namespace) == expected`` says that the namespace is what the plan was made for.
    removals : list of (getter, namespace, installed, originals)
        ``getter(namespace) == installed`` says that the program has not touched the replacements.
    cells : bool
        Closure cells or defaults hold something to be replaced: the function itself must be rebound.
    complete : bool
        False if the walk that made the plan gave up.
    shadows : list of (namespace, name, shadow)
        Builtins that a namespace is to see in another form.
    alive : object
        Keeps the ids in the plan's key theirs.
    """

    __slots__ = ("alive", "cells", "complete", "removals", "shadows", "writes")

    def __init__(self, alive: Any = None, cells: bool = False, complete: bool = True) -> None:
        self.writes: list[tuple] = []
        self.removals: list[tuple] = []
        self.shadows: list[tuple[dict, str, Any]] = []
        self.alive, self.cells, self.complete = alive, cells, complete

    def add(self, space: dict, replaced: dict[str, tuple[Any, Any]], watched: dict[str, Any]) -> None:
        """One more namespace: ``replaced`` is ``{name: (original, replacement)}``."""
        originals = {name: original for name, (original, _) in replaced.items()}
        replacements = {name: made for name, (_, made) in replaced.items()}
        expected = {**watched, **originals}
        get = _getter(list(expected))
        self.writes.append((get, space, get(expected), replacements))
        if replaced:
            get = _getter(list(replaced))
            self.removals.append((get, space, get(replacements), originals))

    @classmethod
    def from_reach(cls, found: Reach, alive: Any) -> Plan:
        """The plan for what a walk has found."""
        plan = cls(alive, found.cells, found.complete)
        for key in {**found.watched, **found.replaced}:
            space = (found.replaced.get(key) or found.watched[key])[0]
            plan.add(space, found.replaced.get(key, (None, {}))[1], found.watched.get(key, (None, {}))[1])
        for space, names in found.shadows.values():
            plan.shadows += [(space, name, shadow) for name, shadow in names.items()]
        return plan

    def install(self, shared: bool) -> None:
        """Write the replacements; raise :class:`StalePlan` if a namespace has changed."""
        for get, space, expected, replacements in self.writes:
            try:
                same = get(space) == expected
            except Exception:  # a name is gone, or compares in some way of its own
                same = False
            if not same:
                _check(get, space, expected, shared)
            space.update(replacements)
        for space, name, shadow in self.shadows:
            space.setdefault(name, shadow)

    def remove(self) -> None:
        """Put the originals back, except where the program has bound the name to something else."""
        for get, space, installed, originals in self.removals:
            try:
                same = get(space) == installed
            except Exception:
                same = False
            if same:
                space.update(originals)
            else:
                _remove_one_by_one(space, originals)
        for space, name, shadow in self.shadows:
            if space.get(name) is shadow:
                del space[name]


def _check(get: itemgetter, space: dict, expected: tuple, shared: bool) -> None:
    """As another trace may have left the namespace: originals, or any replacements of them."""
    for name, value in zip(get(_Names()), expected, strict=True):
        found = space.get(name)
        if found is not value and not (shared and is_replacement(found, value)):
            raise StalePlan(name)


def _remove_one_by_one(space: dict, originals: dict[str, Any]) -> None:
    for name, original in originals.items():
        value = space.get(name)
        if value is not original and is_replacement(value, original):
            space[name] = original


# ---- what is installed in this process

_lock = threading.RLock()  # reentrant: a finalizer or a signal handler may trace while we hold it
_count = 0
_installed: list[Plan] = []
_modules_before = 0


def _new_lock() -> None:
    global _lock
    _lock = threading.RLock()


os.register_at_fork(after_in_child=_new_lock)


def enter(plan: Plan, again: bool = False) -> None:
    """Install ``plan`` for one more trace (``again``: for one that has entered already)."""
    global _count, _modules_before
    with _lock:
        shared = _count > 0
        if not shared:
            _modules_before = len(sys.modules)
            relax()
        elif plan in _installed:
            _count += not again
            return
        _count += not again
        try:
            _installed.append(plan)
            plan.install(shared)
        except BaseException:
            if not again:
                leave()
            raise


def leave() -> None:
    """One trace less; the last one puts everything back."""
    global _count
    with _lock:
        _count -= 1
        if _count <= 0:
            _count = 0
            restore()
            while _installed:
                _installed[-1].remove()
                _installed.pop()
            if len(sys.modules) > _modules_before:
                _heal(_modules_before)


def _heal(before: int) -> None:
    """Modules imported during a trace took replacements with them: give them the originals."""
    for module in list(islice(sys.modules.values(), max(before - 1, 0), None)):
        space = getattr(module, "__dict__", None)
        if type(space) is dict:
            for name, value in list(space.items()):
                original = original_of(value)
                if original is not value:
                    space[name] = original


# ---- plans by a scan over modules


def _scan(wanted: Any) -> Plan:
    table = everything()
    plan = Plan()
    for module_name, module in list(sys.modules.items()):
        if not isinstance(module, types.ModuleType) or not wanted(module_name):
            continue
        space = vars(module)
        internal = module_name.startswith(_INTERNAL)
        found = {}
        for name, value in list(space.items()):
            value = original_of(value)
            if id(value) in table:
                found[name] = (value, replacement(value, internal=internal))
        if found:
            plan.add(space, found, {})
    for cls, names in METHODS.items():
        methods = {name: original_of(vars(cls)[name]) for name in names}
        plan.add(space_of(cls), {name: (method, replacement(method)) for name, method in methods.items()}, {})
    return plan


_INTERNAL = ("numpy._core", "numpy.lib", "numpy.linalg", "numpy.fft", "numpy.ma")


def _any_but_adpy(name: str) -> bool:
    return name.partition(".")[0] not in ("adpy", "builtins")


def _in_numpy(name: str) -> bool:
    return name.partition(".")[0] == "numpy" or name in ("math", "cmath")


_full: tuple[int, Plan] | None = None
_numpy: tuple[int, Plan] | None = None


def full_plan() -> Plan:
    """Every creator, ``math`` function and function with a row, in every loaded module."""
    global _full
    if _full is None or _full[0] != len(sys.modules):
        _full = (len(sys.modules), _scan(_any_but_adpy))
    return _full[1]


def numpy_plan() -> Plan:
    """The same in NumPy's own modules, for running its Python implementations on traced values."""
    global _numpy
    if _numpy is None or _numpy[0] != len(sys.modules):
        _numpy = (len(sys.modules), _scan(_in_numpy))
    return _numpy[1]


def forget_scans() -> None:
    """Scan again at the next full installation."""
    global _full, _numpy
    _full = _numpy = None
