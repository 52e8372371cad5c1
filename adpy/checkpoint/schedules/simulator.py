"""Run a schedule without a loop, and check that it keeps every promise."""

from __future__ import annotations

from collections import Counter

from adpy.checkpoint.actions import PLACES, Action, Done, Forward, Free, Record, Restore, Reverse, Store
from adpy.checkpoint.schedules.base import OnlineSchedule, Schedule
from adpy.checkpoint.schedules.counts import Counts
from adpy.errors import ScheduleError

__all__ = ["Simulator", "simulate"]


class Simulator:
    """The state of an imaginary driver: which state is current, what is stored where, how far is reversed.

    Attributes
    ----------
    steps : int
        Steps of the loop.
    current : int or None
        The step of the current state.
    held : set of (int, str)
        Snapshots: step and place.
    recorded : dict of int to str
        Place of the adjoint data of each step that has some.
    stop : int
        The steps from here on are reversed.
    """

    def __init__(self, schedule: Schedule, steps: int) -> None:
        self.steps, self.stop, self.current = steps, steps, None if schedule.held else 0
        self.held: set[tuple[int, str]] = set(schedule.held)
        self.recorded: dict[int, str] = {}
        self.done = False
        self._schedule = schedule
        self._rooms = dict(schedule.places)
        self._shelves = dict(schedule.records)
        self._units = dict(schedule.units)
        self._span = schedule.span
        self._used: Counter[str] = Counter(place for _, place in schedule.held)
        self._shelved: Counter[str] = Counter()
        self._stores: Counter[str] = Counter()
        self._restores: Counter[str] = Counter()
        self._records: Counter[str] = Counter()
        self._ran = 0

    def apply(self, action: Action) -> None:
        """Carry out one action, or raise ``ScheduleError``."""
        if self.done:
            raise ScheduleError(action, "nothing after Done")
        match action:
            case Forward():
                self._advance(action, action.start, action.stop)
            case Store():
                self._store(action, action.step, action.place)
            case Restore():
                self._restore(action, action.step, action.place, action.last)
            case Free():
                self._free(action, action.step, action.place)
            case Record():
                self._advance(action, action.start, action.stop)
                self._record(action, action.start, action.stop, action.place)
            case Reverse():
                self._reverse(action, action.start, action.stop, action.place)
            case Done():
                self._finish(action)
            case _:
                raise ScheduleError(action, "an action of adpy.checkpoint.actions")

    def counts(self) -> Counts:
        """What was done so far."""
        return Counts(self.steps, self._ran, dict(self._stores), dict(self._restores), dict(self._records))

    def _advance(self, action: Action, start: int, stop: int) -> None:
        if self.current != start:
            raise ScheduleError(action, f"the state at {start} to be current, which is at {self.current}")
        if not start < stop:
            raise ScheduleError(action, "at least one step")
        if stop > self.steps:
            raise ScheduleError(action, f"to stop at {self.steps} or before")
        if self.stop < self.steps and stop >= self.stop:
            raise ScheduleError(action, f"to stop before {self.stop}: what follows is reversed already")
        self.current = stop
        self._ran += stop - start

    def _store(self, action: Action, step: int, place: str) -> None:
        if self.current != step:
            raise ScheduleError(action, f"the state at {step} to be current, which is at {self.current}")
        if (step, place) in self.held:
            raise ScheduleError(action, "a snapshot that is not held already")
        self.held.add((step, place))
        self._used[place] += 1
        self._stores[place] += 1
        if self._used[place] > self._rooms.get(place, 0):
            raise ScheduleError(action, f"at most {self._rooms.get(place, 0)} snapshots in {place}")
        self._check_units(action, place)

    def _check_units(self, action: Action, place: str) -> None:
        if place not in PLACES:
            raise ScheduleError(action, f"a place of {PLACES}")
        if self._used[place] + self._shelved[place] > self._units.get(place, 0):
            raise ScheduleError(action, f"at most {self._units.get(place, 0)} snapshots and records in {place}")

    def _restore(self, action: Action, step: int, place: str, last: bool) -> None:
        if (step, place) not in self.held:
            raise ScheduleError(action, "a snapshot that is held")
        if step >= self.stop:
            raise ScheduleError(action, f"a step before {self.stop}: what follows is reversed already")
        self.current = step
        self._restores[place] += 1
        if last:
            self._free(action, step, place)

    def _free(self, action: Action, step: int, place: str) -> None:
        if (step, place) not in self.held:
            raise ScheduleError(action, "a snapshot that is held")
        self.held.remove((step, place))
        self._used[place] -= 1

    def _record(self, action: Action, start: int, stop: int, place: str) -> None:
        for step in range(start, stop):
            if step in self.recorded:
                raise ScheduleError(action, f"step {step} not to be recorded already")
            self.recorded[step] = place
        self._shelved[place] += stop - start
        self._records[place] += stop - start
        if self._shelved[place] > self._shelves.get(place, 0):
            raise ScheduleError(action, f"at most {self._shelves.get(place, 0)} steps recorded in {place}")
        self._check_units(action, place)

    def _reverse(self, action: Action, start: int, stop: int, place: str | None) -> None:
        if stop != self.stop:
            raise ScheduleError(action, f"to begin at {self.stop}, where the adjoint is")
        if place is None:
            if stop - start > self._span:
                raise ScheduleError(action, f"at most {self._span} steps at once")
            if not start < stop:
                raise ScheduleError(action, "at least one step")
            if self.current != start:
                raise ScheduleError(action, f"the state at {start} to be current, which is at {self.current}")
            self._ran += stop - start
        else:
            if not start < stop:
                raise ScheduleError(action, "at least one step")
            for step in range(start, stop):
                if self.recorded.pop(step, None) != place:
                    raise ScheduleError(action, f"step {step} to be recorded in {place}")
            self._shelved[place] -= stop - start
        self.stop, self.current = start, None

    def _finish(self, action: Action) -> None:
        if self.stop:
            raise ScheduleError(action, f"all steps reversed, and {self.stop} are not")
        if self.held or self.recorded:
            raise ScheduleError(action, f"nothing held, but there are {sorted(self.held)[:5]} {[*self.recorded][:5]}")
        self.done = True


