"""What native code does of a schedule: stretches of it, as long as recordings hold."""

from __future__ import annotations

from collections import Counter
from time import perf_counter
from typing import Any

from adpy.checkpoint.driving.queue import FORWARD, FREE, OTHER, RESTORE, RESTORE_LAST, REVERSE, Queue
from adpy.checkpoint.progress import Progress
from adpy.checkpoint.schedules import Schedule
from adpy.checkpoint.stepping.bank import Bank
from adpy.checkpoint.stepping.body import Turn
from adpy.checkpoint.stepping.link import Link
from adpy.checkpoint.stepping.machine import Machine
from adpy.checkpoint.stepping.march import March
from adpy.checkpoint.stepping.streams import Streams
from adpy.checkpoint.storage import Places
from adpy.plain import np

__all__ = ["Natively"]

MARCHES = 4
"""Recordings that native code goes through before Python runs a step."""

SETTLED = 3
"""Times that Python runs a step with a recording before native code has that too."""


class Natively:
    """What a :class:`~adpy.checkpoint.driving.driver.Driver` has of this."""

    machine: Machine
    schedule: Schedule
    places: Places
    progress: Progress | None
    streams: Streams
    _queue: Queue
    _forms: dict[tuple[int, str], Any]
    _bank: Bank | None
    _marches: list[March]
    """Those that native code has used, the last first."""
    _ran: Counter
    _first: bool
    _current: bool

    def _marched(self) -> bool:
        """Have native code do as much as it can; False if that is nothing."""
        for march in self._ready():
            came, holds = self._runs(march)
            if came:
                self._marches.remove(march)
                self._marches.insert(0 if holds else len(self._marches), march)
                return True
        return False

    def _runs(self, march: March) -> tuple[bool, bool]:
        """Have native code go on with this recording: did that come anywhere, and does the recording still hold?"""
        machine, queue = self.machine, self._queue
        rows = machine.pace.some(queue.before_reverse() if self._first else queue.rows[queue.at :])
        if not self._forms:  # all snapshots are in the bank, where freed ones are written over
            rows = rows.copy()
            rows[rows[:, 0] == FREE, 0] = FORWARD
        if not self._enter(march, rows[0]):
            return False, False
        begin = perf_counter()
        done, at = march.run(rows, self._first)
        link = march.link
        finished = rows[:done]
        is_back = finished[:, 0] == REVERSE
        ran = int(np.count_nonzero(is_back)) + int((finished[finished[:, 0] == FORWARD] @ [0, -1, 1]).sum())
        self._current = not (done and finished[-1, 0] == REVERSE) or at >= 0
        if at >= 0 and rows[done, 0] == FORWARD:
            ran += at - int(rows[done, 1])
            queue.rows[queue.at + done, 1] = at
        elif done and rows[done - 1, 2] != queue.rows[queue.at + done - 1, 2]:  # it was cut short
            done -= 1
            queue.rows[queue.at + done, 1] = rows[done, 2]
        machine.pace.took(ran, perf_counter() - begin)
        machine.went(ran, link, march.state(at >= 0))
        if self._first and ran:
            machine.reached += ran
        if is_back.any():
            machine.bars = march.bars
        queue.at += done
        self._tell(rows[: done + 1], ran, int(np.count_nonzero(is_back)))
        return bool(done or ran), at < 0

    def _ready(self) -> list[March]:
        """What native code can use now; last what has just been found not to hold."""
        machine, streams = self.machine, self.machine.streams
        if not machine.links or not machine.counted or streams.arrays is None:
            return []
        self._marches = [march for march in self._marches if march.link in machine.links]
        link = machine.links[0]
        if all(march.link is not link for march in self._marches):
            self._ran[link] += 1
            march = self._march_of(link) if not self._marches or self._ran[link] > SETTLED else None
            if march is not None:
                self._marches = [march, *self._marches[: MARCHES - 1]]
        return list(self._marches)

    def _march_of(self, link: Link) -> March | None:
        """A recording for native code, if it is one that it can use."""
        streams, totals = self.streams, self.machine.operand_bars
        if not March.fits(link, streams.arrays, streams.arg_bars, streams.outputs, streams.seeds, totals):
            return None
        wanted = any(x is not None and type(x) is not Turn for x in link.outputs)
        if self._first and (streams.is_endless or (wanted and streams.outputs is None)):
            return None
        if self._bank is None:
            self._open(link)
        if link.form is not self._bank.form:
            return None
        march = March(link, streams.arrays, streams.outputs if self._first else None)
        march.and_back(self._bank, totals)
        march.seed(streams.arg_bars, streams.seeds)
        return march

    def _turned(self) -> None:
        """Have the recordings that were used know the way back that begins now."""
        streams = self.streams
        self._marches = [m for m in self._marches if March.fits(m.link, streams.arg_bars, streams.seeds)]
        for march in self._marches:
            march.seed(streams.arg_bars, streams.seeds)

    def _open(self, link: Any) -> None:
        """Have room for snapshots of this form; those that are there move into it."""
        slots = self.schedule.places.get("ram", 0)
        self._bank = bank = Bank(link.form, link.inputs, slots)
        for step, slot in self._queue.slots():
            place = step, "ram"
            if self._forms.get(place) is bank.form:
                bank.store(slot, self.places.view(*place))
                self.places.free(*place)
                del self._forms[place]
        self.places["ram"].trim()

    def _enter(self, march: March, row: np.ndarray) -> bool:
        """Put state and cotangents where native code wants them."""
        machine, form = self.machine, march.link.form
        restores = row[0] in (RESTORE, RESTORE_LAST)
        if row[0] in (OTHER, FREE) or (restores and not march.bank.filled[row[1]]):
            return False
        if self._current and not restores and not machine.enter(march.link):
            return False
        if not self._first and machine.bars is not march.bars:
            if len(machine.bars) != form.size or any(a.shape != b.shape for a, b in zip(machine.bars, march.bars)):
                return False
            for into, bar in zip(march.bars, machine.bars, strict=True):
                into[...] = bar
            machine.bars = march.bars
            march.link.let_go()
        return True

    def _tell(self, rows: np.ndarray, ran: int, reversed_steps: int) -> None:
        """Tell the user how far native code came."""
        if self.progress is None:
            return
        if ran > reversed_steps:
            self.progress.advanced(self.machine.reached, ran - reversed_steps)
        if reversed_steps:
            self.progress.reversed(int(rows[rows[:, 0] == REVERSE][:reversed_steps][-1, 1]), reversed_steps)
