"""Plans: which schedule and which storage a loop gets for what its user allows."""

from __future__ import annotations

from collections.abc import Sequence

from adpy.checkpoint.schedules import Binomial, Schedule
from adpy.checkpoint.schedules.base import check_count
from adpy.checkpoint.storage import MemoryStorage, Places, parse_memory
from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.program import limits

__all__ = ["Plan"]


class Plan:
    """What the user allows.

    Parameters
    ----------
    snapshots, memory, schedule
        As for :func:`adpy.checkpoint.loop`.
    """

    def __init__(self, snapshots: int | None, memory: int | str | None, schedule: Schedule | None) -> None:
        given = {"snapshots": snapshots, "memory": memory, "schedule": schedule}
        names = [name for name, value in given.items() if value is not None]
        if len(names) > 1:
            raise ArgumentError(names[1], f"no value beside {names[0]}", repr(given[names[1]]))
        if schedule is not None and not isinstance(schedule, Schedule):
            raise ArgumentError("schedule", "an adpy.checkpoint.schedules.Schedule", type(schedule).__name__)
        self.snapshots = None if snapshots is None else check_count("snapshots", snapshots, 1)
        self.memory = None if memory is None else parse_memory(memory)
        self.schedule = schedule

    def __call__(self, steps: int, arrays: Sequence[np.ndarray]) -> tuple[Schedule, Places]:
        """A schedule for so many steps, and storages for states of such arrays."""
        storage = MemoryStorage()
        if self.schedule is not None:
            if self.schedule.steps not in (None, steps):
                raise ArgumentError("schedule", f"one for {steps} steps", f"{self.schedule.steps} steps")
            return self.schedule, Places(ram=storage)
        snapshots = self.snapshots
        if snapshots is None:
            allowed = self.memory or limits.memory // 2
            snapshots = allowed // storage.cost(arrays)
            if not snapshots and steps > 1:
                raise ArgumentError("memory", f"at least {storage.cost(arrays)} bytes, those of a state", str(allowed))
        return Binomial(steps, min(snapshots, max(steps - 1, 1))), Places(ram=storage)
