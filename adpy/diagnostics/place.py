"""Place: a line of the user's code, for reports."""

from __future__ import annotations

import linecache
from dataclasses import dataclass
from types import FrameType

from adpy.traced.refusal import user_frame

__all__ = ["Place", "place_of"]


@dataclass(frozen=True)
class Place:
    """A line of the user's code.

    Attributes
    ----------
    file : str
        Path of the source file.
    line : int
        Number of the line.
    scope : str
        Name of the function.
    source : str
        The line itself; empty where there is no source.
    """

    file: str
    line: int
    scope: str
    source: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line} in {self.scope}"
        return f"{where}: {self.source}" if self.source else where


def place_of(frame: FrameType | None = None) -> Place:
    """The place of a frame; by default of the innermost frame of the user's."""
    frame = user_frame() if frame is None else frame
    code = None if frame is None else frame.f_code
    if code is None:
        return Place("<unknown>", 0, "<unknown>", "")
    source = linecache.getline(code.co_filename, frame.f_lineno, frame.f_globals).strip()
    return Place(code.co_filename, frame.f_lineno, code.co_qualname, source)
