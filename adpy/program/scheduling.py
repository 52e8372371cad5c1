"""Scheduling: scalar operations of one level and opcode get neighbouring addresses, where there are many.

They do not depend on each other, and become elementwise instructions where their operands lie evenly (see
:mod:`adpy.program.rerolling`).  What nothing of that depends on comes behind, in its own order.

References
----------
Hu, "Parallel sequencing and assembly line problems", Operations Research 9 (1961): level scheduling.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from adpy.kernels.opcodes import HOLE
from adpy.plain import np

__all__ = ["Schedule", "schedule"]

LONG = 128
"""Operations of one level and opcode that are worth an instruction of their own."""
OPCODE = 256
"""More than there are opcodes."""


@dataclass
class Schedule:
    """Scalar operations in the order in which they run.

    Attributes
    ----------
    ops, firsts, seconds : ndarray of int32
    values : ndarray of float64
    moved : ndarray of int64 or None
        New address of each operation; None if all have kept theirs.
    segments : dict of int to list
        For the first address of a stretch its segments: opcode, first address, address behind the last.
    """

    ops: np.ndarray
    firsts: np.ndarray
    seconds: np.ndarray
    values: np.ndarray
    moved: np.ndarray | None = None
    segments: dict[int, list[list[int]]] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Opcodes, first and second operands, values."""
        return self.ops, self.firsts, self.seconds, self.values

    def address(self, old: int) -> int:
        """New address of an operation."""
        return old if self.moved is None or old < 0 else int(self.moved[old])

    def addresses(self, old: Sequence[int]) -> np.ndarray:
        """New addresses of operations."""
        found = np.array(old, np.int64)
        return found if self.moved is None else self.moved[found]


def schedule(columns: Sequence[np.ndarray], stretches: Iterable[tuple[int, int]]) -> Schedule:
    """Order scalar operations.

    Parameters
    ----------
    columns : sequence of ndarray
        Opcodes, first and second operands, values.
    stretches : iterable of (int, int)
        Addresses between which nothing else happens.
    """
    ops, firsts, seconds, values = columns
    found = Schedule(ops, firsts, seconds, values)
    order = None
    for low, high in stretches:
        planned = _plan(ops, firsts, seconds, low, high) if high - low >= LONG else None
        if planned is not None:
            order = np.arange(len(ops)) if order is None else order
            order[low:high], found.segments[low] = planned
    if order is not None:
        found.moved = np.empty(len(order), np.int64)
        found.moved[order] = np.arange(len(order))
        moved = found.moved.astype(np.int32)
        found.ops, found.values = ops[order], values[order]
        found.firsts, found.seconds = [
            np.where(x < 0, x, moved[np.maximum(x, 0)]) for x in (firsts[order], seconds[order])
        ]
    return found


def _plan(ops: np.ndarray, firsts: np.ndarray, seconds: np.ndarray, low: int, high: int) -> tuple | None:
    """Order and segments of a stretch; None where it stays as it is."""
    from adpy.kernels.levels import feeding, leveled

    levels = np.empty(high, np.int64)
    leveled(ops, firsts, seconds, low, high, levels)
    here = ops[low:high]
    keys = np.where(here == HOLE, 0, levels[low:] * OPCODE + here)
    order = np.argsort(keys, kind="stable")
    lengths = _lengths(keys[order])
    sizes = np.empty(high - low, np.int64)
    sizes[order] = np.repeat(lengths, lengths)
    marks = np.zeros(high, bool)
    marks[low:] = long = (sizes >= LONG) & (here != HOLE)
    if not long.any():
        return None
    feeding(ops, firsts, seconds, low, high, marks)
    keys[~marks[low:] & (here != HOLE)] = (levels[low:].max() + 1) * OPCODE
    order = np.argsort(keys, kind="stable")
    lengths = _lengths(keys[order])
    stops = np.cumsum(lengths)
    segments = []
    for start, stop in zip((stops - lengths).tolist(), stops.tolist(), strict=True):
        if long[order[start]]:
            _sort_entries(order[start:stop], firsts[low:high])
            segments.append([int(here[order[start]]), low + start, low + stop])
    return order + low, segments


def _sort_entries(order: np.ndarray, firsts: np.ndarray) -> None:
    """Sort reads of entries of arrays, unless they are even."""
    read = firsts[order]
    if (read < 0).all() and np.diff(read, 2).any():
        order[:] = order[np.argsort(read, kind="stable")]


def _lengths(keys: np.ndarray) -> np.ndarray:
    """Lengths of runs of equal keys."""
    edges = np.flatnonzero(np.diff(keys)) + 1
    return np.diff(np.concatenate([[0], edges, [keys.size]]))
