"""Arena: memory for the tangents of one pass, used again as soon as the function has dropped what was in it.

Many directions make every tangent large, and fresh memory costs more than the arithmetic done in it (see
:mod:`adpy.workspace`, where the arena takes its memory and leaves it at the end).
"""

from __future__ import annotations

import sys
from math import prod

from adpy.plain import np
from adpy.workspace import give, take

__all__ = ["Arena"]

SMALLEST = 1 << 11
"""Entries from which memory is kept."""

PER_SHAPE = 8
"""Arrays of one shape that are kept at most."""

BYTES = 1 << 27
"""Bytes that are kept at most."""


def _references(arrays: list, i: int) -> int:
    """Number of references to an array of a list."""
    return sys.getrefcount(arrays[i])


_ALONE = _references([np.empty(1)], 0)


class Arena:
    """Arrays handed out by one pass, by shape."""

    __slots__ = ("arrays", "nbytes")

    def __init__(self) -> None:
        self.arrays: dict[tuple[int, ...], list[np.ndarray]] = {}
        self.nbytes = 0

    def empty(self, shape: tuple[int, ...]) -> np.ndarray:
        """An uninitialised float64 array in C order, with memory of its own."""
        size = prod(shape)
        if size < SMALLEST:
            return np.empty(shape)
        arrays = self.arrays.setdefault(shape, [])
        for i in range(len(arrays)):
            if _references(arrays, i) == _ALONE:
                return arrays[i]
        array = take(shape)
        if len(arrays) < PER_SHAPE and self.nbytes + 8 * size <= BYTES:
            arrays.append(array)
            self.nbytes += 8 * size
        return array

    def close(self) -> None:
        """Leave to the next pass what nobody refers to."""
        for arrays in self.arrays.values():
            for i in range(len(arrays)):
                if _references(arrays, i) == _ALONE:
                    give(arrays[i], SMALLEST)
        self.arrays = {}
        self.nbytes = 0
