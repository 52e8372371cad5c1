"""Measuring: what a step, its adjoint, and a state on disk take, in seconds."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from adpy.checkpoint.stepping.body import active
from adpy.checkpoint.stepping.machine import Machine
from adpy.checkpoint.storage import DiskStorage
from adpy.plain import np

__all__ = ["adjoint_seconds", "step_seconds", "storage_seconds", "working_bytes"]

ENOUGH = 2e-3
"""Seconds of steps that tell what one takes, if they are not the first two."""

LONG = 10.0
"""Seconds of a first step beside which recording it is nothing."""

COPIES = 4
"""Of the state, beside recordings: the first and the last one, as they are given and taken, and a cotangent."""

GUARDED = 2
"""More copies, for steps that may decide otherwise."""

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
        if machine.ended or at == steps or each > (10 * ENOUGH if start else LONG) or (spent > ENOUGH and at > 3):
            break
    _again(machine, first)
    return min(best, each)


def adjoint_seconds(machine: Machine, first: Callable[[], Any]) -> float:
    """What the adjoint of a step without outputs takes by itself; cotangents of the machine are of no use after."""
    best, spent, count = float("inf"), 0.0, 0
    while count < 2 or spent < ENOUGH:  # the first one makes what the others have
        record = machine.record(0)
        machine.bars = [np.zeros(np.shape(x), np.result_type(x)) for x in active(machine.state)]
        begin = perf_counter()
        machine.reverse(record, None)
        taken = perf_counter() - begin
        best, spent, count = min(best, taken), spent + taken, count + 1
        _again(machine, first)
    return best


def working_bytes(machine: Machine, first: Callable[[], Any]) -> int:
    """What a gradient takes beside its snapshots: memory of the step and its adjoint, and copies of the state.

    For it the first step is recorded, which is done once anyhow, or run with its adjoint, where it cannot be recorded.
    """
    _, arrays = machine.taken_apart()
    state = sum([x.nbytes for x in arrays])
    link = machine.prepared()
    if link is not None:
        code = link.code
        copies = COPIES + 1 + GUARDED * bool(len(code.guards[0])) + link.crossing  # one is what an adjoint gives
        return 8 * (code.size + code.rows) + copies * state
    was_on = tracemalloc.is_tracing()
    if not was_on:
        tracemalloc.start()
    try:
        before, highest = tracemalloc.get_traced_memory()
        record = machine.record(0)
        machine.bars = [np.zeros(np.shape(x), np.result_type(x)) for x in active(machine.state)]
        machine.reverse(record, None)
        del record
        found = max(tracemalloc.get_traced_memory()[1], highest) - before
    finally:
        if not was_on:
            tracemalloc.stop()
    machine.bars = []
    for total in machine.operand_bars:
        total[...] = 0.0
    _again(machine, first)
    return found + COPIES * state


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
