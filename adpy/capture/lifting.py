"""Stand-ins for functions that NumPy would not let a traced value through: lists of traced values, rows of the rule
table for plain Python functions, and functions behind a compiler or a cache.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import numpy as np

from adpy.capture.creators import wrap_fresh
from adpy.capture.frames import FRAME
from adpy.capture.registry import TRACED_TYPES, contains_traced, dispatch

__all__ = ["LiftedUfunc", "around", "lifted", "rowed"]

_current = FRAME.get

# A list given to these is a list of operands, not an array.
_OF_OPERANDS = frozenset("concatenate stack hstack vstack dstack column_stack select choose lexsort multi_dot".split())
# These make an array that is filled in later more often than not; all but `diag` copy always.
_CREATING = frozenset("diag diagflat tile repeat".split())
_COPYING = _CREATING - {"diag"}


def _lift(frame, x: Any) -> Any:
    return frame.assemble(x) if isinstance(x, (list, tuple)) and contains_traced(x) else x


def _lift_operands(frame, x: Any) -> Any:
    return type(x)([_lift(frame, item) for item in x]) if type(x) in (list, tuple) else x


def _lift_pieces(frame, x: Any) -> Any:
    """The functions of ``piecewise`` may have traced values among them."""
    return x if isinstance(x, (list, tuple)) and any(map(callable, x)) else _lift(frame, x)


def _lift_nothing(frame, x: Any) -> Any:
    return x


def _wrap(frame, result: Any, copied: bool = False) -> Any:
    if type(result) in (list, tuple):
        return type(result)([wrap_fresh(frame, item) for item in result])
    return wrap_fresh(frame, result, copied)


_LIFTS = {**dict.fromkeys(_OF_OPERANDS, _lift_operands), "block": _lift_nothing, "histogramdd": _lift_nothing}
_LIFTS["piecewise"] = _lift_pieces


def lifted(original: Callable, thorough: bool = False) -> Callable:
    """A NumPy function (or method of a ufunc) that accepts lists with traced values in them.

    ``thorough`` also wraps its fresh result as a buffer when all operands are plain.
    """
    lift = _LIFTS.get(original.__name__, _lift)
    wrap = thorough or original.__name__ in _CREATING
    copied = original.__name__ in _COPYING

    def function(*args, **kwargs):
        frame = _current()
        if frame is None:
            return original(*args, **kwargs)
        for x in args:
            if type(x) is list or type(x) is tuple:
                args = [lift(frame, x) for x in args]
                break
        if kwargs:
            kwargs = {name: lift(frame, x) for name, x in kwargs.items()}
        result = original(*args, **kwargs)
        return _wrap(frame, result, copied) if wrap else result

    return _named(function, original)


class LiftedUfunc:
    """A ufunc that accepts lists with traced values in them, and whose fresh results can be written into."""

    __slots__ = ("__wrapped__", "accumulate", "outer", "reduce", "reduceat")

    def __init__(self, original: np.ufunc) -> None:
        self.__wrapped__ = original
        for name in ("accumulate", "outer", "reduce", "reduceat"):
            setattr(self, name, lifted(getattr(original, name), thorough=True))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and type(args[0]) in TRACED_TYPES:
            return self.__wrapped__(*args, **kwargs)
        frame = _current()
        if frame is None:
            return self.__wrapped__(*args, **kwargs)
        return _wrap(frame, self.__wrapped__(*[_lift(frame, x) for x in args], **kwargs))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__wrapped__, name)

    def __repr__(self) -> str:
        return repr(self.__wrapped__)

    def __reduce__(self) -> Any:
        return self.__wrapped__.__reduce__()


def _any_traced(args: tuple, kwargs: dict) -> bool:
    return contains_traced(args) or (bool(kwargs) and contains_traced(tuple(kwargs.values())))


def rowed(original: Callable) -> Callable:
    """A plain Python or compiled function that has a row in the rule table."""

    def function(*args, **kwargs):
        if _current() is not None and _any_traced(args, kwargs):
            return dispatch(original, args, kwargs)
        return original(*args, **kwargs)

    return _named(function, original)


def around(original: Callable, python: Callable) -> Callable:
    """A compiled (Numba) or cached function: traced arguments go to the Python function inside it."""

    def function(*args, **kwargs):
        if _current() is not None and _any_traced(args, kwargs):
            return python(*args, **kwargs)
        return original(*args, **kwargs)

    return _named(function, original)


def _named(function: Callable, original: Callable) -> Callable:
    return update_wrapper(function, original, ("__name__", "__qualname__", "__doc__", "__module__"))
