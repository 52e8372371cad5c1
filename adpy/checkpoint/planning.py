"""Plans: which schedule and which storage a loop gets for what its user allows."""

from __future__ import annotations

import copy
import functools
import logging
import os
from collections.abc import Callable
from typing import Any

from adpy.checkpoint.measuring import step_seconds, storage_seconds, working_bytes
from adpy.checkpoint.progress import Progress, is_logged
from adpy.checkpoint.schedules import Binomial, Online, Schedule, Setting, plan
from adpy.checkpoint.schedules.base import check_count
from adpy.checkpoint.stepping.machine import Machine
from adpy.checkpoint.storage import DiskStorage, MemoryStorage, Places, parse_memory
from adpy.checkpoint.storage.sizes import format_bytes
from adpy.errors import ArgumentError, SnapshotError, StorageFullError
from adpy.program import limits

__all__ = ["Plan"]

ONLINE = 1000
"""Snapshots of a loop of unknown length, at most, unless the user wants more."""

SHORT = 1.0
"""Seconds of a run that begins anew after a crash: it needs no disk, and nothing is measured for it."""

SMALL = 1 << 12
"""Bytes of a state beside which the objects of Python are no less: only snapshots count."""

AMPLE = 100
"""States for which there is more room than for all snapshots, if nobody needs to know what else there is."""

WRITTEN = 1
"""Copies of a state beside all others while it is written to disk, or read from there."""

ACTION = 3e-5
"""Seconds that the driver of durable runs takes for an action."""

RESERVED = 4
"""States that the disk has room for beside snapshots: the last one, cotangents, those that are being written."""


_KEY = "plan"
"""Of what was measured, and what there was, when a run began: another one that goes on from it plans with the same."""

_log = logging.getLogger("adpy.checkpoint")


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
        if schedule is not None:
            self._check_places(schedule)
        self._callback, self._bar = callback, progress
        Progress(None, callback=callback)  # refuses what cannot be called

    def _check_places(self, schedule: Schedule) -> None:
        if schedule.held:
            steps = ", ".join(str(step) for step, _ in schedule.held)
            raise ArgumentError(
                "schedule", "one that begins without snapshots (storage= goes on by itself)", f"at {steps}"
            )
        if "disk" in schedule.records:
            raise ArgumentError("schedule", "one with adjoint data in memory, from where alone it serves", "it on disk")
        if "disk" in schedule.places and not self.durable:
            raise ArgumentError("schedule", "one with snapshots in memory, or storage= beside it", "snapshots on disk")

    @functools.cached_property
    def disk(self) -> DiskStorage:
        """Where snapshots go if the plan is durable."""
        return self._storage if isinstance(self._storage, DiskStorage) else DiskStorage(self._storage)

    def progress(self, steps: int | None, schedule: Schedule) -> Progress | None:
        """What tells the user how far a loop is; None where nobody listens."""
        if self._callback is None and not self._bar and not is_logged():
            return None
        forward = schedule.forward_steps
        advances = None if steps is None or forward is None else forward - steps
        return Progress(steps, advances, callback=self._callback, bar=self._bar, schedule=schedule)

    def places(self, order: int = 0) -> Places:
        """Storages for states.

        ``order`` tells loops with tangents apart, so that each has a folder of its own.
        """
        if not self.durable:
            return Places(ram=MemoryStorage())
        return Places(ram=MemoryStorage(), disk=self.disk.within(f"order-{order}") if order else self.disk)

    def schedule_for(self, steps: int | None, machine: Machine, places: Places, first: Callable[[], Any]) -> Schedule:
        """What a loop of so many steps is to follow.

        Parameters
        ----------
        steps : int or None
        machine : Machine
            Its state is that at step 0, also after.
        places : Places
            Those of :meth:`places`; the disk was begun with its problem.
        first : callable
            Gives the first state.
        """
        _, arrays = machine.taken_apart()
        size = places["ram"].cost(arrays)
        if self.schedule is not None:
            if self.schedule.steps not in (None, steps):
                raise ArgumentError("schedule", f"one for {steps} steps", f"{self.schedule.steps} steps")
            return copy.deepcopy(self.schedule)
        if self.durable:
            found = self._on_disk(steps, machine, places["disk"], first)
        else:
            found = self._in_memory(steps, machine, size, first)
        if found.setting is None:
            found.setting = Setting(None, size)
        return found

    def _in_memory(self, steps: int | None, machine: Machine, size: int, first: Callable[[], Any]) -> Schedule:
        if self.snapshots is not None:
            most = self.snapshots
        else:
            most = self._snapshots(ONLINE if steps is None else max(steps - 1, 1), machine, size, first)
        return Online(most) if steps is None else Binomial(steps, min(most, max(steps - 1, 1)))

    def _snapshots(self, most: int, machine: Machine, size: int, first: Callable[[], Any]) -> int:
        """How many of them, up to ``most``, have room beside all else that a gradient takes."""
        allowed = self._allowed
        if size < SMALL or (most + AMPLE) * size <= allowed:
            besides = 0
        else:
            besides = working_bytes(machine, first)
        room = (allowed - besides) // size
        if room < 1 < most:
            more = f", and {format_bytes(besides)} besides" if besides else ""
            raise ArgumentError("memory", f"at least {format_bytes(size)}, for a state{more}", format_bytes(allowed))
        return max(min(room, most), 1)

    @property
    def _allowed(self) -> int:
        return limits.memory // 2 if self.memory is None else self.memory

    def _on_disk(self, steps: int | None, machine: Machine, disk: DiskStorage, first: Callable[[], Any]) -> Schedule:
        """A schedule for a run that may be killed."""
        _, arrays = machine.taken_apart()
        size, file = MemoryStorage().cost(arrays), disk.cost(arrays)
        if self.snapshots is not None:
            if steps is None:
                return Online(self.snapshots, "disk")
            return Binomial(steps, min(self.snapshots, max(steps - 1, 1)), "disk")
        known = _stored(disk)
        room = known["disk"] if known and disk.limit is None else _room(disk, file)
        memory = known["memory"] if known and self.memory is None else self._allowed
        if known is None:
            known = {"memory": memory, "disk": room, "step_seconds": step_seconds(machine, first, steps)}
            known["besides"] = 0 if size < SMALL else working_bytes(machine, first) + WRITTEN * size
            slots = max(memory - known["besides"], 0) // size
            if steps is not None and slots:
                quick = Binomial(steps, min(slots, max(steps - 1, 1)))
                if (quick.forward_steps + 2 * steps) * known["step_seconds"] < min(SHORT, disk.interval):
                    return quick
            known["write_seconds"], known["read_seconds"] = storage_seconds(disk, arrays)
            disk.store(_KEY, [], known)
        costs = {name: value for name, value in known.items() if name.endswith("seconds")}
        given = {"state_bytes": size, "disk": room // file * size, "interval": disk.interval}
        memory = max(memory - known["besides"], 0)
        return plan(steps, memory=memory, **given, **costs, action_seconds=ACTION)


def _room(disk: DiskStorage, size: int) -> int:
    """Bytes for snapshots of such a size."""
    room = (disk.free_space // 2 if disk.limit is None else disk.limit) - RESERVED * size
    if room < size:
        raise StorageFullError(disk.folder, (RESERVED + 1) * size, max(room + RESERVED * size, 0), "too little")
    return room


def _stored(disk: DiskStorage) -> dict | None:
    """What an earlier run of the same problem has planned with."""
    if _KEY not in disk:
        return None
    try:
        return disk.info(_KEY)
    except SnapshotError as error:
        _log.warning("%s; the schedule is planned anew", error)
        return None
