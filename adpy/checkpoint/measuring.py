"""Measuring: what a step, its adjoint, and a state on disk take, in seconds."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any

from adpy.checkpoint.body import active
from adpy.checkpoint.machine import Machine
from adpy.checkpoint.schedules import Costs
from adpy.checkpoint.storage import DiskStorage
from adpy.plain import np

__all__ = ["measured", "step_seconds", "storage_seconds"]

ENOUGH = 5e-3
"""Seconds of steps that tell what one takes, if they are not the first two."""

LONG = 10.0
"""Seconds of a first step beside which recording it is nothing."""

_KEY = "measured"
_known: dict[tuple, tuple[float, float]] = {}


def step_seconds(machine: Machine, first: Callable[[], Any], steps: int | None) -> float:
    """What a step takes; the first state is current before and after.

    Some steps are run for it, two where they are long: the first one is recorded, and so tells nothing of the others.
    """
    best, at, count, spent = float("inf"), 0, 1, 0.0
    while True:
        start, begin = at, perf_counter()
        at = machine.advance(start, start + count if steps is None else min(start + count, steps))
        taken = perf_counter() - begin
        each = taken / (at - start)
        if start:
            best, spent, count = min(best, each), spent + taken, 2 * count
        if machine.ended or at == steps or each > (ENOUGH if start else LONG) or (spent > ENOUGH and at > 2):
            break
    _again(machine, first)
    return min(best, each)


def measured(machine: Machine, first: Callable[[], Any], steps: int | None, known: Costs | None) -> Costs:
    """What is known of costs, with the adjoint of a step measured too; a machine without outputs, of no use after."""
    best, spent, count = float("inf"), 0.0, 0
    while count < 2 or spent < ENOUGH:  # the first one makes what the others have
        record = machine.record(0)
        machine.bars = [np.zeros(np.shape(x), np.result_type(x)) for x in active(machine.state)]
        begin = perf_counter()
        machine.reverse(record, None)
        taken = perf_counter() - begin
        best, spent, count = min(best, taken), spent + taken, count + 1
        _again(machine, first)
    if known is None:
        known = Costs(step=step_seconds(machine, first, steps))
    return replace(known, adjoint=best)


def _again(machine: Machine, first: Callable[[], Any]) -> None:
    """Have the first state again, and no step run."""
    machine.start(first())
    machine.reached, machine.ended = 0, False


def storage_seconds(storage: DiskStorage, arrays: Sequence[np.ndarray]) -> tuple[float, float]:
    """What it takes to write such arrays to a folder, and to read them; measured once in a process."""
    size = sum([array.nbytes for array in arrays])
    device = os.stat(storage.folder).st_dev
    key = device, storage.level, storage.sync, size.bit_length()
    if key not in _known:
        begin = perf_counter()
        storage.store(_KEY, arrays)
        written = perf_counter()
        storage.restore(_KEY)
        _known[key] = written - begin, perf_counter() - written
        storage.free(_KEY)
    return _known[key]
