"""Periodic checkpointing: a snapshot at every so many steps, and the steps between two of them reversed at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adpy.checkpoint.actions import Action, Done, Forward, Restore, Reverse, Store
from adpy.checkpoint.schedules.base import OfflineSchedule, check_count, check_place
from adpy.checkpoint.schedules.binomial import optimal_forward_steps, reverse_binomially
from adpy.checkpoint.schedules.counts import Counts, tally
from adpy.errors import ArgumentError

__all__ = ["Periodic"]


class Periodic(OfflineSchedule):
    """A snapshot at every ``period`` steps, on the way forward only.

    Parameters
    ----------
    steps : int
        Steps of the loop.
    period : int
        Steps from one snapshot to the next.
    inner : int or None
        Further snapshots for reversing the steps between two of them, binomially. None: these steps are all recorded at
        once, and every step runs at most twice; so the adjoint data of ``period`` steps is held at a time.
    place : str
        Where the periodic snapshots go: ``"ram"`` or ``"disk"``.
    inner_place : str
        Where the inner ones go.

    Raises
    ------
    ArgumentError
        For negative numbers, a period of 0, or an unknown place.

    References
    ----------
    Griewank & Walther (2008), Evaluating Derivatives, Section 12.3; with ``inner`` snapshots this is the two-level
    scheme of Pringle et al. (2016), Providing the ARCHER community with adjoint modelling tools.

    Examples
    --------
    >>> from adpy.checkpoint.schedules import Periodic
    >>> Periodic(10_000, period=100).forward_steps
    19900
    >>> Periodic(10_000, period=100, inner=4, place="disk", inner_place="ram").forward_steps
    51500
    """

    def __init__(
        self, steps: int, period: int, inner: int | None = None, place: str = "ram", inner_place: str = "ram"
    ) -> None:
        self._steps, self._period = check_count("steps", steps), check_count("period", period, 1)
        self._inner = None if inner is None else min(check_count("inner", inner), max(self._period - 2, 0))
        self._place, self._inner_place = check_place(place), check_place(inner_place)
        if inner is None and inner_place != "ram":
            raise ArgumentError("inner_place", "'ram' if there are no inner snapshots", repr(inner_place))
        self._starts = range(0, self._steps, self._period)

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        return f"Periodic checkpointing every {self._period:,} steps"

    @property
    def places(self) -> Mapping[str, int]:
        """Most snapshots that are held in each place at once."""
        count, last = len(self._starts), self._steps - self._starts[-1] if self._steps else 0
        if self._inner is None:
            return {self._place: count - 1} if count > 1 else {}
        # The last stretch is reversed while all periodic snapshots are held, the others while there is one fewer.
        during = [(count - (last < 2), self._inner_used(last))] if count else []
        during += [(count - 1, self._inner_used(self._period))] if count > 1 else []
        if self._place == self._inner_place:
            found = {self._place: max((sum(pair) for pair in during), default=0)}
        else:
            outer, inner = (max((pair[i] for pair in during), default=0) for i in range(2))
            found = {self._place: outer, self._inner_place: inner}
        return {place: most for place, most in found.items() if most}

    def _inner_used(self, length: int) -> int:
        """Inner snapshots that are of use in a stretch of so many steps."""
        return min(self._inner or 0, max(length - 2, 0))

    @property
    def span(self) -> int:
        """Most steps that one ``Reverse`` covers."""
        return 1 if self._inner is not None else max(1, min(self._period, self._steps))

    @property
    def forward_steps(self) -> int:
        """How many steps run in all, those within ``Reverse`` included."""
        if not self._steps:
            return 0
        ahead, last = self._starts[-1], self._steps - self._starts[-1]
        if self._inner is None:
            return ahead + self._steps
        each = optimal_forward_steps(self._period, self._inner + 1)
        return ahead + (len(self._starts) - 1) * each + optimal_forward_steps(last, self._inner + 1)

    def counts(self) -> Counts:
        """How often a run does what."""
        return tally(self)[0]

    def __iter__(self) -> Iterator[Action]:
        """The actions, from the first."""
        place, room = self._place, (self._inner_place,) * (self._inner or 0)
        for start in self._starts[:-1]:
            yield Store(start, place)
            yield Forward(start, start + self._period)
        stop = self._steps
        for start in reversed(self._starts):
            first = stop == self._steps
            if self._inner is not None and first:
                yield from reverse_binomially(stop, (), (*room, place), at=start, base=start)
            elif self._inner is not None:
                yield from reverse_binomially(stop, [(start, place)], room, base=start)
            else:
                if not first:
                    yield Restore(start, place, True)
                yield Reverse(start, stop)
            stop = start
        yield Done()
