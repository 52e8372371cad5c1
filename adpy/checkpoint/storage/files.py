"""One snapshot, one file: ``.npy`` arrays one after the other, then what they are, with checksums.

``np.load`` on the path gives the first array, on the open file one array after the other.  A line of JSON follows them
(key, dtypes, shapes, offsets, checksum of all before it), and a tail of fixed length that says where the line begins,
with its checksum.  A file is written under another name and renamed when it is complete.
"""

from __future__ import annotations

import functools
import gzip
import io
import json
import os
import zlib
from collections.abc import Sequence
from typing import Any, BinaryIO

from numpy.lib import format as npy

from adpy.plain import np

__all__ = ["Damaged", "Full", "read_arrays", "read_description", "write"]

_MAGIC = b"adpy snapshot 1\n"
_TAIL = len(_MAGIC) + 16 + 8
_CHUNK = 1 << 20
_LONGEST = 1 << 30  # of a description; more is damage


class Damaged(Exception):
    """A file is not what was written; the message says why."""


class Full(Exception):
    """A file grew beyond what it may take."""


class _Writer:
    """Counts and sums up what goes to a file."""

    def __init__(self, file: BinaryIO, allowed: int | None) -> None:
        self.file, self.allowed = file, allowed
        self.checksum = self.count = 0

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        if self.allowed is not None and self.count + len(view) > self.allowed:
            raise Full
        for start in range(0, len(view), _CHUNK):
            chunk = view[start : start + _CHUNK]
            self.file.write(chunk)
            self.checksum = zlib.crc32(chunk, self.checksum)
        self.count += len(view)
        return len(view)

    def flush(self) -> None:
        """What gzip asks of a file."""