def simulate(schedule: Schedule, steps: int | None = None) -> Counts:
    """Run a schedule to its end without a loop, checking every action.

    Checked are all invariants of :mod:`adpy.checkpoint.actions`: only the state that is current is advanced, stored or
    recorded; never more snapshots or records in a place than promised; only what is held is restored or freed; every
    step is reversed exactly once, from the last to the first; nothing is left at the end; as many steps run as
    promised.

    Parameters
    ----------
    schedule : Schedule
        Any schedule, also of your own.
    steps : int, optional
        Where the loop ends; needed for an online schedule only.

    Returns
    -------
    Counts

    Raises
    ------
    ScheduleError
        At the first action that breaks an invariant.

    Examples
    --------
    >>> from adpy.checkpoint.schedules import Binomial
    >>> simulate(Binomial(100, snapshots=5)).forward_steps
    416
    """
    stream = iter(schedule)
    online = isinstance(schedule, OnlineSchedule)
    if online and steps is None:
        raise ScheduleError(None, "the number of steps of an online schedule")
    if not online and steps not in (None, schedule.steps):
        raise ScheduleError(None, f"{schedule.steps} steps, not {steps}")
    simulator = Simulator(schedule, schedule.steps if steps is None else steps)
    told = not online
    if online and steps == max((step for step, _ in schedule.held), default=0):
        schedule.finish(steps)
        told = True
    for action in stream:
        if not told and isinstance(action, Forward) and action.stop >= steps:
            action, told = Forward(action.start, steps), True
            simulator.apply(action)
            simulator.current = None
            schedule.finish(steps)
            continue
        simulator.apply(action)
    if not simulator.done:
        raise ScheduleError(None, "Done as the last action")
    counts = simulator.counts()
    if counts.forward_steps != schedule.forward_steps:
        raise ScheduleError(None, f"{schedule.forward_steps} forward steps as promised, and {counts.forward_steps} ran")
    return counts
