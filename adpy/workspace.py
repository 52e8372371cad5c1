"""Workspace: memory of large arrays, kept from one transform for the next.

Fresh memory costs more than the arithmetic done in it: the system zeroes every page at its first touch (on a virtual
machine 8 MB were seen to take 10 to 70 ms; an operation in memory that is there takes 0.6 ms).  When a tape closes,
large arrays that nobody else refers to go back here, and the next recording writes its results into them.
"""

from __future__ import annotations

import sys

from adpy.plain import np

__all__ = ["LARGE", "clear", "give", "harvest", "limit", "take"]

LARGE = 1 << 14
"""Number of entries from which an array is worth keeping."""

limit = 1 << 29
"""Bytes kept at most; set it to 0 to keep nothing."""

_free: dict[tuple[int, ...], list[np.ndarray]] = {}
_kept = 0


def take(shape: tuple[int, ...]) -> np.ndarray:
    """An uninitialised float64 array in C order with memory of its own."""
    global _kept
    stack = _free.get(shape)
    if stack:
        try:
            found = stack.pop()  # another thread may have taken the last one
        except IndexError:
            return np.empty(shape)
        _kept -= found.nbytes
        return found
    return np.empty(shape)


def give(array: np.ndarray, smallest: int = LARGE) -> None:
    """Keep an array, of ``smallest`` entries or more, that its only owner does not need any more."""
    global _kept
    if (
        array.size >= smallest
        and array.base is None
        and array.dtype == np.float64
        and array.flags.c_contiguous
        and array.flags.writeable
    ):
        if _kept + array.nbytes > limit:
            clear()
            if array.nbytes > limit:
                return
        _free.setdefault(array.shape, []).append(array)
        _kept += array.nbytes


def harvest(saved: list) -> None:
    """Keep the large arrays among the saved values of a closed tape that nothing else refers to.

    ``saved`` must hold the only references of the tape, and is emptied.
    """
    found: dict[int, np.ndarray] = {}
    while saved:
        for item in saved.pop():
            if type(item) is np.ndarray and item.size >= LARGE and item.base is None:
                found[id(item)] = item
    item = None
    while found:
        _, item = found.popitem()
        if sys.getrefcount(item) == 2:
            give(item)


def clear() -> None:
    """Let all kept memory go."""
    global _kept
    _free.clear()
    _kept = 0