class _Reader:
    """Gives ``length`` bytes of a file, and sums them up."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self.file, self.left = file, length
        self.checksum = 0

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(data)
        self.checksum = zlib.crc32(data, self.checksum)
        return data

    def readinto(self, view: memoryview) -> int:
        done = 0
        while done < len(view):
            count = self.file.readinto(view[done : done + min(_CHUNK, self.left)])
            if not count:
                break
            self.checksum = zlib.crc32(view[done : done + count], self.checksum)
            done += count
            self.left -= count
        return done

    def drain(self) -> None:
        while self.read(_CHUNK):
            pass


def write(
    path: str,
    arrays: Sequence[np.ndarray],
    description: dict,
    *,
    level: int = 0,
    sync: bool = True,
    allowed: int | None = None,
) -> int:
    """Write a snapshot.

    Parameters
    ----------
    path : str
    arrays : sequence of ndarray
    description : dict
        What JSON can say of it; ``"arrays"`` and ``"checksum"`` are added.
    level : int
        Of compression by gzip; 0 for none.
    sync : bool
        Whether to wait until the disk has it.
    allowed : int, optional
        Bytes that the file may take.

    Returns
    -------
    int
        Bytes of the file.

    Raises
    ------
    Full
        If it takes more than it may.
    OSError
        As the system says; nothing is left of the file then, and what was at ``path`` is as it was.
    """
    temporary = path + ".tmp"
    try:
        with open(temporary, "wb", buffering=0) as raw:
            file = io.BufferedWriter(raw, 1 << 16)
            count = _write(_Writer(file, allowed), arrays, description, level)
            file.flush()
            if sync:
                os.fsync(raw.fileno())
            file.detach()
        os.replace(temporary, path)
    except BaseException:
        _remove(temporary)
        raise
    if sync:
        sync_folder(os.path.dirname(path))
    return count


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass


def sync_folder(path: str) -> None:
    """Wait until the disk has the names in a folder, on systems that can."""
    if os.name == "posix":
        number = os.open(path, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _write(writer: _Writer, arrays: Sequence[np.ndarray], description: dict, level: int) -> int:
    out = gzip.GzipFile(filename="", mode="wb", compresslevel=level, fileobj=writer, mtime=0) if level else writer
    places, position = [], 0
    for array in arrays:
        array = np.ascontiguousarray(array).reshape(array.shape)
        header = _header(array.dtype, array.shape)
        out.write(header)
        places.append([npy.dtype_to_descr(array.dtype), array.shape, position + len(header)])
        if array.nbytes:
            out.write(array.reshape(-1).view(np.uint8))
        position += len(header) + array.nbytes
    if level:
        out.close()
    start = writer.count
    line = json.dumps({**description, "level": level, "arrays": places, "checksum": writer.checksum}).encode() + b"\n"
    writer.write(line)
    writer.write(_tail(start, line))
    return writer.count


def _tail(start: int, line: bytes) -> bytes:
    return _MAGIC + b"%016x%08x" % (start, zlib.crc32(line))


@functools.lru_cache(256)
def _header(dtype: np.dtype, shape: tuple[int, ...]) -> bytes:
    header = {"descr": npy.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    buffer = io.BytesIO()
    try:
        npy.write_array_header_1_0(buffer, header)
        return buffer.getvalue()
    except ValueError:  # fields with long names, or outside Latin-1: NumPy writes their headers with the array only
        buffer = io.BytesIO()
        npy.write_array(buffer, array := np.zeros(shape, dtype))
        return buffer.getvalue()[: -array.nbytes or None]


def read_description(path: str) -> dict:
    """What a file says of itself, without its arrays being read.

    Raises
    ------
    Damaged
        If the file is no snapshot, or is cut short.
    FileNotFoundError
        If there is none.
    """
    with open(path, "rb") as file:
        return _description(file)[0]


def _description(file: BinaryIO) -> tuple[dict, int]:
    size = file.seek(0, os.SEEK_END)
    if size < _TAIL:
        raise Damaged(f"it is cut short, to {size} bytes")
    file.seek(size - _TAIL)
    tail = file.read(_TAIL)
    if not tail.startswith(_MAGIC):
        raise Damaged("it is cut short, or no snapshot")
    try:
        start = int(tail[len(_MAGIC) : len(_MAGIC) + 16], 16)
    except ValueError:
        raise Damaged("its tail is damaged") from None
    length = size - _TAIL - start
    if not 0 < length <= min(size, _LONGEST):
        raise Damaged("its tail is damaged")
    file.seek(start)
    line = file.read(length)
    if tail != _tail(start, line):
        raise Damaged("the checksum of its description is wrong")
    return json.loads(line), start


def read_arrays(path: str, out: Sequence[np.ndarray] | None = None) -> list[np.ndarray]:
    """The arrays of a file, written into ``out`` where these have their shapes and dtypes.

    Raises
    ------
    Damaged
        If it is not what was written; what is in ``out`` then is of no use.
    FileNotFoundError
        If there is none.
    """
    with open(path, "rb", buffering=0) as raw:
        file = io.BufferedReader(raw, 1 << 16)
        description, length = _description(file)
        file.seek(0)
        reader = _Reader(raw if not description["level"] else file, length)
        if not description["level"]:
            raw.seek(0)
        try:
            arrays = _read(reader, description, out)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise Damaged(f"its compressed part is damaged ({error})") from error
        reader.drain()
        file.detach()
    if reader.left or reader.checksum != description["checksum"]:
        raise Damaged("its checksum is wrong")
    return arrays


def _read(reader: _Reader, description: dict, out: Sequence[np.ndarray] | None) -> list[np.ndarray]:
    source = gzip.GzipFile(fileobj=reader) if description["level"] else reader
    targets = out if out is not None and len(out) == len(description["arrays"]) else [None] * len(description["arrays"])
    arrays, position = [], 0
    for (descr, shape, start), target in zip(description["arrays"], targets):
        source.read(start - position)
        dtype, shape = _dtype(descr), tuple(shape)
        fits = target is not None and target.dtype == dtype and target.shape == shape and target.flags.c_contiguous
        array = target if fits else np.empty(shape, dtype)
        if array.nbytes:
            view = memoryview(array.reshape(-1).view(np.uint8))
            done = 0
            while done < len(view):  # gzip gives what it has
                count = source.readinto(view[done:])
                if not count:
                    raise Damaged("it is cut short")
                done += count
        position = start + array.nbytes
        arrays.append(array)
    return arrays


def _dtype(descr: Any) -> np.dtype:
    """A dtype from its description after JSON made lists of tuples."""
    if isinstance(descr, str):
        return np.dtype(descr)
    return npy.descr_to_dtype([_field(field) for field in descr])


def _field(field: list) -> tuple:
    name, inner, *shape = field
    kind = inner if isinstance(inner, str) else [_field(f) for f in inner]
    return (tuple(name) if isinstance(name, list) else name, kind, *[tuple(s) for s in shape])
