"""Lanes on a CUDA device: a plan's tables, swept by a thread for every lane.

Memory is ``[value][lane]``, so the threads of a warp read neighbours; rows are reused by liveness as the plan says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adpy.errors import DeviceError
from adpy.kernels.cuda_formulas import check_opcodes
from adpy.plain import np
from adpy.program.device_arrays import is_device_array, row_of_entries
from adpy.program.lanes import Plan

__all__ = ["DevicePlan"]

BYTES = 1 << 28
"""Memory of one block of lanes in the simulator; a device gives a quarter of what is free."""
WIDEST = 1 << 20
CHUNKS = 256
"""Blocks that add up one row of lanes."""


class DevicePlan:
    """A plan whose lanes are swept on the device.

    Parameters
    ----------
    plan : Plan
    dtype : numpy.float64 or numpy.float32
        Precision of the values on the device.

    Raises
    ------
    DeviceError
        If the program calls functions that the device does not have, which it names, or there is no device.
    """

    def __init__(self, plan: Plan, dtype: type) -> None:
        from adpy.kernels import cuda

        names = sorted({_name(item.call) for item in plan.stream.calls})
        if names:
            raise DeviceError(f"{', '.join(names)} have no CUDA kernel: use device='cpu' for this program")
        check_opcodes(plan.table[:, 0])
        self.plan, self.dtype, self.sources = plan, np.dtype(dtype), plan.sources
        self.cuda, self.kernels = cuda.require_device(), cuda.kernels("lanes", self.dtype.type)
        self.threads, self.tile = cuda.threads(), 4 if cuda.simulated() else 32
        table, back = plan.table, plan.back
        self.rows = plan.rows
        free = 4 * BYTES if cuda.simulated() else self.cuda.current_context().get_memory_info().free
        fitting = free // 4 // (self.rows * self.dtype.itemsize) // self.threads * self.threads
        self.span = max(self.threads, min(WIDEST, fitting))
        self.instructions = len(table), len(back)
        self.instructions_of = table, back
        self.table, self.back = self._sent(table), self._sent(back)
        self.guarded = bool(plan.stream.guards[1].size)
        self.outcomes = self._sent(plan.stream.guards[1].astype(self.dtype))
        self.output_rows = [self._sent(plan.row_of[numbers]) for numbers in plan.outputs]
        if plan.sources is not None:
            self.source_rows = [self._sent(plan.bar_of[plan.inputs[k]]) for k in plan.sources]
            self.seeds = self._sent(plan.seeds)

    def _sent(self, array: np.ndarray) -> Any:
        """An array on the device, which has no empty ones."""
        array = np.ascontiguousarray(array)
        return self.cuda.to_device(array if array.size else np.zeros((1,) * array.ndim, array.dtype))

    def _launch(self, name: str, lanes: int, *arguments: Any) -> None:
        blocks = (lanes + self.threads - 1) // self.threads
        self.kernels[name][blocks, self.threads](*arguments)

    def _squares(self, name: str, lanes: int, entries: int, *arguments: Any) -> None:
        """A kernel that turns squares of lanes and entries around."""
        grid = -(-lanes // self.tile), -(-entries // self.tile)
        self.kernels[name][grid, self.threads](*arguments)

    # ---- memory

    def memory(self, shared: Sequence[Any], lanes: int) -> Any:
        """Memory of a block (of ``lanes`` at most), with the constants and the inputs that all lanes share."""
        plan = self.plan
        columns = [plan.constants]
        width = min(self.span, -(-lanes // self.threads) * self.threads)
        memory = self.cuda.device_array((self.rows, width), self.dtype)
        for numbers, x in zip(plan.inputs, shared, strict=True):
            if is_device_array(x) and numbers.size:
                given = row_of_entries(x, numbers.size).reshape(numbers.size)
                self._launch("spread", width, given, self._sent(plan.row_of[numbers]), numbers.size, memory)
            elif x is not None:
                columns.append((plan.row_of[numbers], np.reshape(x, -1)))
        rows = np.concatenate([rows for rows, _ in columns])
        values = np.concatenate([values for _, values in columns]).astype(self.dtype)
        if rows.size:
            self._launch("spread", width, self._sent(values), self._sent(rows), rows.size, memory)
        return memory

    # ---- sweeps

    def replay(self, memory: Any, inputs: dict[int, Any], lanes: np.ndarray) -> Any:
        """Values of at most ``span`` lanes; return which decide as the recording did, an array of the device.

        Parameters
        ----------
        memory : array of the device
        inputs : dict of int to ndarray
            The inputs that differ between lanes: arrays of the device of all lanes, or of the host, of these.
        lanes : ndarray of int64
            Numbers of the lanes.
        """
        plan, n = self.plan, len(lanes)
        for k, x in inputs.items():
            rows = plan.row_of[plan.inputs[k]]
            if rows.size:
                self.load(x, lanes, rows.size, memory, int(rows[0]))
        same = self.cuda.to_device(np.ones(n, np.uint8))
        self._launch("replay", n, self.table, 0, self.instructions[0], self.outcomes, memory, same)
        return same

    def load(self, x: Any, lanes: np.ndarray, count: int, memory: Any, row: int) -> None:
        """One input of some lanes into rows from ``row`` on."""
        n = len(lanes)
        first, chosen = self.places(lanes)
        if not is_device_array(x):
            x, first = self._sent(np.reshape(x, (n, -1)).astype(self.dtype)), 0
        self._squares("load", n, count, x, first, chosen, n, memory, row)

    def adjoint(self, memory: Any, n: int) -> None:
        """Cotangents of the sources; the cotangent of every result is one."""
        plan = self.plan
        seeds = plan.seeds.size
        self._launch("seed", n, memory, plan.pinned.start, plan.pinned.stop, self.seeds, seeds, n)
        if self.instructions[1]:
            self._launch("adjoint", n, self.back, 0, self.instructions[1], memory, n)

    def places(self, lanes: np.ndarray) -> tuple[int, Any]:
        """The first lane where they follow each other, else -1; and their numbers."""
        if int(lanes[-1] - lanes[0]) == lanes.size - 1:
            return int(lanes[0]), self._sent(lanes[:1])
        return -1, self._sent(lanes)

    # ---- results

    def store(self, memory: Any, rows: Any, count: int, lanes: np.ndarray, same: Any, into: Any) -> None:
        """Rows of the memory to the lanes that decided alike, rows of an array of the device."""
        self._squares("store", len(lanes), count, memory, rows, count, *self.places(lanes), same, into)

    def total(self, memory: Any, rows: Any, count: int, same: Any) -> np.ndarray:
        """Sums of rows over the lanes that decided alike; blocks add up, the host adds what they found."""
        lanes = same.shape[0]
        chunks = max(1, min(CHUNKS, -(-lanes // (4 * self.threads))))
        sums = self.cuda.to_device(np.zeros((count, chunks), self.dtype))
        self.kernels["total"][(chunks, count), self.threads](memory, rows, same, self.dtype.type(1.0), sums)
        return sums.copy_to_host().sum(axis=1, dtype=np.float64)


def _name(call: Any) -> str:
    """What an instruction in Python calls."""
    row = getattr(call, "row", None)
    return row.name if row is not None else f"decisions by {getattr(call.function, '__name__', call.function)}"
