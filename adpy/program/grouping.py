"""Grouping: elementwise instructions over the same axes are run together, tile by tile.

Results that only the group reads become local: they live in the memory of one tile and never reach main memory.  The
way back computes them again from what the group reads.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from adpy.kernels.table import COLUMNS, FILL, GROUP, RENEWED, RUN, SET
from adpy.plain import np
from adpy.program.code import View

__all__ = ["Elementwise", "Group", "assign", "form", "rows_of"]

LONGEST = 64
"""Instructions in one group; their tiles must fit a cache."""
SHORT = 32
"""Entries along the innermost axis that are too few."""
DIVIDED = 1024
"""Entries of a part of a long axis, at most."""
BEHIND = 32
"""Groups that an operation may come before."""


@dataclass(eq=False)
class Elementwise:
    """One elementwise operation over ``shape``; the operands are broadcast to it.

    ``storages`` are those of the result and the operands; ``moments`` tell the values of an operand that is overwritten
    from those that it has at other times.  ``whole`` is the same for operations that write different entries of one
    storage.
    """

    op: int
    mode: int
    shape: tuple[int, ...]
    out: View
    operands: tuple[View, ...]
    moments: tuple = ()
    storages: tuple[int, ...] = ()
    whole: int | None = None


@dataclass(eq=False)
class Group:
    """Operations run together."""

    members: list[Elementwise] = field(default_factory=list)
    read: set[int] = field(default_factory=set)
    written: dict[int, View | None] = field(default_factory=dict)
    local: dict[int, int] = field(default_factory=dict)
    wholes: dict[int, int | None] = field(default_factory=dict)

    @cached_property
    def axes(self) -> list[tuple[int, ...]]:
        """Common axes, the strides of all views after each length; for a group that is complete."""
        return axes_of(self.members[0].shape, [view for m in self.members for view in (m.out, *m.operands)])

    def takes(self, item: Elementwise, longest: int) -> bool:
        """Can the operation join without changing what it or others read?"""
        if not self.members:
            return True
        if item.shape != self.members[0].shape or len(self.members) >= longest:
            return False
        out, *storages = item.storages
        for storage, view in zip(storages, item.operands, strict=True):
            if storage in self.written and self.written[storage] != view:
                return False
        return out not in self.read and out not in self.written

    def meets(self, item: Elementwise) -> bool:
        """Does the operation read or write what the group writes, or write what it reads?"""
        out, *storages = item.storages
        if out in self.read:
            return True
        if out in self.written and (item.whole is None or self.wholes[out] != item.whole):
            return True
        return not self.written.keys().isdisjoint(storages)

    def add(self, item: Elementwise) -> None:
        """Let the operation join."""
        self.members.append(item)
        storage = item.storages[0]
        self.read.update(item.storages[1:])
        self.written[storage] = item.out if item.mode == SET else None
        self.wholes[storage] = item.whole


class Storages:
    """Which storage an address belongs to: the number of its start."""

    def __init__(self, starts: Sequence[int]) -> None:
        self.starts = list(starts)

    def of(self, address: int) -> int:
        """Storage of an address."""
        return bisect_right(self.starts, address)

    def all_of(self, addresses: np.ndarray) -> list[int]:
        """Storages of many addresses, each once."""
        return np.unique(np.searchsorted(self.starts, addresses, "right")).tolist()


def form(items: Iterable, storages: Storages, operands: Callable, longest: int = LONGEST) -> list:
    """Items in order, elementwise operations put into groups: the latest that an operation may join or come before.

    Scalar operations come before groups whose results they do not read; ``operands`` gives the addresses they read.
    """
    result: list = []
    barrier = 0
    written: set[int] = set()
    """What groups from the barrier on write."""
    for item in items:
        if isinstance(item, Elementwise):
            item.storages = tuple([storages.of(view.offset) for view in (item.out, *item.operands)])
            group = _place(item, result, barrier, longest)
            if group is None:
                group = Group()
                result.append(group)
            group.add(item)
            written.add(item.storages[0])
        elif result and type(result[-1]) is Group and type(item) is list and item[0] == FILL:
            result.insert(barrier, item)  # what is filled is fresh
            barrier += 1
        elif (
            0 < len(result) - barrier <= BEHIND
            and type(item) is list
            and item[0] == RUN
            and _reads_none(operands(item[2], item[3]), written, storages)
        ):
            before = result[barrier - 1] if barrier else None
            if type(before) is list and before[0] == RUN and before[3] == item[2]:
                before[3] = item[3]
            else:
                result.insert(barrier, item)
                barrier += 1
        else:
            result.append(item)
            barrier = len(result)
            written.clear()
    return result


def _reads_none(addresses: np.ndarray, written: set[int], storages: Storages) -> bool:
    """Are entries at addresses, all of them known, in none of these storages?"""
    return not (addresses < 0).any() and written.isdisjoint(storages.all_of(addresses))


def _place(item: Elementwise, result: list, barrier: int, longest: int) -> Group | None:
    """The group that an operation joins: one that makes an operand of it, else the latest."""
    found = None
    for position in range(len(result) - 1, max(barrier, len(result) - BEHIND) - 1, -1):
        group = result[position]
        if group.takes(item, longest):
            if not group.written.keys().isdisjoint(item.storages[1:]):
                return group
            found = found or group
        if group.meets(item):
            break
    return found


def assign(
    groups: Sequence[Group], needed: set[int], escaping: set[int], steady: Callable, base: int, tile: int
) -> int:
    """Give local results an address from ``base`` on; return the end of the memory that they need.

    Parameters
    ----------
    needed : set of int
        Storages whose values a sweep that comes back reads.  If they become local, they are computed again, and what
        they are computed from is needed, too: it is added.
    escaping : set of int
        Storages that others than groups read or write.
    steady : callable
        ``steady(moment)`` says whether a sweep that comes back finds the values that an operand had.
    """
    readers: dict[int, set[int]] = {}
    for number, group in enumerate(groups):
        for storage in group.read:
            readers.setdefault(storage, set()).add(number)
    top = base
    for number, group in enumerate(groups):
        if len(group.axes) > 3:
            continue
        place = base
        for member in reversed(group.members):
            storage = member.storages[0]
            if group.written[storage] is None or storage in escaping or readers.get(storage, {number}) != {number}:
                continue
            if storage in needed:
                if not all(map(steady, member.moments)):
                    continue
                needed.update(member.storages[1:])
            group.local[storage] = place
            place += tile
        top = max(top, place)
    return top


def rows_of(group: Group, kept: set[int], steady: Callable) -> list[list[list[int]]]:
    """Table rows of a group: one or more instructions, each a list of rows with its head.

    ``kept`` are the storages whose values a sweep that comes back finds, ``steady`` is as in :func:`assign`.
    """
    axes = group.axes
    if len(axes) <= 3:
        renewed = [kept.issuperset(m.storages[1:]) and all(map(steady, m.moments)) for m in group.members]
        return [_instruction(group.members, axes, group.local, renewed)]
    if len(group.members) > 1:
        singles = [Group([member]) for member in group.members]
        return [rows for single in singles for rows in rows_of(single, kept, steady)]
    return _outer(group.members[0], axes)


def _instruction(members: list, axes: list, local: dict, renewed: list[bool]) -> list[list[int]]:
    axes = [(1, *[0] * (len(axes[0]) - 1 if axes else 3 * len(members)))] * (3 - len(axes)) + axes
    columns = zip(*axes, strict=True)
    lengths = next(columns)
    rows = [[GROUP, len(members), *lengths, int(bool(local)), *[0] * (COLUMNS - 6)]]
    for member, again in zip(members, renewed, strict=True):
        row, bits = [member.op, member.mode, *lengths], RENEWED if again else 0
        for k, view in enumerate((member.out, *member.operands)):
            place, strides = local.get(member.storages[k]), next(columns)
            if place is None:
                row += (view.offset, *strides)
            else:
                row += (place, 0, 0, 1)
                bits |= 1 << k
        if len(member.operands) == 1:
            row += [-1, 0, 0, 0]
        rows.append([*row, bits, 0, 0, 0])
    return rows


def _outer(member: Elementwise, axes: list) -> list[list[list[int]]]:
    """More than three axes: one instruction for every index of the outer ones."""
    outer, inner = axes[:-3], axes[-3:]
    found = []
    for index in np.ndindex(*[axis[0] for axis in outer]):
        row = [member.op, member.mode, *[axis[0] for axis in inner]]
        for k, view in enumerate((member.out, *member.operands)):
            shift = sum(i * axis[1 + k] for i, axis in zip(index, outer, strict=True))
            row += [view.offset + shift, *[axis[1 + k] for axis in inner]]
        if len(member.operands) == 1:
            row += [-1, 0, 0, 0]
        head = [GROUP, 1, *[axis[0] for axis in inner], *[0] * (COLUMNS - 5)]
        found.append([head, [*row, 0, 0, 0, 0]])
    return found


def axes_of(shape: tuple, views: Sequence[View]) -> list[tuple[int, ...]]:
    """Axes ``(length, strides …)`` from the outer to the inner, those of length one dropped, neighbours merged."""
    if len(shape) == 1 and shape[0] != 1 and all(view.shape == shape for view in views):
        return [(shape[0], *[view.strides[0] for view in views])]
    strides = [_broadcast(view, shape) for view in views]
    axes = [(n, *[s[i] for s in strides]) for i, n in enumerate(shape) if n != 1]
    axes.sort(key=_outwards, reverse=True)
    merged: list[tuple[int, ...]] = []
    for axis in axes:
        if merged and all(outer == axis[0] * inner for outer, inner in zip(merged[-1][1:], axis[1:], strict=True)):
            axis = (merged.pop()[0] * axis[0], *axis[1:])
        merged.append(axis)
    return _long_inside(merged)


def _long_inside(axes: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """A long axis in the place of a short innermost one: to decode an instruction takes as long as many entries.

    A very long one is divided, so that what is read entry by entry stays in the cache until the next pass.
    """
    if not 1 < len(axes) <= 3 or axes[-1][0] >= SHORT:
        return axes
    longest = max(range(len(axes)), key=lambda k: axes[k][0])
    if axes[longest][0] < 4 * axes[-1][0]:
        return axes
    n, *strides = axes[longest]
    rest = [axis for k, axis in enumerate(axes) if k != longest]
    part = max(k for k in range(1, min(n, DIVIDED) + 1) if n % k == 0) if len(axes) == 2 else n
    if DIVIDED // 8 <= part < n:
        return [(n // part, *[part * s for s in strides]), *rest, (part, *strides)]
    return [*rest, (n, *strides)]


def _broadcast(view: View, shape: tuple) -> tuple[int, ...]:
    """Strides of a view broadcast to ``shape``."""
    if view.shape == shape:
        return view.strides
    missing = len(shape) - len(view.shape)
    strides = [0] * missing
    for n, m, stride in zip(view.shape, shape[missing:], view.strides, strict=True):
        strides.append(0 if n == 1 and m != 1 else stride)
    return tuple(strides)


def _outwards(axis: tuple[int, ...]) -> int:
    """Sort key: axes along which the first result moves far are outer; where it does not move, its operand decides."""
    moves = [abs(stride) for stride in axis[1:] if stride]
    return abs(axis[1]) if axis[1] else max(moves, default=0)
