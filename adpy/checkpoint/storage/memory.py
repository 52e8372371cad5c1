"""Snapshots in memory, in buffers that are used again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from adpy import workspace
from adpy.checkpoint.storage.base import Storage
from adpy.checkpoint.storage.sizes import format_bytes
from adpy.errors import SnapshotError, StorageFullError
from adpy.plain import np

__all__ = ["MemoryStorage"]

_ALIGN = 64
_OBJECT = 140
"""Bytes that CPython takes for an array, its shape and its place in a list."""


class _Slot:
    """Memory of one snapshot: one buffer, and an array in it for each leaf."""

    __slots__ = ("arrays", "buffer", "cost", "form")

    def __init__(self, form: tuple, cost: int) -> None:
        self.form, self.cost = form, cost
        sizes = [_padded(shape, dtype) for shape, dtype in form]
        self.buffer = workspace.take((max(sum(sizes) // 8, 1),))
        memory, start = self.buffer.view(np.uint8), 0
        self.arrays = []
        for (shape, dtype), size in zip(form, sizes):
            self.arrays.append(np.ndarray(shape, dtype, memory, start))
            start += size

    def give_back(self) -> None:
        """Let the next storage have the memory."""
        self.arrays = []
        workspace.give(self.buffer)


def _padded(shape: tuple[int, ...], dtype: np.dtype) -> int:
    size = dtype.itemsize
    for n in shape:
        size *= n
    return -(-size // _ALIGN) * _ALIGN


def _form(arrays: Sequence[np.ndarray]) -> tuple:
    return tuple([(a.shape, a.dtype) for a in arrays])


def _cost(form: tuple) -> int:
    return sum([_padded(shape, dtype) + _OBJECT for shape, dtype in form]) + 2 * _OBJECT


class MemoryStorage(Storage):
    """Snapshots in memory.

    Buffers of freed snapshots are kept for the next ones, so that no fresh pages are touched once as many were held
    as are held at a time.

    Parameters
    ----------
    limit : int, optional
        Bytes that may be used, buffers that wait for their next use included.

    Examples
    --------
    >>> import numpy as np
    >>> from adpy.checkpoint.storage import MemoryStorage
    >>> storage = MemoryStorage()
    >>> storage.store(0, [np.arange(3.0)])
    >>> storage.restore(0)
    [array([0., 1., 2.])]
    """

    def __init__(self, limit: int | None = None) -> None:
        self.limit = limit
        self.bytes = self.peak = 0
        self._held: dict[int | str, _Slot] = {}
        self._idle: dict[tuple, list[_Slot]] = {}

    def store(self, key: int | str, arrays: Sequence[np.ndarray], info: Any = None) -> None:
        """Keep a copy; see :meth:`Storage.store`."""
        form = _form(arrays)
        slot = self._held.get(key)
        if slot is None or slot.form != form:
            new = self._slot(form, slot)
            if slot is not None:
                self._drop(slot)
            self._held[key] = slot = new
        for kept, array in zip(slot.arrays, arrays):
            kept[...] = array

    def _slot(self, form: tuple, replaced: _Slot | None) -> _Slot:
        """A buffer of this form, an idle one if there is one."""
        idle = self._idle.get(form)
        if idle:
            return idle.pop()
        cost = _cost(form)
        if self.limit is not None:
            room = self.limit - self.bytes + (replaced.cost if replaced is not None else 0)
            if cost > room and self._idle:
                room += self._drop_idle()
            if cost > room:
                raise StorageFullError("memory", cost, max(room, 0), f"the limit is {format_bytes(self.limit)}")
        slot = _Slot(form, cost)
        self.bytes += cost
        self.peak = max(self.peak, self.bytes)
        return slot

    def _drop(self, slot: _Slot) -> None:
        self.bytes -= slot.cost
        slot.give_back()

    def _drop_idle(self) -> int:
        """Let all buffers go that wait for another use; how many bytes they had."""
        before = self.bytes
        for slots in self._idle.values():
            for slot in slots:
                self._drop(slot)
        self._idle.clear()
        return before - self.bytes

    def restore(self, key: int | str, out: Sequence[np.ndarray] | None = None) -> list[np.ndarray]:
        """Copies of its arrays; see :meth:`Storage.restore`."""
        arrays = self.view(key)
        if out is None or len(out) != len(arrays):
            return [array.copy() for array in arrays]
        result = []
        for array, target in zip(arrays, out):
            if target.shape == array.shape and target.dtype == array.dtype:
                target[...] = array
            else:
                target = array.copy()
            result.append(target)
        return result

    def view(self, key: int | str) -> list[np.ndarray]:
        """The arrays themselves; see :meth:`Storage.view`."""
        slot = self._held.get(key)
        if slot is None:
            raise SnapshotError(key, "memory", "there is none")
        return slot.arrays

    def free(self, key: int | str) -> None:
        """Let a snapshot go, and keep its buffer for the next."""
        slot = self._held.pop(key, None)
        if slot is not None:
            self._idle.setdefault(slot.form, []).append(slot)

    def trim(self) -> None:
        """Let the buffers of freed snapshots go: there will be no others like them."""
        for slots in self._idle.values():
            self.bytes -= sum([slot.cost for slot in slots])
        self._idle.clear()

    def keys(self) -> Iterable[int | str]:
        """Keys of all snapshots."""
        return self._held.keys()

    def cost(self, arrays: Sequence[np.ndarray]) -> int:
        """Bytes that a snapshot of such arrays takes."""
        return _cost(_form(arrays))

    def close(self) -> None:
        """Give all memory back."""
        super().close()
        self._drop_idle()
