"""Who reads a scalar of a program, and what depends on its inputs; kernels need not store or differentiate the rest."""

from __future__ import annotations

from collections.abc import Sequence

from adpy.kernels.opcodes import BINARY, HOLE, arity
from adpy.kernels.table import FILL, GATHER, GROUP, RUN, SAVE, SAVE_AT, SCATTER
from adpy.plain import np
from adpy.program.code import Code, views_within
from adpy.program.rolling import LONGEST, Block

__all__ = ["activity", "naming", "needed", "spans_of_rows", "written_spans"]

_ADDRESSES = ((FILL, GATHER, SAVE, SAVE_AT), (SAVE,), ())
"""Instructions beside elementwise ones whose result, first or second operand has an address in the table."""


def _reached(code: Code) -> tuple[np.ndarray, np.ndarray]:
    """Intervals of addresses that arrays, calls and results touch: all, and those written before or by instructions.

    Each has shape ``(intervals, 2)``: lowest and highest address.
    """
    written = [view.interval for view in code.inputs]
    for call in code.calls.values():
        written += [view.interval for view in views_within(list(vars(call).values()))]
    compiled = np.ones(len(code.heads), bool)
    compiled[list(code.calls)] = False
    pcs = code.heads[compiled & (code.table[code.heads, 0] != RUN)]
    groups = pcs[code.table[pcs, 0] == GROUP]
    counts = code.table[groups, 1]
    members = np.repeat(groups + 1 - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    rows = code.table[np.concatenate([pcs[code.table[pcs, 0] != GROUP], members])]
    result, first, second = (spans_of_rows(rows, k) for k in range(3))
    written_spans = np.concatenate([_pairs(written), result])
    return np.concatenate(
        [_pairs([view.interval for view in code.outputs]), first, second, written_spans]
    ), written_spans


def _pairs(intervals: list) -> np.ndarray:
    return np.array(intervals, np.int64).reshape(-1, 2)


def spans_of_rows(rows: np.ndarray, k: int) -> np.ndarray:
    """Lowest and highest address of operand ``k`` (0: the result) of each row."""
    spans = (rows[:, 2:5] - 1) * rows[:, 6 + 4 * k : 9 + 4 * k]
    low = rows[:, 5 + 4 * k]
    return np.stack([low + np.minimum(spans, 0).sum(1), low + np.maximum(spans, 0).sum(1)], 1)


def naming(table: np.ndarray, k: int) -> np.ndarray:
    """Rows of a table whose operand ``k`` (0: the result) is an array in memory; tiles that groups share are none."""
    kinds = table[:, 0]
    mine = (kinds >= 0) & (table[:, 17] >> k & 1 == 0)
    if k == 2:
        mine &= BINARY[np.maximum(kinds, 0)]
    return np.flatnonzero(mine | np.isin(kinds, _ADDRESSES[k]))


def written_spans(code: Code) -> np.ndarray:
    """Lowest and highest address of what each instruction writes, calls in Python apart."""
    rows = code.table[naming(code.table, 0)]
    scattered = [code.places[row[13] : row[13] + row[4]] for row in code.table[code.table[:, 0] == SCATTER]]
    targets = [(int(places.min()), int(places.max())) for places in scattered if places.size]
    return np.concatenate([spans_of_rows(rows, 0), _pairs(targets)])


def _within(intervals: np.ndarray, size: int) -> np.ndarray:
    """Which of the addresses below ``size`` are in one of the intervals."""
    low, stop = np.clip(intervals[:, 0], 0, size), np.clip(intervals[:, 1] + 1, 0, size)
    some = low < stop
    steps = np.bincount(low[some], minlength=size + 1) - np.bincount(stop[some], minlength=size + 1)
    return np.cumsum(steps[:size]) > 0


def needed(code: Code, blocks: Sequence[Block]) -> np.ndarray:
    """Which scalars something outside their iteration reads."""
    count = len(code.ops)
    iterations = np.arange(count)
    for block in blocks:
        if block.period <= LONGEST:
            mine = iterations[block.start : block.stop]
            mine -= (mine - block.start) % block.period
    found = np.zeros(count, bool)
    used = {op: arity(op) for op in np.unique(code.ops).tolist()}
    arities = np.zeros(max(used, default=0) + 1, int)
    arities[list(used)] = list(used.values())
    for k, operands in enumerate((code.firsts, code.seconds)):
        reads = (arities[code.ops] > k) & (operands < count)
        reads[reads] = iterations[operands[reads]] != iterations[reads]
        found[operands[reads]] = True
    found |= _within(_reached(code)[0], count)
    for addresses in (code.guards[0], code.places):
        found[addresses[addresses < count]] = True
    return found


def activity(code: Code) -> np.ndarray:
    """Which addresses depend on inputs."""
    count = len(code.ops)
    written = _within(_reached(code)[1], count)
    written[code.places[code.places < count]] = True
    found = np.zeros(code.size, bool)
    found[count : code.active] = True
    live = written.tolist()
    used = {op: arity(op) for op in np.unique(code.ops).tolist()}
    stream = zip(code.ops.tolist(), code.firsts.tolist(), code.seconds.tolist(), strict=True)
    for i, (op, a, b) in enumerate(stream):
        if op != HOLE:
            first = live[a] if a < count else a < code.active
            live[i] = first or (used[op] == 2 and (live[b] if b < count else b < code.active))
    found[:count] = live
    return found
