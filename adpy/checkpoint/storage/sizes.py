"""Sizes of memory, read and written: ``"2 GB"`` is 2,000,000,000 bytes, ``"2 GiB"`` 2³¹."""

from __future__ import annotations

import math
import operator
import re
from typing import Any

from adpy.errors import ArgumentError

__all__ = ["format_bytes", "parse_memory"]

_UNITS = {"": 1, "b": 1}
for _power, _letter in enumerate("kmgtp", 1):
    _UNITS[_letter + "b"] = _UNITS[_letter] = 1000**_power
    _UNITS[_letter + "ib"] = _UNITS[_letter + "i"] = 1024**_power
_SIZE = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)(e\d+)?\s*([a-z]*)\s*", re.IGNORECASE)


def parse_memory(size: Any, name: str = "memory") -> int:
    """Bytes of a size.

    Parameters
    ----------
    size : int, float or str
        Bytes, or a number with a unit: B, kB, MB, GB, TB (powers of 1000), KiB, MiB, GiB, TiB (powers of 1024).
    name : str
        What the error calls it.

    Raises
    ------
    ArgumentError
        If it is no such thing, negative or not finite.

    Examples
    --------
    >>> from adpy.checkpoint.storage import parse_memory
    >>> parse_memory("2 GB"), parse_memory("1.5GiB"), parse_memory(1e6)
    (2000000000, 1610612736, 1000000)
    """
    expected = 'bytes, or a size such as "2 GB" or "512 MiB"'
    if isinstance(size, str):
        match = _SIZE.fullmatch(size)
        unit = _UNITS.get(match[3].lower()) if match else None
        if unit is None:
            raise ArgumentError(name, expected, repr(size))
        return int(float(match[1] + (match[2] or "")) * unit)
    try:
        if isinstance(size, bool):
            raise TypeError
        value = size if isinstance(size, float) else operator.index(size)
    except TypeError:
        raise ArgumentError(name, expected, repr(size)) from None
    if not (value >= 0 and math.isfinite(value)):
        raise ArgumentError(name, expected, repr(size))
    return int(value)


def format_bytes(size: int) -> str:
    """A size for people: ``"1.5 GB"``."""
    value = float(size)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if abs(value) < 1000 or unit == "TB":
            break
        value /= 1000
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:.3g} {unit}"
