"""Snapshots on disk, that a run killed at any moment resumes from."""

from __future__ import annotations

import errno
import json
import logging
import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adpy.checkpoint.storage import files
from adpy.checkpoint.storage.base import Storage
from adpy.checkpoint.storage.locks import Lock
from adpy.checkpoint.storage.problems import differences, digest
from adpy.checkpoint.storage.sizes import format_bytes, parse_memory
from adpy.errors import ArgumentError, ResumeError, SnapshotError, StorageFullError
from adpy.plain import np

__all__ = ["DiskStorage"]

_NAME = re.compile(r"[A-Za-z0-9_-]+")
_FILE = re.compile(r"(step-\d{12,}|named-[A-Za-z0-9_-]+)\.npy(\.gz)?")
_PROBLEM = "problem.json"
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG)
_log = logging.getLogger("adpy.checkpoint")


class DiskStorage(Storage):
    """Snapshots in a folder, one file each.

    Files hold plain ``.npy`` arrays with checksums, appear under their names only when they are complete, and know
    which problem they belong to.  Nothing is pickled.  What a killed run left is there for the next one that opens the
    folder with the same problem.

    Parameters
    ----------
    folder : path-like
        Made if it is not there.  One storage at a time has it.
    limit : int or str, optional
        Bytes that the files may take together: ``"50 GB"``.
    compress : bool or int
        Whether to compress by gzip, or the level, 1 (what True means) to 9.
    sync : bool
        Whether to wait for the disk after each snapshot, so that it survives a loss of power.  Snapshots survive the
        end of the process, however it ends, also without.
    key : str, optional
        What tells problems apart in the place of the functions and what they read: a version of the model.
    interval : float
        Seconds between two times that a loop stores its cotangents on the way back.
    replace : bool
        Whether snapshots of another problem are removed, not refused: for optimisers, which change the parameters.

    Raises
    ------
    ResumeError
        If another storage has the folder.
    ArgumentError
        If an argument is not what it must be.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from adpy.checkpoint.storage import DiskStorage
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with DiskStorage(folder) as storage:
    ...         storage.store(5, [np.arange(3.0)])
    ...     with DiskStorage(folder) as storage:         # another run
    ...         storage.steps(), storage.restore(5)
    ([5], [array([0., 1., 2.])])
    """

    persistent = True

    def __init__(
        self,
        folder: str | os.PathLike,
        limit: int | str | None = None,
        compress: bool | int = False,
        sync: bool = True,
        key: str | None = None,
        interval: float = 30.0,
        replace: bool = False,
    ) -> None:
        try:
            self.folder = os.path.abspath(os.fspath(folder))
        except TypeError:
            raise ArgumentError("folder", "a path", type(folder).__name__) from None
        self.limit = None if limit is None else parse_memory(limit, "limit")
        if not isinstance(compress, int) or not 0 <= compress <= 9:
            raise ArgumentError("compress", "True, False or a level from 1 to 9", repr(compress))
        self.level, self.sync, self.key, self.interval = int(compress), sync, key, interval
        self.replace = replace
        self.bytes = self.peak = 0
        self._files: dict[int | str, tuple[str, int]] = {}
        self._digest = digest({})
        self._foreign: tuple[str, ...] = ()
        try:
            os.makedirs(self.folder, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise ArgumentError("folder", "a path for a folder", f"{self.folder!r}, where there is a file") from None
        self._lock: Lock | None = None
        self._open()
        self._look()

    def _open(self) -> None:
        if self._lock is None:
            try:
                self._lock = Lock(os.path.join(self.folder, "lock"))
            except BlockingIOError:
                raise ResumeError(self.folder, ("another run is using it",)) from None

    def within(self, name: str) -> DiskStorage:
        """A storage like this one, in a folder within this one."""
        folder = os.path.join(self.folder, name)
        return DiskStorage(folder, self.limit, self.level, self.sync, self.key, self.interval, self.replace)

    def begin(self, problem: Mapping[str, Any], resume: bool = True) -> bool:
        """Say which problem the snapshots belong to.

        Parameters
        ----------
        problem : mapping
            What must be the same for a snapshot to be of use, of what JSON can say:
            :func:`adpy.checkpoint.storage.describe_problem`.
        resume : bool
            Whether to go on from what is there; if not, it is removed.

        Returns
        -------
        bool
            Whether there is anything of this problem.

        Raises
        ------
        ResumeError
            If there are snapshots of another problem.  They stay as they are.
        """
        self._open()
        problem = json.loads(json.dumps(problem))
        path = os.path.join(self.folder, _PROBLEM)
        self._digest = digest(problem)
        if not resume:
            self.clear()
        self._look()
        if self._foreign and self.replace:
            _log.warning("snapshots of another problem in %s are removed", self.folder)
            self.clear()
        if self._foreign:
            other = _read_problem(path)
            known = other is not None and other != problem
            raise ResumeError(self.folder, differences(other, problem) if known else self._foreign)
        try:
            with open(path + ".tmp", "w", encoding="utf-8") as file:
                json.dump(problem, file, indent=1)
            os.replace(path + ".tmp", path)
        except OSError as error:
            raise self._failed(_PROBLEM, path, 1 << 12, error) from error
        return bool(self._files)

    def _look(self) -> None:
        """Find the files of this problem and those of others, and remove what was begun and not completed."""
        self._files.clear()
        foreign = []
        for name in sorted(os.listdir(self.folder)):
            path = os.path.join(self.folder, name)
            if name.endswith(".tmp") and (_FILE.fullmatch(name[:-4]) or name[:-4] == _PROBLEM):
                os.unlink(path)
            elif _FILE.fullmatch(name):
                foreign += self._find(name, path)
        self._foreign = tuple(foreign)
        self.bytes = sum(size for _, size in self._files.values())
        self.peak = max(self.peak, self.bytes)

    def _find(self, name: str, path: str) -> list[str]:
        """Take a file in; what there is to say if it belongs to another problem."""
        try:
            description = files.read_description(path)
        except (files.Damaged, OSError) as error:
            _log.warning("snapshot in %s is of no use: %s", path, error)
            os.unlink(path)
            return []
        if description["problem"] != self._digest:
            return [f"{name} belongs to another problem"]
        self._files[description["key"]] = path, os.path.getsize(path)
        return []

    def store(self, key: int | str, arrays: Sequence[np.ndarray], info: Any = None) -> None:
        """Keep a copy; see :meth:`Storage.store`."""
        if self._foreign:
            raise ResumeError(self.folder, self._foreign)
        path = self._path(key)
        old = self._files.get(key)
        if not self.level:
            self._check_room(self.cost(arrays))
        description = {"key": key, "problem": self._digest, "info": info}
        try:
            size = files.write(path, arrays, description, level=self.level, sync=self.sync, allowed=self.available)
        except files.Full:
            raise self._full(self.cost(arrays), self.available or 0) from None
        except OSError as error:
            raise self._failed(key, path, self.cost(arrays), error) from error
        self.peak = max(self.peak, self.bytes + size)
        self.bytes += size - (old[1] if old else 0)
        self._files[key] = path, size

    def _check_room(self, needed: int) -> None:
        available = self.available
        if available is not None and needed > available:
            raise self._full(needed, available)
        if needed > self.free_space:
            raise StorageFullError(self.folder, needed, self.free_space, os.strerror(errno.ENOSPC))

    @property
    def free_space(self) -> int:
        """Bytes that are free on the disk."""
        return shutil.disk_usage(self.folder).free

    def _failed(self, key: int | str, path: str, needed: int, error: OSError) -> StorageFullError | SnapshotError:
        if error.errno in _FULL:
            return StorageFullError(self.folder, needed, self.free_space, os.strerror(error.errno))
        return SnapshotError(key, path, f"it cannot be written ({error})")

    def _full(self, needed: int, available: int) -> StorageFullError:
        return StorageFullError(self.folder, needed, available, f"the limit is {format_bytes(self.limit or 0)}")

    def _path(self, key: int | str) -> str:
        if isinstance(key, str):
            if not _NAME.fullmatch(key):
                raise ArgumentError("key", "a step or a name of letters, digits, - and _", repr(key))
            name = f"named-{key}.npy"
        else:
            name = f"step-{key:012d}.npy"
        return os.path.join(self.folder, name + (".gz" if self.level else ""))

    def _found(self, key: int | str) -> str:
        try:
            return self._files[key][0]
        except KeyError:
            raise SnapshotError(key, self.folder, "there is none") from None

    def restore(self, key: int | str, out: Sequence[np.ndarray] | None = None) -> list[np.ndarray]:
        """Read a snapshot and check it; see :meth:`Storage.restore`.

        After an error the file is gone, so that a driver that starts from an earlier snapshot stores this one anew.
        """
        path = self._found(key)
        try:
            return files.read_arrays(path, out)
        except (files.Damaged, OSError) as error:
            reason = "its file is gone" if isinstance(error, FileNotFoundError) else str(error)
            _log.warning("snapshot of %s in %s is of no use: %s", key, path, reason)
            self.free(key)
            raise SnapshotError(key, path, reason) from error

    def info(self, key: int | str) -> Any:
        """What was stored beside the arrays."""
        path = self._found(key)
        try:
            return files.read_description(path)["info"]
        except (files.Damaged, OSError) as error:
            self.free(key)
            raise SnapshotError(key, path, str(error)) from error

    def free(self, key: int | str) -> None:
        """Remove a snapshot."""
        path, size = self._files.pop(key, (None, 0))
        if path is not None:
            self.bytes -= size
            try:
                os.unlink(path)
            except FileNotFoundError:
                pass

    def keys(self) -> Iterable[int | str]:
        """Keys of all snapshots."""
        return self._files.keys()

    def cost(self, arrays: Sequence[np.ndarray]) -> int:
        """Bytes that a snapshot of such arrays takes, uncompressed."""
        return sum([array.nbytes + 256 for array in arrays]) + 512

    def clear(self) -> None:
        """Remove all snapshots in the folder, those of other problems included."""
        for name in os.listdir(self.folder):
            if _FILE.fullmatch(name) or name == _PROBLEM:
                os.unlink(os.path.join(self.folder, name))
        self._files.clear()
        self._foreign = ()
        self.bytes = 0

    def finish(self) -> None:
        """Remove all snapshots: the run is complete."""
        self.clear()

    def close(self) -> None:
        """Let the folder go, until :meth:`begin` takes it again; the snapshots stay there."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def _read_problem(path: str) -> Any:
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return None
