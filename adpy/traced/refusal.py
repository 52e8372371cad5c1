"""Refusals: errors that name the user's line and what to write instead."""

from __future__ import annotations

import os
import sys

from adpy import capture
from adpy.errors import MissingRuleError, TracedValueError

__all__ = ["location", "refuse", "refuse_dead"]

_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def location() -> str:
    """``file:line in function`` of the innermost frame outside adpy, NumPy and SciPy."""
    frame = sys._getframe(1)
    fallback = None
    while frame is not None:
        path = frame.f_code.co_filename
        if not path.startswith(_ROOT) and not path.startswith("<"):
            where = f"{path}:{frame.f_lineno} in {frame.f_code.co_name}"
            if f"{os.sep}numpy{os.sep}" not in path and f"{os.sep}scipy{os.sep}" not in path:
                return where
            fallback = fallback or where
        frame = frame.f_back
    return fallback or ""


def refuse(call: str, advice: str, kind: type[TracedValueError] = TracedValueError) -> None:
    """Raise a refusal, and have the running trace remember it in case user code swallows it."""
    error = kind(call, location(), advice)
    frame = capture.frame()
    if frame is not None:
        frame.note(error)
    raise error


def refuse_rule(name: str, argument: str | int | None = None) -> None:
    """Refuse a function (or one argument of it) that has no rule."""
    which = "" if argument is None else f" with respect to argument {argument!r}"
    refuse(
        f"{name}{which}",
        "It has no derivative rule. Write it with functions that have one (docs/operators.md), give it a rule "
        "(docs/adding_a_primitive.md), or pass adpy.stop_gradient(x) if its derivative is meant to be dropped.",
        MissingRuleError,
    )


def refuse_dead() -> None:
    """Refuse a traced value whose transform has returned."""
    refuse(
        "An operation on a traced value that outlived its transform",
        "It was kept (in a global, a cache, an attribute) from an earlier call. Clear it between calls, or store "
        "adpy.stop_gradient(x).",
    )
