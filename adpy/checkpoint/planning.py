"""Plans: which schedule and which storage a loop gets for what its user allows."""

from __future__ import annotations

import copy
import functools
import os
from collections.abc import Callable, Sequence
from typing import Any

from adpy.checkpoint.progress import Progress, is_logged
from adpy.checkpoint.schedules import Binomial, Online, Periodic, Schedule
from adpy.checkpoint.schedules.base import check_count
from adpy.checkpoint.storage import DiskStorage, MemoryStorage, Places, parse_memory
from adpy.errors import ArgumentError, StorageFullError
from adpy.plain import np
from adpy.program import limits

__all__ = ["Plan"]

ONLINE = 1000
"""Snapshots of a loop of unknown length, at most, unless the user wants more."""

DURABLE = 100
"""Snapshots on disk, at most, unless the user wants more; a killed run does the steps from the last one again."""

RESERVED = 4
"""States that the disk has room for beside snapshots: the last one, cotangents, those that are being written."""


class Plan:
    """What the user allows.

    Parameters
    ----------
    snapshots, memory, schedule, storage, callback, progress
        As for :func:`adpy.checkpoint.loop`.

    Attributes
    ----------
    durable : bool
        Whether a killed run is to go on with the same results.
    """

    def __init__(
        self,
        snapshots: int | None,
        memory: int | str | None,
        schedule: Schedule | None,
        storage: Any = None,
        callback: Callable | None = None,
        progress: bool | str = False,
    ) -> None:
        given = {"snapshots": snapshots, "memory": memory, "schedule": schedule}
        names = [name for name, value in given.items() if value is not None]
        if len(names) > 1:
            raise ArgumentError(names[1], f"no value beside {names[0]}", repr(given[names[1]]))
        if schedule is not None and not isinstance(schedule, Schedule):
            raise ArgumentError("schedule", "an adpy.checkpoint.schedules.Schedule", type(schedule).__name__)
        self.snapshots = None if snapshots is None else check_count("snapshots", snapshots, 1)
        self.memory = None if memory is None else parse_memory(memory)
        self.schedule = schedule
        if not isinstance(storage, DiskStorage | str | os.PathLike | None):
            raise ArgumentError("storage", "a path or a DiskStorage", type(storage).__name__)
        self._storage = storage
        self.durable = storage is not None
        self._callback, self._bar = callback, progress
        Progress(None, callback=callback)  # refuses what cannot be called

    @functools.cached_property
    def disk(self) -> DiskStorage:
        """Where snapshots go if the plan is durable."""
        return self._storage if isinstance(self._storage, DiskStorage) else DiskStorage(self._storage)

    def progress(self, steps: int | None, schedule: Schedule) -> Progress | None:
        """What tells the user how far a loop is; None where nobody listens."""
        if self._callback is None and not self._bar and not is_logged():
            return None
        advances = None if steps is None else schedule.forward_steps - steps
        return Progress(steps, advances, callback=self._callback, bar=self._bar)

    def __call__(self, steps: int | None, arrays: Sequence[np.ndarray], order: int = 0) -> tuple[Schedule, Places]:
        """A schedule for so many steps, and storages for states of such arrays.

        ``order`` tells loops with tangents apart, so that each has a folder of its own.
        """
        storage = MemoryStorage()
        if self.durable:
            disk = self.disk.within(f"order-{order}") if order else self.disk
            return self._on_disk(steps, storage.cost(arrays), disk), Places(ram=storage, disk=disk)
        if self.schedule is not None:
            if self.schedule.steps not in (None, steps):
                raise ArgumentError("schedule", f"one for {steps} steps", f"{self.schedule.steps} steps")
            return copy.deepcopy(self.schedule), Places(ram=storage)
        snapshots = self.snapshots
        if snapshots is None:
            allowed = self.memory or limits.memory // 2
            snapshots = allowed // storage.cost(arrays)
            if not snapshots and steps != 1:
                raise ArgumentError("memory", f"at least {storage.cost(arrays)} bytes, those of a state", str(allowed))
        if steps is None:
            return Online(self.snapshots or min(snapshots, ONLINE)), Places(ram=storage)
        return Binomial(steps, min(snapshots, max(steps - 1, 1))), Places(ram=storage)

    def _on_disk(self, steps: int | None, size: int, disk: DiskStorage) -> Schedule:
        """A schedule with snapshots on disk, and others in memory between two of them."""
        if self.schedule is not None:
            return copy.deepcopy(self.schedule)
        room = (disk.limit if disk.limit is not None else disk.free_space // 2) // size - RESERVED
        if self.snapshots is None and room < 1:
            raise StorageFullError(disk.folder, (RESERVED + 1) * size, max(room + RESERVED, 0) * size, "too little")
        if steps is None:
            return Online(self.snapshots or min(room, DURABLE), "disk")
        if self.snapshots is not None:
            return Binomial(steps, min(self.snapshots, max(steps - 1, 1)), "disk")
        period = max(-(-steps // min(room, DURABLE)), 2)
        inner = (self.memory or limits.memory // 2) // size
        return Periodic(steps, period, min(inner, period), place="disk")
