"""Banks: snapshots of states of one form in memory, where native code finds them."""

from __future__ import annotations

from collections.abc import Sequence

from adpy.checkpoint.stepping.steps import Form
from adpy.plain import np

__all__ = ["Bank"]


class Bank:
    """Room for snapshots of states of one form, in numbered slots.

    Parameters
    ----------
    form : Form
    arrays : sequence of ndarray
        Those of a state.
    slots : int

    Attributes
    ----------
    bytes : int
        What the snapshots take.
    filled : ndarray of int64
        Is a state of this form in a slot?
    """

    def __init__(self, form: Form, arrays: Sequence[np.ndarray], slots: int) -> None:
        self.form = form
        sizes = [x.size for x in arrays]
        self._shapes = [x.shape for x in arrays]
        self._stops = np.cumsum(sizes).tolist()
        width = sum(sizes)
        self._memory = np.empty((max(slots, 1), max(width, 1)))
        self.bytes = self._memory.nbytes
        self.filled = np.zeros(max(slots, 1), np.int64)
        starts = np.array([0, *self._stops[:-1]], np.int64) if sizes else np.zeros(1, np.int64)
        rows = np.arange(len(self._memory), dtype=np.int64)[:, None] * self._memory.strides[0]
        self.addresses = np.ascontiguousarray(self._memory.ctypes.data + rows + 8 * starts)

    def view(self, slot: int) -> list[np.ndarray]:
        """The arrays in a slot."""
        row, start, found = self._memory[slot], 0, []
        for stop, shape in zip(self._stops, self._shapes, strict=True):
            found.append(row[start:stop].reshape(shape))
            start = stop
        return found

    def store(self, slot: int, arrays: Sequence[np.ndarray]) -> None:
        """Keep a state in a slot."""
        for into, x in zip(self.view(slot), arrays, strict=True):
            into[...] = x
        self.filled[slot] = 1
