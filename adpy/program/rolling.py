"""Re-rolling: stretches of scalar operations that repeat become blocks, loops over one body.

A period is found from repeated windows of opcodes.  A body's operands are its own results, or come from before the
iteration; their addresses need not advance evenly, but iterations where they do are preferred.
"""

from __future__ import annotations

from dataclasses import dataclass

from adpy.kernels.opcodes import HOLE
from adpy.plain import np

__all__ = ["Block", "roll"]

WINDOW = 8
SHORT = 256
"""Operations that are not worth a loop."""
LONGEST = 500
"""Operations of one body at most."""
CANDIDATES = 24


@dataclass(frozen=True)
class Block:
    """``count`` iterations of ``period`` scalar operations from address ``start`` on."""

    start: int
    period: int
    count: int

    @property
    def stop(self) -> int:
        """First address behind."""
        return self.start + self.period * self.count


def roll(ops: np.ndarray, firsts: np.ndarray, seconds: np.ndarray, low: int, high: int) -> list[Block]:
    """Blocks in order that cover the operations ``low … high - 1``.

    What does not repeat is a block of one iteration.
    """
    found: list[Block] = []
    stream = (ops, firsts, seconds)
    pending = [(low, high, _periods(ops[low:high]))]
    while pending:
        low, high, periods = pending.pop()
        block = _best(stream, low, high, periods) if high - low > SHORT else None
        if block is None:
            if low < high:
                found.append(Block(low, high - low, 1))
            continue
        found.append(block)
        pending += [(low, block.start, periods), (block.stop, high, periods)]
    return sorted(found, key=_start)


def _start(block: Block) -> int:
    return block.start


def _periods(ops: np.ndarray) -> list[int]:
    """Likely periods: distances at which windows of opcodes come again."""
    count = ops.size - WINDOW + 1
    if count < 2:
        return []
    hashes = np.zeros(count, np.uint64)
    for k in range(WINDOW):
        hashes = hashes * np.uint64(1000003) + ops[k : k + count].astype(np.uint64)
    order = np.argsort(hashes, kind="stable")
    same = hashes[order][1:] == hashes[order][:-1]
    distances = np.diff(order)[same]
    lengths, counts = np.unique(distances[distances <= LONGEST], return_counts=True)
    best = np.argsort(-counts * lengths, kind="stable")[:CANDIDATES]
    return sorted(lengths[best].tolist())


def _best(stream: tuple, low: int, high: int, periods: list[int]) -> Block | None:
    """The block that covers most of a stretch, the shortest body first."""
    ops = stream[0]
    best: Block | None = None
    for period in periods:
        if high - low < 3 * period:
            break
        equal = ops[low : high - period] == ops[low + period : high]
        edges = np.flatnonzero(np.diff(np.concatenate([[0], equal, [0]])))
        for start, stop in zip(edges[::2], edges[1::2], strict=True):
            length = stop - start + period
            if length < max(3 * period, SHORT // 2) or (best is not None and length <= 1.05 * best.period * best.count):
                continue
            block = _regular(stream, low + int(start), period, int(length) // period, low + int(start + length))
            if block is not None and (best is None or block.count * block.period > 1.05 * best.count * best.period):
                best = block
    return best


def _regular(stream: tuple, start: int, period: int, count: int, end: int) -> Block | None:
    """The part of a periodic stretch whose operands are regular, begun where least crosses between iterations."""
    shift = _phase(stream, start + (count // 2 - 1) * period, period)
    start += shift
    count = (end - start) // period
    good = np.ones(count, bool)
    steady = np.ones(max(count - 1, 0), bool)
    begins = start + period * np.arange(count)[:, None]
    holes = stream[0][start : start + period] == HOLE
    for operands in stream[1:]:
        addresses = operands[start : start + period * count].reshape(count, period).astype(np.int64)
        relative = addresses - begins
        inside = (relative >= 0) & (relative < period)
        middle = count // 2
        matches = (inside == inside[middle]) & (~inside | (relative == relative[middle]))
        matches &= (relative < period) | (addresses >= stream[0].size)
        good &= (matches | holes).all(1)
        steps = np.diff(addresses, axis=0)
        if count > 2:
            steady &= ((steps == steps[middle - 1]) | holes).all(1)
    first, stop = _longest(good)
    if count > 2:
        a, b = _longest(good[1:] & good[:-1] & steady)
        if b + 1 - a >= 0.8 * (stop - first):
            first, stop = a, b + 1
    if stop - first < 3:
        return None
    return Block(start + first * period, period, stop - first)


def _longest(flags: np.ndarray) -> tuple[int, int]:
    """The longest run of true entries."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags, [0]])))
    if not edges.size:
        return 0, 0
    lengths = edges[1::2] - edges[::2]
    k = int(np.argmax(lengths))
    return int(edges[2 * k]), int(edges[2 * k + 1])


def _phase(stream: tuple, start: int, period: int) -> int:
    """Where in a body the fewest results are still to be used."""
    last = np.arange(start, start + 2 * period)
    for operands in stream[1:]:
        used = operands[start : start + 2 * period]
        near = (used >= start) & (used < start + 2 * period)
        np.maximum.at(last, used[near] - start, np.flatnonzero(near) + start)
    crossing = np.zeros(2 * period + 1, int)
    made = np.arange(2 * period)
    np.add.at(crossing, made + 1, 1)
    np.add.at(crossing, last - start + 1, -1)
    inside = np.cumsum(crossing)[:-1][period // 2 : period // 2 + period]
    return int((period // 2 + np.argmin(inside)) % period)
