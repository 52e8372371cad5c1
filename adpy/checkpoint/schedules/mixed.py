"""Mixed checkpointing: a snapshot holds either a state or the adjoint data of a step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from adpy.checkpoint.actions import Action, Done, Forward, Record, Restore, Reverse, Store
from adpy.checkpoint.schedules.base import OfflineSchedule, check_count, check_place, check_table_size
from adpy.checkpoint.schedules.counts import Counts, tally
from adpy.errors import ArgumentError

__all__ = ["Mixed"]


class Mixed(OfflineSchedule):
    """The fewest forward steps if a unit of storage holds a state, or in its stead the adjoint data of one step.

    Where the adjoint data of a step is as large as the state, some snapshots are better spent on it: such a step needs
    not run again.

    Parameters
    ----------
    steps : int
        Steps of the loop.
    units : int
        States and steps' adjoint data that may be held at once, together.
    place : str
        ``"ram"`` or ``"disk"``.

    Raises
    ------
    ArgumentError
        For negative numbers, an unknown place, no unit with two steps or more, and more steps than tables can be made
        for (see :class:`Blocked`).

    References
    ----------
    Maddison (2024), Step-based checkpointing with high-level algorithmic differentiation, J. Comput. Sci. 82, 102405.

    Examples
    --------
    >>> from adpy.checkpoint.schedules import Binomial, Mixed
    >>> Mixed(100, units=10).forward_steps, Binomial(100, snapshots=10).forward_steps
    (237, 322)
    """

    def __init__(self, steps: int, units: int, place: str = "ram") -> None:
        from adpy.checkpoint.schedules.tables import mixed_table

        self._steps, self._place = check_count("steps", steps), check_place(place)
        self._used = min(check_count("units", units), max(self._steps - 1, 0))
        if self._steps > 1 and not self._used:
            raise ArgumentError("units", f"at least 1 to reverse {steps} steps", "0")
        check_table_size(self._steps, self._used)
        self._best, self._choice = mixed_table(self._steps + 1, self._used)

    @cached_property
    def _walked(self) -> tuple[Counts, dict[str, int], dict[str, int]]:
        return tally(self)

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        return f"Mixed checkpointing with {self._used:,} states or steps' adjoint data"

    @property
    def places(self) -> Mapping[str, int]:
        """Most snapshots that are held in each place at once."""
        return self._walked[1]

    @property
    def records(self) -> Mapping[str, int]:
        """Most steps whose adjoint data is held in each place at once."""
        return self._walked[2]

    @property
    def units(self) -> Mapping[str, int]:
        """Most snapshots and records together that are held in each place at once."""
        return {self._place: self._used} if self._used else {}

    @property
    def forward_steps(self) -> int:
        """How many steps run in all: the least possible number."""
        return int(self._best[self._used, self._steps]) if self._steps else 0

    def counts(self) -> Counts:
        """How often a run does what."""
        return self._walked[0]

    def __iter__(self) -> Iterator[Action]:
        """The actions, from the first."""
        place, choice, free = self._place, self._choice, self._used
        held: list[tuple[int, bool]] = []  # step, and whether it is a state
        at, stop = 0, self._steps
        stored = False  # whether the current state is, too
        while stop:
            while at < stop - 1:
                step = int(choice[free + stored, stop - at])
                if not step:
                    yield Record(at, at + 1, place)
                    held.append((at, False))
                    free -= 1
                    at += 1
                    continue
                if not stored:
                    yield Store(at, place)
                    held.append((at, True))
                    free -= 1
                yield Forward(at, at + step)
                at, stored = at + step, False
            yield Reverse(at, stop)
            stop = at
            while held and not held[-1][1]:
                at, _ = held.pop()
                free += 1
                yield Reverse(at, stop, place)
                stop = at
            if held:
                at = held[-1][0]
                stored = stop - at > 1 and choice[free + 1, stop - at] > 0
                yield Restore(at, place, not stored)
                if not stored:
                    held.pop()
                    free += 1
        yield Done()
