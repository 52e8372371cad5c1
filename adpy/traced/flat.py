"""Flat: ``x.flat`` of a traced array."""

from __future__ import annotations

from typing import Any

from adpy.plain import np
from adpy.traced.dispatch import memory, primal
from adpy.traced.inplace import entries

__all__ = ["Flat"]


class Flat:
    """Iterator over the entries of a traced array in C order; indexing reads and writes the array itself."""

    __slots__ = ("_array", "_entries", "index")

    def __init__(self, array: Any) -> None:
        self._array, self.index = array, 0
        self._entries = array if array.ndim else array.reshape(1)

    def _key(self, key):
        if isinstance(key, int | np.integer) and not isinstance(key, bool):
            n = self._entries.size
            if not -n <= key < n:
                raise IndexError(f"index {key} is out of bounds for size {n}")
            return tuple([int(i) for i in np.unravel_index(key % n, self._entries.shape)])
        positions = np.arange(self._entries.size)[primal(key)]
        return np.unravel_index(positions, self._entries.shape)

    def __getitem__(self, key):
        return self._entries[self._key(key)]

    def __setitem__(self, key, value):
        key = self._key(key)
        count = None if type(key[0]) is int else key[0].size
        if np.size(value) == 0:
            return
        if count and np.ndim(value) and np.may_share_memory(memory(value), memory(self._entries)):
            for i in range(count):  # entry by entry, as NumPy does it: what was just written may be read
                self._entries[tuple([int(k.reshape(-1)[i]) for k in key])] = value.flat[i % value.size]
            return
        self._entries[key] = entries(value, count)

    def __iter__(self):
        return self

    def __next__(self):
        if self.index >= self._entries.size:
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
        coords, rest = [], self.index
        for n in self._array.shape[:0:-1]:
            rest, i = divmod(rest, n) if n else (rest, 0)
            coords.append(i)
        return tuple([*([rest] if self._array.ndim else []), *reversed(coords)])

    @property
    def base(self):
        """The array."""
        return self._array
