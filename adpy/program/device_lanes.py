"""Lanes on a CUDA device: a plan's tables, swept by a thread for every lane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adpy.errors import DeviceError
from adpy.kernels.opcodes import FIRST_SPECIAL, SPECIAL
from adpy.plain import np
from adpy.program.lanes import Plan

__all__ = ["DevicePlan"]

BYTES = 1 << 28
"""Memory of one block of lanes on the device, at most."""
WIDEST = 1 << 20


class DevicePlan:
    """A plan whose lanes are swept on the device; has the methods of :class:`adpy.program.lanes.Plan`.

    Parameters
    ----------
    plan : Plan
    dtype : numpy.float64 or numpy.float32
        Precision of the values on the device.
    """

    def __init__(self, plan: Plan, dtype: type) -> None:
        from adpy.kernels import cuda

        if plan.stream.calls:
            names = sorted({_name(item.call) for item in plan.stream.calls})
            raise DeviceError(f"{', '.join(names)} have no CUDA kernel: use device='cpu' for this program")
        special = sorted({SPECIAL[op - FIRST_SPECIAL] for op in plan.table[:, 0].tolist() if op >= FIRST_SPECIAL})
        if special:
            raise DeviceError(f"{', '.join(special)} have no CUDA kernel: use device='cpu' for this program")
        self.plan, self.dtype, self.sources = plan, np.dtype(dtype), plan.sources
        self.cuda, self.kernels = cuda.require_device(), cuda.kernels(self.dtype.type)
        self.threads = cuda.THREADS
        fitting = BYTES // (plan.rows * self.dtype.itemsize) // self.threads * self.threads
        self.span = max(self.threads, min(WIDEST, fitting))
        self.table, self.outcomes = self._sent(plan.table), self._sent(_filled(plan.stream.guards[1]))
        self.output_rows = [self._sent(_filled(plan.row_of[numbers])) for numbers in plan.outputs]
        if plan.sources is not None:
            self.back = self._sent(plan.back)
            self.source_rows = [self._sent(_filled(plan.bar_of[plan.inputs[k]])) for k in plan.sources]
            self.seeds = self._sent(plan.seeds if plan.seeds.size else np.array([plan.scratch]))

    def _sent(self, array: np.ndarray) -> Any:
        """An array on the device."""
        return self.cuda.to_device(np.ascontiguousarray(array))

    def _launch(self, name: str, lanes: int, *arguments: Any) -> None:
        blocks = (lanes + self.threads - 1) // self.threads
        self.kernels[name][blocks, self.threads](*arguments)

    def memory(self, shared: Sequence[np.ndarray | None], lanes: int) -> Any:
        """Memory of a block (of ``lanes`` at most), with the constants and the inputs that all lanes share."""
        plan = self.plan
        rows, values = plan.constants
        columns = [(rows, values)]
        columns += [
            (plan.row_of[numbers], np.reshape(x, -1))
            for numbers, x in zip(plan.inputs, shared, strict=True)
            if x is not None
        ]
        rows = np.concatenate([rows for rows, _ in columns])
        values = np.concatenate([values for _, values in columns]).astype(self.dtype)
        width = min(self.span, lanes)
        memory = self.cuda.device_array((plan.rows, width), self.dtype)
        if rows.size:
            self._launch("spread", width, self._sent(values), self._sent(rows), memory)
        return memory

    def run(self, memory: Any, inputs: dict[int, np.ndarray]) -> tuple[np.ndarray, list, list]:
        """Sweep at most ``span`` lanes; as :meth:`adpy.program.lanes.Plan.run`."""
        plan, n = self.plan, len(next(iter(inputs.values())))
        for k, x in inputs.items():
            rows = plan.row_of[plan.inputs[k]]
            if rows.size:
                block = self._sent(np.reshape(x, (n, -1)).astype(self.dtype))
                self._launch("load", n, block, memory, int(rows[0]))
        same = self._sent(np.ones(n, np.uint8))
        self._launch("replay", n, self.table, self.outcomes, memory, same)
        outputs = [
            self._fetched(memory, rows, numbers.size, n).reshape(n, *view.shape)
            for rows, numbers, view in zip(self.output_rows, plan.outputs, plan.code.outputs, strict=True)
        ]
        bars = self._cotangents(memory, n) if self.sources is not None else []
        return same.copy_to_host().astype(bool), outputs, bars

    def _cotangents(self, memory: Any, n: int) -> list[np.ndarray]:
        """Cotangents of the sources; the cotangent of every result is one."""
        plan = self.plan
        self._launch("seed", n, memory, plan.pinned.start, plan.pinned.stop, self.seeds, n)
        if len(plan.back):
            self._launch("adjoint", n, self.back, memory, self._sent(np.ones(n, np.uint8)))
        return [
            self._fetched(memory, rows, plan.inputs[k].size, n).reshape(n, *plan.code.inputs[k].shape)
            for rows, k in zip(self.source_rows, plan.sources, strict=True)
        ]

    def _fetched(self, memory: Any, rows: Any, count: int, n: int) -> np.ndarray:
        """Rows as an array of ``n`` lanes."""
        found = self.cuda.device_array((n, max(1, count)), self.dtype)
        self._launch("store", n, memory, rows, found)
        return found.copy_to_host()[:, :count]


def _filled(array: np.ndarray) -> np.ndarray:
    """At least one entry: devices have no empty arrays."""
    return array if array.size else np.zeros(1, array.dtype)


def _name(call: Any) -> str:
    """What an instruction in Python calls."""
    row = getattr(call, "row", None)
    return row.name if row is not None else f"decisions by {getattr(call.function, '__name__', call.function)}"
