"""Measuring: what a step, its adjoint, and a state on disk take, in seconds."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from adpy.checkpoint.body import active
from adpy.checkpoint.machine import Machine
from adpy.checkpoint.storage import DiskStorage
from adpy.plain import np

__all__ = ["adjoint_seconds", "step_seconds", "storage_seconds"]

ENOUGH = 2e-3
"""Seconds of steps that tell what one takes."""

LONG = 1.0
"""Seconds of a step that is long enough for what the first one takes besides not to matter."""

_KEY = "measured"
_known: dict[tuple, tuple[float, float]] = {}


def step_seconds(machine: Machine, first: Callable[[], Any], steps: int | None) -> float:
    """What a step takes; the first state is current before and after.

    Some steps are run for it, two where they are long: the first one is recorded, and so tells nothing of the others.
    """
    at, count, taken = 0, 1, 0.0
    while True:
        begin, start = perf_counter(), at
        at = machine.advance(at, at + count if steps is None else min(at + count, steps))
        taken = (perf_counter() - begin) / max(at - start, 1)
        if machine.ended or at == steps or taken * count > (LONG if not start else ENOUGH):
            break
        count *= 2 if start else 1
    _again(machine, first)
    return taken


def adjoint_seconds(machine: Machine, first: Callable[[], Any]) -> float:
    """What the adjoint of a step without outputs takes, once it is recorded; cotangents are of no use then."""
    taken = 0.0
    for _ in range(2):  # the first one makes what the others have
        record = machine.record(0)
        machine.bars = [np.zeros(np.shape(x), np.result_type(x)) for x in active(machine.state)]
        begin = perf_counter()
        machine.reverse(record, None)
        taken = perf_counter() - begin
        _again(machine, first)
    return taken


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
