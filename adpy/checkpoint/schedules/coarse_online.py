"""Online checkpointing on a grid: an unknown number of steps, snapshots on disk, and others in memory between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adpy.checkpoint.actions import Action, Forward, Free, Restore, Reverse, Store
from adpy.checkpoint.schedules.base import OnlineSchedule, check_count
from adpy.checkpoint.schedules.binomial import optimal_forward_steps, reverse_binomially
from adpy.checkpoint.schedules.online import Online

__all__ = ["CoarseOnline"]


class CoarseOnline(OnlineSchedule):
    """Snapshots on disk at multiples of ``grid`` steps, near-optimal wherever the loop ends; binomial in memory.

    :class:`Online` stores nearly every state on its way, which is too much for a disk. Here it does so with groups of
    steps, and between two of them snapshots in memory are binomial.

    Parameters
    ----------
    ram, disk : int
        Snapshots that may be held in each place at once; at least 1.
    grid : int
        Steps between the places where snapshots on disk may be.

    Raises
    ------
    ArgumentError
        For numbers below 1.

    Examples
    --------
    >>> from adpy.checkpoint.schedules import CoarseOnline, simulate
    >>> schedule = CoarseOnline(ram=10, disk=20, grid=100)
    >>> simulate(schedule, steps=1234).stores
    {'disk': 13, 'ram': 683}
    """

    def __init__(self, ram: int, disk: int, grid: int) -> None:
        self._ram, self._grid = check_count("ram", ram, 1), check_count("grid", grid, 1)
        self._outer = Online(disk, "disk")

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        return f"{self._outer.title} on disk at multiples of {self._grid:,} steps, binomial in memory between them"

    @property
    def places(self) -> Mapping[str, int]:
        """Most snapshots that are held in each place at once."""
        inner = min(self._ram, self._grid - 1)
        return {**({"ram": inner} if inner else {}), **self._outer.places}

    @property
    def forward_steps(self) -> int | None:
        """How many steps run in all, those within ``Reverse`` included; None before ``finish``."""
        if self._steps is None:
            return None
        groups, grid = self._outer.steps, self._grid
        if not groups:
            return 0
        last = self._steps - (groups - 1) * grid
        # Groups run forward; the last one, which may be short, does so once.
        ran = (self._outer.forward_steps - groups) * grid - (grid - last)
        return ran + (groups - 1) * optimal_forward_steps(grid, self._ram) + optimal_forward_steps(last, self._ram)

    def finish(self, steps: int) -> None:
        """Tell that the loop ended after ``steps`` steps; as for every online schedule."""
        super().finish(steps)
        self._outer.finish(-(-self._steps // self._grid))

    def __iter__(self) -> Iterator[Action]:
        """The actions, from the first; forgets the end of an earlier iteration."""
        stream = iter(self._outer)
        self._steps, self._begun, self._reached = None, 0, 0
        return self._stream(stream)

    def _stream(self, stream: Iterator[Action]) -> Iterator[Action]:
        grid, room = self._grid, ("ram",) * self._ram
        for action in stream:
            match action:
                case Forward(start, stop):
                    if self._steps is None:
                        self._begun, self._reached = start * grid, stop * grid
                    yield Forward(start * grid, stop * grid)
                case Reverse(start, stop):
                    stop = min(stop * grid, self._steps)
                    yield from reverse_binomially(stop, (), room, at=start * grid, base=start * grid)
                case Store(step, place):
                    yield Store(step * grid, place)
                case Restore(step, place, last):
                    yield Restore(step * grid, place, last)
                case Free(step, place):
                    yield Free(step * grid, place)
                case _:
                    yield action
