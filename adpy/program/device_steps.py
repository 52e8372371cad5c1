"""Steps of a code on a device: each launches kernels that do one instruction, for values and in every sweep.

Memories are ``memory[direction, address]``: values and the cotangents of second order have one direction.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from adpy.kernels.cuda_groups import CHUNK
from adpy.kernels.cuda_levels import launches
from adpy.kernels.graph_levels import run_levels
from adpy.kernels.opcodes import BINARY
from adpy.kernels.table import ADD, FILL, GROUP, RUN, SAVE, SAVE_AT
from adpy.plain import np
from adpy.program import calls
from adpy.program.code import View
from adpy.program.views import c_strides

__all__ = ["step_of_call", "steps_of", "unknown"]


class Step:
    """One instruction on a device: what it launches for values, tangents, cotangents, and second order.

    Parameters
    ----------
    device : adpy.program.device_code.DeviceCode
        Launches kernels, and has the tables.
    """

    def __init__(self, device: Any) -> None:
        self.device = device

    def replay(self, memory: Any) -> bool:
        """Values; False where a decision is not that of the recording."""
        raise NotImplementedError

    def tangent(self, memory: Any, dots: Any) -> bool:
        """Values and tangents."""
        raise NotImplementedError

    def adjoint(self, memory: Any, bars: Any) -> None:
        """Cotangents of the operands."""

    def second_order(self, memory: Any, dots: Any, bars: Any, turns: Any) -> None:
        """Cotangents of the operands, and their tangents."""


class GroupStep(Step):
    """Elementwise operations over the same axes."""

    def __init__(self, device: Any, pc: int, rows: np.ndarray) -> None:
        super().__init__(device)
        self.pc, self.entries = pc, -(-prod(rows[0, 2:5].tolist()) // int(rows[0, CHUNK])) * device.threads
        self.clears = bool(((rows[1:, 1] != ADD) & (rows[1:, 17] & 1 == 0)).any())

    def replay(self, memory: Any) -> bool:
        self.device.launch("value", self.entries, 1, self.device.table, self.pc, memory)
        return True

    def tangent(self, memory: Any, dots: Any) -> bool:
        # Before the values: what they overwrite is still there.
        self.device.launch("tangent", self.entries, dots.shape[0], self.device.table, self.pc, memory, dots)
        return self.replay(memory)

    def adjoint(self, memory: Any, bars: Any, clearing: bool = True) -> None:
        device = self.device
        tables = device.table, device.bar_table, self.pc
        device.launch("adjoint", self.entries, bars.shape[0], *tables, memory, bars, clearing)

    def second_order(self, memory: Any, dots: Any, bars: Any, turns: Any) -> None:
        device = self.device
        tables = device.table, device.bar_table, self.pc
        self.adjoint(memory, bars, False)
        device.launch("second", self.entries, turns.shape[0], *tables, memory, dots, bars, turns)
        if self.clears:  # not before: all directions read them
            device.launch("clear", self.entries, 1, *tables, bars)


class MoveStep(Step):
    """Entries filled, copied, gathered, scattered or saved."""

    def __init__(self, device: Any, pc: int, row: np.ndarray) -> None:
        super().__init__(device)
        self.pc, self.op, self.entries = pc, int(row[0]), prod(row[2:5].tolist())

    def _move(self, memory: Any) -> None:
        self.device.launch(
            "move", self.entries, memory.shape[0], self.device.table, self.device.places, self.pc, memory
        )

    def replay(self, memory: Any) -> bool:
        self._move(memory)
        return True

    def tangent(self, memory: Any, dots: Any) -> bool:
        self._move(memory)
        self._move(dots)
        return True

    def _restore(self, memory: Any) -> None:
        self.device.launch(
            "restore", self.entries, memory.shape[0], self.device.table, self.device.places, self.pc, memory
        )

    def _pull(self, bars: Any) -> None:
        """Cotangents through the move, or cleared where it filled."""
        device = self.device
        name = "move" if self.op == FILL else "pull_places"
        device.launch(name, self.entries, bars.shape[0], device.bar_table, device.bar_places, self.pc, bars)

    def adjoint(self, memory: Any, bars: Any) -> None:
        if self.op in (SAVE, SAVE_AT):
            self._restore(memory)
        else:
            self._pull(bars)

    def second_order(self, memory: Any, dots: Any, bars: Any, turns: Any) -> None:
        self.adjoint(memory, bars)
        if self.op in (SAVE, SAVE_AT):
            self._restore(dots)
        else:
            self._pull(turns)


class RunStep(Step):
    """Scalar operations, level by level."""

    def __init__(self, device: Any, low: int, high: int) -> None:
        super().__init__(device)
        code = device.code
        order, levels = run_levels(code.ops, code.firsts, code.seconds, BINARY, low, high)
        self.order, self.levels = device.sent(order), device.sent(levels)
        self.launches = launches(levels) if order.size else []

    def _launch(self, name: str, back: bool, width: int, *memories: Any) -> None:
        for low, high, blocks in reversed(self.launches) if back else self.launches:
            tables = (*self.device.scalars, self.order, self.levels, low, high)
            self.device.launch_blocks(name, (blocks, width), *tables, *memories)

    def replay(self, memory: Any) -> bool:
        self._launch("run_value", False, 1, memory)
        return True

    def tangent(self, memory: Any, dots: Any) -> bool:
        self.replay(memory)
        self._launch("run_tangent", False, dots.shape[0], memory, dots)
        return True

    def adjoint(self, memory: Any, bars: Any) -> None:
        self._launch("run_adjoint", True, bars.shape[0], memory, bars)

    def second_order(self, memory: Any, dots: Any, bars: Any, turns: Any) -> None:
        self.adjoint(memory, bars)
        self._launch("run_second", True, turns.shape[0], memory, dots, bars, turns)


class ProductStep(Step):
    """``left @ right`` of matrices and vectors, square by square."""

    def __init__(self, device: Any, call: calls.Product) -> None:
        super().__init__(device)
        self.active = [type(x) is View for x in (call.left, call.right)]
        left, right = device.view_of(call.left), device.view_of(call.right)
        rows, inner = (1, *left.shape) if len(left.shape) == 1 else left.shape
        columns = 1 if len(right.shape) == 1 else right.shape[1]
        self.lengths = rows, columns, inner
        self.left = left.offset, *((0, *left.strides) if len(left.shape) == 1 else left.strides)
        self.right = right.offset, *((*right.strides, 0) if len(right.shape) == 1 else right.strides)
        steps = iter(call.out.strides)
        row = next(steps) if len(left.shape) == 2 else 0
        self.out = call.out.offset, row, next(steps) if len(right.shape) == 2 else 0

    def _values(self, left: Any, right: Any, out: Any, fresh: bool) -> None:
        self.device.multiply(left, self.left, right, self.right, out, self.out, self.lengths, fresh)

    def _pull(self, left: Any, right: Any, bars: Any, into: Any) -> None:
        """Cotangents in ``bars`` times the factors, into both."""
        rows, columns, inner = self.lengths
        turned = [(offset, second, first) for offset, first, second in (self.left, self.right)]
        if self.active[0]:
            lengths = rows, inner, columns
            self.device.multiply(bars, self.out, right, turned[1], into, self.left, lengths, False)
        if self.active[1]:
            lengths = inner, columns, rows
            self.device.multiply(left, turned[0], bars, self.out, into, self.right, lengths, False)

    def replay(self, memory: Any) -> bool:
        self._values(memory, memory, memory, True)
        return True

    def tangent(self, memory: Any, dots: Any) -> bool:
        self.replay(memory)
        if self.active[0]:
            self._values(dots, memory, dots, True)
        if self.active[1]:
            self._values(memory, dots, dots, not self.active[0])
        return True

    def adjoint(self, memory: Any, bars: Any) -> None:
        self._pull(memory, memory, bars, bars)

    def second_order(self, memory: Any, dots: Any, bars: Any, turns: Any) -> None:
        self.adjoint(memory, bars)
        self._pull(memory, memory, turns, turns)
        if all(self.active):
            self._pull(dots, dots, bars, turns)


class IncrementStep(Step):
    """``numpy.add.at``."""

    def __init__(self, device: Any, call: calls.IncrementAt) -> None:
        super().__init__(device)
        self.active = type(call.source) is View
        source = device.view_of(call.source).addresses()
        self.sources = device.sent(np.broadcast_to(source, call.targets.shape).reshape(-1))
        self.targets, self.sign = device.sent(call.targets.reshape(-1)), device.dtype.type(call.sign)
        self.entries = call.targets.size

    def _increase(self, given: Any, memory: Any) -> None:
        tables = self.sources, self.targets, self.sign
        self.device.launch("increase_at", self.entries, memory.shape[0], *tables, given, memory)

    def replay(self, memory: Any) -> bool:
        self._increase(memory, memory)
        return True

    def tangent(self, memory: Any, dots: Any) -> bool:
        if self.active:
            self._increase(dots, dots)
        return self.replay(memory)

    def adjoint(self, memory: Any, bars: Any) -> None:
        if self.active:
            tables = self.targets, self.sources, self.sign
            self.device.launch("increase_at", self.entries, bars.shape[0], *tables, bars, bars)

    def second_order(self, memory: Any, dots: Any, bars: Any, turns: Any) -> None:
        self.adjoint(memory, bars)
        self.adjoint(memory, turns)


class CheckStep(Step):
    """A decision, taken again on the host from copies of its operands."""

    def __init__(self, device: Any, call: calls.Check) -> None:
        super().__init__(device)
        self.call = call

    def replay(self, memory: Any) -> bool:
        held = np.empty(self.device.code.size)
        for view in self.call.operands:
            low, high = view.interval
            held[low : high + 1] = self.device.fetched(memory, low, high + 1 - low)
        return self.call.replay(held)

    def tangent(self, memory: Any, dots: Any) -> bool:
        return self.replay(memory)


def step_of_call(device: Any, call: Any) -> list[Step]:
    """Steps of an instruction that is a call on the CPU."""
    if type(call) is calls.Product:
        return [ProductStep(device, call)]
    if type(call) is calls.IncrementAt:
        return [IncrementStep(device, call)]
    return [CheckStep(device, call)]  # codes with others are refused


def unknown(call: Any) -> str | None:
    """The name of what a device does not know of a call; None where it knows it."""
    kind = type(call)
    if kind in (calls.Product, calls.IncrementAt, calls.Check):
        return None
    row = getattr(call, "row", None)
    return row.name if row is not None else kind.__name__


def steps_of(device: Any) -> list[Step]:
    """The steps of a code, in order."""
    code, found = device.code, []
    for number, pc in enumerate(code.heads.tolist()):
        if number in code.calls:
            found += step_of_call(device, code.calls[number])
            continue
        row = device.rows[pc]
        if row[0] == RUN:
            found.append(RunStep(device, int(row[2]), int(row[3])))
        elif row[0] == GROUP:
            found.append(GroupStep(device, *device.described(pc)))
        else:
            found.append(MoveStep(device, pc, row))
    return found


def view_of_constant(offset: int, shape: Sequence[int]) -> View:
    """A constant array behind the memory of a code."""
    return View(offset, tuple(shape), c_strides(shape))
