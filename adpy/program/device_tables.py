"""Instruction tables for a device: what made each operand of a group, and which threads may meet at an address.

Rows are those of the code with more columns, see :mod:`adpy.kernels.cuda_groups`.
"""

from __future__ import annotations

from collections.abc import Sequence

from adpy.kernels.cuda_groups import A_ROW, B_ROW, CHUNK, HOW_A, HOW_B, HOW_OUT, WIDTH
from adpy.kernels.table import ADD, BARS, COLUMNS, OVERWRITE, PASSIVE, SET
from adpy.plain import np

__all__ = ["group_rows", "of_cotangents", "widened"]

ALONE, MANY, TOGETHER, NONE = 0, 1, 2, 3
"""Who adds to an address: one thread, several, all that a block has at a time; nobody, there is no cotangent."""
SHORTEST = 32
"""Entries at one address from which on a block adds them up before they go there."""


def widened(table: np.ndarray) -> np.ndarray:
    """A table with room for the columns of a device."""
    found = np.zeros((len(table), WIDTH), np.int64)
    found[:, :COLUMNS] = table
    found[:, A_ROW] = found[:, B_ROW] = -1
    return found


def group_rows(rows: np.ndarray, threads: int) -> None:
    """Fill the columns of a device for one group, in place.

    Parameters
    ----------
    rows : ndarray of int64, shape (operations + 1, WIDTH)
        The head of the group and its operations.
    threads : int
        Threads of a block.
    """
    head, members = rows[0], rows[1:]
    lengths = [int(n) for n in head[2:5]]
    _makers(members, lengths)
    targets = _targets(members, lengths)
    spans = [_constant_over(strides, lengths) for _, _, _, strides in targets]
    alone = _alone(targets, lengths)
    chunk = _chunk([s for s, only in zip(spans, alone, strict=True) if not only], lengths, threads)
    for (row, k, _, _), span, only in zip(targets, spans, alone, strict=True):
        how = ALONE if only else TOGETHER if span >= chunk >= SHORTEST else MANY
        members[row, (HOW_OUT, HOW_A, HOW_B)[k]] = how
    for k, column in ((1, HOW_A), (2, HOW_B)):
        members[members[:, BARS + k] == PASSIVE, column] = NONE
    head[CHUNK] = chunk


def _steps(row: np.ndarray, k: int, lengths: Sequence[int]) -> tuple[int, ...]:
    """Strides of operand ``k`` along the axes that are longer than one."""
    return tuple([int(s) if n > 1 else 0 for s, n in zip(row[6 + 4 * k : 9 + 4 * k], lengths, strict=True)])


def _makers(members: np.ndarray, lengths: Sequence[int]) -> None:
    """Which operation of the group made each operand."""
    made: dict = {}
    for number, member in enumerate(members):
        bits = int(member[17])
        keys = []
        for k in range(3):
            address = int(member[5 + 4 * k])
            keys.append(("local", address) if bits >> k & 1 else (address, *_steps(member, k, lengths)))
        for k, column in ((1, A_ROW), (2, B_ROW)):
            if member[5 + 4 * k] >= 0:
                member[column] = made.get(keys[k], -1)
        if member[1] == SET or member[1] == OVERWRITE:
            made[keys[0]] = number
        if bits & 1:
            member[5:9] = 0


def _targets(members: np.ndarray, lengths: Sequence[int]) -> list[tuple[int, int, int, tuple]]:
    """``(row, operand, address, strides)`` of what is added to: increased results, cotangents of operands."""
    found = []
    for number, member in enumerate(members):
        bits = int(member[17])
        if member[1] == ADD:
            found.append((number, 0, int(member[5]), _steps(member, 0, lengths)))
        for k in (1, 2):
            if not bits >> k & 1 and member[BARS + k] != PASSIVE:
                found.append((number, k, int(member[5 + 4 * k] + member[BARS + k]), _steps(member, k, lengths)))
    return found


def of_cotangents(rows: np.ndarray) -> np.ndarray:
    """The table with the addresses of cotangents in the place of those of values."""
    found = rows.copy()
    for k in range(3):
        moved = rows[:, BARS + k] != PASSIVE
        found[moved, 5 + 4 * k] += rows[moved, BARS + k]
    return found


def _constant_over(strides: tuple[int, ...], lengths: Sequence[int]) -> int:
    """How many successive entries have one address."""
    span = 1
    for n, step in zip(reversed(lengths), reversed(strides), strict=True):
        if step and n > 1:
            break
        span *= n
    return span


def _alone(targets: Sequence[tuple], lengths: Sequence[int]) -> list[bool]:
    """Has every entry an address of its own, which no other of the group's targets has?"""
    spans = []
    for _, _, address, strides in targets:
        ends = [(n - 1) * s for n, s in zip(lengths, strides, strict=True)]
        spans.append((address + sum(e for e in ends if e < 0), address + sum(e for e in ends if e > 0)))
    views = [(k == 0, address, strides) for _, k, address, strides in targets]  # values and cotangents are apart
    found = []
    for i, (low, high) in enumerate(spans):
        apart = all(
            view == views[i] or view[0] != views[i][0] or high < other[0] or other[1] < low
            for view, other in zip(views, spans, strict=True)
        )
        found.append(apart and _is_injective(views[i][2], lengths))
    return found


def _is_injective(strides: tuple[int, ...], lengths: Sequence[int]) -> bool:
    """Do different entries have different addresses?  (Some layouts that have them are not seen.)"""
    reach = 0
    for step, n in sorted((abs(s), n) for s, n in zip(strides, lengths, strict=True) if n > 1):
        if step <= reach:
            return False
        reach += (n - 1) * step
    return True


def _chunk(spans: Sequence[int], lengths: Sequence[int], threads: int) -> int:
    """Successive entries that a block takes at a time, and adds up where they go to one address."""
    total = int(np.prod(lengths))
    usual = max(1, min(total, 4 * threads))
    together = [s for s in spans if s >= SHORTEST]
    if not together or min(together) == total:
        return usual
    span = min(together)
    fewest = max(1, span // (8 * threads))
    parts = next((p for p in range(fewest, span // SHORTEST + 1) if span % p == 0), 1)
    return span // parts
