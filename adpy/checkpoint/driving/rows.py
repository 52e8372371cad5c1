"""Rows: the actions of binomial schedules as a table, made natively a piece at a time.

A loop of a million steps has millions of actions; made one by one in Python they would cost more than its steps.
"""

from __future__ import annotations

import numba
import numpy as np

__all__ = ["BinomialRows"]

FORWARD, STORE, RESTORE, REVERSE, RESTORE_LAST = 0, 1, 2, 3, 4
_MOST = np.int64(1) << 61


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _beta(snapshots: int, repetitions: int) -> int:
    """β(s, t) = (s + t)! / (s! t!), or a number larger than all lengths of loops."""
    if snapshots < 0 or repetitions < 0:
        return 0
    low, high = min(snapshots, repetitions), max(snapshots, repetitions)
    found = np.int64(1)
    for i in range(1, low + 1):
        if found > _MOST // (high + i):
            return _MOST
        found = found * (high + i) // i
    return found


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _advance(steps: int, snapshots: int) -> int:
    """As :func:`adpy.checkpoint.schedules.binomial.advance`."""
    if snapshots == 1:
        return steps - 1
    if snapshots >= steps - 1:
        return 1
    high = 1
    while _beta(snapshots, high) < steps:
        high *= 2
    low = high // 2
    while low + 1 < high:
        middle = (low + high) // 2
        if _beta(snapshots, middle) < steps:
            low = middle
        else:
            high = middle
    t = high if _beta(snapshots, low) < steps else low
    if steps <= _beta(snapshots, t - 1) + _beta(snapshots - 2, t - 1):
        return _beta(snapshots, t - 2)
    if steps >= _beta(snapshots, t) - _beta(snapshots - 3, t):
        return _beta(snapshots, t - 1)
    return steps - _beta(snapshots - 1, t - 1) - _beta(snapshots - 2, t - 1)


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _fill(rows: np.ndarray, stack: np.ndarray, where: np.ndarray) -> int:
    """Fill a table with the next rows; returns how many there are.

    ``where``: the step before which all is still to be reversed, the current step or -1, snapshots that are held, and
    whether the current step is to be advanced from.
    """
    stop, at, depth, goes_on = where
    count = 0
    while stop > 0 and count + 2 <= len(rows):
        if at < 0:
            at = stack[depth - 1]
            if at == stop - 1:
                depth -= 1
                rows[count] = RESTORE_LAST, depth, at
                goes_on = 0
            else:
                rows[count] = RESTORE, depth - 1, at
                goes_on = 1
            count += 1
        elif goes_on:
            step = _advance(stop - at, len(stack) - depth + 1)
            rows[count] = FORWARD, at, at + step
            count += 1
            at += step
            goes_on = 0
        elif at < stop - 1:
            rows[count] = STORE, depth, at
            count += 1
            stack[depth] = at
            depth += 1
            goes_on = 1
        else:
            rows[count] = REVERSE, at, stop
            count += 1
            stop, at, goes_on = at, -1, 0
    where[:] = stop, at, depth, goes_on
    return count


class BinomialRows:
    """The rows of a binomial schedule with all snapshots in memory; see :class:`adpy.checkpoint.driving.queue.Queue`.

    Parameters
    ----------
    steps, snapshots : int
    """

    def __init__(self, steps: int, snapshots: int) -> None:
        self._stack = np.zeros(snapshots, np.int64)
        self._where = np.array([steps, 0 if steps else -1, 0, 0], np.int64)

    def next(self, most: int) -> np.ndarray:
        """About so many rows; none at the end."""
        rows = np.empty((most, 3), np.int64)
        return rows[: _fill(rows, self._stack, self._where)]
