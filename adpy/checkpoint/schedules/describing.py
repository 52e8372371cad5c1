"""What a schedule does and costs, in a few lines of text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adpy.checkpoint.schedules.counts import Costs, Counts
from adpy.checkpoint.storage.sizes import format_bytes

if TYPE_CHECKING:
    from adpy.checkpoint.schedules.base import Schedule

__all__ = ["Setting", "describe", "format_seconds"]

_NAMES = {"ram": "memory", "disk": "disk"}


@dataclass(frozen=True)
class Setting:
    """What a schedule is used for: costs in seconds and sizes in bytes.

    Attributes
    ----------
    costs : Costs or None
        In seconds, where they are known.
    state_bytes : int
        Size of one snapshot.
    record_bytes : int
        Size of the adjoint data of one step.
    action_seconds : float
        What the driver itself takes for an action.
    """

    costs: Costs | None
    state_bytes: int
    record_bytes: int = 0
    action_seconds: float = 0.0

    def seconds(self, counts: Counts, span: int) -> float:
        """The predicted time of a run."""
        actions = sum(counts.stores.values()) + 2 * sum(counts.restores.values()) + counts.steps / span
        return counts.cost(self.costs) + actions * self.action_seconds


def format_seconds(time: float) -> str:
    """A time in a unit that leaves a whole part."""
    for factor, unit in ((86400, "days"), (3600, "h"), (60, "min"), (1, "s"), (1e-3, "ms")):
        if time >= 2 * factor or unit == "ms":
            return f"{time / factor:.3g} {unit}"
    raise AssertionError(time)


def describe(schedule: Schedule, setting: Setting | None) -> str:
    """The lines of ``Schedule.describe``."""
    lines = [schedule.title]
    n, ran = schedule.steps, schedule.forward_steps
    if n is None:
        lines.append("  steps      unknown until the loop ends")
    else:
        each = f", {ran / n:.2f} for each" if n else ""
        lines.append(f"  steps      {n:,}; {ran:,} run forward{each}")
    counts = schedule.counts() if hasattr(schedule, "counts") else None
    for place, most in schedule.places.items():
        line = f"at most {most:,} snapshots"
        if setting:
            line += f" ({format_bytes(most * setting.state_bytes)})"
        if counts:
            line += f"; {counts.stores.get(place, 0):,} stored, {counts.restores.get(place, 0):,} restored"
        lines.append(f"  {_NAMES[place]:<11}{line}")
    for place, most in schedule.records.items():
        size = f" ({format_bytes(most * setting.record_bytes)})" if setting and setting.record_bytes else ""
        lines.append(f"  {_NAMES[place]:<11}at most {most:,} steps' adjoint data{size}")
    if schedule.span > 1:
        size = f" ({format_bytes(schedule.span * setting.record_bytes)})" if setting and setting.record_bytes else ""
        lines.append(f"  at work    {schedule.span:,} steps' adjoint data at a time{size}")
    if counts and setting and setting.costs and n:
        time, bare = setting.seconds(counts, schedule.span), counts.bare(setting.costs)
        ratio = f"; {time / bare:.2f} times all steps and adjoints once" if bare else ""
        lines.append(f"  time       {format_seconds(time)} predicted{ratio}")
    return "\n".join(lines)
