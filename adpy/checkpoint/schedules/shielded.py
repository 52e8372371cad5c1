"""Shielded schedules: any schedule, with copies on disk now and then, for runs that may be killed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from functools import cached_property

from adpy.checkpoint.actions import Action, Forward, Free, Reverse, Store
from adpy.checkpoint.schedules.base import OfflineSchedule, check_count
from adpy.checkpoint.schedules.counts import Counts
from adpy.errors import ArgumentError

__all__ = ["Shielded"]


class Shielded(OfflineSchedule):
    """What another schedule does, and copies on the way forward: ``period`` steps never pass without one on disk.

    The copies are never restored unless the run is killed, and go as soon as the adjoint has passed them. States that
    the schedule itself stores on disk count like them.

    Parameters
    ----------
    schedule : OfflineSchedule
    period : int
        Steps from one state on disk to the next, at most.

    Raises
    ------
    ArgumentError
        If it is no schedule for a known number of steps, or for a period of 0.

    Examples
    --------
    >>> from adpy.checkpoint.schedules import Binomial, Shielded
    >>> for action in Shielded(Binomial(4, snapshots=1), period=2):
    ...     print(action)
    Store(step=0, place='ram')
    Forward(start=0, stop=2)
    Store(step=2, place='disk')
    Forward(start=2, stop=3)
    Reverse(start=3, stop=4, place=None)
    Restore(step=0, place='ram', last=False)
    Forward(start=0, stop=2)
    Reverse(start=2, stop=3, place=None)
    Free(step=2, place='disk')
    Restore(step=0, place='ram', last=False)
    Forward(start=0, stop=1)
    Reverse(start=1, stop=2, place=None)
    Restore(step=0, place='ram', last=True)
    Reverse(start=0, stop=1, place=None)
    Done()
    """

    def __init__(self, schedule: OfflineSchedule, period: int) -> None:
        if not isinstance(schedule, OfflineSchedule):
            raise ArgumentError("schedule", "a schedule for a known number of steps", type(schedule).__name__)
        self._schedule, self._period = schedule, check_count("period", period, 1)
        self._steps = schedule.steps

    @cached_property
    def copies(self) -> int:
        """How many copies are made."""
        ahead = itertools.takewhile(lambda pair: type(pair[0]) is not Reverse, self._shielded(iter(self._schedule)))
        return sum(ours for _, ours in ahead)

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        return f"{self._schedule.title}, and {self.copies:,} copies on disk"

    @property
    def places(self) -> Mapping[str, int]:
        """Snapshots that are held in each place at once, at most; the schedule's own on disk and all copies."""
        return self._with_copies(self._schedule.places)

    @property
    def records(self) -> Mapping[str, int]:
        """Most steps whose adjoint data is held in each place at once."""
        return self._schedule.records

    @property
    def units(self) -> Mapping[str, int]:
        """Snapshots and records together that are held in each place at once, at most."""
        return self._with_copies(self._schedule.units)

    def _with_copies(self, counted: Mapping[str, int]) -> dict[str, int]:
        more = {"disk": counted.get("disk", 0) + self.copies} if self.copies else {}
        return {**counted, **more}

    @property
    def span(self) -> int:
        """Most steps that one ``Reverse`` covers."""
        return self._schedule.span

    @property
    def forward_steps(self) -> int:
        """How many steps run in all, those within ``Reverse`` included."""
        return self._schedule.forward_steps

    def counts(self) -> Counts:
        """How often a run does what."""
        found = self._schedule.counts()
        stores = self._with_copies(found.stores)
        return Counts(found.steps, found.forward_steps, stores, found.restores, found.records)

    def __iter__(self) -> Iterator[Action]:
        """The actions, from the first."""
        actions, held = iter(self._schedule), []
        for action, ours in self._shielded(actions):
            yield action
            if ours:
                held.append(action.step)
            elif type(action) is Reverse:
                break
        while held and held[-1] >= action.start:
            yield Free(held.pop(), "disk")
        for action in actions:
            if type(action) is Store and action.place == "disk" and action.step in held:
                held.remove(action.step)
                yield Free(action.step, "disk")
            yield action
            while type(action) is Reverse and held and held[-1] >= action.start:
                yield Free(held.pop(), "disk")

    def _shielded(self, actions: Iterator[Action]) -> Iterator[tuple[Action, bool]]:
        """The actions up to the first ``Reverse``, those of the copies among them, which are True."""
        last, period = 0, self._period  # the last one on disk; the first state is known anyhow
        due = None  # where a copy is made, unless the next action does it
        for action in actions:
            kind = type(action)
            on_disk = kind is Store and action.place == "disk"
            if due is not None and kind is not Reverse and not on_disk:
                yield Store(due, "disk"), True
                last = due
            due = None
            if kind is Forward:
                at = action.start
                while action.stop - last > period and last + period > at:
                    yield Forward(at, last + period), False
                    at = last = last + period
                    yield Store(at, "disk"), True
                yield Forward(at, action.stop), False
                if action.stop - last >= period:
                    due = action.stop
                continue
            yield action, False
            if on_disk:
                last = action.step
            elif kind is Reverse:
                return
