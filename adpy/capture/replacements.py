"""Which object is replaced by which: the identity table behind every installation."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from adpy.capture.converter import CONVERTER, converter
from adpy.capture.creators import CREATORS, make, wrap_fresh
from adpy.capture.frames import FRAME, paused
from adpy.capture.lifting import LiftedUfunc, around, lifted, rowed
from adpy.capture.mathlib import math_replacements
from adpy.capture.numbers import NUMPY_SHADOWS

__all__ = [
    "everything",
    "importing",
    "inner_python",
    "is_replacement",
    "original_of",
    "refresh",
    "replacement",
]

_DISPATCHER = type(np.sum)
_WITH_PROTOCOL = (np.ufunc, _DISPATCHER, type)
_LRU = type(functools.lru_cache(len))

# id(original) -> (original, replacement); the pair keeps both alive, so that ids stay theirs.
_table: dict[int, tuple[Any, Any]] = {}
_internal: dict[int, tuple[Any, Any]] = {}
_light: dict[int, tuple[Any, Any]] = {}
_thorough: dict[int, tuple[Any, Any]] = {}
# id(replacement) -> (replacement, original)
_originals: dict[int, tuple[Any, Any]] = {id(shadow): (shadow, kind) for kind, shadow in NUMPY_SHADOWS.values()}
_rows_seen = -1
_random_seen = False


def _enter(table: dict, original: Any, made: Any) -> Any:
    table[id(original)] = (original, made)
    _originals[id(made)] = (made, original)
    return made


def _sampler(original: Callable) -> Callable:
    def sample(*args, **kwargs):
        result = original(*args, **kwargs)
        frame = FRAME.get()
        return result if frame is None else wrap_fresh(frame, result)

    return functools.update_wrapper(sample, original, ("__name__", "__doc__"), ())


def importing() -> tuple[dict, str]:
    """The namespace and name of the function by which Python loads a module that is not loaded yet."""
    return vars(sys.modules["_frozen_importlib"]), "_find_and_load"


def _plain_import(original: Callable) -> Callable:
    """The code of a module that a trace happens to import first must not see the trace."""

    def load(*args):
        with paused():
            return original(*args)

    return load


def refresh() -> None:
    """Bring the table up to date with the rule table and with what has been imported."""
    global _rows_seen, _random_seen
    from adpy.rules import lookup
    from adpy.rules.table import TABLE

    lookup(None)  # loads the rows of SciPy's packages that have been imported
    if not _table:
        space, name = importing()
        _enter(_table, space[name], _plain_import(space[name]))
        for original in CREATORS:
            _enter(_table, original, make(original))
            _enter(_internal, original, make(original, internal=True))
        for original, made in math_replacements().items():
            _enter(_table, original, made)
        if CONVERTER is not None:
            _enter(_table, CONVERTER, converter(CONVERTER))
    if len(TABLE) != _rows_seen:
        _rows_seen = len(TABLE)
        for function in list(TABLE):
            if callable(function) and not isinstance(function, _WITH_PROTOCOL) and id(function) not in _table:
                _enter(_table, function, rowed(function))
    random = sys.modules.get("numpy.random")
    if random is not None and not _random_seen:
        _random_seen = True
        for name in random.__all__:
            function = getattr(random, name)
            if not isinstance(function, type) and callable(function) and name not in ("seed", "get_state", "set_state"):
                _enter(_table, function, _sampler(function))


def original_of(value: Any) -> Any:
    """The function that ``value`` stands in for; ``value`` itself if it is not a replacement."""
    pair = _originals.get(id(value))
    return value if pair is None else pair[1]


def is_replacement(value: Any, original: Any) -> bool:
    """Is ``value`` one of the replacements of ``original``?"""
    pair = _originals.get(id(value))
    return pair is not None and pair[1] is original


def inner_python(value: Any) -> Callable | None:
    """The Python function inside a compiled or cached one, if ``value`` is such."""
    if type(value) is _LRU:
        return value.__wrapped__
    if "numba" in sys.modules and str(type(value).__module__).startswith("numba."):
        return getattr(value, "py_func", None)
    return None


def replacement(original: Any, thorough: bool = False, internal: bool = False) -> Any:
    """What to put in the place of ``original`` during a trace; None if it stays.

    Parameters
    ----------
    original : object
        Any value found in a namespace.
    thorough : bool
        Also replace ufuncs, and wrap the results of all NumPy functions: for the second attempt.
    internal : bool
        For a name in one of NumPy's own modules.
    """
    key = id(original)
    if internal:
        pair = _internal.get(key)
        if pair is not None:
            return pair[1]
    pair = _table.get(key)
    if pair is not None:
        return pair[1]
    pair = NUMPY_SHADOWS.get(key)
    if pair is not None:
        return pair[1] if thorough and not internal else None
    kind = type(original)
    if kind is _DISPATCHER and not internal:
        table = _thorough if thorough else _light
        pair = table.get(key)
        return pair[1] if pair is not None else _enter(table, original, lifted(original, thorough))
    if kind is np.ufunc and thorough and not internal:
        pair = _thorough.get(key)
        return pair[1] if pair is not None else _enter(_thorough, original, LiftedUfunc(original))
    if callable(original):
        python = inner_python(original)
        if python is not None:
            return _enter(_table, original, around(original, python))
    return None


def everything() -> dict[int, tuple[Any, Any]]:
    """The part of the table that a scan of all modules looks for: ``id(original) -> (original, replacement)``."""
    return _table
