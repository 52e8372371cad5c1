"""Refusals: errors that name the user's line and what to write instead."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType

from adpy import capture
from adpy.errors import MissingRuleError, TracedValueError

__all__ = ["location", "refuse", "refuse_dead", "refuse_subclass", "unheard", "user_frame"]

_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_TYPED = ("<stdin>", "<python-input", "<ipython-input")  # what the user typed; other "<…>" is generated code


def location() -> str:
    """``file:line in function`` of the innermost frame outside adpy, NumPy and SciPy."""
    frame = user_frame()
    return "" if frame is None else f"{frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_name}"


def user_frame() -> FrameType | None:
    """The innermost frame outside adpy, NumPy and SciPy; if there is none, outside adpy."""
    frame = sys._getframe(1)
    fallback = None
    while frame is not None:
        path = frame.f_code.co_filename
        if not path.startswith(_ROOT) and (not path.startswith("<") or path.startswith(_TYPED)):
            if not _is_library(path):
                return frame
            fallback = fallback or frame
        frame = frame.f_back
    return fallback


def _is_library(path: str) -> bool:
    """Is this a source file of NumPy or SciPy, or one through which Python calls back?"""
    parts = path.replace(os.sep, "/").split("/")
    return "numpy" in parts or "scipy" in parts or parts[-1] == "contextlib.py"


def refuse(call: str, advice: str, kind: type[TracedValueError] = TracedValueError) -> None:
    """Raise a refusal, and have the running trace remember it in case user code swallows it."""
    error = kind(call, location(), advice)
    frame = capture.frame()
    if frame is not None:
        frame.note(error)
    elif (unheard := _UNHEARD.get()) is not None:
        unheard.append(error)
    raise error


_UNHEARD: ContextVar[list[TracedValueError] | None] = ContextVar("adpy_unheard", default=None)


@contextmanager
def unheard() -> Iterator[list[TracedValueError]]:
    """Collect the refusals in code that runs outside every trace, which might swallow them."""
    errors: list[TracedValueError] = []
    before = _UNHEARD.get()
    _UNHEARD.set(errors)
    try:
        yield errors
    finally:
        _UNHEARD.set(before)


def refuse_rule(name: str, argument: str | int | None = None) -> None:
    """Refuse a function (or one argument of it) that has no rule."""
    which = "" if argument is None else f" with respect to argument {argument!r}"
    refuse(
        f"{name}{which}",
        "It has no derivative rule. Write it with functions that have one (docs/operators.md), give it a rule "
        "(docs/adding_a_primitive.md), or pass adpy.stop_gradient(x) if its derivative is meant to be dropped.",
        MissingRuleError,
    )


def refuse_subclass(kind: type) -> None:
    """Refuse ``numpy.ma.MaskedArray`` and ``numpy.matrix``, whose operations mean something else."""
    names = {base.__name__ for base in kind.__mro__}
    if "MaskedArray" in names:
        refuse("An operation with a masked array", "Use arrays and numpy.where.")
    if "matrix" in names:
        refuse("An operation with a numpy.matrix", "Use arrays, and @ for their product.")


def refuse_dead() -> None:
    """Refuse a traced value whose transform has returned."""
    refuse(
        "An operation on a traced value that outlived its transform",
        "It was kept (in a global, a cache, an attribute) from an earlier call. Clear it between calls, or store "
        "adpy.stop_gradient(x).",
    )


_FROM_COMPILED_CODE = re.compile(
    r"\b(not|type|convert|got|of|a|method) '?(adpy\.\S+\.)?(Array|Element|Real|Scalar|(Dual|Series)\w+)\b"
    r"|No matching signature found|producing an array|must be numpy\.ndarray|C contiguous array of dtype"
    r"|incompatible function arguments|Invalid call to pythranized function"
)


def refusal_of(error: Exception) -> TracedValueError | None:
    """The refusal an error of compiled code amounts to: it was handed a traced value and says so in its own words."""
    if not isinstance(error, TypeError | ValueError) or not _FROM_COMPILED_CODE.search(str(error)):
        return None
    trail = error.__traceback__
    where, called = "", ""
    while trail is not None:
        code = trail.tb_frame.f_code
        path = code.co_filename
        if not path.startswith(_ROOT) and not path.startswith("<"):
            called = f"{path}:{trail.tb_lineno} in {code.co_name}"
            if not _is_library(path):
                where = called
        trail = trail.tb_next
    refusal = TracedValueError(
        f"Compiled code called at {called}",
        where,
        f"It was given a traced value ({error}). Use functions that have a rule (docs/operators.md), or give it one "
        "(docs/adding_a_primitive.md).",
    )
    refusal.__cause__ = error
    return refusal
