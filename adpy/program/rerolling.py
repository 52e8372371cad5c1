"""Re-rolling: long segments of scalar operations become elementwise instructions, if their operands lie evenly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adpy.kernels.opcodes import arity
from adpy.plain import np
from adpy.program.code import View

__all__ = ["emit_segments"]


def emit_segments(lowering: Any, low: int, high: int, segments: Sequence) -> None:
    """The instructions of a stretch: elementwise ones, and runs of what is between them."""
    for op, first, stop in segments:
        views = _operands(lowering, op, first, stop)
        if views is not None:
            lowering.emit_single(low, first)
            low = stop
            _elementwise(lowering, op, first, stop, views)
    lowering.emit_single(low, high)


def _elementwise(lowering: Any, op: int, low: int, high: int, views: list[View]) -> None:
    """An elementwise instruction in the place of a segment; its results are a storage of their own."""
    lowering.separate(low, high)
    out = View(low, (high - low,), (1,))
    lowering.emit_operation(op, out, *views)
    for column in lowering.scalars.columns[:3]:
        column[low:high] = 0


def _operands(lowering: Any, op: int, low: int, high: int) -> list[View] | None:
    """Where the operands of a segment are; None where they do not lie evenly."""
    scalars = lowering.scalars
    binary = arity(op) == 2
    found = []
    for column in (scalars.firsts, scalars.seconds)[: 1 + binary]:
        view = _operand(lowering, column[low:high].astype(np.int64))
        if view is None:
            return None
        found.append(view)
    return found


def _operand(lowering: Any, addresses: np.ndarray) -> View | None:
    """The view of entries at addresses, if they lie evenly in one storage."""
    scalars = lowering.scalars
    if addresses[0] >= 0 and lowering.fixed[addresses].all():
        values = scalars.values[addresses]
        same = np.array_equal(values[1:], values[:-1])
        return lowering.constant(float(values[0]) if same else values)
    if not lowering.resolve_homes(addresses):
        return None
    steps = np.diff(addresses)
    if (steps != steps[0]).any():
        return None
    offset, step = int(addresses[0]), int(steps[0])
    if step == 0:
        return View(offset, (), ())
    if not lowering.together(offset, int(addresses[-1])):
        return None
    return View(offset, addresses.shape, (step,))
