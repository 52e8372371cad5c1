"""One evaluation of a program in many lanes on a CUDA device; arrays of the device in and out without copies."""

from __future__ import annotations

from typing import Any

from adpy.api.gathering import Gathered
from adpy.api.lane_arguments import leaf_of
from adpy.api.lane_batch import Batch, plan_of
from adpy.api.running import is_differentiable
from adpy.api.trees import map_leaves
from adpy.errors import ArgumentError
from adpy.plain import np

__all__ = ["DeviceBatch"]


class DeviceBatch(Batch):
    """As :class:`~adpy.api.lane_batch.Batch`, with lanes on the device.

    Where an argument is an array of the device, so are results and gradients that are not reduced.
    """

    masks = False

    def __init__(self, program: Any, args: tuple, *rest: Any) -> None:
        from adpy.program.device_arrays import adopted, is_device_array

        self.device_arrays = [False]

        def taken(leaf):
            if not is_device_array(leaf):
                return leaf
            self.device_arrays[0] = True
            return _checked(adopted(leaf))

        super().__init__(program, tuple([map_leaves(taken, arg) for arg in args]), *rest)

    def _gathered(self, name: str) -> Gathered:
        """Where results go: to the host if they are reduced."""
        if self.reduce is not None:
            return super()._gathered(name)
        return DeviceGathered(self.size, name, self.dtype, self.device_arrays[0])

    # ---- arguments

    def _leaf(self, name: str, path: str, value: Any, axis: Any) -> tuple[str, Any, int | None]:
        """A leaf, its axis checked."""
        if axis is None or isinstance(value, np.ndarray) or not hasattr(value, "copy_to_host"):
            return leaf_of(name, path, value, axis)
        if axis not in (0, -len(value.shape)):
            raise ArgumentError("in_axes", "0 for arrays of the device", repr(axis))
        return path, value, 0

    @staticmethod
    def _entry(value: Any, axis: int, lane: int) -> Any:
        """What a lane has of an array, on the host."""
        if isinstance(value, np.ndarray):
            return Batch._entry(value, axis, lane)
        found = value[lane : lane + 1].copy_to_host()[0]
        return np.array(found, np.float64) if np.ndim(found) else float(found)

    @staticmethod
    def _shared(value: Any) -> Any:
        """An argument that all lanes share, on the host."""
        return value.copy_to_host().astype(np.float64) if hasattr(value, "copy_to_host") else value

    def _column(self, value: Any, axis: int | None) -> tuple[Any, bool] | None:
        if hasattr(value, "copy_to_host"):
            return (value, True) if axis is None else (value.reshape(self.size, -1), False)
        return super()._column(value, axis)

    def _differentiable(self, value: Any) -> bool:
        return hasattr(value, "copy_to_host") or is_differentiable(value)

    # ---- the way through

    def _plan(self, branch: Any) -> Any:
        """The plan of a recording on the device, None where it has none."""
        sources = self._sources() if self.gradient else None
        plan = plan_of(branch, sources)
        key = None if sources is None else tuple(sources), self.dtype
        if plan is not None and key not in branch.plans:
            from adpy.program.device_straight import plan_on_device

            branch.plans[key] = plan_on_device(plan, self.dtype, self.program._mode in ("now", "background"))
        return None if plan is None else branch.plans[key]

    def _sweep(self, branch: Any, columns: list, lanes: np.ndarray) -> np.ndarray:
        """Do the lanes that decide like a recording; return those that do not."""
        plan = self._prepared(branch)
        if plan is None:
            self._alone(lanes)
            return lanes[:0]
        memory = plan.memory([x if shared else None for x, shared in columns], lanes.size)
        missing = [lanes[:0]]
        for start in range(0, lanes.size, plan.span):
            piece = lanes[start : start + plan.span]
            inputs = {
                k: x if hasattr(x, "copy_to_host") else x[piece] for k, (x, shared) in enumerate(columns) if not shared
            }
            same = plan.replay(memory, inputs, piece)
            count = piece.size
            if plan.guarded:
                alike = same.copy_to_host().astype(bool)
                missing.append(piece[~alike])
                count = int(alike.sum())
            if count:
                self._collect(branch, plan, memory, piece, same, count)
        left = np.concatenate(missing)
        with self.program._lock:
            self.program._hits += lanes.size - left.size
        return left

    def _collect(self, branch: Any, plan: Any, memory: Any, lanes: np.ndarray, same: Any, count: int) -> None:
        """Results and gradients of one block of lanes, ``count`` of which decided alike."""
        for j, (place, leaf) in enumerate(branch.places):
            if place is None:
                self.values.put_shared(j, self._alike(lanes, same, plan), leaf, count)
            else:
                shape = branch.code.outputs[place].shape
                self._put(self.values, j, plan, memory, plan.output_rows[place], shape, lanes, same)
        if plan.sources is None:
            return
        plan.adjoint(memory, lanes.size)
        for j, source in enumerate(plan.sources):
            shape = branch.code.inputs[source].shape
            self._put(self.bars, j, plan, memory, plan.source_rows[j], shape, lanes, same)

    @staticmethod
    def _alike(lanes: np.ndarray, same: Any, plan: Any) -> np.ndarray:
        return lanes[same.copy_to_host().astype(bool)] if plan.guarded else lanes

    def _put(self, into: Any, j: int, plan: Any, memory: Any, rows: Any, shape: tuple, lanes: np.ndarray, same: Any):
        """One result of a block of lanes, or its sum."""
        count = int(np.prod(shape))
        if not count:
            return
        if self.reduce is None:
            plan.store(memory, rows, count, lanes, same, into.found[j])
        else:
            into.found[j] = into.found.get(j, 0.0) + plan.total(memory, rows, count, same).reshape(shape)


