"""Schedule: the abstract base of all checkpointing schedules."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

from adpy.checkpoint.actions import PLACES, Action
from adpy.checkpoint.schedules.counts import Counts
from adpy.checkpoint.schedules.describing import Setting, describe
from adpy.errors import ArgumentError

__all__ = ["OfflineSchedule", "OnlineSchedule", "Schedule", "check_count", "check_place", "check_table_size"]


def check_count(name: str, value: Any, least: int = 0) -> int:
    """``value`` as an ``int`` that is at least ``least``, or an ``ArgumentError`` that names the argument."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise ArgumentError(name, f"an integer >= {least}", f"{type(value).__name__} {value!r}")
    count = value.__index__()
    if count < least:
        raise ArgumentError(name, f"an integer >= {least}", str(count))
    return count


def check_place(place: Any) -> str:
    """``place`` if snapshots can go there, or an ``ArgumentError``."""
    if place not in PLACES:
        raise ArgumentError("place", " or ".join(map(repr, PLACES)), repr(place))
    return place


def check_table_size(steps: int, rows: int) -> None:
    """An ``ArgumentError`` where tables of optimal choices would take more than about half a minute or a gigabyte."""
    if steps * steps * rows > 2e10 or steps * rows > 5e7:
        most = int(min((2e10 / rows) ** 0.5, 5e7 / rows))
        raise ArgumentError("steps", f"at most {most} for tables with {rows} rows (or Blocked, by groups)", str(steps))


class Schedule(ABC):
    """A stream of actions (:mod:`adpy.checkpoint.actions`) that reverses a loop in bounded memory.

    Iterating over a schedule gives its actions; every ``iter(schedule)`` starts anew, in O(number of snapshots)
    memory. A schedule never holds or sees user data. Concrete schedules are subclasses of :class:`OfflineSchedule`
    (known number of steps) or :class:`OnlineSchedule` (the driver calls ``finish``), and are final.
    """

    setting: Setting | None = None
    """Costs in seconds and sizes in bytes, where they are known (:func:`plan` sets them); for :meth:`describe` only."""

    def __repr__(self) -> str:
        return f"<{self.title}: {'an unknown number of' if self.steps is None else f'{self.steps:,}'} steps>"

    @property
    @abstractmethod
    def title(self) -> str:
        """What it is, in a few words."""

    @property
    @abstractmethod
    def steps(self) -> int | None:
        """Number of steps of the loop; None while it is unknown."""

    @property
    def held(self) -> tuple[tuple[int, str], ...]:
        """Step and place of snapshots that are there before the first action: none, but for :class:`Resumed`."""
        return ()

    @property
    @abstractmethod
    def places(self) -> Mapping[str, int]:
        """Most snapshots that are held in each place at once, like ``{"ram": 10}``; only places that are used."""

    @property
    def records(self) -> Mapping[str, int]:
        """Most steps whose adjoint data (``Record``) is held in each place at once; empty without ``Record``."""
        return {}

    @property
    def units(self) -> Mapping[str, int]:
        """Most snapshots and records together that are held in each place at once."""
        return {p: self.places.get(p, 0) + self.records.get(p, 0) for p in {**self.places, **self.records}}

    @property
    def span(self) -> int:
        """Most steps that one ``Reverse`` without a place covers: so many steps' adjoint data is held meanwhile."""
        return 1

    @property
    def snapshots(self) -> int:
        """Most snapshots that are held at once, over all places."""
        return sum(self.places.values())

    @property
    @abstractmethod
    def forward_steps(self) -> int | None:
        """How many steps run in all, those within ``Reverse`` included; None while the number of steps is unknown."""

    @abstractmethod
    def __iter__(self) -> Iterator[Action]:
        """The actions, from the first."""

    def describe(self) -> str:
        """A few lines: steps that run, snapshots by place, memory and predicted time where :attr:`setting` has them.

        Examples
        --------
        >>> from adpy.checkpoint.schedules import Binomial
        >>> print(Binomial(1000, snapshots=10).describe())
        Binomial checkpointing (revolve) with 10 snapshots
          steps      1,000; 4,636 run forward, 4.64 for each
          memory     at most 10 snapshots; 714 stored, 999 restored
        """
        return describe(self, self.setting)

    def draw(self, steps: int | None = None, width: int = 100, height: int = 60) -> str:
        """The schedule as a picture of characters, one line a pass, the steps from left to right.

        Parameters
        ----------
        steps : int, optional
            Where the loop ends; for an online schedule.
        width, height : int
            Most characters in a line, and most lines.

        Examples
        --------
        >>> from adpy.checkpoint.schedules import Binomial
        >>> print(Binomial(6, snapshots=2).draw())
        Binomial checkpointing (revolve) with 2 snapshots: 6 steps, 6 passes
        o──o─◀
        o··o◀
        o··◀
        oo◀
        o◀
        ◀
        """
        from adpy.checkpoint.schedules.drawing import draw

        return draw(self, steps, width, height)


class OfflineSchedule(Schedule):
    """A schedule for a number of steps known in advance."""

    _steps: int

    @property
    def steps(self) -> int:
        """Number of steps of the loop."""
        return self._steps

    @property
    @abstractmethod
    def forward_steps(self) -> int:
        """How many steps run in all, those within ``Reverse`` included."""

    @abstractmethod
    def counts(self) -> Counts:
        """How often a run does what."""


class OnlineSchedule(Schedule):
    """A schedule for a loop whose end shows only when it is reached.

    While the end is unknown the stream gives ``Forward`` (and ``Store``, ``Free``) without end. When the loop ends,
    at or before the ``stop`` of the last ``Forward``, the driver calls :meth:`finish` and takes the next action from
    the same iterator. One iterator at a time: ``iter(schedule)`` forgets the end of an earlier one.
    """

    _steps: int | None = None
    _begun: int = 0  # the start of the last Forward
    _reached: int = 0  # its stop: no step beyond was asked for yet

    @property
    def steps(self) -> int | None:
        """Number of steps of the loop; None before :meth:`finish`."""
        return self._steps

    def finish(self, steps: int) -> None:
        """Tell that the loop ended after ``steps`` steps.

        Parameters
        ----------
        steps : int
            The number of steps the loop took: between the ``start`` and the ``stop`` of the last ``Forward``, or 0
            before the first one.

        Raises
        ------
        ArgumentError
            If the stream cannot have come to this step, or was told another end before.
        """
        steps = check_count("steps", steps)
        if self._steps is not None and steps != self._steps:
            raise ArgumentError("steps", f"{self._steps}, as told before", str(steps))
        if not self._begun <= steps <= self._reached:
            raise ArgumentError("steps", f"between {self._begun} and {self._reached}, the last Forward", str(steps))
        self._steps = steps
