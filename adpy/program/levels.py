"""Levels of a code: the longest chain of operations of which each needs the one before."""

from __future__ import annotations

from adpy.kernels.opcodes import BINARY
from adpy.kernels.table import ADD, GATHER, GROUP, RUN, SAVE, SAVE_AT, SCATTER
from adpy.plain import np
from adpy.program import calls
from adpy.program.code import Code

__all__ = ["levels"]


def levels(code: Code) -> int:
    """Length of the longest chain of scalar operations and array instructions.

    An array instruction is one step; it begins when all entries of its operands are there.
    """
    from adpy.kernels import simplifying

    found = np.zeros(code.size + 1, np.int64)
    deepest = 0
    for number, pc in enumerate(code.heads.tolist()):
        row = code.table[pc]
        if number in code.calls:
            deepest = max(deepest, _call(code.calls[number], found))
        elif row[0] == RUN:
            columns = code.ops, code.firsts, code.seconds
            deepest = max(deepest, simplifying.levels(*columns, BINARY, found, int(row[2]), int(row[3])))
        elif row[0] == GROUP:
            for member in code.table[pc + 1 : pc + 1 + row[1]]:
                deepest = max(deepest, _member(member, found))
        elif row[0] in (GATHER, SCATTER):
            count, first, second = row[[4, 9, 13]].tolist()
            sources = found[code.places[first : first + count]]
            if row[0] == GATHER:
                found[row[5] : row[5] + count] = sources
            else:
                found[code.places[second : second + count]] = sources
        elif row[0] not in (SAVE, SAVE_AT):
            low, high = span_of(row, 0)
            found[low : high + 1] = 0
    return deepest


def _call(call: object, found: np.ndarray) -> int:
    """Level of an instruction in Python."""
    spans = [view.interval for view in calls.views_in(call.operands)]
    level = 1 + max([int(found[low : high + 1].max(initial=0)) for low, high in spans], default=0)
    for view in call.outs:
        if view is not None:
            low, high = view.interval
            found[low : high + 1] = level
    return level if call.outs else 0


def _member(row: np.ndarray, found: np.ndarray) -> int:
    """Level of an elementwise operation; local results are at their first address."""
    spans = []
    for k in range(3):
        low = int(row[5 + 4 * k])
        spans.append((low, low) if row[17] >> k & 1 else span_of(row, k))
    (low, high), *operands = spans
    level = 1 + max(int(found[a : b + 1].max(initial=0)) for a, b in operands if a >= 0)
    found[low : high + 1] = np.maximum(found[low : high + 1], level) if row[1] == ADD else level
    return level


def span_of(row: np.ndarray, k: int) -> tuple[int, int]:
    """Lowest and highest address of operand ``k`` (0: the result) of a row."""
    low = int(row[5 + 4 * k])
    spans = [(int(row[2 + i]) - 1) * int(row[6 + 4 * k + i]) for i in range(3)]
    return low + sum(s for s in spans if s < 0), low + sum(s for s in spans if s > 0)
