"""Queue: actions of a schedule that are still to be done, also as a table for native code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from adpy.checkpoint.actions import Forward, Free, Restore, Reverse, Store
from adpy.checkpoint.schedules import Binomial, OnlineSchedule, Schedule
from adpy.plain import np

__all__ = ["FORWARD", "OTHER", "RESTORE", "REVERSE", "STORE", "Queue"]

CHUNK = 4096
"""Actions that are taken from a schedule at a time."""

GRAIN = 1 << 14
"""Steps of one row of a table, at most."""

KEPT = 50_000
"""Actions of a binomial schedule whose table is kept for the next loop."""

FORWARD, STORE, RESTORE, REVERSE = 0, 1, 2, 3
OTHER = -1


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

    def of(self, step: int, last: bool) -> int:
        slot = self._of[step]
        if last:
            self._free.append(self._of.pop(step))
        return slot


def _encoded(actions: list, slots: _Slots) -> tuple[list, list]:
    """Rows for native code, and for each row its action."""
    rows, owners = [], []
    for action in actions:
        kind = type(action)
        if kind is Forward:
            for start in range(action.start, action.stop, GRAIN):
                rows.append((FORWARD, start, min(start + GRAIN, action.stop)))
                owners.append(action)
            continue
        row = (OTHER, 0, 0)
        if kind is Reverse:
            if action.place is None and action.stop == action.start + 1:
                row = (REVERSE, action.start, action.stop)
        elif kind is Store and action.place == "ram":
            row = (STORE, slots.take(action.step), action.step)
        elif kind is Restore and action.place == "ram":
            row = (RESTORE, slots.of(action.step, action.last), action.step)
        elif kind is Free and action.place == "ram":
            slots.of(action.step, True)
        rows.append(row)
        owners.append(action)
    return rows, owners


@lru_cache(maxsize=8)
def _whole(steps: int, snapshots: int) -> tuple[np.ndarray, list]:
    """All of a binomial schedule."""
    rows, owners = _encoded(list(Binomial(steps, snapshots)), _Slots())
    return np.array(rows, np.int64).reshape(-1, 3), owners


class Queue:
    """Actions to be done, in order.

    Parameters
    ----------
    schedule : Schedule

    Attributes
    ----------
    rows : ndarray of int64, shape (n, 3)
        For native code: forward from and to, store or restore slot and step, reverse from and to; anything else is
        ``OTHER``.
    at : int
        Number of the next row.
    """

    def __init__(self, schedule: Schedule) -> None:
        self._slots = _Slots()
        self._chunk = 1 if isinstance(schedule, OnlineSchedule) else CHUNK
        self.rows, self._owners, self.at = np.zeros((0, 3), np.int64), [], 0
        places: Mapping[str, int] = {} if schedule.steps is None else schedule.places
        if type(schedule) is Binomial and list(places) == ["ram"] and schedule.steps * 4 < KEPT:
            rows, self._owners = _whole(schedule.steps, places["ram"])
            self.rows = rows.copy()
            self._source: Iterator = iter(())
        else:
            self._source = iter(schedule)

    def fill(self) -> bool:
        """Have a next row; False at the end."""
        while self.at >= len(self.rows):
            actions = []
            for action in self._source:
                actions.append(action)
                if len(actions) >= self._chunk:
                    break
            if not actions:
                return False
            rows, self._owners = _encoded(actions, self._slots)
            self.rows, self.at = np.array(rows, np.int64).reshape(-1, 3), 0
        return True

    def skip(self) -> None:
        """Forget what is left of the actions that were taken."""
        self.at = len(self.rows)

    def slots(self) -> list[tuple[int, int]]:
        """Steps of the snapshots in memory at the next row, with their slots."""
        held: dict[int, int] = {}
        for kind, slot, step in self.rows[: self.at].tolist():
            if kind == STORE:
                held[slot] = step
        return [(step, slot) for slot, step in held.items()]

    @property
    def action(self) -> Any:
        """The next action."""
        return self._owners[self.at]

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
