"""H-Revolve on a grid: for so many steps that tables of all of them would be too large."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache

from adpy.checkpoint.actions import Action, Done, Forward, Restore, Store
from adpy.checkpoint.schedules.base import OfflineSchedule, check_count, check_table_size
from adpy.checkpoint.schedules.binomial import optimal_forward_steps, reverse_binomially, slot_counts
from adpy.checkpoint.schedules.counts import Costs, Counts, tally
from adpy.plain import np

__all__ = ["CoarseHRevolve"]


class CoarseHRevolve(OfflineSchedule):
    """Snapshots on disk at multiples of ``grid`` steps, placed for the least time; binomial in memory between them.

    It comes near :class:`HRevolve` and :class:`DiskRevolve` for any number of steps.

    Parameters
    ----------
    steps : int
        Steps of the loop.
    ram : int
        Snapshots that may be held in memory at once; at least 1.
    disk : int or None
        Snapshots that may be held on disk at once; None: as many as are of use.
    grid : int
        Steps between the places where snapshots on disk may be.
    costs : Costs
        As for :class:`HRevolve`.

    Raises
    ------
    ArgumentError
        For numbers that are too small, and for too many groups of ``grid`` steps.

    Examples
    --------
    >>> from adpy.checkpoint.schedules import CoarseHRevolve, Costs
    >>> costs = Costs(write={"disk": 100.0}, read={"disk": 100.0})
    >>> schedule = CoarseHRevolve(1_000_000, ram=10, disk=None, grid=1000, costs=costs)
    >>> schedule.places, schedule.forward_steps
    ({'ram': 10, 'disk': 999}, 5635000)
    """

    def __init__(self, steps: int, ram: int, disk: int | None, grid: int, costs: Costs | None = None) -> None:
        from adpy.checkpoint.schedules.tables import hierarchy_table

        self._steps, self._ram = check_count("steps", steps), check_count("ram", ram, 1)
        self._grid, self._bounded = check_count("grid", grid, 1), disk is not None
        self._groups = -(-self._steps // self._grid)
        self._costs = costs = costs or Costs(write={"disk": 2.0}, read={"disk": 2.0})
        slots = 1 if disk is None else min(check_count("disk", disk), max(self._groups - 1, 0))
        check_table_size(self._groups, slots + 1)
        below = np.full(self._groups + 2, np.inf)
        for k in range(1, self._groups + 1):
            # Every step but the last is reached by a Restore, and nearly every one stored once.
            copies = (k * self._grid - 1) * costs.of_snapshot("ram", 1, 1)
            below[k] = optimal_forward_steps(k * self._grid, self._ram) * costs.step + copies
        write, read = costs.write.get("disk", 0.0), costs.read.get("disk", 0.0)
        long = costs.step * self._grid
        self._slots = slots
        self._tables = hierarchy_table(self._groups + 1, slots, long, write, read, below, self._bounded)[2:]

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        return f"H-Revolve: binomial in memory between snapshots on disk at multiples of {self._grid:,} steps"

    @cached_property
    def _summed(self) -> tuple[Counts, dict[str, int]]:
        """The counts and the most snapshots at once: those of the outline, and of the stretches between."""
        outline = [action for action in self._outline() if not isinstance(action, range)]
        counts, most, _ = tally(outline)
        ran, stores, restores, used = counts.forward_steps, dict(counts.stores), dict(counts.restores), 0
        for stretch in self._outline():
            if isinstance(stretch, range):
                forward, stored, restored, held = _in_memory(len(stretch), self._ram)
                ran += forward
                stores["ram"] = stores.get("ram", 0) + stored
                restores["ram"] = restores.get("ram", 0) + restored
                used = max(used, held)
        places = {"ram": used, **most} if used else most
        return Counts(self._steps, ran, stores, restores, {}), places

    @property
    def places(self) -> Mapping[str, int]:
        """Most snapshots that are held in each place at once."""
        return self._summed[1]

    @property
    def forward_steps(self) -> int:
        """How many steps run in all, those within ``Reverse`` included."""
        return self._summed[0].forward_steps

    def counts(self) -> Counts:
        """How often a run does what."""
        return self._summed[0]

    def __iter__(self) -> Iterator[Action]:
        """The actions, from the first."""
        room = ("ram",) * self._ram
        for part in self._outline():
            if isinstance(part, range):
                yield from reverse_binomially(part.stop, (), room, at=part.start, base=part.start)
            else:
                yield part
        yield Done()

    def _outline(self) -> Iterator[Action | range]:
        """What is done with snapshots on disk, and the stretches that are reversed in memory."""
        grid, (split, fresh_down, stored_down) = self._grid, self._tables
        stack: list[tuple[int, int]] = []  # group, slots that are free above it
        at, stop, free, down = 0, self._groups, self._slots, False
        while stop:
            while not down and stop - at > 1 and not fresh_down[free, stop - at]:
                free -= self._bounded
                stack.append((at, free))
                yield Store(at * grid, "disk")
                step = int(split[free, stop - at])
                yield Forward(at * grid, (at + step) * grid)
                at += step
            yield range(at * grid, min(stop * grid, self._steps))
            stop = at
            if not stop:
                return
            at, free = stack[-1]
            down = bool(stop - at == 1 or stored_down[free, stop - at])
            yield Restore(at * grid, "disk", down)
            if down:
                stack.pop()
            else:
                step = int(split[free, stop - at])
                yield Forward(at * grid, (at + step) * grid)
                at += step


@lru_cache(maxsize=1 << 12)
def _in_memory(steps: int, snapshots: int) -> tuple[int, int, int, int]:
    """Forward steps, stores, restores and snapshots held of a binomial schedule."""
    stores, restores = slot_counts(steps, snapshots)
    return optimal_forward_steps(steps, snapshots), int(stores.sum()), int(restores.sum()), len(stores)
