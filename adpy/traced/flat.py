"""Flat: ``x.flat`` of a traced array."""

from __future__ import annotations

from typing import Any

from adpy.plain import np
from adpy.traced.dispatch import call

__all__ = ["Flat"]


class Flat:
    """Iterator over the entries of a traced array in C order; indexing reads and writes the array itself."""

    __slots__ = ("_array", "index")

    def __init__(self, array: Any) -> None:
        self._array, self.index = array, 0

    def _key(self, key):
        positions = np.arange(self._array.size).reshape(-1)[key]
        return np.unravel_index(positions, self._array.shape)

    def __getitem__(self, key):
        return self._array[self._key(key)]

    def __setitem__(self, key, value):
        shape = np.shape(np.arange(self._array.size)[key])
        if shape and getattr(value, "ndim", 0) == 1 and len(value) != shape[0]:
            value = call(np.resize, (value, shape), {})
        self._array[self._key(key)] = value

    def __iter__(self):
        return self

    def __next__(self):
        if self.index >= self._array.size:
            raise StopIteration
        self.index += 1
        return self[self.index - 1]

    def __len__(self):
        return self._array.size

    def copy(self):
        """The entries as a fresh one-dimensional array."""
        return self._array.flatten()

    @property
    def coords(self) -> tuple[int, ...]:
        """Index of the entry that comes next."""
        return tuple(int(i) for i in np.unravel_index(self.index, self._array.shape))

    @property
    def base(self):
        """The array."""
        return self._array
