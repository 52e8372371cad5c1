"""Full storage: the adjoint data of every step is kept, and no step runs twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adpy.checkpoint.actions import Action, Done, Record, Reverse
from adpy.checkpoint.schedules.base import OfflineSchedule, check_count, check_place
from adpy.checkpoint.schedules.counts import Counts

__all__ = ["FullStorage"]


class FullStorage(OfflineSchedule):
    """Keep the adjoint data of every step: as many forward steps as the loop has, and memory that grows with them.

    Parameters
    ----------
    steps : int
        Steps of the loop.
    place : str
        ``"ram"`` or ``"disk"``.

    Raises
    ------
    ArgumentError
        For a negative number of steps, or an unknown place.

    Examples
    --------
    >>> from adpy.checkpoint.schedules import FullStorage
    >>> for action in FullStorage(3):
    ...     print(action)
    Record(start=0, stop=2, place='ram')
    Reverse(start=2, stop=3, place=None)
    Reverse(start=1, stop=2, place='ram')
    Reverse(start=0, stop=1, place='ram')
    Done()
    """

    def __init__(self, steps: int, place: str = "ram") -> None:
        self._steps, self._place = check_count("steps", steps), check_place(place)

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        return "Full storage: the adjoint data of every step"

    @property
    def places(self) -> Mapping[str, int]:
        """No snapshots are held."""
        return {}

    @property
    def records(self) -> Mapping[str, int]:
        """Steps whose adjoint data is held in each place: all but the last, which is reversed at once."""
        return {self._place: self._steps - 1} if self._steps > 1 else {}

    @property
    def forward_steps(self) -> int:
        """How many steps run in all: each one once."""
        return self._steps

    def counts(self) -> Counts:
        """How often a run does what."""
        return Counts(self._steps, self._steps, {}, {}, dict(self.records))

    def __iter__(self) -> Iterator[Action]:
        """The actions, from the first."""
        last = self._steps - 1
        if last > 0:
            yield Record(0, last, self._place)
        if last >= 0:
            yield Reverse(last, last + 1)
        for step in range(last - 1, -1, -1):
            yield Reverse(step, step + 1, self._place)
        yield Done()
