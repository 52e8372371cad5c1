"""A code on a CUDA device: its tables and constants there, and the sweeps over memory of the device."""

from __future__ import annotations

import weakref
from typing import Any

from adpy.errors import DeviceError
from adpy.kernels.cuda_formulas import check_opcodes
from adpy.kernels.table import CALL, FILL, GATHER, GROUP, RUN, SAVE, SAVE_AT, SCATTER
from adpy.plain import np
from adpy.program.code import Code, View
from adpy.program.device_steps import steps_of, unknown, view_of_constant
from adpy.program.device_tables import group_rows, of_cotangents, widened

__all__ = ["DeviceCode", "code_on_device"]

KNOWN = frozenset((RUN, FILL, GATHER, SCATTER, SAVE, SAVE_AT, CALL, GROUP))
MOST_BLOCKS = 1 << 15

_codes: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()


def code_on_device(code: Code, dtype: type) -> DeviceCode:
    """The code on the device, sent there once."""
    found = _codes.setdefault(code, {})
    if dtype not in found:
        found[dtype] = DeviceCode(code, dtype)
    return found[dtype]


class DeviceCode:
    """A code whose instructions are launched on a device.

    Parameters
    ----------
    code : Code
    dtype : numpy.float64 or numpy.float32
        Precision of values and derivatives.

    Raises
    ------
    DeviceError
        If the code calls functions that the device does not have, which it names, or there is no device.
    """

    def __init__(self, code: Code, dtype: type) -> None:
        from adpy.kernels import cuda

        names = sorted({name for call in code.calls.values() if (name := unknown(call)) is not None})
        if names:
            raise DeviceError(f"{', '.join(names)} have no CUDA kernel: use device='cpu' for this program")
        strange = set(code.table[code.heads, 0].tolist()) - KNOWN
        if strange:
            raise DeviceError(f"instructions {sorted(strange)} have no CUDA kernel: use device='cpu' for this program")
        check_opcodes(np.concatenate([code.table[:, 0], code.ops]))
        self.cuda, families = cuda.require_device(), ("groups", "moves", "runs")
        self.kernels = {k: f for family in families for k, f in cuda.kernels(family, np.dtype(dtype).type).items()}
        self.threads, self.side = cuda.threads(), 2 if cuda.simulated() else 16
        self._code, self.dtype = weakref.ref(code), np.dtype(dtype)
        self.constants: list[tuple[int, np.ndarray]] = list(code.constants)
        self.size = code.size
        self.rows = widened(code.table)
        self.scalars = tuple([self.sent(x) for x in (code.ops, code.firsts, code.seconds)])
        half = len(code.places) // 2
        self.places, self.bar_places = self.sent(code.places[:half]), self.sent(code.places[half:])
        self.steps = steps_of(self)
        self.table, self.bar_table = self.sent(self.rows), self.sent(of_cotangents(self.rows))
        self.guards = self.sent(code.guards[0])
        self.memories: list[Any] = []

    @property
    def code(self) -> Code:
        """The code; it keeps what is on the device, not the other way round."""
        return self._code()

    # ---- preparation

    def sent(self, array: np.ndarray) -> Any:
        """An array on the device, which has no empty ones."""
        array = np.ascontiguousarray(array)
        return self.cuda.to_device(array if array.size else np.zeros((1,) * array.ndim, array.dtype))

    def view_of(self, operand: Any) -> View:
        """Where an operand is; a constant gets a place behind the memory of the code."""
        if type(operand) is View:
            return operand
        values = np.ascontiguousarray(operand, np.float64)
        offset, self.size = self.size, self.size + max(1, values.size)
        self.constants.append((offset, values))
        return view_of_constant(offset, np.shape(operand))

    def described(self, pc: int) -> tuple[int, np.ndarray]:
        """First row and rows of a group, with the columns of a device."""
        rows = self.rows[pc : pc + 1 + int(self.rows[pc, 1])]
        group_rows(rows, self.threads)
        return pc, rows

    # ---- memory

    def columns(self, width: int, rows: int, zeroed: int) -> Any:
        """Memory of tangents or cotangents; the first ``zeroed`` addresses are zero."""
        memory = self.cuda.device_array((width, max(1, rows)), self.dtype)
        if zeroed:
            self.launch("zero", zeroed, width, memory, zeroed)
        return memory

    def take_memory(self) -> Any:
        """Memory of values, with the constants in it."""
        try:
            return self.memories.pop()
        except IndexError:
            memory = self.cuda.device_array((1, max(1, self.size)), self.dtype)
            for start, values in [(0, self.code.scalars), *self.constants]:
                if values.size:
                    self.put(values.reshape(1, -1), start, None, memory)
            return memory

    def give_memory(self, memory: Any) -> None:
        """Keep a memory for the next use."""
        self.memories.append(memory)

    def put(self, values: Any, first: int, places: Any, memory: Any, adding: bool = False) -> None:
        """Values, ``(directions, entries)``, to addresses from ``first`` on, or to ``places``."""
        if isinstance(values, np.ndarray):
            values = self.sent(values.astype(self.dtype, copy=False))
        self.launch("put", values.shape[1], memory.shape[0], values, first, self._or_any(places), memory, adding)

    def taken(self, memory: Any, first: int, places: Any, count: int) -> Any:
        """Entries of every direction, an array of the device."""
        found = self.cuda.device_array((memory.shape[0], max(1, count)), self.dtype)
        if count:
            self.launch("take", count, memory.shape[0], memory, first, self._or_any(places), found)
        return found

    def _or_any(self, places: Any) -> Any:
        """Places, or an array in their place where none are read."""
        return self.guards if places is None else places

    def fetched(self, memory: Any, first: int, count: int) -> np.ndarray:
        """Values at addresses from ``first`` on, on the host."""
        return self.taken(memory, first, None, count).copy_to_host()[0, :count].astype(np.float64)

    # ---- launches

    def launch(self, name: str, entries: int, width: int, *arguments: Any) -> None:
        """A kernel with a thread an entry, for all directions."""
        blocks = max(1, min(MOST_BLOCKS, -(-entries // self.threads)))
        self.kernels[name][(blocks, width), self.threads](*arguments)

    def launch_blocks(self, name: str, grid: tuple[int, int], *arguments: Any) -> None:
        """A kernel with so many blocks."""
        self.kernels[name][grid, self.threads](*arguments)

    def multiply(
        self, left: Any, a: tuple, right: Any, b: tuple, out: Any, o: tuple, lengths: tuple, fresh: bool
    ) -> None:
        """``out = left @ right``, or added to what is there; matrices are ``(offset, stride, stride)``."""
        rows, columns, _ = lengths
        grid = -(-columns // self.side), -(-rows // self.side), out.shape[0]
        arguments = (left, *a, right, *b, out, *o, *lengths, fresh)
        self.kernels["multiply"][grid, self.side * self.side](*arguments)

    # ---- sweeps

    def _guarded(self, memory: Any) -> bool:
        addresses, outcomes = self.code.guards
        if not addresses.size:
            return True
        found = self.taken(memory, -1, self.guards, addresses.size).copy_to_host()[0]
        return np.array_equal(found, outcomes.astype(self.dtype), equal_nan=True)

    def replay(self, memory: Any) -> bool:
        """Values of everything; are all decisions those of the recording?"""
        same = True
        for step in self.steps:
            same = step.replay(memory) and same
        return same and self._guarded(memory)

    def tangent(self, memory: Any, dots: Any) -> bool:
        """As :meth:`replay`, with tangents."""
        same = True
        for step in self.steps:
            same = step.tangent(memory, dots) and same
        return same and self._guarded(memory)

    def adjoint(self, memory: Any, bars: Any) -> None:
        """Cotangents of the inputs from those of the results."""
        for step in reversed(self.steps):
            step.adjoint(memory, bars)

    def second_order(self, memory: Any, dots: Any, bars: Any, turns: Any) -> None:
        """Cotangents of the inputs, and their tangents."""
        for step in reversed(self.steps):
            step.second_order(memory, dots, bars, turns)
