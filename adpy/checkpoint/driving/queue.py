"""Queue: actions of a schedule that are still to be done, as a table for native code."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from typing import Any

from adpy.checkpoint.actions import Forward, Free, Restore, Reverse, Store
from adpy.checkpoint.schedules import Binomial, OnlineSchedule, Schedule
from adpy.plain import np

__all__ = ["FORWARD", "FREE", "OTHER", "RESTORE", "RESTORE_LAST", "REVERSE", "STORE", "Queue"]

CHUNK = 1 << 13
"""Actions that are taken from a schedule at a time."""

AHEAD = 1 << 8
"""Actions that are taken at a time from one that does not know the end, which may come before they are done."""

FORWARD, STORE, RESTORE, REVERSE, RESTORE_LAST = 0, 1, 2, 3, 4
OTHER, FREE = -1, 5


class _Slots:
    """Numbers for the snapshots that are in memory at the same time."""

    def __init__(self) -> None:
        self._of: dict[int, int] = {}
        self._free: list[int] = []
        self._next = 0

    def take(self, step: int) -> int:
        slot = self._of.get(step)
        if slot is None:
            if self._free:
                slot = self._free.pop()
            else:
                slot, self._next = self._next, self._next + 1
            self._of[step] = slot
        return slot

    def __copy__(self) -> _Slots:
        found = _Slots()
        found._of, found._free, found._next = self._of.copy(), self._free.copy(), self._next
        return found

    def of(self, step: int, last: bool) -> int:
        slot = self._of[step]
        if last:
            self._free.append(self._of.pop(step))
        return slot


def _encoded(actions: list, slots: _Slots) -> np.ndarray:
    """Rows for native code."""
    rows = []
    for action in actions:
        kind = type(action)
        row = (OTHER, 0, 0)
        if kind is Forward:
            row = (FORWARD, action.start, action.stop)
        elif kind is Reverse:
            if action.place is None and action.stop == action.start + 1:
                row = (REVERSE, action.start, action.stop)
        elif kind is Store and action.place == "ram":
            row = (STORE, slots.take(action.step), action.step)
        elif kind is Restore and action.place == "ram":
            row = (RESTORE_LAST if action.last else RESTORE, slots.of(action.step, action.last), action.step)
        elif kind is Free and action.place == "ram":
            slots.of(action.step, True)
            row = (FREE, action.step, action.step)
        rows.append(row)
    return np.array(rows, np.int64).reshape(-1, 3)


class Queue:
    """Actions to be done, in order.

    Parameters
    ----------
    schedule : Schedule

    Attributes
    ----------
    rows : ndarray of int64, shape (n, 3)
        For native code: forward from and to, store or restore slot and step, reverse from and to; free a step, twice;
        anything else is ``OTHER``.
    at : int
        Number of the next row.
    """

    def __init__(self, schedule: Schedule) -> None:
        self._schedule, self._slots = schedule, _Slots()
        self._chunk = AHEAD if isinstance(schedule, OnlineSchedule) else CHUNK
        self._taken, self._slots_before = 0, self._slots
        self.rows, self.at = np.zeros((0, 3), np.int64), 0
        self._actions: list | None = []
        self._source: Iterator = iter(())
        self._binomial = None
        if type(schedule) is Binomial and set(schedule.places) <= {"ram"}:
            from adpy.checkpoint.driving.rows import BinomialRows

            self._binomial = BinomialRows(schedule.steps, schedule.snapshots)
        else:
            self._source = iter(schedule)

    def fill(self) -> bool:
        """Have a next row; False at the end."""
        if self.at < len(self.rows):
            return True
        if self._binomial is not None:
            self._actions, self.rows, self.at = None, self._binomial.next(CHUNK), 0
            return bool(len(self.rows))
        self._taken += len(self._actions or ())
        self._slots_before = copy.copy(self._slots)
        self._take(self._chunk)
        return bool(self._actions)

    def _take(self, count: int) -> None:
        """Have that many more actions, none of them done."""
        self._actions = list(itertools.islice(self._source, count))
        self.rows, self.at = _encoded(self._actions, self._slots), 0

    def cut(self, steps: int) -> None:
        """Have rows go no further than to the end of the loop."""
        there = np.flatnonzero((self.rows[self.at :, 0] == FORWARD) & (self.rows[self.at :, 2] >= steps))
        if len(there):
            self.rows = self.rows[: self.at + there[0] + 1]
            self.rows[-1, 2] = steps

    def settle(self, steps: int) -> None:
        """The loop has ended: forget what was taken for steps beyond, and have the schedule go on from there."""
        at = self.at
        if at < len(self._actions) and type(self._actions[at]) is Forward and self._actions[at].start < steps:
            at += 1  # it is done in part
        if at < len(self._actions):
            self._source = iter(self._schedule)
            self._slots = copy.copy(self._slots_before)
            for _ in itertools.islice(self._source, self._taken):
                pass
            self._take(at)
        self._schedule.finish(steps)
        self.at, self._chunk = len(self.rows), CHUNK

    def slots(self) -> list[tuple[int, int]]:
        """Steps of the snapshots in memory that were stored since the last :meth:`fill`, with their slots."""
        held: dict[int, int] = {}
        for kind, slot, step in self.rows[: self.at].tolist():
            if kind == STORE:
                held[slot] = step
        return [(step, slot) for slot, step in held.items()]

    @property
    def action(self) -> Any:
        """The next action."""
        if self._actions is not None:
            return self._actions[self.at]
        kind, first, second = self.row
        if kind == FORWARD:
            return Forward(first, second)
        if kind == REVERSE:
            return Reverse(first, second)
        return Store(second, "ram") if kind == STORE else Restore(second, "ram", kind == RESTORE_LAST)

    @property
    def row(self) -> tuple[int, int, int]:
        """The next row."""
        kind, first, second = self.rows[self.at]
        return int(kind), int(first), int(second)

    def before_reverse(self) -> np.ndarray:
        """Rows up to the next reverse."""
        rows = self.rows[self.at :]
        found = np.flatnonzero(rows[:, 0] == REVERSE)
        return rows[: found[0]] if len(found) else rows
