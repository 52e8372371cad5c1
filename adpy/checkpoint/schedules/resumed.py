"""Resumed schedules: reverse what remains of a loop from the snapshots that are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from adpy.checkpoint.actions import PLACES, Action, Done
from adpy.checkpoint.schedules.base import OfflineSchedule, check_count, check_place
from adpy.checkpoint.schedules.binomial import optimal_forward_steps, reverse_binomially
from adpy.checkpoint.schedules.counts import Counts, tally
from adpy.errors import ArgumentError

__all__ = ["Resumed"]


class Resumed(OfflineSchedule):
    """What remains to be done after an interruption, or after a snapshot was lost.

    Nothing is current at the start, and the snapshots in ``held`` are there. The stream restores the last of them and
    goes on from it to ``stop``, so it serves on the way forward (``stop`` is the number of steps of the loop) as well
    as on the way back (the steps from ``stop`` on are reversed). From given snapshots no stream that frees them in
    turn runs fewer steps.

    Parameters
    ----------
    stop : int
        The steps ``stop - 1, …, 0`` are still to be reversed.
    held : iterable of (int, str)
        Step and place of each snapshot that is there, one of them at step 0, all before ``stop``.
    places : mapping of str to int
        Snapshots that may be held in each place at once, those included.

    Raises
    ------
    ArgumentError
        If a snapshot is beyond ``stop``, held twice, or the one at step 0 is missing; if there is less room than is
        used.

    Examples
    --------
    >>> from adpy.checkpoint.schedules import Resumed, simulate
    >>> schedule = Resumed(60, held=[(0, "disk"), (45, "disk")], places={"disk": 4})
    >>> next(iter(schedule))
    Restore(step=45, place='disk', last=False)
    >>> simulate(schedule).forward_steps
    214
    """

    def __init__(self, stop: int, held: Iterable[tuple[int, str]], places: Mapping[str, int]) -> None:
        self._steps = check_count("stop", stop)
        self._held = tuple(sorted((check_count("held", step), check_place(place)) for step, place in held))
        self._places = {check_place(p): check_count(f"places[{p!r}]", n) for p, n in places.items()}
        at = [step for step, _ in self._held]
        if len(set(at)) != len(at) or (at and at[-1] >= stop) or (stop and at[:1] != [0]):
            raise ArgumentError("held", f"different steps from 0 to before {stop}, 0 among them", str(at))
        used = {place: sum(p == place for _, p in self._held) for place in PLACES}
        for place in PLACES:
            if used[place] > self._places.get(place, 0):
                raise ArgumentError("places", f"room for {used[place]} in {place}", str(dict(places)))
        # Taken from the end: memory before disk.
        self._room = tuple(p for p in reversed(PLACES) for _ in range(self._places.get(p, 0) - used[p]))

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        return f"Rest of a loop, from {len(self._held)} snapshots"

    @property
    def held(self) -> tuple[tuple[int, str], ...]:
        """Step and place of the snapshots that are there at the start."""
        return self._held

    @property
    def places(self) -> Mapping[str, int]:
        """Most snapshots that may be held in each place at once."""
        return {place: most for place, most in self._places.items() if most}

    @property
    def forward_steps(self) -> int:
        """How many steps run in all, those within ``Reverse`` included."""
        at = [step for step, _ in self._held] + [self._steps]
        slots = len(self._held) + len(self._room)
        return sum(optimal_forward_steps(b - a, slots - i) for i, (a, b) in enumerate(zip(at, at[1:])))

    def counts(self) -> Counts:
        """How often a run does what."""
        return tally(self)[0]

    def __iter__(self) -> Iterator[Action]:
        """The actions, from the first."""
        yield from reverse_binomially(self._steps, self._held, self._room)
        yield Done()
