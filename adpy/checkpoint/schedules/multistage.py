"""Multistage checkpointing: binomial, with the busiest snapshots in memory and the others on disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adpy.checkpoint.actions import Action, Done
from adpy.checkpoint.schedules.base import OfflineSchedule, check_count
from adpy.checkpoint.schedules.binomial import optimal_forward_steps, reverse_binomially, slot_counts
from adpy.checkpoint.schedules.counts import Costs, Counts

__all__ = ["Multistage"]


class Multistage(OfflineSchedule):
    """Binomial checkpointing with snapshots in memory and on disk: the fewest forward steps for all of them together.

    The snapshots of a binomial schedule are used like a stack, some of them far more often than others. Those where
    memory saves the most time are in memory.

    Parameters
    ----------
    steps : int
        Steps of the loop.
    ram, disk : int
        Snapshots that may be held in each place at once.
    costs : Costs
        What storing to and restoring from each place cost; only the ratio matters here. By default writing to and
        reading from disk cost the same, and memory nothing.

    Raises
    ------
    ArgumentError
        For negative numbers, and for no snapshot with two steps or more.

    References
    ----------
    Stumm & Walther (2009), MultiStage approaches for optimal offline checkpointing, SIAM J. Sci. Comput. 31(3),
    1946-1967.

    Examples
    --------
    >>> from adpy.checkpoint.schedules import Multistage
    >>> schedule = Multistage(1000, ram=4, disk=6)
    >>> schedule.forward_steps, schedule.counts().stores
    (4636, {'disk': 126, 'ram': 588})
    """

    def __init__(self, steps: int, ram: int, disk: int, costs: Costs | None = None) -> None:
        self._steps, ram, disk = check_count("steps", steps), check_count("ram", ram), check_count("disk", disk)
        self._forward_steps = optimal_forward_steps(steps, ram + disk)
        self._costs = costs or Costs(write={"disk": 1.0}, read={"disk": 1.0})
        self._stores, self._restores = slot_counts(self._steps, ram + disk)
        saved = [
            self._costs.of_snapshot("disk", *often) - self._costs.of_snapshot("ram", *often)
            for often in zip(self._stores.tolist(), self._restores.tolist())
        ]
        best = set(sorted(range(len(saved)), key=saved.__getitem__, reverse=True)[:ram])
        self._slots = tuple("ram" if i in best else "disk" for i in range(len(saved)))

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        return f"Multistage checkpointing with {len(self._slots):,} snapshots"

    @property
    def places(self) -> Mapping[str, int]:
        """Most snapshots that are held in each place at once."""
        return {place: self._slots.count(place) for place in dict.fromkeys(self._slots)}

    @property
    def forward_steps(self) -> int:
        """How many steps run in all, those within ``Reverse`` included: the least possible number."""
        return self._forward_steps

    def counts(self) -> Counts:
        """How often a run does what."""
        stores, restores = ({place: 0 for place in self.places} for _ in range(2))
        for place, written, read in zip(self._slots, self._stores.tolist(), self._restores.tolist()):
            stores[place] += written
            restores[place] += read
        return Counts(self._steps, self._forward_steps, stores, restores, {})

    def __iter__(self) -> Iterator[Action]:
        """The actions, from the first."""
        if self._steps:
            yield from reverse_binomially(self._steps, (), self._slots[::-1], at=0)
        yield Done()
