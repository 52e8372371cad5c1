"""Blocks of colors: how many are swept at once, and where in memory each block leaves the nonzeros."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from adpy.plain import np
from adpy.program.code import View

__all__ = ["MEMORY", "Block", "blocks", "places_of"]

MEMORY = 1 << 26
"""Bytes of tangents or cotangents of one sweep, at most; one color is swept in any case."""


@dataclass(frozen=True, eq=False)
class Block:
    """Colors that are swept together.

    Attributes
    ----------
    low, width : int
        The colors ``low`` to ``low + width - 1``.
    sources : ndarray
        Where entries are in the memory of the sweep, flattened.
    into : ndarray or None
        Numbers of these entries; None where they are all, in order.
    """

    low: int
    width: int
    sources: np.ndarray
    into: np.ndarray | None

    def read(self, memory: np.ndarray, data: np.ndarray) -> None:
        """Copy the entries out of the memory of a sweep."""
        from adpy.sparse.compression.kernels import gather, scatter

        if self.into is None:
            gather(memory.reshape(-1), self.sources, data)
        else:
            scatter(memory.reshape(-1), self.sources, self.into, data)


def blocks(places: np.ndarray, found: Any, read: np.ndarray, count: int, rows: int) -> Iterator[Block]:
    """Blocks of colors, as few as memory allows and of even width.

    Parameters
    ----------
    places : ndarray of int64
        The row in memory of each line of the compressed matrix.
    found : object with ``lines`` and ``colors``
        Line and color of every entry.
    read : ndarray of bool
        Which entries are read.
    count, rows : int
        Colors there are; rows of the memory.
    """
    number = -(-count // max(1, min(count, MEMORY // (8 * max(rows, 1)))))
    width = -(-count // number)
    kind = np.int32 if rows * width < 1 << 31 else np.int64
    for low in range(0, count, width):
        wide = min(width, count - low)
        mine = read & (found.colors >= low) & (found.colors < low + wide)
        into = None if mine.all() else np.flatnonzero(mine)
        lines, colors = (x if into is None else x[into] for x in (found.lines, found.colors))
        yield Block(low, wide, (places[lines] * wide + (colors - low)).astype(kind), into)


def places_of(views: Sequence[View]) -> np.ndarray:
    """Addresses of the entries of arrays, one after the other."""
    return np.concatenate([np.zeros(0, np.int64), *[view.addresses().reshape(-1) for view in views]])
