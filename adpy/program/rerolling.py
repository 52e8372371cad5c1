"""Re-rolling: long segments of scalar operations become elementwise instructions, if their operands lie evenly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adpy.kernels.opcodes import arity
from adpy.plain import np
from adpy.program.code import View
from adpy.program.views import c_strides

__all__ = ["emit_segments"]

AXES = 3
"""Axes of an elementwise instruction."""
INNER = 64
"""Entries along the last axis from which on an instruction is faster than scalar operations."""


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
    shape = max([view.shape for view in views], key=len) or (high - low,)
    lowering.emit_operation(op, View(low, shape, c_strides(shape)), *views)
    for column in lowering.scalars.columns[:3]:
        column[low:high] = 0


def _operands(lowering: Any, op: int, low: int, high: int) -> list[View] | None:
    """Where the operands of a segment are, over common axes; None where they do not lie evenly."""
    scalars = lowering.scalars
    binary = arity(op) == 2
    found: list[View | np.ndarray] = []
    units = {1, high - low}
    for column in (scalars.firsts, scalars.seconds)[: 1 + binary]:
        operand = _operand(lowering, column[low:high].astype(np.int64), units)
        if operand is None:
            return None
        found.append(operand)
    sizes = sorted(units, reverse=True)
    if len(sizes) > 1 + AXES or sizes[-2] < INNER or any(a % b for a, b in zip(sizes, sizes[1:], strict=False)):
        return None
    shape = tuple([a // b for a, b in zip(sizes, sizes[1:], strict=False)])
    views = []
    for operand in found:
        if type(operand) is View:
            views.append(View(operand.offset, shape, c_strides(shape)) if operand.shape else operand)
        else:
            views.append(View(int(operand[0]), shape, tuple([int(operand[unit] - operand[0]) for unit in sizes[1:]])))
    return views


def _operand(lowering: Any, addresses: np.ndarray, units: set[int]) -> View | np.ndarray | None:
    """A constant, a number, or addresses, if they lie evenly in one storage; None otherwise.

    ``units`` gets the distances at which the even steps of the addresses change.
    """
    scalars = lowering.scalars
    if addresses[0] >= 0 and lowering.fixed[addresses].all():
        values = scalars.values[addresses]
        same = np.array_equal(values[1:], values[:-1])
        return lowering.constant(float(values[0]) if same else values)
    if not lowering.resolve_homes(addresses):
        return None
    if (addresses == addresses[0]).all():
        return View(int(addresses[0]), (), ())
    found = _units(addresses)
    if found is None or not lowering.together(int(addresses.min()), int(addresses.max())):
        return None
    units.update(found)
    return addresses


def _units(addresses: np.ndarray) -> list[int] | None:
    """Distances at which the even steps of addresses change; None where they are not even."""
    found: list[int] = []
    unit = 1
    while len(addresses) > 1:
        other = np.flatnonzero(np.diff(addresses) != addresses[1] - addresses[0])
        if not other.size:
            return found
        length = int(other[0]) + 1
        if length == 1 or len(addresses) % length or len(found) == AXES - 1:
            return None
        rows = addresses.reshape(-1, length)
        if (rows - rows[:, :1] != rows[0] - rows[0, 0]).any():
            return None
        unit *= length
        found.append(unit)
        addresses = rows[:, 0]
    return found