class DeviceGathered(Gathered):
    """Results of lanes in arrays of the device."""

    def __init__(self, size: int, name: str, dtype: type, on_device: bool) -> None:
        super().__init__(size, None, name)
        self.dtype, self.on_device = dtype, on_device
        self.shapes: dict[int, tuple] = {}

    def reserve(self, j: int, leaf: Any, shape: tuple) -> None:
        """Make a place for leaf ``j``; a leaf that is no number is the same in all lanes."""
        from numba import cuda

        known = j in self.found
        host = Gathered(1, None, self.name, {j: np.empty((1, *self.shapes[j]))} if j in self.shapes else {})
        if known and j not in self.shapes:
            host.found = {j: self.found[j]}
        host.reserve(j, leaf, shape)
        if known:
            return
        if not isinstance(host.found[j], np.ndarray):
            self.found[j] = host.found[j]
            return
        self.shapes[j] = shape
        self.found[j] = cuda.device_array((self.size, max(1, int(np.prod(shape)))), self.dtype)

    def put(self, j: int, lanes: Any, found: Any) -> None:
        """Leaf ``j`` of some lanes, which were evaluated on the host."""
        for lane, row in zip(np.atleast_1d(lanes).tolist(), np.reshape(found, (len(found), -1)), strict=True):
            self.found[j][lane : lane + 1].copy_to_device(np.ascontiguousarray(row[None], self.dtype))

    def results(self) -> list:
        """The leaves in order."""
        found = []
        for j in sorted(self.found):
            x = self.found[j]
            if j in self.shapes:
                shape = (self.size, *self.shapes[j])
                if self.on_device and int(np.prod(shape)):
                    x = x.reshape(*shape)
                else:
                    x = x.copy_to_host()[:, : int(np.prod(self.shapes[j]))].astype(np.float64).reshape(shape)
            found.append(x)
        return found


def _checked(array: Any) -> Any:
    """An array of the device that kernels can read: contiguous, of numbers in either precision."""
    if array.dtype not in (np.dtype(np.float64), np.dtype(np.float32)):
        raise ArgumentError("array of the device", "float64 or float32", str(array.dtype))
    if not array.flags["C_CONTIGUOUS"]:
        raise ArgumentError("array of the device", "C-contiguous memory (make a contiguous copy)", "strides")
    return array
