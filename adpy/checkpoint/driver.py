"""Driver: does what a schedule says, with a machine that runs steps and a storage that keeps states."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from adpy.checkpoint.actions import Done, Forward, Free, Record, Restore, Reverse, Store
from adpy.checkpoint.machine import Machine
from adpy.checkpoint.schedules import Schedule
from adpy.checkpoint.storage import Places

__all__ = ["Driver"]


class Driver:
    """One way there and back.

    Parameters
    ----------
    machine : Machine
        Its state is that at step 0.
    schedule : Schedule
    places : Places
    """

    def __init__(self, machine: Machine, schedule: Schedule, places: Places) -> None:
        self.machine, self.schedule, self.places = machine, schedule, places
        self._actions: Iterator[Any] = iter(schedule)
        self._forms: dict[tuple[int, str], Any] = {}
        self._records: dict[int, Any] = {}
        self._turn: Reverse | None = None

    def forward(self) -> None:
        """Run to the end; the state is then the last one."""
        for action in self._actions:
            if type(action) is Done:
                return
            if type(action) is Reverse:
                if action.place is None:
                    self._record(action.start, action.stop)
                self._turn = action
                return
            self._do(action)

    def reverse(self, bars: list, output_bars: Callable | None, argument_bars: Callable | None) -> None:
        """Take cotangents of the last state back to the first; they are then those of the machine.

        Parameters
        ----------
        bars : list
            For each leaf of the state that carries derivatives.
        output_bars : callable or None
            Gives cotangents of the output of a step by its number.
        argument_bars : callable or None
            Takes the number of a step and cotangents of its argument.
        """
        self.machine.bars = bars
        self._seeds, self._taken = output_bars, argument_bars
        if self._turn is not None:
            self._reverse(self._turn.start, self._turn.stop)
        for action in self._actions:
            if type(action) is Reverse:
                if action.place is None:
                    self._record(action.start, action.stop)
                self._reverse(action.start, action.stop)
            elif type(action) is not Done:
                self._do(action)
        self.close()

    def _do(self, action: Any) -> None:
        kind = type(action)
        if kind is Forward:
            self.machine.advance(action.start, action.stop)
        elif kind is Store:
            form, arrays = self.machine.taken_apart()
            self.places.store(action.step, action.place, arrays)
            self._forms[action.step, action.place] = form
        elif kind is Restore:
            self._restore(action)
        elif kind is Free:
            self.places.free(action.step, action.place)
            self._forms.pop((action.step, action.place), None)
        elif kind is Record:
            self._record(action.start, action.stop)

    def _restore(self, action: Restore) -> None:
        place = action.step, action.place
        self.machine.put_together(self._forms[place], self.places.view(*place))
        if action.last:
            self.places.free(*place)
            del self._forms[place]

    def _record(self, start: int, stop: int) -> None:
        for n in range(start, stop):
            self._records[n] = self.machine.record(n)

    def _reverse(self, start: int, stop: int) -> None:
        for n in reversed(range(start, stop)):
            found = self.machine.reverse(self._records.pop(n), None if self._seeds is None else self._seeds(n))
            if self._taken is not None:
                self._taken(n, found)

    def close(self) -> None:
        """Let all memory go."""
        self._records.clear()
        self.places.close()
        self.machine.close()
