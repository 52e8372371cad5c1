"""Plans: what to write into which namespaces, and the bookkeeping that puts everything back.

One lock and one counter for the whole process: the first trace in installs its plan, later ones add what is missing,
and the last one out puts the originals back.  In between, a thread that does not trace sees replacements that call the
originals.  A name that the program itself rebinds meanwhile is left alone.

An entry is checked by one ``itemgetter`` call and one tuple comparison and installed by one ``dict.update``.
"""

from __future__ import annotations

import os
import sys
import threading
import types
from itertools import islice
from operator import itemgetter
from typing import Any

from adpy.capture.reach import Reach
from adpy.capture.replacements import everything, is_replacement, original_of, replacement

__all__ = ["Plan", "StalePlan", "enter", "full_plan", "leave", "numpy_plan"]


class StalePlan(Exception):
    """The namespaces are not what they were when the plan was made."""


def _getter(names: list[str]) -> itemgetter:
    return itemgetter(*names, names[0])  # always a tuple


class Entry:
    """The part of a plan that concerns one namespace."""

    __slots__ = ("_current", "_expected", "_get", "_installed", "_originals", "_replaced", "space")

    def __init__(self, space: dict, replaced: dict[str, tuple[Any, Any]], watched: dict[str, Any]) -> None:
        self.space = space
        self._replaced = {name: made for name, (_, made) in replaced.items()}
        self._originals = {name: original for name, (original, _) in replaced.items()}
        expected = {**watched, **self._originals}
        self._get = _getter(list(expected))
        self._expected = self._get(expected)
        self._current = _getter(list(replaced)) if replaced else None
        self._installed = self._current(self._replaced) if replaced else ()

    def install(self, shared: bool) -> None:
        """Write the replacements; raise :class:`StalePlan` if the namespace has changed."""
        try:
            fresh = self._get(self.space) == self._expected
        except Exception:  # a name is gone, or compares in some way of its own
            fresh = False
        if not fresh:
            self._check(shared)
        self.space.update(self._replaced)

    def _check(self, shared: bool) -> None:
        """As another trace may have left the namespace: originals or any replacements of them."""
        names = self._get(_Names())
        for name, expected in zip(names, self._expected, strict=True):
            value = self.space.get(name, self)
            if value is not expected and not (shared and is_replacement(value, expected)):
                raise StalePlan(name)

    def remove(self) -> None:
        """Put the originals back, except where the program has bound the name to something else."""
        if self._current is None:
            return
        try:
            untouched = self._current(self.space) == self._installed
        except Exception:
            untouched = False
        if untouched:
            self.space.update(self._originals)
            return
        for name, original in self._originals.items():
            value = self.space.get(name)
            if value is not original and is_replacement(value, original):
                self.space[name] = original


class _Names:
    """Gives back the keys it is asked for."""

    def __getitem__(self, name: str) -> str:
        return name


class Plan:
    """Entries that are installed together, and whether the function's cells need rebinding."""

    __slots__ = ("alive", "cells", "complete", "entries")

    def __init__(self, entries: list[Entry], alive: Any = None, cells: bool = False, complete: bool = True) -> None:
        self.entries, self.alive, self.cells, self.complete = entries, alive, cells, complete

    @classmethod
    def from_reach(cls, found: Reach, alive: Any) -> Plan:
        """The plan for what a walk has found."""
        entries = [
            Entry(
                (found.replaced.get(key) or found.watched[key])[0],
                found.replaced.get(key, (None, {}))[1],
                found.watched.get(key, (None, {}))[1],
            )
            for key in {**found.watched, **found.replaced}
        ]
        return cls(entries, alive, found.cells, found.complete)


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
        if plan not in _installed:
            try:
                _installed.append(plan)
                for entry in plan.entries:
                    entry.install(shared)
            except BaseException:
                if shared:
                    raise  # the last one out removes it
                _remove_all()
                raise
        if not again:
            _count += 1


def leave() -> None:
    """One trace less; the last one puts everything back."""
    global _count
    with _lock:
        _count -= 1
        if _count <= 0:
            _count = 0
            _remove_all()


def _remove_all() -> None:
    while _installed:
        for entry in _installed[-1].entries:
            entry.remove()
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


def _scan(wanted: Any, internal: bool) -> list[Entry]:
    table = everything()
    entries = []
    for module_name, module in list(sys.modules.items()):
        if not wanted(module_name) or not isinstance(module, types.ModuleType):
            continue
        space = vars(module)
        found = {}
        inside = internal and module_name.startswith(("numpy._core", "numpy.lib", "numpy.linalg", "numpy.fft", "numpy.ma"))
        for name, value in list(space.items()):
            value = original_of(value)
            if id(value) in table:
                found[name] = (value, replacement(value, internal=inside))
        if found:
            entries.append(Entry(space, found, {}))
    return entries


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
        _full = (len(sys.modules), Plan(_scan(_any_but_adpy, internal=True)))
    return _full[1]


def numpy_plan() -> Plan:
    """The same in NumPy's own modules, for running its Python implementations on traced values."""
    global _numpy
    if _numpy is None or _numpy[0] != len(sys.modules):
        _numpy = (len(sys.modules), Plan(_scan(_in_numpy, internal=True)))
    return _numpy[1]


def forget_scans() -> None:
    """Scan again at the next full installation."""
    global _full, _numpy
    _full = _numpy = None
