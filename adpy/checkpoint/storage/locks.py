"""Locks of folders: one run at a time; the system lets a lock go when its process ends, however it ends."""

from __future__ import annotations

import os

__all__ = ["Lock"]


class Lock:
    """Holds a folder for this object until it is released.

    Parameters
    ----------
    path : str
        A file, made if need be, that stays there.

    Raises
    ------
    BlockingIOError
        If somebody else holds it.
    """

    def __init__(self, path: str) -> None:
        self._file: int | None = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _acquire(self._file)
        except OSError as error:
            self.release()
            raise BlockingIOError(f"{path} is locked") from error

    def release(self) -> None:
        """Let it go; again and again does nothing."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __del__(self) -> None:
        self.release()


def _acquire(file: int) -> None:
    try:
        import fcntl
    except ImportError:
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
