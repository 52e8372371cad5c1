"""Durable driver: keeps snapshots on disk, so that a killed run can be gone on with, and tells how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from adpy.checkpoint.actions import Done, Forward, Free, Record, Restore, Reverse, Store
from adpy.checkpoint.driving.keeper import Keeper
from adpy.checkpoint.driving.records import Records
from adpy.checkpoint.driving.trail import Trail
from adpy.checkpoint.progress import Progress
from adpy.checkpoint.schedules import OnlineSchedule, Schedule
from adpy.checkpoint.stepping.machine import Machine
from adpy.checkpoint.storage import Places

__all__ = ["DurableDriver"]

_PIECE = 256
"""Steps between two looks at the clock."""


class DurableDriver:
    """One way there and back.

    Parameters
    ----------
    machine : Machine
        Its state is that at step 0.
    schedule : Schedule
    places : Places
        A :class:`~adpy.checkpoint.storage.DiskStorage` is among them, as ``disk``, begun with its problem.
    first : callable
        Gives the state at step 0.
    progress : Progress, optional
    """

    def __init__(
        self,
        machine: Machine,
        schedule: Schedule,
        places: Places,
        first: Callable[[], Any],
        progress: Progress | None = None,
    ) -> None:
        self.machine, self.schedule, self.places, self.progress = machine, schedule, places, progress
        self.keeper = Keeper(machine, places, first)
        self._actions: Iterator[Any] = iter(schedule)
        self._records = Records(machine, progress)
        self._turn: Reverse | None = None
        self._end: int | None = None
        self.trail = Trail(places["disk"], schedule, self.keeper)

    def forward(self) -> None:
        """Run to the end; the state is then the last one."""
        try:
            self._forward()
        except BaseException:
            self.close()
            raise

    def _forward(self) -> None:
        trail = self.trail
        self._end = trail.ended()
        if self._end is not None:
            return
        self._actions = trail.forward()
        online = isinstance(self.schedule, OnlineSchedule)
        last = self.machine.streams.steps if online else None
        for action in self._actions:
            if type(action) is Done:
                return
            if type(action) is Reverse:
                if action.place is None:
                    self._records.record(action.start, action.stop)
                self._turn = action
                trail.end(action.stop, self.machine.state)
                return
            if online and type(action) is Forward and self._advance_online(action, last):
                trail.end(self.machine.reached, self.machine.state)
                return
            if not online or type(action) is not Forward:
                self._do(action)

    def _advance_online(self, action: Forward, last: int | None) -> bool:
        """Run steps of a loop whose end the schedule does not know; True at the end."""
        machine, schedule = self.machine, self.schedule
        self._advance(action.start, action.stop if last is None else min(action.stop, last))
        if not machine.ended and machine.reached != last:
            return False
        schedule.finish(machine.reached)
        self._expect()
        return True

    def _expect(self) -> None:
        """Tell how many steps there are."""
        schedule = self.schedule
        if self.progress is not None and schedule.steps is not None:
            self.progress.expect(schedule.steps, schedule.forward_steps - schedule.steps)

    def reverse(self, bars: list) -> None:
        """Take cotangents of the last state back to the first; they are then those of the machine.

        Parameters
        ----------
        bars : list
            For each leaf of the state that carries derivatives.
        """
        self.machine.bars = bars
        try:
            self._back()
        except BaseException:
            self.close()
            raise
        self.trail.finish()
        if self.progress is not None:
            self.progress.close()
        self.close()

    def _back(self) -> None:
        trail, actions = self.trail, self._actions
        trail.seeded()
        if self._end is not None:
            actions = trail.reverse(self._end)
            self._expect()
        elif self._turn is not None:
            self._reverse(self._turn.start, self._turn.stop)
        for action in actions:
            if type(action) is Reverse:
                if action.place is None:
                    self._records.record(action.start, action.stop)
                self._reverse(action.start, action.stop)
                trail.reversed(action.start)
                if self.progress is not None:
                    self.progress.reversed(action.start, action.stop - action.start)
            elif type(action) is not Done:
                self._do(action)

    def _do(self, action: Any) -> None:
        kind = type(action)
        if kind is Forward:
            self._advance(action.start, action.stop)
        elif kind is Store:
            self.keeper.store(action.step, action.place)
            if self.places[action.place] is self.trail.storage:
                self.trail.stored(action.step)
        elif kind is Restore:
            self.keeper.restore(action.step, action.place, action.last)
        elif kind is Free:
            self.keeper.free(action.step, action.place)
        elif kind is Record:
            self._records.record(action.start, action.stop)

    def _advance(self, start: int, stop: int) -> None:
        if self.progress is None:
            self.machine.advance(start, stop)
            return
        for begun in range(start, stop, _PIECE):
            end = self.machine.advance(begun, min(begun + _PIECE, stop))
            self.progress.advanced(end, end - begun)
            if self.machine.ended:
                return

    def _reverse(self, start: int, stop: int) -> None:
        if start not in self._records:  # those of an earlier process
            self.keeper.obtain(start)
            self._records.record(start, stop)
        self._records.reverse(start, stop)

    def close(self) -> None:
        """Let all memory go."""
        self._records.clear()
        self.places.close()
        self.machine.close()
        if self.progress is not None:
            self.progress.abandon()
