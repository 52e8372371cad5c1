"""Who reads a scalar of a program, and what depends on its inputs; kernels need not store or differentiate the rest."""

from __future__ import annotations

from collections.abc import Sequence

from adpy.kernels.opcodes import HOLE, arity
from adpy.kernels.table import GROUP, RUN
from adpy.plain import np
from adpy.program.code import Code, span_of, views_within
from adpy.program.rolling import LONGEST, Block

__all__ = ["activity", "needed"]


def _reached(code: Code) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Intervals of addresses that arrays, calls and results touch: all, and those written before or by instructions."""
    written = [view.interval for view in code.inputs]
    touched = [view.interval for view in code.outputs]
    for number, pc in enumerate(code.heads.tolist()):
        row = code.table[pc]
        if number in code.calls:
            written += [view.interval for view in views_within(list(vars(code.calls[number]).values()))]
        elif row[0] != RUN:
            for member in code.table[pc + 1 : pc + 1 + row[1]] if row[0] == GROUP else row[None]:
                written.append(span_of(member, 0))
                touched += [span_of(member, k) for k in (1, 2)]
    return touched + written, written


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
    for low, high in _reached(code)[0]:
        found[max(low, 0) : max(high + 1, 0)] = True
    for addresses in (code.guards[0], code.places):
        found[addresses[addresses < count]] = True
    return found


def activity(code: Code) -> np.ndarray:
    """Which addresses depend on inputs."""
    count = len(code.ops)
    written = np.zeros(code.active, bool)
    for low, high in _reached(code)[1]:
        written[max(low, 0) : max(high + 1, 0)] = True
    written[code.places[code.places < code.active]] = True
    found = np.zeros(code.size, bool)
    found[count : code.active] = True
    live = found.tolist()
    written_scalars = written[:count].tolist()
    used = {op: arity(op) for op in np.unique(code.ops).tolist()}
    stream = zip(code.ops.tolist(), code.firsts.tolist(), code.seconds.tolist(), strict=True)
    for i, (op, a, b) in enumerate(stream):
        if op == HOLE:
            live[i] = written_scalars[i]
        else:
            live[i] = live[a] or (used[op] == 2 and live[b])
    return np.array(live, bool)
