"""Placement: memory by liveness.  Arrays that live at different times share addresses.

A value lives from the first instruction that touches it to the last, or to the end if a sweep that comes back reads it.
Its cotangent, in a memory of its own, lives just as long on the way back, but need not be kept.  Inputs, results, what
instructions in Python touch, and arrays whose entries are read as scalars are *pinned*: they keep their memory, and
have the same addresses in both.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from typing import Any

from adpy.kernels.table import BARS, COLUMNS, FILL, GATHER, PASSIVE, RUN, SAVE, SAVE_AT, SCATTER
from adpy.plain import np
from adpy.program.code import View
from adpy.program.grouping import Group, Storages
from adpy.program.instructions import CONSTANTS

__all__ = ["NOWHERE", "Placement", "Span", "spans_of"]

NOWHERE = CONSTANTS
"""An address in no memory: of the cotangent of a constant."""

ALIGNED = 64
"""Entries from which on arrays begin at multiples of eight."""

Span = list[int]
"""Numbers of the first and the last instruction that touch a storage."""


def spans_of(items: Sequence, storages: Storages, places: np.ndarray) -> dict[int, Span]:
    """When storages are touched, by their numbers."""
    found: dict[int, Span] = {}
    for number, item in enumerate(items):
        for storage in _touched(item, storages, places):
            span = found.get(storage)
            if span is None:
                found[storage] = [number, number]
            else:
                span[1] = number
    return found


def _touched(item: object, storages: Storages, places: np.ndarray) -> Iterable[int]:
    """Storages that an instruction touches; those of calls are pinned."""
    if type(item) is Group:
        return (item.read | item.written.keys()) - item.local.keys()
    if type(item) is not list or item[0] == RUN:
        return ()
    kind, count, out, first, second = item[0], item[4], item[5], item[9], item[13]
    if kind == FILL:
        return (storages.of(out),)
    if kind == SAVE:
        return storages.of(out), storages.of(first)
    found = storages.all_of(places[first : first + count])
    return (
        [*found, *storages.all_of(places[second : second + count])] if kind == SCATTER else [*found, storages.of(out)]
    )


class Placement:
    """Where storages are: for each by its number, how far its value and its cotangent are moved.

    Parameters
    ----------
    storages : Storages
    top : int
        Where the last storage ends.
    regions : set of int
        Numbers of what scalar operations compute; it comes first, in order.
    """

    def __init__(self, storages: Storages, top: int, regions: set[int]) -> None:
        self.storages, self.regions = storages, regions
        self.starts = np.array([0, *storages.starts], np.int64)
        self.sizes = np.diff(np.append(self.starts[:-1], top)).tolist()
        self.values = np.zeros(len(self.starts), np.int64)
        self.bars = np.zeros(len(self.starts), np.int64)
        self.bars[-1] = PASSIVE
        self.base = 0
        for region in sorted(regions):
            self._put(self.values, region, self.base)
            self._put(self.bars, region, self.base)
            self.base += self.sizes[region]

    def pin(self, pinned: Iterable[int]) -> int:
        """Give storages memory of their own from ``base`` on; return its end."""
        self.pinned = set(pinned)
        top = self.base
        for storage in sorted(self.pinned):
            top = _aligned(top, self.sizes[storage])
            self._put(self.values, storage, top)
            self._put(self.bars, storage, top)
            top += self.sizes[storage]
        return top

    def place(self, spans: dict[int, Span], kept: set[int], begin: int) -> tuple[int, int]:
        """Give other storages memory from ``begin`` on; return the ends of both memories.

        Parameters
        ----------
        spans : dict
            When each is touched.
        kept : set of int
            Those whose values stay.
        """
        end = 1 + max([stop for _, stop in spans.values()], default=0)
        fixed = self.regions | {len(self.starts) - 1} | self.pinned
        lives = sorted([(first, stop, storage) for storage, (first, stop) in spans.items() if storage not in fixed])
        lasting = [(first, end if storage in kept else stop, storage) for first, stop, storage in lives]
        return self._share(self.values, lasting, begin), self._share(self.bars, lives, begin)

    def _share(self, shifts: np.ndarray, lives: list[tuple[int, int, int]], top: int) -> int:
        """Addresses for storages in the order of their beginnings; what has ended is used again."""
        ending: list[tuple[int, int, int]] = []
        free: list[tuple[int, int]] = []
        for first, stop, storage in lives:
            while ending and ending[0][0] < first:
                _, size, place = heapq.heappop(ending)
                insort(free, (size, place))
            size = self.sizes[storage]
            k = bisect_left(free, (size, -1))
            if k < len(free) and free[k][0] <= 2 * size:
                size, place = free.pop(k)
            else:
                place = _aligned(top, size)
                top = place + size
            heapq.heappush(ending, (stop, size, place))
            self._put(shifts, storage, place)
        return top

    def _put(self, shifts: np.ndarray, storage: int, place: int) -> None:
        shifts[storage] = place - int(self.starts[storage])

    # ---- addresses

    def numbers(self, addresses: np.ndarray) -> np.ndarray:
        """Number of the storage of each address; 0 is before the first, the last are constants."""
        return np.searchsorted(self.starts[1:], addresses, "right")

    def settle(self, active: int) -> None:
        """Constants begin at ``active``."""
        self.values[-1] = active - CONSTANTS

    def moved(self, addresses: np.ndarray) -> np.ndarray:
        """Where values are."""
        return addresses + self.values[self.numbers(addresses)]

    def scalars(self, columns: Sequence[np.ndarray], rolled: Iterable[tuple[int, int]]) -> list[np.ndarray]:
        """Opcodes, operands and values of scalar operations where they are, without those that became arrays."""
        ops, firsts, seconds, values = columns
        kept = np.ones(len(ops), bool)
        for low, high in rolled:
            kept[low:high] = False
        firsts, seconds = [self.moved(x[kept].astype(np.int64)).astype(np.int32) for x in (firsts, seconds)]
        return [ops[kept], firsts, seconds, values[kept]]

    def view(self, view: View) -> View:
        """A view where it is."""
        shift = int(self.values[self.storages.of(view.offset)])
        return View(view.offset + shift, view.shape, view.strides) if shift else view

    def call(self, call: Any) -> None:
        """Move what an instruction in Python names: its views, and arrays of addresses."""
        for name, value in vars(call).items():
            setattr(call, name, self._within(value))
        for name in getattr(call, "addresses", ()):
            setattr(call, name, self.moved(getattr(call, name)))

    def _within(self, value: Any) -> Any:
        """A value of a call with its views where they are."""
        kind = type(value)
        if kind is View:
            return self.view(value)
        if kind is dict:
            return {key: self._within(x) for key, x in value.items()}
        return kind([self._within(x) for x in value]) if kind is list or kind is tuple else value

    def table(self, table: np.ndarray) -> None:
        """Move what the rows of a table name, and say where cotangents are."""
        kinds = table[:, 0]
        table[:, BARS:COLUMNS] = 0
        runs = kinds == RUN
        table[runs, 2:4] += self.values[self.numbers(table[runs, 2])][:, None]
        rows = kinds >= 0
        for k, others in enumerate(((FILL, GATHER, SAVE, SAVE_AT), (SAVE,), ())):
            mine = np.flatnonzero(rows | np.isin(kinds, others))
            mine = mine[~rows[mine] | (table[mine, 17] >> k & 1 == 0)]
            addresses = table[mine, 5 + 4 * k]
            numbers = self.numbers(addresses)
            table[mine, 5 + 4 * k] += self.values[numbers]
            table[mine, BARS + k] = np.where(
                (addresses < 0) | (numbers == len(self.bars) - 1), PASSIVE, self.bars[numbers] - self.values[numbers]
            )

    def places(self, places: np.ndarray) -> np.ndarray:
        """Addresses of gathers and scatters, and after them those of their cotangents."""
        numbers = self.numbers(places)
        bars = np.where(numbers == len(self.bars) - 1, NOWHERE, places + self.bars[numbers])
        return np.concatenate([places + self.values[numbers], bars])


def _aligned(address: int, size: int) -> int:
    return -(-address // 8) * 8 if size >= ALIGNED else address
