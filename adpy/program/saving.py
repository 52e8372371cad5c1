"""Saving: programs in files that NumPy writes and reads without pickle.

A file is an ``.npz`` archive: the entry ``header`` is a description in JSON (see :mod:`adpy.program.describing`), and
``0``, ``1`` … are the arrays that it names.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from pathlib import Path
from typing import Any

from adpy.errors import ProgramFileError
from adpy.kernels.opcodes import SPECIAL, UFUNCS
from adpy.kernels.table import COLUMNS
from adpy.plain import np
from adpy.program.describing import describe, restore

__all__ = ["FORMAT", "packed", "read", "unpacked", "write"]

FORMAT = 4
"""Goes up when files, or the meaning of instructions in them, change."""


def _instructions() -> str:
    """A digest of what opcodes mean."""
    names = [str(COLUMNS), *[ufunc.__name__ for ufunc in UFUNCS], *SPECIAL]
    return hashlib.blake2b(" ".join(names).encode(), digest_size=8).hexdigest()


def packed(content: Any) -> tuple[str, list[np.ndarray]]:
    """Content as the header and the arrays of a file.

    Raises
    ------
    ProgramFileError
        Names what cannot be described.
    """
    arrays: list[np.ndarray] = []
    described = describe(content, arrays)
    header = {"kind": "adpy program", "format": FORMAT, "instructions": _instructions(), "content": described}
    return json.dumps(header), arrays


def unpacked(header: str, arrays: list[np.ndarray]) -> Any:
    """What :func:`packed` packed.

    Raises
    ------
    ProgramFileError
        If it is something else, or of another version.
    """
    try:
        found = json.loads(header)
        kind, version, instructions = found["kind"], found["format"], found["instructions"]
    except (ValueError, KeyError, TypeError) as error:
        raise ProgramFileError("not a program of adpy") from error
    if kind != "adpy program":
        raise ProgramFileError("not a program of adpy")
    if version != FORMAT or instructions != _instructions():
        raise ProgramFileError(f"a program of another version of adpy (format {version}, not {FORMAT}): record again")
    try:
        return restore(found["content"], arrays)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, ProgramFileError):
            raise
        raise ProgramFileError(f"a damaged program ({error})") from error


def write(path: str | os.PathLike, content: Any) -> None:
    """Write a file; nothing is written where the content cannot be described."""
    header, arrays = packed(content)
    entries = {str(i): array for i, array in enumerate(arrays)}
    path = Path(path)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            np.savez_compressed(file, header=np.array(header), **entries)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def read(path: str | os.PathLike) -> Any:
    """Read a file.

    Raises
    ------
    ProgramFileError
        If it is truncated, foreign or of another version.
    """
    try:
        with open(path, "rb") as stream, np.load(stream, allow_pickle=False) as file:
            header = str(file["header"])
            arrays = [file[str(i)] for i in range(len(file.files) - 1)]
    except (ValueError, KeyError, EOFError, TypeError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
        raise ProgramFileError(f"{os.fspath(path)} is not a program of adpy, or is damaged ({error})") from error
    return unpacked(header, arrays)
