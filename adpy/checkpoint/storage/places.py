"""Several storages, each a place that a schedule names."""

from __future__ import annotations

from collections.abc import Sequence

from adpy.checkpoint.storage.base import Storage
from adpy.errors import ArgumentError
from adpy.plain import np

__all__ = ["Places"]


class Places:
    """Snapshots in places: what a driver hands the actions of a schedule to.

    Parameters
    ----------
    **places : Storage
        ``ram=MemoryStorage(), disk=DiskStorage(folder)``.

    Examples
    --------
    >>> import numpy as np
    >>> from adpy.checkpoint.storage import MemoryStorage, Places
    >>> places = Places(ram=MemoryStorage())
    >>> places.store(10, "ram", [np.zeros(2)])
    >>> places.view(10, "ram")
    [array([0., 0.])]
    """

    def __init__(self, **places: Storage) -> None:
        self.places = places

    def __getitem__(self, place: str) -> Storage:
        try:
            return self.places[place]
        except KeyError:
            raise ArgumentError("place", " or ".join(map(repr, self.places)), repr(place)) from None

    def store(self, key: int | str, place: str, arrays: Sequence[np.ndarray]) -> None:
        """Keep a copy of arrays in a place."""
        self[place].store(key, arrays)

    def restore(self, key: int | str, place: str, out: Sequence[np.ndarray] | None = None) -> list[np.ndarray]:
        """Copies of the arrays of a snapshot."""
        return self[place].restore(key, out)

    def view(self, key: int | str, place: str) -> list[np.ndarray]:
        """The arrays of a snapshot, not to be written to."""
        return self[place].view(key)

    def free(self, key: int | str, place: str) -> None:
        """Let a snapshot go."""
        self[place].free(key)

    @property
    def bytes(self) -> dict[str, int]:
        """Bytes in use in each place."""
        return {name: storage.bytes for name, storage in self.places.items()}

    @property
    def peak(self) -> dict[str, int]:
        """The most bytes that were in use in each place."""
        return {name: storage.peak for name, storage in self.places.items()}

    def close(self) -> None:
        """Let everything go that the process holds."""
        for storage in self.places.values():
            storage.close()
