"""Tables of optimal choices by dynamic programming, for schedules that have no closed form."""

from __future__ import annotations

import numba
import numpy as np

__all__ = ["hierarchy_table", "mixed_table"]


@numba.njit(cache=True, error_model="numpy", nogil=True)
def mixed_table(steps: int, units: int) -> tuple[np.ndarray, np.ndarray]:
    """Fewest forward steps, and the choice that leads there, if a unit holds a state or the adjoint data of a step.

    Parameters
    ----------
    steps, units : int
        Both at least 1.

    Returns
    -------
    best : ndarray of int64, shape (units + 1, steps + 1)
        By units that are free and steps that are left; the state at the first of them is current and not stored.
    choice : ndarray of int32, same shape
        0: record the next step; k > 0: store, and go on k steps.
    """
    best = np.full((units + 1, steps + 1), np.iinfo(np.int64).max // 4, np.int64)
    choice = np.zeros((units + 1, steps + 1), np.int32)
    best[:, 1] = 1
    for s in range(1, units + 1):
        for n in range(2, steps + 1):
            least, k = 1 + best[s - 1, n - 1], 0
            for i in range(n - 1, 1, -1):
                total = i + best[s, i] + best[s - 1, n - i]
                if total < least:
                    least, k = total, i
            best[s, n], choice[s, n] = least, k
    return best, choice


@numba.njit(cache=True, error_model="numpy", nogil=True)
def hierarchy_table(
    steps: int, slots: int, step: float, write: float, read: float, below: np.ndarray, bounded: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Least costs and choices for one level of storage above another.

    Parameters
    ----------
    steps, slots : int
        Steps to reverse; slots of this level.
    step, write, read : float
        Costs of a step, and of storing to and restoring from this level.
    below : ndarray of float64, shape (steps + 1,)
        Least cost with the lower levels only, all their slots free.
    bounded : bool
        Whether a snapshot uses a slot up; if not, ``slots`` is 1.

    Returns
    -------
    fresh : ndarray of float64, shape (slots + 1, steps + 1)
        Least cost by free slots and steps left, the state at the first of them current and not stored.
    stored : ndarray of float64, same shape
        The same if that state is stored at this level, besides the free slots.
    split : ndarray of int32, same shape
        From a stored state, how many steps to go before the next snapshot.
    fresh_down, stored_down : ndarray of bool, same shape
        Whether to use the lower levels only instead.
    """
    fresh = np.full((slots + 1, steps + 1), np.inf)
    stored = np.full((slots + 1, steps + 1), np.inf)
    split = np.zeros((slots + 1, steps + 1), np.int32)
    fresh_down = np.zeros((slots + 1, steps + 1), np.bool_)
    stored_down = np.zeros((slots + 1, steps + 1), np.bool_)
    fresh[:, 1] = below[1]
    stored[:, 1] = below[1]
    for m in range(slots + 1):
        own = m - 1 if bounded else m
        for n in range(2, steps + 1):
            fresh[m, n], fresh_down[m, n] = below[n], True
            if m > 0:
                with_this = write + (stored[own, n] if bounded else _best_split(fresh[m], stored[m], n, step, read)[0])
                if with_this < below[n]:
                    fresh[m, n], fresh_down[m, n] = with_this, False
            least, k = _best_split(fresh[m], stored[m], n, step, read)
            split[m, n] = k
            stored[m, n] = least
            if below[n] <= least:
                stored[m, n], stored_down[m, n] = below[n], True
    return fresh, stored, split, fresh_down, stored_down


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _best_split(fresh: np.ndarray, stored: np.ndarray, n: int, step: float, read: float) -> tuple[float, int]:
    """The least cost from a stored state, and how many steps to go before the next snapshot."""
    least, k = np.inf, 0
    for i in range(n - 1, 0, -1):
        total = i * step + fresh[n - i] + read + stored[i]
        if total < least:
            least, k = total, i
    return least, k
