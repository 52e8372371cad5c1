"""Driver: does what a schedule says, with a machine that runs steps and storages that keep states."""

from __future__ import annotations

from collections import Counter
from typing import Any

from adpy.checkpoint.actions import Free, Record, Restore, Reverse, Store
from adpy.checkpoint.driving.native import Natively
from adpy.checkpoint.driving.queue import FORWARD, FREE, OTHER, RESTORE, RESTORE_LAST, REVERSE, STORE, Queue
from adpy.checkpoint.driving.records import Records
from adpy.checkpoint.progress import Progress
from adpy.checkpoint.schedules import OnlineSchedule, Schedule
from adpy.checkpoint.stepping.bank import Bank
from adpy.checkpoint.stepping.machine import Machine
from adpy.checkpoint.stepping.march import March
from adpy.checkpoint.storage import Places
from adpy.plain import np

__all__ = ["Driver"]


class Driver(Natively):
    """One way there and back.

    Parameters
    ----------
    machine : Machine
        Its state is that at step 0.
    schedule : Schedule
    places : Places
    progress : Progress, optional
    """

    def __init__(self, machine: Machine, schedule: Schedule, places: Places, progress: Progress | None = None) -> None:
        self.machine, self.schedule, self.places, self.progress = machine, schedule, places, progress
        self.streams = machine.streams
        self._queue = Queue(schedule)
        self._forms: dict[tuple[int, str], Any] = {}
        self._records = Records(machine, progress)
        self._turn: Reverse | None = None
        self._bank: Bank | None = None
        self._marches: list[March] = []
        self._ran: Counter = Counter()
        self._first = True
        self._current = True
        """Is there a state?"""

    def forward(self) -> None:
        """Run to the end; the state is then the last one."""
        queue = self._queue
        last = self.streams.steps if isinstance(self.schedule, OnlineSchedule) else None
        while queue.fill():
            action = queue.action
            if type(action) is Reverse:
                queue.at += 1
                if action.place is None:
                    self._records.record(action.start, action.stop)
                self._turn = action
                break
            if last is not None:
                queue.cut(last)
            self._next()
            if self.machine.ended or self.machine.reached == last:
                self._finish()
                break
        self._first = False

    def _finish(self) -> None:
        """Tell an online schedule that the loop has ended."""
        self._queue.settle(self.machine.reached)
        if self.progress is not None:
            self.progress.expect(self.machine.reached, self.schedule.forward_steps - self.machine.reached)

    def reverse(self, bars: list) -> None:
        """Take cotangents of the last state back to the first; they are then those of the machine.

        Parameters
        ----------
        bars : list
            For each leaf of the state that carries derivatives.
        """
        self._turned()
        self.machine.bars = bars
        del bars  # they are not needed longer than for the first adjoint
        if self._turn is not None:
            self._reverse(self._turn.start, self._turn.stop)
        while self._queue.fill():
            self._next()
        self.machine.bars = [np.array(bar) for bar in self.machine.bars]
        if self.progress is not None:
            self.progress.close()
        self.close()

    def _next(self) -> None:
        """Do the next action, and as many as native code can."""
        if self._marched():
            return
        queue = self._queue
        kind, first, second = queue.row
        if kind == FORWARD:
            self.machine.advance(first, first + 1)
            if self.progress is not None:
                self.progress.advanced(first + 1)
            if first + 1 < second:
                queue.rows[queue.at, 1] = first + 1
                return
        elif kind == STORE:
            self._store(first, second)
        elif kind in (RESTORE, RESTORE_LAST):
            self._restore(first, second, queue.action)
        elif kind == REVERSE:
            self._records.record(first, second)
            self._reverse(first, second)
        elif kind in (OTHER, FREE):
            self._do(queue.action)
        queue.at += 1

    def _do(self, action: Any) -> None:
        """An action that is none for native code."""
        kind = type(action)
        if kind is Store:
            form, arrays = self.machine.taken_apart()
            self.places.store(action.step, action.place, arrays)
            self._forms[action.step, action.place] = form
        elif kind is Restore:
            self._restored(action)
        elif kind is Free:
            self.places.free(action.step, action.place)
            self._forms.pop((action.step, action.place), None)
        elif kind is Record:
            self._records.record(action.start, action.stop)
        elif kind is Reverse:
            if action.place is None:
                self._records.record(action.start, action.stop)
            self._reverse(action.start, action.stop)

    def _store(self, slot: int, step: int) -> None:
        form, arrays = self.machine.taken_apart()
        bank = self._bank
        if bank is not None and form is bank.form:
            bank.store(slot, arrays)
            return
        if bank is not None:
            bank.filled[slot] = 0
        self.places.store(step, "ram", arrays)
        self._forms[step, "ram"] = form

    def _restore(self, slot: int, step: int, action: Restore) -> None:
        bank = self._bank
        if bank is not None and bank.filled[slot]:
            self.machine.put_together(bank.form, bank.view(slot))
            self._current = True
        else:
            self._restored(action)

    def _restored(self, action: Restore) -> None:
        place = action.step, action.place
        self.machine.put_together(self._forms[place], self.places.view(*place))
        self._current = True
        if action.last:
            self.places.free(*place)
            del self._forms[place]

    def _reverse(self, start: int, stop: int) -> None:
        self._records.reverse(start, stop)
        self._current = False
        if self.progress is not None:
            self.progress.reversed(start, stop - start)

    def close(self) -> None:
        """Let all memory go."""
        self._records.clear()
        self._marches.clear()
        self._bank = None
        self.places.close()
        self.machine.close()
        if self.progress is not None:
            self.progress.abandon()
