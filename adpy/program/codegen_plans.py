"""Bodies of groups, told apart in bulk: programs have a hundred thousand groups of a few kinds.

What a body depends on is computed for all groups of one length together; groups in which that is equal share a body.
"""

from __future__ import annotations

from typing import Any

from adpy.kernels.opcodes import BINARY
from adpy.kernels.table import BARS, PASSIVE
from adpy.plain import np
from adpy.program.codegen_groups import group_body

__all__ = ["bodies_of_groups"]

ARITIES = 1 + BINARY
"""Number of operands of an operation of a group."""

LONG = 24
"""Operations from which on groups are looked at one by one."""


def bodies_of_groups(table: np.ndarray, pcs: np.ndarray, active: int) -> tuple[list, np.ndarray]:
    """The bodies of groups.

    Parameters
    ----------
    table : ndarray of int64
    pcs : ndarray of int64
        Rows of the table at which the groups begin.
    active : int
        Addresses from here on hold constants.

    Returns
    -------
    bodies : list of GroupBody or None
        None where entries meet in ways that no loop nest has.
    numbers : ndarray of int64
        For each group the number of its body.
    """
    bodies: list[Any] = []
    known: dict[Any, int] = {}
    numbers = np.zeros(len(pcs), np.int64)
    lengths = table[pcs, 1]
    for length in np.unique(lengths).tolist():
        mine = np.flatnonzero(lengths == length)
        first, which = _classes(_features(table, pcs[mine], length, active)) if length < LONG else _all(len(mine))
        found = []
        for pc in pcs[mine[first]].tolist():
            body = group_body(table, pc, active)
            if body not in known:
                known[body] = len(bodies)
                bodies.append(body)
            found.append(known[body])
        numbers[mine] = np.array(found, np.int64)[which]
    return bodies, numbers


def _all(count: int) -> tuple[np.ndarray, np.ndarray]:
    return np.arange(count), np.arange(count)


def _classes(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One row of each kind, and the kind of each row."""
    factors = np.cumprod(np.full(features.shape[1], -7046029254386353131, np.int64))  # odd; products wrap around
    mixed = (features * factors).sum(1)
    _, first, which = np.unique(mixed, return_index=True, return_inverse=True)
    which = which.reshape(-1)
    if (features == features[first[which]]).all():
        return first, which
    _, first, which = np.unique(features, axis=0, return_index=True, return_inverse=True)
    return first, which.reshape(-1)


def _features(table: np.ndarray, pcs: np.ndarray, length: int, active: int) -> np.ndarray:
    """What the bodies depend on, a row for each group: all but the very addresses and lengths."""
    rows = table[pcs[:, None] + np.arange(1, length + 1)]
    lengths = table[pcs, 2:5]
    bits = rows[:, :, 17]
    operands = np.stack([rows[:, :, 5 + 4 * k : 9 + 4 * k] for k in range(3)], 2).reshape(len(pcs), 3 * length, 4)
    local = np.stack([bits >> k & 1 for k in range(3)], 2).reshape(len(pcs), -1) != 0
    unary = ARITIES[rows[:, :, 0]] == 1
    operands[:, 2::3, 0] = np.where(unary, -1, operands[:, 2::3, 0])
    passive = rows[:, :, BARS : BARS + 3].reshape(len(pcs), -1) == PASSIVE
    offsets = operands[:, :, 0]
    strides = np.where(lengths[:, None, :] > 1, operands[:, :, 1:], 0)
    strides[local] = 0
    inner = np.where((strides[:, :, 2] == 0) | (strides[:, :, 2] == 1), strides[:, :, 2], 2)
    same = [_first_equal(local, offsets, strides, j) for j in range(3 * length)]
    parts = [rows[:, :, 0], rows[:, :, 1], bits, inner, offsets < active, passive, np.stack(same, 1)]
    parts += [_storages(offsets, strides, lengths, local), lengths[:, 2:] >= 64]
    return np.concatenate([part.astype(np.int64) for part in parts], 1)


def _first_equal(local: np.ndarray, offsets: np.ndarray, strides: np.ndarray, j: int) -> np.ndarray:
    """Number of the first operand that is the same as operand ``j``."""
    found = np.full(len(offsets), j)
    for i in range(j - 1, -1, -1):
        equal = (offsets[:, i] == offsets[:, j]) & (local[:, i] == local[:, j])
        found[equal & (strides[:, i] == strides[:, j]).all(1)] = i
    return found


def _storages(offsets: np.ndarray, strides: np.ndarray, lengths: np.ndarray, local: np.ndarray) -> np.ndarray:
    """Which operands overlap, directly or by way of others: equal numbers."""
    spans = (lengths[:, None, :] - 1) * strides
    low = offsets + np.minimum(spans, 0).sum(2)
    high = offsets + np.maximum(spans, 0).sum(2)
    nothing = local | (offsets < 0)
    beyond = np.iinfo(np.int64).max
    low, high = np.where(nothing, beyond, low), np.where(nothing, beyond, high)
    order = np.lexsort((high, low), axis=1)
    low, high = np.take_along_axis(low, order, 1), np.take_along_axis(high, order, 1)
    reach = np.maximum.accumulate(high, 1)
    begins = np.ones(low.shape, np.int64)
    begins[:, 1:] = low[:, 1:] > reach[:, :-1]
    found = np.empty(low.shape, np.int64)
    np.put_along_axis(found, order, np.cumsum(begins, 1), 1)
    return found
