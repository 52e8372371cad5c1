"""Structure: do two recordings consist of the same operations, and differ in nothing but constants?"""

from __future__ import annotations

import json
from typing import Any

from adpy.errors import ProgramFileError
from adpy.plain import np
from adpy.program.code import Code

__all__ = ["same_structure"]

_ARRAYS = ("table", "heads", "places", "ops", "firsts", "seconds")
_NUMBERS = ("active", "rows", "size", "scratch", "placed", "tile", "lasting")


def same_structure(a: Code, b: Code) -> bool:
    """Have two codes the same operations on the same addresses, and differ in nothing but constants?

    Such codes have the same pattern, and what was prepared for one serves the other with its constants.
    """
    if any(getattr(a, name) != getattr(b, name) for name in (*_NUMBERS, "inputs", "outputs")):
        return False
    if not all(np.array_equal(getattr(a, name), getattr(b, name)) for name in _ARRAYS):
        return False
    if [(start, x.shape) for start, x in a.constants] != [(start, x.shape) for start, x in b.constants]:
        return False
    if len(a.scalars) != len(b.scalars) or not np.array_equal(a.guards[0], b.guards[0]):
        return False
    return a.calls.keys() == b.calls.keys() and all(_same_call(a.calls[k], b.calls[k]) for k in a.calls)


def _same_call(a: Any, b: Any) -> bool:
    """Are two calls in Python the same function with the same settings, arrays and numbers included?"""
    from adpy.program.describing import describe

    arrays: tuple[list, list] = ([], [])
    try:
        first, second = (json.dumps(describe(call, found)) for call, found in zip((a, b), arrays, strict=True))
    except (ProgramFileError, KeyError, TypeError):
        return False
    return first == second and all(np.array_equal(x, y, equal_nan=x.dtype.kind in "fc") for x, y in zip(*arrays))
