"""Keeper: puts states of a machine into storages and gets them back; what is lost is computed again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from adpy.checkpoint.actions import Action, Free, Restore, Store
from adpy.checkpoint.driving.layouts import UnknownLayout, describe, understand
from adpy.checkpoint.stepping.machine import Machine
from adpy.checkpoint.stepping.state import split
from adpy.checkpoint.storage import Places
from adpy.errors import SnapshotError, StorageFullError

__all__ = ["Keeper"]

_log = logging.getLogger("adpy.checkpoint")


class Keeper:
    """States of a machine, by step and place.

    Parameters
    ----------
    machine : Machine
    places : Places
    first : callable
        Gives the state at step 0.
    """

    def __init__(self, machine: Machine, places: Places, first: Callable[[], Any]) -> None:
        self.machine, self.places, self.first = machine, places, first
        self._forms: dict[tuple[int, str], Any] = {}  # of all snapshots that there should be; None where one is lost
        self._known: Any = None

    def store(self, step: int, place: str) -> None:
        """Keep a copy of the current state, which is at ``step``."""
        if self.places[place].persistent:
            form, arrays = split(self.machine.state)
            self.places[place].store(step, arrays, info=describe(form))
        else:
            form, arrays = self.machine.taken_apart()
            self.places[place].store(step, arrays)
        self._forms[step, place] = form

    def restore(self, step: int, place: str, last: bool = False) -> None:
        """Make the state at ``step`` current, by running steps from an earlier one if its snapshot is lost."""
        if not self._restored(step, place):
            self.obtain(step)
        if last:
            self.free(step, place)

    def free(self, step: int, place: str) -> None:
        """Let a snapshot go."""
        self.places[place].free(step)
        self._forms.pop((step, place), None)

    def obtain(self, step: int) -> None:
        """Make the state at ``step`` current from the nearest snapshot; lost ones on the way are stored again."""
        found = max((k for k, _ in self._forms if k <= step), default=0)
        at = None
        while at is None:
            places = [place for k, place in self._forms if k == found]
            if any([self._restored(found, place) for place in places]):
                at = found
            elif found == 0:
                self.machine.start(self.first())
                at = 0
            else:
                found = max((k for k, _ in self._forms if k < found), default=0)
        for stop in sorted({k for (k, _), form in self._forms.items() if form is None and at <= k < step} | {step}):
            self.machine.advance(at, stop)
            self._mend(stop)
            at = stop

    def _restored(self, step: int, place: str) -> bool:
        """Make a snapshot current; False, and it is known to be lost, where it is not what was stored."""
        form = self._forms.get((step, place))
        if form is None:
            return False
        try:
            arrays = self.places[place].view(step)
        except SnapshotError as error:
            _log.warning("%s; its state is computed again", error)
            self._forms[step, place] = None
            return False
        self.machine.put_together(form, arrays)
        return True

    def _mend(self, step: int) -> None:
        """Store the current state in the places that have lost it."""
        for place in [place for (k, place), form in self._forms.items() if k == step and form is None]:
            try:
                self.store(step, place)
            except StorageFullError as error:
                _log.warning("%s; the state at step %d is not stored again", error, step)

    # ---- following a schedule without doing what it says

    def skip(self, action: Action) -> None:
        """Take note of an action that an earlier process has done."""
        kind = type(action)
        if kind is Store:
            self._forms[action.step, action.place] = self._found(action.step, action.place)
        elif kind is Free or (kind is Restore and action.last):
            self.free(action.step, action.place)

    def steps_in(self, place: str) -> list[int]:
        """Steps of the snapshots that a place should have."""
        return sorted(step for step, where in self._forms if where == place)

    def _found(self, step: int, place: str) -> Any:
        """The form of a snapshot of an earlier process; None if there is no such snapshot."""
        storage = self.places[place]
        if not storage.persistent or step not in storage:
            return None
        if self._known is None:
            self._known, _ = split(self.first())
        try:
            return understand(storage.info(step), self._known)
        except (SnapshotError, UnknownLayout) as error:
            _log.warning("%s; the state at step %d is computed again", error, step)
            return None

    def tidy(self) -> None:
        """Let go what no action that was skipped has left there."""
        for place, storage in self.places.places.items():
            for step in storage.steps():
                if (step, place) not in self._forms:
                    storage.free(step)
