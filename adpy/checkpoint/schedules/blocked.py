"""Blocked schedules: groups of steps in the place of single steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from adpy.checkpoint.actions import Action, Done, Forward, Free, Restore, Store
from adpy.checkpoint.schedules.base import OfflineSchedule, OnlineSchedule, check_count
from adpy.checkpoint.schedules.counts import Counts
from adpy.errors import ArgumentError

__all__ = ["Blocked", "BlockedOnline"]


class Blocked(OfflineSchedule):
    """A schedule for groups of ``length`` steps, each of which is recorded and reversed at once.

    The adjoint data of ``length`` steps is held at a time. In return there are fewer actions, so that a driver
    spends less time between them where steps are short, and within a group no step runs again.

    Parameters
    ----------
    schedule : OfflineSchedule
        What to do with the groups; its ``steps`` is the number of groups.
    length : int
        Steps of a group.
    steps : int, optional
        Steps of the loop: the last group may have fewer. By default all groups are full.

    Raises
    ------
    ArgumentError
        If the schedule does not have so many groups.

    Examples
    --------
    >>> from adpy.checkpoint.schedules import Binomial, Blocked
    >>> schedule = Blocked(Binomial(3, snapshots=1), length=10, steps=25)
    >>> for action in schedule:
    ...     print(action)
    Store(step=0, place='ram')
    Forward(start=0, stop=20)
    Reverse(start=20, stop=25, place=None)
    Restore(step=0, place='ram', last=False)
    Forward(start=0, stop=10)
    Reverse(start=10, stop=20, place=None)
    Restore(step=0, place='ram', last=True)
    Reverse(start=0, stop=10, place=None)
    Done()
    >>> Blocked.of(10**6, 100, lambda groups: Binomial(groups, snapshots=20)).forward_steps
    4797600
    """

    def __init__(self, schedule: OfflineSchedule, length: int, steps: int | None = None) -> None:
        if not isinstance(schedule, OfflineSchedule):
            raise ArgumentError("schedule", "a schedule for a known number of groups", type(schedule).__name__)
        self._schedule, self._length = schedule, check_count("length", length, 1)
        self._steps = schedule.steps * self._length if steps is None else check_count("steps", steps)
        if -(-self._steps // self._length) != schedule.steps:
            groups = f"{-(-self._steps // self._length)} groups of {length} for {self._steps} steps"
            raise ArgumentError("schedule", groups, str(schedule.steps))

    @classmethod
    def of(cls, steps: int, length: int, make: Callable[[int], OfflineSchedule]) -> Blocked:
        """The schedule that ``make`` gives for the number of groups of ``length`` steps."""
        groups = -(-check_count("steps", steps) // check_count("length", length, 1))
        return cls(make(groups), length, steps)

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        return f"{self._schedule.title}, in groups of {self._length:,} steps"

    @property
    def places(self) -> Mapping[str, int]:
        """Most snapshots that are held in each place at once."""
        return self._schedule.places

    @property
    def records(self) -> Mapping[str, int]:
        """Most steps whose adjoint data (``Record``) is held in each place at once."""
        return {place: most * self._length for place, most in self._schedule.records.items()}

    @property
    def units(self) -> Mapping[str, int]:
        """Most snapshots and records together that are held in each place at once."""
        return {place: most * self._length for place, most in self._schedule.units.items()}

    @property
    def span(self) -> int:
        """Most steps that one ``Reverse`` covers."""
        return max(1, min(self._schedule.span * self._length, self._steps))

    @property
    def forward_steps(self) -> int:
        """How many steps run in all, those within ``Reverse`` included."""
        return self._ran(self._schedule.forward_steps)

    def _ran(self, groups: int) -> int:
        """Steps of so many groups; the last one, which may be short, is once among them, in the first ``Reverse``."""
        return groups * self._length - (self._schedule.steps * self._length - self._steps)

    def counts(self) -> Counts:
        """How often a run does what."""
        inner = self._schedule.counts()
        records = {place: count * self._length for place, count in inner.records.items()}
        return Counts(self._steps, self._ran(inner.forward_steps), inner.stores, inner.restores, records)

    def __iter__(self) -> Iterator[Action]:
        """The actions, from the first."""
        for action in self._schedule:
            yield _scaled(action, self._length, self._steps)


class BlockedOnline(OnlineSchedule):
    """An online schedule for groups of ``length`` steps; the last group is as short as the loop makes it.

    Parameters
    ----------
    schedule : OnlineSchedule
        What to do with the groups.
    length : int
        Steps of a group.

    Raises
    ------
    ArgumentError
        If it is no online schedule, or for a length of 0.

    Examples
    --------
    >>> from adpy.checkpoint.schedules import BlockedOnline, Online, simulate
    >>> simulate(BlockedOnline(Online(snapshots=10), length=100), steps=99_950).forward_steps
    463900
    """

    def __init__(self, schedule: OnlineSchedule, length: int) -> None:
        if not isinstance(schedule, OnlineSchedule):
            raise ArgumentError("schedule", "an online schedule", type(schedule).__name__)
        self._schedule, self._length = schedule, check_count("length", length, 1)

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        return f"{self._schedule.title}, in groups of {self._length:,} steps"

    @property
    def held(self) -> tuple[tuple[int, str], ...]:
        """Step and place of snapshots that are there before the first action."""
        return tuple((step * self._length, place) for step, place in self._schedule.held)

    @property
    def places(self) -> Mapping[str, int]:
        """Most snapshots that are held in each place at once."""
        return self._schedule.places

    @property
    def span(self) -> int:
        """Most steps that one ``Reverse`` covers."""
        return self._length

    @property
    def forward_steps(self) -> int | None:
        """How many steps run in all, those within ``Reverse`` included; None before ``finish``."""
        if self._steps is None:
            return None
        # The last group, which may be short, runs once on the way forward and once to be reversed.
        return self._schedule.forward_steps * self._length - 2 * (self._schedule.steps * self._length - self._steps)

    def finish(self, steps: int) -> None:
        """Tell that the loop ended after ``steps`` steps; as for every online schedule."""
        super().finish(steps)
        self._schedule.finish(-(-self._steps // self._length))

    def __iter__(self) -> Iterator[Action]:
        """The actions, from the first; forgets the end of an earlier iteration."""
        stream = iter(self._schedule)
        self._steps = None
        self._begun = self._reached = max((step for step, _ in self.held), default=0)
        return self._stream(stream)

    def _stream(self, stream: Iterator[Action]) -> Iterator[Action]:
        for action in stream:
            scaled = _scaled(action, self._length, self._steps)
            if self._steps is None and isinstance(scaled, Forward):
                self._begun, self._reached = scaled.start, scaled.stop
            yield scaled


def _scaled(action: Action, length: int, steps: int | None) -> Action:
    """The action for groups of steps that ``action`` is for steps; none goes beyond ``steps``."""
    match action:
        case Store(step, place):
            return Store(step * length, place)
        case Restore(step, place, last):
            return Restore(step * length, place, last)
        case Free(step, place):
            return Free(step * length, place)
        case Done():
            return action
    start, stop = action.start * length, action.stop * length
    return replace(action, start=start, stop=stop if steps is None else min(stop, steps))
