"""A schedule drawn with characters, and the passes that pictures of it show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from adpy.checkpoint.actions import Action, Forward, Free, Record, Restore, Reverse, Store
from adpy.checkpoint.schedules.base import OnlineSchedule, Schedule, check_count
from adpy.errors import ArgumentError

__all__ = ["Pass", "actions_of", "draw", "passes"]


@dataclass
class Pass:
    """What happens from one ``Restore`` to the next ``Reverse``.

    Attributes
    ----------
    runs : list of (int, int)
        Start and stop of what is advanced over without recording.
    records : list of (int, int)
        Start and stop of what is recorded, and its adjoint data kept.
    reversed : list of (int, int)
        Start and stop of what is reversed.
    held : dict of int to str
        Snapshots at the end of the pass and what was dropped in it: step and place.
    """

    runs: list[tuple[int, int]] = field(default_factory=list)
    records: list[tuple[int, int]] = field(default_factory=list)
    reversed: list[tuple[int, int]] = field(default_factory=list)
    held: dict[int, str] = field(default_factory=dict)


def actions_of(schedule: Schedule, steps: int | None = None) -> Iterator[Action]:
    """The actions of a schedule; those of an online schedule for a loop that ends after ``steps`` steps."""
    if not isinstance(schedule, OnlineSchedule):
        yield from schedule
        return
    if steps is None:
        raise ArgumentError("steps", "where the loop ends, for an online schedule", "None")
    steps = check_count("steps", steps)
    stream = iter(schedule)
    if steps == max((step for step, _ in schedule.held), default=0):
        schedule.finish(steps)
    for action in stream:
        if schedule.steps is None and isinstance(action, Forward) and action.stop >= steps:
            schedule.finish(steps)
            action = Forward(action.start, steps)
        yield action


def passes(schedule: Schedule, steps: int | None = None) -> Iterator[Pass]:
    """The passes of a schedule, in order."""
    held: dict[int, str] = dict(getattr(schedule, "held", ()))
    current, dropped = Pass(), {}
    for action in actions_of(schedule, steps):
        if current.reversed and not (isinstance(action, Reverse) and action.place is not None):
            yield _close(current, held, dropped)
            current, dropped = Pass(), {}
        match action:
            case Forward(start, stop):
                current.runs.append((start, stop))
            case Record(start, stop, _):
                current.records.append((start, stop))
            case Store(step, place):
                held[step] = place
            case Free(step, _) | Restore(step, _, True):
                dropped[step] = held.pop(step)
            case Reverse(start, stop, _):
                current.reversed.append((start, stop))


def _close(current: Pass, held: dict[int, str], dropped: dict[int, str]) -> Pass:
    current.held = {**dropped, **held}
    return current


def draw(schedule: Schedule, steps: int | None = None, width: int = 100, height: int = 60) -> str:
    """The passes of a schedule, one a line, the steps from left to right.

    ``─`` is advanced over, ``r`` recorded and kept, ``◀`` reversed; ``o`` is a snapshot in memory, ``D`` one on disk;
    ``·`` is not yet reversed. Steps are put together where there are more than ``width``, and passes left out evenly
    where there are more than ``height``.
    """
    width, height = check_count("width", width, 10), check_count("height", height, 2)
    found = list(passes(schedule, steps))
    count = schedule.steps or 0
    cells = min(count, width)
    lines = [f"{schedule.title}: {count:,} steps, {len(found):,} passes"]
    shown = range(len(found)) if len(found) <= height else [i * (len(found) - 1) // (height - 1) for i in range(height)]
    for i in shown:
        lines.append("".join(_row(found[i], count, cells)).rstrip())
    return "\n".join(lines)


def _row(one: Pass, count: int, cells: int) -> list[str]:
    def paint(start: int, stop: int, mark: str) -> None:
        for cell in range(start * cells // count, (stop - 1) * cells // count + 1):
            row[cell] = mark

    row = [" "] * cells
    paint(0, max(stop for _, stop in one.reversed), "·")
    for spans, mark in ((one.runs, "─"), (one.records, "r"), (one.reversed, "◀")):
        for start, stop in spans:
            paint(start, stop, mark)
    for step, place in one.held.items():
        cell = step * cells // count
        if cell < cells and row[cell] != "◀":
            row[cell] = "o" if place == "ram" else "D"
    return row
