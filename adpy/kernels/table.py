"""The instruction table of programs: kinds of instructions, modes of elementwise ones, and the layout of a row.

What the kinds mean stands in :mod:`adpy.kernels.interpreter`; ``CALL`` is an instruction in Python, which the
interpreters do not meet.
"""

from __future__ import annotations

__all__ = [
    "ADD",
    "CALL",
    "COLUMNS",
    "FILL",
    "GATHER",
    "GROUP",
    "OVERWRITE",
    "RUN",
    "SAVE",
    "SAVE_AT",
    "SCATTER",
    "SCRATCH",
    "SET",
]

RUN, FILL, GATHER, SCATTER, SAVE, SAVE_AT, CALL, GROUP = -1, -2, -3, -4, -5, -6, -7, -8
SET, ADD, OVERWRITE = 0, 1, 2
COLUMNS = 18
SCRATCH = 8
"""Tiles of scratch that the interpreters need."""
