"""Structure: what two recordings, or two patterns, have in common."""

from __future__ import annotations

import json
from typing import Any

from adpy.errors import ProgramFileError
from adpy.plain import np
from adpy.program.code import Code
from adpy.sparse.pattern import Pattern

__all__ = ["covers", "same_structure"]

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


def covers(pattern: Pattern, other: Pattern) -> bool:
    """Has a pattern all entries of another one?"""
    if pattern.shape != other.shape or pattern.nnz < other.nnz:
        return False
    wide = max(pattern.shape[1], 1)
    keys, others = (x.rows.astype(np.int64) * wide + x.indices for x in (pattern, other))
    found = np.searchsorted(keys, others)
    return bool(np.array_equal(keys[np.minimum(found, len(keys) - 1)], others)) if len(keys) else True
