"""Lanes: where the elements of a class read and write, as runs of even steps or as a table."""

from __future__ import annotations

from dataclasses import dataclass

from adpy.plain import np

__all__ = ["Lanes", "lanes_of"]

LEAST = 12
"""Lanes of a run, on average, from which runs are worth it."""


@dataclass(frozen=True, eq=False)
class Lanes:
    """Addresses of all elements of a class.

    Attributes
    ----------
    count : int
        Elements.
    steps : tuple of int or None
        What each address grows by from one lane to the next within a run; None where there is a table.
    runs : ndarray of int64, shape (runs, 2 + addresses)
        First lane and length of each run, and its first addresses.
    table : ndarray of int32, shape (addresses, count)
        All addresses, if there are no runs.
    """

    count: int
    steps: tuple[int, ...] | None
    runs: np.ndarray
    table: np.ndarray


def lanes_of(addresses: np.ndarray) -> Lanes:
    """The lanes of these addresses, int32, shape (addresses, lanes)."""
    addresses = np.ascontiguousarray(addresses, np.int32)
    number, count = addresses.shape
    if not count:
        raise ValueError("a class without elements")
    steps = np.zeros(number, np.int64)
    broken = np.zeros(count - 1, bool)
    for k in range(number):
        found = np.diff(addresses[k])
        if found.size:
            sample = np.sort(found[:: max(1, found.size // 1024)])
            steps[k] = sample[len(sample) // 2]
            broken |= found != steps[k]
    starts = np.concatenate([[0], np.flatnonzero(broken) + 1])
    if count < LEAST * len(starts) and len(starts) > 1:
        return Lanes(count, None, np.zeros((0, 0), np.int64), addresses)
    lengths = np.diff(starts, append=count)
    runs = np.column_stack([starts, lengths, addresses[:, starts].T.astype(np.int64)])
    return Lanes(count, tuple(steps.tolist()), np.ascontiguousarray(runs, np.int64), np.zeros((0, 0), np.int32))
