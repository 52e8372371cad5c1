"""The instruction table of programs: kinds of instructions, modes of elementwise ones, and the layout of a row.

What the kinds mean stands in :mod:`adpy.kernels.interpreter`; ``CALL`` is an instruction in Python, which the
interpreters do not meet.

=========  =====================================================================================================
column     what is there
=========  =====================================================================================================
0          kind of instruction, or opcode of an operation of a group
1          number of operations of a group, or mode of an operation
2–4        lengths of the three axes; in the head of a group, column 5 says whether it has local results
5–8        result: first address, strides along the axes
9–12       first operand, likewise
13–16      second operand, likewise; -1 for none
17         bits of an operation: result, first and second operand are local; ``RENEWED``
18–20      address of the cotangent less that of the value, for each operand; ``PASSIVE`` where there is none
=========  =====================================================================================================
"""

from __future__ import annotations

__all__ = [
    "ADD",
    "BARS",
    "CALL",
    "COLUMNS",
    "FILL",
    "GATHER",
    "GROUP",
    "OVERWRITE",
    "PASSIVE",
    "RENEWED",
    "RUN",
    "SAVE",
    "SAVE_AT",
    "SCATTER",
    "SCRATCH",
    "SET",
]

RUN, FILL, GATHER, SCATTER, SAVE, SAVE_AT, CALL, GROUP = -1, -2, -3, -4, -5, -6, -7, -8
SET, ADD, OVERWRITE = 0, 1, 2
COLUMNS, BARS = 21, 18
PASSIVE = -1 << 62
RENEWED = 8
"""Bit of an operation whose operands a sweep that comes back finds as they were: the result can be computed again."""
SCRATCH = 8
"""Tiles of scratch that the interpreters need."""
