"""Pace: how much native code does at a time, so that in between users can interrupt and programs get kernels."""

from __future__ import annotations

from adpy.plain import np

__all__ = ["Pace"]

SHORTEST, LONGEST = 0.02, 0.1
"""Seconds that native code may take at a time."""

FASTEST = 16.0
"""Factor by which that may grow from one time to the next."""

ROWS = 1 << 13
"""Rows that native code does at a time, at most."""


class Pace:
    """How many steps fit into a fraction of a second.

    Attributes
    ----------
    steps : int
    """

    def __init__(self) -> None:
        self.steps = 16

    def took(self, steps: int, seconds: float) -> None:
        """So many steps took so long."""
        if seconds > LONGEST:
            self.steps = max(self.steps // 2, 1)
        elif seconds < SHORTEST and steps >= self.steps // 2:
            self.steps = int(self.steps * min(max(SHORTEST / max(seconds, 1e-9), 2.0), FASTEST))

    def some(self, rows: np.ndarray) -> np.ndarray:
        """Rows of actions for about so many steps; the last may be cut short.

        Parameters
        ----------
        rows : ndarray of int64, shape (n, 3)
            See :class:`adpy.checkpoint.driving.queue.Queue`; forward and reverse rows go from the second entry to the
            third.
        """
        rows = rows[:ROWS]
        counts = np.where((rows[:, 0] == 0) | (rows[:, 0] == 3), rows[:, 2] - rows[:, 1], 0)
        totals = np.cumsum(counts)
        if totals[-1] <= self.steps:
            return rows
        last = int(np.searchsorted(totals, self.steps))
        rows = rows[: last + 1].copy()
        if rows[last, 0] == 0:
            rows[last, 2] -= int(totals[last]) - self.steps
        return rows
