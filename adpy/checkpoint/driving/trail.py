"""Trail: what a run leaves on disk, and how another goes on from there.

Beside the snapshots of its schedule a run leaves the last state (``end``), what was collected (``outputs-…``) and, from
time to time in reverse, the cotangents (``adjoint``).  Another run of the same problem follows the actions of the
schedule without doing them, up to where the first one was, and then goes on; states that were in memory are computed
again from those on disk.  Cotangents are sums over steps, from the last to the first, whatever the schedule: so results
are the same to the last bit.
"""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Iterator, Sequence
from typing import Any

from adpy.checkpoint.actions import Action, Done, Forward, Reverse, Store
from adpy.checkpoint.driving.identity import seal
from adpy.checkpoint.driving.keeper import Keeper
from adpy.checkpoint.driving.layouts import UnknownLayout, describe, understand
from adpy.checkpoint.schedules import Schedule
from adpy.checkpoint.schedules.binomial import reverse_binomially
from adpy.checkpoint.stepping.state import join, split
from adpy.checkpoint.storage import DiskStorage
from adpy.errors import SnapshotError, StorageFullError
from adpy.plain import np

__all__ = ["Trail"]

_log = logging.getLogger("adpy.checkpoint")


class Trail:
    """What is left of a run, and what an earlier one left.

    Parameters
    ----------
    storage : DiskStorage
        Begun with its problem.
    schedule : Schedule
    keeper : Keeper
        Has the storage among its places.
    """

    def __init__(self, storage: DiskStorage, schedule: Schedule, keeper: Keeper) -> None:
        self.storage, self.schedule, self.keeper = storage, schedule, keeper
        self._seeds = ""
        self._saved = time.monotonic()
        self._outputs = 0

    # ---- forward

    def forward(self) -> Iterator[Action]:
        """The actions that are still to be done on the way forward; the state before them is made current."""
        keeper, machine = self.keeper, self.keeper.machine
        position, step = self._last_stored()
        actions = iter(self.schedule)
        if position is None:
            keeper.tidy()
            return actions
        for action in itertools.islice(actions, position):
            keeper.skip(action)
        store = next(actions)
        keeper.skip(store)
        keeper.tidy()
        if not self._collect(step):
            keeper.machine.start(keeper.first())
            machine.reached = 0
            machine.advance(0, step)
        else:
            keeper.restore(step, store.place)
        _log.info("resumed at step %d, on the way forward", step)
        return actions

    def _last_stored(self) -> tuple[int | None, int]:
        """The last action that stored a snapshot which is there, and its step."""
        held = set(self.storage.steps())
        latest = max(held, default=-1)
        found: tuple[int | None, int] = None, 0
        for i, action in enumerate(self.schedule):
            kind = type(action)
            if kind is Reverse or kind is Done or (kind is Forward and action.start > latest):
                break
            if kind is Store and action.step in held and self.keeper.places[action.place] is self.storage:
                found = i, action.step
        return found

    def stored(self, step: int) -> None:
        """Leave what was collected since the last time; the state at ``step`` was stored on disk."""
        arrays = self._outputs_so_far()
        if arrays and step > self._outputs:
            begun, self._outputs = self._outputs, step
            self._save(f"outputs-{begun}-{step}", [array[begun:step] for array in arrays])

    def _outputs_so_far(self) -> list[np.ndarray]:
        """What was collected; nothing before the first step."""
        return [array for array in self.keeper.machine.streams.outputs or () if array is not None]

    def _collect(self, step: int) -> bool:
        """Take over what was collected before ``step``; False if some of it is lost."""
        machine = self.keeper.machine
        machine.reached = self._outputs = step
        if not step:
            return True
        machine.start(self.keeper.first())
        machine.reached = 0
        machine.advance(0, 1)  # so that there are arrays to write into
        machine.reached, machine.ended, begun = step, False, 0
        machine.streams.reserve(step)
        into = self._outputs_so_far()
        for start, stop, key in self._parts():
            if start == begun and stop <= step:
                try:
                    found = self.storage.restore(key)
                except SnapshotError as error:
                    _log.warning("%s; what was collected is computed again", error)
                    return False
                for whole, array in zip(into, found, strict=True):
                    whole[start:stop] = array
                begun = stop
        return not into or begun == step

    def _parts(self) -> list[tuple[int, int, str]]:
        """What was collected: first step, last step, key."""
        keys = [key for key in self.storage.keys() if isinstance(key, str) and key.startswith("outputs-")]
        return sorted([(*map(int, key.split("-")[1:]), key) for key in keys])

    def end(self, step: int, state: Any) -> None:
        """Leave the last state."""
        self.stored(step)
        layout, arrays = split(state)
        self._save("end", arrays, {"step": step, "layout": describe(layout)})

    def ended(self) -> int | None:
        """The number of steps if the last state is known, which is then the current one."""
        if "end" not in self.storage:
            return None
        try:
            info = self.storage.info("end")
            known, _ = split(self.keeper.first())
            state = join(understand(info["layout"], known), self.storage.restore("end"))
        except (SnapshotError, UnknownLayout) as error:
            _log.warning("%s; the last state is computed again", error)
            return None
        if not self._collect(info["step"]):
            return None
        self.keeper.machine.start(state)
        return info["step"]

    # ---- reverse

    def seeded(self) -> None:
        """Take note of the cotangents that the way back begins with."""
        machine = self.keeper.machine
        self._seeds = seal([machine.bars, machine.streams.seeds])

    def reverse(self, steps: int) -> Iterator[Action]:
        """The actions that are still to be done on the way back of so many steps; cotangents are those before them."""
        reached = self._adjoint()
        reached = steps if reached is None else reached
        _log.info("resumed at step %d, on the way back", reached)
        rest = self._skipped(steps, reached)  # follows the schedule, also where another goes on
        return self._without_records(reached) if self.schedule.records else rest

    def _bars(self) -> tuple[list, list, list]:
        machine = self.keeper.machine
        return machine.bars, machine.operand_bars, machine.streams.arg_bars

    def _adjoint(self) -> int | None:
        if "adjoint" not in self.storage:
            return None
        try:
            info = self.storage.info("adjoint")
            if info["seeds"] != self._seeds:
                return None
            found = iter(self.storage.restore("adjoint"))
        except SnapshotError as error:
            _log.warning("%s; the way back begins anew", error)
            return None
        for bars in self._bars():
            for i, bar in enumerate(bars):
                new = next(found)
                if isinstance(bar, np.ndarray) and bar.shape == new.shape and bar.flags.writeable:
                    bar[...] = new
                else:
                    bars[i] = new
        return info["step"]

    def _skipped(self, steps: int, reached: int) -> Iterator[Action]:
        keeper, schedule = self.keeper, self.schedule
        actions = iter(schedule)
        for action in actions:
            kind = type(action)
            if kind is Forward:
                if schedule.steps is None and action.start <= steps <= action.stop:
                    schedule.finish(steps)
            elif kind is Done or (kind is Reverse and action.start < reached):
                break
            keeper.skip(action)
        else:
            action = Done()
        keeper.tidy()
        if type(action) is Reverse:
            action = Reverse(action.start, min(action.stop, reached), action.place)
            if action.place is None:
                keeper.obtain(action.start)
        return itertools.chain([action], actions)

    def _without_records(self, reached: int) -> Iterator[Action]:
        """What is still to be done where adjoint data is lost: binomially, from what is on disk."""
        keeper, room = self.keeper, self.schedule.units.get("ram", 0)
        held = [(step, "disk") for step in keeper.steps_in("disk") if step < reached]
        if reached and held[:1] != [(0, "disk")]:
            keeper.machine.start(keeper.first())
            keeper.store(0, "ram")
            held, room = [(0, "ram"), *held], room - 1
        yield from reverse_binomially(reached, held, ["ram"] * room)
        yield Done()

    def reversed(self, step: int) -> None:
        """Leave the cotangents, if it is time; adjoints of all steps from ``step`` on are complete."""
        now = time.monotonic()
        if now - self._saved >= self.storage.interval:
            bars = [np.asarray(bar) for bar in itertools.chain(*self._bars())]
            self._save("adjoint", bars, {"step": step, "seeds": self._seeds})
            self._saved = time.monotonic()

    def _save(self, key: str, arrays: Sequence[np.ndarray], info: Any = None) -> None:
        try:
            self.storage.store(key, arrays, info)
        except StorageFullError as error:
            _log.warning("%s; without %s a killed run has more to do again", error, key)

    def finish(self) -> None:
        """The way back is complete."""
        self.storage.finish()
