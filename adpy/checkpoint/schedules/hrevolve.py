"""H-Revolve and Disk-Revolve: the least total time when writing and reading snapshots costs time, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from adpy.checkpoint.actions import Action, Done, Forward, Restore, Reverse, Store
from adpy.checkpoint.schedules.base import OfflineSchedule, check_count, check_table_size
from adpy.checkpoint.schedules.counts import Costs, Counts, tally
from adpy.errors import ArgumentError
from adpy.plain import np

__all__ = ["DiskRevolve", "HRevolve"]

_LEVELS = ("ram", "disk")


class _Hierarchy(OfflineSchedule):
    """Two levels of storage, with choices from tables; disk snapshots stand below those in memory."""

    def __init__(self, steps: int, ram: int, disk: int | None, costs: Costs) -> None:
        from adpy.checkpoint.schedules.tables import hierarchy_table

        self._steps, most = check_count("steps", steps), max(check_count("steps", steps) - 1, 0)
        self._slots = (min(check_count("ram", ram), most), 1 if disk is None else min(check_count("disk", disk), most))
        self._bounded = disk is not None
        self._costs = costs
        if steps > 1 and not any(self._slots):
            raise ArgumentError("ram", f"at least 1 snapshot, there or on disk, to reverse {steps} steps", "0")
        check_table_size(steps, sum(self._slots) + 2)
        below = np.full(self._steps + 2, np.inf)
        below[1] = costs.step
        self._tables = []
        for level, slots in enumerate(self._slots):
            place, bounded = _LEVELS[level], self._bounded or level == 0
            write, read = costs.write.get(place, 0.0), costs.read.get(place, 0.0)
            tables = hierarchy_table(self._steps + 1, slots, costs.step, write, read, below, bounded)
            self._tables.append(tables[2:])
            below = tables[0][slots]
        self._least = float(below[self._steps]) if self._steps else 0.0

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        return f"{'H-Revolve' if self._bounded else 'Disk-Revolve'}: least time for snapshots in memory and on disk"

    @property
    def costs(self) -> Costs:
        """The costs that the schedule is best for."""
        return self._costs

    @property
    def cost(self) -> float:
        """The time of a run in the unit of ``costs``: the least possible."""
        return self._least + self._steps * self._costs.adjoint

    @cached_property
    def _walked(self) -> tuple[Counts, dict[str, int]]:
        return tally(self)

    @property
    def places(self) -> Mapping[str, int]:
        """Most snapshots that are held in each place at once."""
        return self._walked[1]

    @property
    def forward_steps(self) -> int:
        """How many steps run in all, those within ``Reverse`` included."""
        return self._walked[0].forward_steps

    def counts(self) -> Counts:
        """How often a run does what."""
        return self._walked[0]

    def __iter__(self) -> Iterator[Action]:
        """The actions, from the first."""
        stack: list[tuple[int, int, int]] = []  # step, level, slots of this level that are free above it
        at, stop, level, free = 0, self._steps, 1, self._slots[1]
        while stop:
            while at < stop - 1:
                left = stop - at
                split, fresh_down, _ = self._tables[level]
                if level and fresh_down[free, left]:
                    level, free = 0, self._slots[0]
                    continue
                free -= self._bounded or not level
                stack.append((at, level, free))
                yield Store(at, _LEVELS[level])
                step = int(split[free, left])
                yield Forward(at, at + step)
                at += step
            yield Reverse(at, stop)
            stop = at
            if not stop:
                break
            at, level, free = stack[-1]
            split, _, stored_down = self._tables[level]
            left = stop - at
            down = bool(level and left > 1 and stored_down[free, left])
            if left == 1 or down:
                stack.pop()
                yield Restore(at, _LEVELS[level], True)
                if down:
                    level, free = 0, self._slots[0]
                continue
            yield Restore(at, _LEVELS[level])
            step = int(split[free, left])
            yield Forward(at, at + step)
            at += step
        yield Done()


class HRevolve(_Hierarchy):
    """The least total time with so many snapshots in memory and so many on disk, each with its costs.

    Parameters
    ----------
    steps : int
        Steps of the loop.
    ram, disk : int
        Snapshots that may be held in each place at once; that of the initial state is one of them.
    costs : Costs
        What a step, and storing to and restoring from each place cost. By default a step costs one, and disk two to
        write and two to read.

    Raises
    ------
    ArgumentError
        For negative numbers, no snapshot at all, and more steps than tables can be made for (see :class:`Blocked`).

    References
    ----------
    Herrmann & Pallez (2020), H-Revolve: a framework for adjoint computation on synchronous hierarchical platforms, ACM
    TOMS 46(2), Section 3.

    Examples
    --------
    >>> from adpy.checkpoint.schedules import Costs, HRevolve, simulate
    >>> schedule = HRevolve(100, ram=2, disk=5, costs=Costs(write={"disk": 3.0}, read={"disk": 1.0}))
    >>> schedule.cost
    535.0
    >>> simulate(schedule).cost(schedule.costs)
    535.0
    """

    def __init__(self, steps: int, ram: int, disk: int, costs: Costs | None = None) -> None:
        super().__init__(steps, ram, check_count("disk", disk), costs or Costs(write={"disk": 2.0}, read={"disk": 2.0}))


class DiskRevolve(_Hierarchy):
    """The least total time with so many snapshots in memory and as many as are of use on disk.

    Parameters
    ----------
    steps : int
        Steps of the loop.
    ram : int
        Snapshots that may be held in memory at once.
    costs : Costs
        As for :class:`HRevolve`.

    Raises
    ------
    ArgumentError
        For negative numbers, and more steps than tables can be made for (see :class:`Blocked`).

    References
    ----------
    Aupy, Herrmann, Hovland & Robert (2016), Optimal multistage algorithm for adjoint computation, SIAM J. Sci. Comput.
    38(3), C232-C255.

    Examples
    --------
    >>> from adpy.checkpoint.schedules import DiskRevolve
    >>> schedule = DiskRevolve(1000, ram=5)
    >>> schedule.places["disk"], schedule.forward_steps
    (163, 2831)
    """

    def __init__(self, steps: int, ram: int, costs: Costs | None = None) -> None:
        super().__init__(steps, ram, None, costs or Costs(write={"disk": 2.0}, read={"disk": 2.0}))
