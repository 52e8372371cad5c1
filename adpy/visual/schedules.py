"""Checkpointing schedules: which steps run when, and how long snapshots are held."""

from __future__ import annotations

from typing import Any

from adpy.checkpoint.actions import Forward, Free, Record, Restore, Reverse, Store
from adpy.checkpoint.schedules.base import Schedule
from adpy.checkpoint.schedules.drawing import actions_of
from adpy.errors import ArgumentError
from adpy.visual.figures import axes

__all__ = ["schedule"]

ACTIONS = 200_000
"""More actions than these are no picture."""

KINDS = {
    "forward": ("tab:blue", "advanced"),
    "record": ("tab:green", "recorded and kept"),
    "reverse": ("tab:red", "recorded and reversed"),
    "ram": ("0.6", "snapshot in memory"),
    "disk": ("tab:brown", "snapshot on disk"),
}
"""Color and label of what is drawn."""


def schedule(schedule: Schedule, steps: int | None = None, ax: Any = None) -> Any:
    """Draw a checkpointing schedule: time, counted in steps that run, to the right, and steps of the loop upwards.

    Parameters
    ----------
    schedule : Schedule
    steps : int, optional
        Where the loop ends; for an online schedule.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionalDependencyError
        If matplotlib is not installed.
    ArgumentError
        If it is no schedule, or one with too many actions for a picture.

    Examples
    --------
    >>> import adpy
    >>> from adpy.checkpoint.schedules import Binomial
    >>> ax = adpy.visual.schedule(Binomial(60, snapshots=4))  # doctest: +SKIP
    """
    if not isinstance(schedule, Schedule):
        raise ArgumentError("schedule", "an adpy.checkpoint.schedules.Schedule", type(schedule).__name__)
    lines = _lines(schedule, steps)
    ax = axes(ax, (7.0, 3.5))
    from matplotlib.collections import LineCollection

    for kind, (color, label) in KINDS.items():
        if lines[kind]:
            held = kind in ("ram", "disk")
            ax.add_collection(
                LineCollection(
                    lines[kind], colors=color, label=label, linewidths=0.8 if held else 1.4, zorder=1 if held else 2
                )
            )
    ax.autoscale_view()
    ax.set(xlabel="steps run", ylabel="step")
    ax.set_title(f"{schedule.title}: {schedule.steps:,} steps, {schedule.forward_steps:,} run", fontsize="small")
    if any(lines.values()):
        ax.legend(fontsize="x-small", loc="best")
    return ax


def _lines(schedule: Schedule, steps: int | None) -> dict[str, list]:
    """Line segments of each kind, as pairs of (time, step)."""
    lines: dict[str, list] = {kind: [] for kind in KINDS}
    since = {(step, place): 0 for step, place in schedule.held}
    time = 0
    for count, action in enumerate(actions_of(schedule, steps)):
        if count > ACTIONS:
            raise ArgumentError("schedule", f"at most {ACTIONS} actions for a picture", "more")
        match action:
            case Forward(start, stop):
                lines["forward"].append([(time, start), (time + stop - start, stop)])
                time += stop - start
            case Record(start, stop, _):
                lines["record"].append([(time, start), (time + stop - start, stop)])
                time += stop - start
            case Reverse(start, stop, None):
                lines["reverse"].append([(time, start), (time + stop - start, stop), (time + stop - start, start)])
                time += stop - start
            case Reverse(start, stop, _):
                lines["reverse"].append([(time, stop), (time, start)])
            case Store(step, place):
                since[step, place] = time
            case Free(step, place) | Restore(step, place, True):
                lines[place].append([(since.pop((step, place)), step), (time, step)])
    return lines
