"""Structure of operations: which operands their derivatives, first and second, are not identically zero in."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable

from adpy.kernels.opcodes import COMPARISONS, COPY, HOLE, function_of
from adpy.plain import np
from adpy.program.streams import SELECT

__all__ = [
    "BOTH",
    "CODES",
    "FIRST",
    "FIRST_TWICE",
    "SECOND",
    "SECOND_TWICE",
    "THIRD",
    "curvature",
    "dependence",
    "table",
]

FIRST, SECOND, THIRD = 1, 2, 4
"""Bits of what a result depends on."""
FIRST_TWICE, BOTH, SECOND_TWICE = 1, 2, 4
"""Bits of the second partials: twice in the first operand, in both, twice in the second."""
CODES = 256
"""Opcodes, at most."""


@functools.cache
def dependence(op: int) -> int:
    """The operands that the derivative of an operation is not identically zero in.

    Comparisons, ``floor``, ``sign`` and their like depend on nothing, a choice depends on both sides.
    """
    from adpy.rules import lookup

    if op in (HOLE, COPY):
        return FIRST if op == COPY else 0
    if op == SELECT:
        return SECOND | THIRD
    function = function_of(op)
    if function in COMPARISONS:
        return 0
    bits = (FIRST, SECOND)
    return sum(bit for bit, partial in zip(bits, lookup(function).slices, strict=False) if partial.constant != 0.0)


@functools.cache
def curvature(op: int) -> int:
    """The pairs of operands that the second derivative of an operation is not identically zero in.

    Read from the rule's own code, differentiated: sums and choices have none, a product only in both operands.
    """
    from adpy.kernels.symbolic import second_partials_of
    from adpy.rules import lookup

    if not dependence(op) or op in (COPY, SELECT):
        return 0
    seconds = second_partials_of(lookup(function_of(op)))
    found = 0
    for bit, (i, j) in ((FIRST_TWICE, (0, 0)), (BOTH, (0, 1)), (SECOND_TWICE, (1, 1))):
        if i < len(seconds) and j - i < len(seconds[i]) and not _is_zero(seconds[i][j - i]):
            found |= bit
    return found


def _is_zero(x: ast.expr) -> bool:
    return isinstance(x, ast.Constant) and x.value == 0.0


def table(function: functools._lru_cache_wrapper, ops: Iterable[int]) -> np.ndarray:
    """Bits by opcode, uint8, for these opcodes; zero for others."""
    found = np.zeros(CODES, np.uint8)
    for op in ops:
        found[op] = function(int(op))
    return found
