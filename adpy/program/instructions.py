"""Instructions: the memory of a recording, what is emitted over it, and what must be saved before it is overwritten."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from math import prod
from typing import Any

from adpy.kernels.opcodes import ADDITION, COPY, MULTIPLY, NEGATIVE, SUBTRACT
from adpy.kernels.table import COLUMNS, GATHER, RUN, SAVE, SAVE_AT, SET
from adpy.plain import np
from adpy.program.code import View
from adpy.program.grouping import Elementwise, axes_of
from adpy.program.nodes import Fixed
from adpy.program.passes import Draft
from adpy.program.rerolling import emit_segments
from adpy.program.scheduling import Schedule, schedule
from adpy.program.views import c_strides, follow, strides_of

__all__ = ["CONSTANTS", "Instructions"]

LINEAR = frozenset([COPY, ADDITION, SUBTRACT, NEGATIVE])
"""Opcodes whose partials read no values."""

CONSTANTS = 1 << 50
"""Addresses of constants count from here until the number of other addresses is known."""


class Instructions:
    """The instructions of a recording as far as it is lowered, and the memory that they use."""

    def __init__(self, draft: Draft) -> None:
        self.draft, self.recorder = draft, draft.recorder
        self.count = draft.count
        self.top = self.count
        self.constant_top = CONSTANTS
        self.items: list[Any] = []
        self.starts: list[int] = []
        self._borders = np.full(64, CONSTANTS)
        self._bordered = 0
        self.places: list[np.ndarray] = []
        self.placed = 0
        self.constants: dict[int, tuple[int, np.ndarray, Any]] = {}
        self.wholes: dict[Any, View] = {}
        self.before = draft.before
        self.homes: list[tuple[int, int, View]] = []
        self.numbers: dict[Any, Any] = {}
        self.overwritten: list[int] = []
        self.saved: set[tuple[View, int]] = set()
        self.writes: dict[int, int] = {}
        self.read: dict[int, set[tuple[int, int]]] = {}
        self.needed: set[int] = set()
        self.scalars: Schedule
        self.fixed = np.zeros(self.count, bool)
        self.rolled: list[tuple[int, int]] = []

    # ---- scalars

    def schedule(self, stretches: Iterable[tuple[int, int]]) -> None:
        """Order the scalar operations; nothing else happens within a stretch of addresses."""
        draft = self.draft
        columns = draft.ops, draft.firsts, draft.seconds, draft.values
        self.scalars = schedule(columns, stretches if "re-rolling" in draft.passes else ())
        self.fixed[self.scalars.addresses(np.flatnonzero(draft.fixed))] = True

    def recorded(self, addresses: Sequence[int]) -> np.ndarray:
        """Addresses of scalars, given those in the recording."""
        return self.scalars.addresses(self.draft.addresses(addresses))

    def scalar(self, recorded: int) -> View:
        """Where a scalar is, given its address in the recording."""
        return View(self.scalars.address(self.draft.address(recorded)), (), ())

    def emit_run(self, low: int, high: int) -> None:
        """Scalar operations."""
        emit_segments(self, low, high, self.scalars.segments.get(low, ()))

    def emit_single(self, low: int, high: int) -> None:
        """Scalar operations, one after the other."""
        if low < high:
            self.items.append([RUN, 0, low, high, *[0] * (COLUMNS - 4)])

    def separate(self, low: int, high: int) -> None:
        """Make scalars a storage of their own."""
        for start in (low, high):
            place = bisect_right(self.starts, start)
            if start < self.count and (place == 0 or self.starts[place - 1] != start):
                self.starts.insert(place, start)
                self._bordered = min(self._bordered, place)
        self.rolled.append((low, high))

    def together(self, first: int, second: int) -> bool:
        """Are two addresses in one storage?"""
        return bisect_right(self.starts, first) == bisect_right(self.starts, second)

    def resolve_homes(self, addresses: np.ndarray) -> bool:
        """Addresses below zero become those of the entries of arrays; False if one is not known yet."""
        entries = np.flatnonzero(addresses < 0)
        if not entries.size:
            return True
        homes = sorted(self.homes)
        starts = np.array([home for home, _, _ in homes])
        found = np.searchsorted(starts, addresses[entries], "right") - 1
        sizes = np.array([prod(view.shape) for _, _, view in homes])
        if not homes or (found < 0).any() or (addresses[entries] - starts[found] >= sizes[found]).any():
            return False
        shift = np.array([view.offset for _, _, view in homes]) - starts
        for k, (start, _, view) in enumerate(homes):
            if view.strides != c_strides(view.shape):
                inside = entries[found == k]
                addresses[inside] = view.addresses().reshape(-1)[addresses[inside] - start] - shift[k]
        addresses[entries] += shift[found]
        return True

    # ---- memory

    def allocate(self, node: Any) -> View:
        """Memory for a new storage."""
        address = self.draft.outlet(node)
        if address is not None:
            address = self.scalars.address(address)
        else:
            address = self.top
            self.starts.append(address)
            self.top += max(1, prod(node.shape))
            if node.next is not None or node in self.draft.taken:
                self.overwritten += [address, self.top]
        return self.place(node, View(address, node.shape, strides_of(node)))

    def place(self, node: Any, whole: View) -> View:
        """Remember where a node is, and where its entries are that were read as scalars."""
        self.wholes[node] = whole
        if node.extra is not None and node.extra.home is not None:
            self.homes.append((node.extra.home, len(self.homes), whole))
        return whole

    def temporary(self, shape: tuple[int, ...]) -> View:
        """Memory for an intermediate result."""
        offset = self.top
        self.starts.append(offset)
        self.top += max(1, prod(shape))
        return View(offset, tuple(shape), c_strides(shape))

    def constant(self, value: Any) -> View:
        """Memory of a constant."""
        if type(value) is float or type(value) is int:
            value = self.numbers.setdefault(value or str(value), value)
        array = np.asarray(value)
        if array.dtype.kind not in "fiub":
            self.recorder.fail(f"a constant of dtype {array.dtype}")
        found = self.constants.get(id(value))
        if found is None or found[2] is not value:
            flat = np.ascontiguousarray(array, np.float64)
            found = self.constants[id(value)] = (self.constant_top, flat, value)
            self.constant_top += max(1, flat.size)
        return View(found[0], array.shape, c_strides(array.shape))

    def view(self, operand: Any) -> View:
        """Where an operand is."""
        if type(operand) is Fixed:
            return self.constant(operand.value)
        target, path, _, _ = operand
        if type(target) is int:
            return self.scalar(target) if target >= 0 else self.recorder.fail("an entry outside the stream")
        return self.follow(self.wholes[target], path)

    def follow(self, whole: View, path: tuple | None) -> View:
        """The view at the end of a path."""
        found = follow(whole, path)
        return self.recorder.fail("a view that is a copy") if found is None else found

    # ---- instructions

    def emit(self, op: int, mode: int, shape: tuple, out: View, *operands: View, whole: int | None = None) -> None:
        """An elementwise instruction over ``shape``; operands are broadcast to it.

        Instructions with the same ``whole`` write different entries.
        """
        if 0 not in shape:
            moments = tuple([self.moment(view) for view in operands])
            self.items.append(Elementwise(op, mode, tuple(shape), out, operands, moments, whole=whole))

    def emit_operation(self, op: int, out: View, *operands: View, whole: int | None = None) -> None:
        """An elementwise instruction with a fresh result; derivatives read what their partials need."""
        self.emit(op, SET, out.shape, out, *operands, whole=whole)
        if op not in LINEAR and (op != MULTIPLY or all(view.offset < CONSTANTS for view in operands)):
            self.needs(out, *operands)

    def emit_entries(self, op: int, out: View, source: View | None = None) -> None:
        """Zeros, or a copy to be restored: entry by entry, not part of a group."""
        if 0 in out.shape:
            return
        axes = axes_of(out.shape, [out, source or out])
        outer, axes = axes[:-3], [(1, 0, 0)] * (3 - len(axes)) + axes[-3:]
        for index in np.ndindex(*[axis[0] for axis in outer]):
            first, second = [sum(i * axis[k] for i, axis in zip(index, outer, strict=True)) for k in (1, 2)]
            row = [op, 0, *[axis[0] for axis in axes], out.offset + first, *[axis[1] for axis in axes]]
            row += [(source or out).offset + second, *[axis[2] for axis in axes]]
            self.items.append([*row, *[0] * (COLUMNS - len(row))])

    def emit_call(self, call: Any) -> None:
        """An instruction in Python."""
        self.items.append(call)

    def emit_places(self, op: int, out: int, sources: np.ndarray, targets: np.ndarray | None = None) -> None:
        """A gather or scatter."""
        row = [op, 0, 1, 1, sources.size, out, 0, 0, 1, self.placed, *[0] * (COLUMNS - 10)]
        self.places.append(sources)
        self.placed += sources.size
        if targets is not None:
            row[13] = self.placed
            self.places.append(targets)
            self.placed += targets.size
        self.items.append(row)

    def emit_moves(self, out: View, sources: np.ndarray) -> None:
        """A fresh array whose entries come from addresses: as few copies of runs in one storage, or a gather."""
        order = sorted(range(len(out.shape)), key=lambda axis: -out.strides[axis])
        sources = np.ascontiguousarray(np.reshape(sources, out.shape).transpose(order), np.int64).reshape(-1)
        if not sources.size:
            return
        borders = self.borders()
        crossed = borders[np.searchsorted(borders[:-1], sources[1:])] == sources[1:]
        breaks = np.flatnonzero((np.diff(sources) != 1) | crossed) + 1
        if breaks.size > max(3, sources.size // 64) or "index movement" not in self.draft.passes:
            self.emit_places(GATHER, out.offset, sources)
            return
        starts = [0, *breaks.tolist(), sources.size]
        for low, high in zip(starts, starts[1:], strict=False):
            run = View(out.offset + low, (high - low,), (1,))
            self.emit(COPY, SET, run.shape, run, View(int(sources[low]), run.shape, (1,)))

    def borders(self) -> np.ndarray:
        """First address of each storage, in order, and where constants begin."""
        count = len(self.starts)
        if count >= self._borders.size:
            self._borders = np.concatenate([self._borders, np.full(count, CONSTANTS)])
        self._borders[self._bordered : count] = self.starts[self._bordered :]
        self._bordered = count
        return self._borders[: count + 1]

    # ---- what is overwritten

    def needs(self, *views: View) -> None:
        """Derivatives read these values: they must be there when a sweep comes back."""
        for view in views:
            self.needed.add(view.offset)
            place = bisect_right(self.overwritten, view.offset)
            if place % 2 and view.offset < CONSTANTS:
                self.read.setdefault(place, set()).add(view.interval)
                self.saved.add((view, self.writes.get(place, 0)))

    def moment(self, view: View) -> tuple[View, int] | None:
        """A view of what is overwritten, with the number of writes so far; None for others."""
        place = bisect_right(self.overwritten, view.offset)
        return (view, self.writes.get(place, 0)) if place % 2 and view.offset < CONSTANTS else None

    def steady(self, moment: tuple[View, int] | None) -> bool:
        """Does a sweep that comes back find the values that a view had at a moment?"""
        return moment is None or moment in self.saved

    def is_needed(self, low: int, high: int) -> bool:
        """Does a derivative read anything between two addresses of one storage?"""
        read = self.read.get(bisect_right(self.overwritten, low), ())
        return any(a <= high and low <= b for a, b in read)

    def save(self, region: View) -> None:
        """Save what the next instruction overwrites."""
        self.overwrites(region.offset)
        if self.is_needed(*region.interval):
            kept = self.temporary(region.shape)
            self.emit_entries(SAVE, kept, region)

    def save_at(self, targets: np.ndarray) -> None:
        """As :meth:`save`, for entries at addresses."""
        if not targets.size:
            return
        low, high = int(targets.min()), int(targets.max())
        self.overwrites(low)
        if self.is_needed(low, high):
            kept = self.temporary(targets.shape)
            self.emit_places(SAVE_AT, kept.offset, targets)

    def overwrites(self, address: int) -> None:
        """Count a write into the storage of an address."""
        place = bisect_right(self.overwritten, address)
        self.writes[place] = self.writes.get(place, 0) + 1
