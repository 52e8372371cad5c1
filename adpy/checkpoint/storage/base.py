"""What every storage can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any

from adpy.plain import np

__all__ = ["Storage"]


class Storage(ABC):
    """Snapshots under keys: lists of arrays, by the number of the step, or by a name.

    A snapshot is the list of arrays that :func:`adpy.checkpoint.stepping.state.split` gives.  Its arrays may have other
    shapes than those of other snapshots.

    Attributes
    ----------
    limit : int or None
        Bytes that may be used; None: no limit.
    bytes : int
        Bytes in use now.
    peak : int
        The most that were in use.
    persistent : bool
        Whether snapshots outlive the process.
    """

    persistent = False

    limit: int | None
    bytes: int
    peak: int

    @abstractmethod
    def store(self, key: int | str, arrays: Sequence[np.ndarray], info: Any = None) -> None:
        """Keep a copy; what was there under this key is replaced, once the new one is complete.

        Parameters
        ----------
        key : int or str
        arrays : sequence of ndarray
        info : object, optional
            What is to be kept beside them, of what JSON can say; only persistent storages do.

        Raises
        ------
        StorageFullError
            If there is no room.  All that was kept before is still kept.
        """

    @abstractmethod
    def restore(self, key: int | str, out: Sequence[np.ndarray] | None = None) -> list[np.ndarray]:
        """Copies of the arrays of a snapshot, which stays kept.

        Parameters
        ----------
        key : int or str
        out : sequence of ndarray, optional
            Arrays to write into, where they have the same shapes and dtypes; else new ones are made.

        Raises
        ------
        SnapshotError
            If it is not there, or not what was stored.
        """

    def view(self, key: int | str) -> list[np.ndarray]:
        """The arrays of a snapshot, not to be written to, until it is freed or replaced."""
        return self.restore(key)

    @abstractmethod
    def free(self, key: int | str) -> None:
        """Let a snapshot go; nothing happens if there is none."""

    @abstractmethod
    def keys(self) -> Iterable[int | str]:
        """Keys of all snapshots."""

    def steps(self) -> list[int]:
        """Numbers of the steps that there are snapshots of, in increasing order."""
        return sorted(key for key in self.keys() if not isinstance(key, str))

    @property
    def available(self) -> int | None:
        """Bytes that can still be used; None: no limit."""
        return None if self.limit is None else max(self.limit - self.bytes, 0)

    @abstractmethod
    def cost(self, arrays: Sequence[np.ndarray]) -> int:
        """Bytes that a snapshot of such arrays takes."""

    def close(self) -> None:
        """Let everything go that the process holds."""
        for key in list(self.keys()):
            self.free(key)

    def __enter__(self) -> Storage:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def __contains__(self, key: int | str) -> bool:
        return key in self.keys()

    def __len__(self) -> int:
        return len(list(self.keys()))
