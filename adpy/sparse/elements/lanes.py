"""Lanes: where the elements of a class read and write, as runs of even steps or as a table."""

from __future__ import annotations

from dataclasses import dataclass

from adpy.plain import np

__all__ = ["Lanes", "lanes_of"]

LEAST = 12
"""Lanes of a run that is worth it."""
FEW = 64
"""Lanes that are not, up to which they are run all the same."""


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


def lanes_of(addresses: np.ndarray) -> list[tuple[Lanes, np.ndarray | slice]]:
    """Lanes of these addresses, int32, shape (addresses, lanes), and which of all those they are.

    Long runs are apart from what lies between them, which gets a table.
    """
    addresses = np.ascontiguousarray(addresses, np.int32)
    count = addresses.shape[1]
    steps = np.zeros(len(addresses), np.int64)
    broken = np.zeros(count - 1, bool)
    for k, row in enumerate(addresses):
        found = np.diff(row)
        if found.size:
            sample = np.sort(found[:: max(1, found.size // 1024)])
            steps[k] = sample[len(sample) // 2]
            broken |= found != steps[k]
    starts = np.concatenate([[0], np.flatnonzero(broken) + 1])
    lengths = np.diff(starts, append=count)
    long = lengths >= LEAST
    within = int(lengths[long].sum())
    if len(starts) == 1 or (2 * within > count and count - within < FEW):
        return [(_runs(addresses, starts, lengths, steps), slice(None))]
    if 2 * within <= count:
        return [(_table(addresses), slice(None))]
    rest = np.repeat(~long, lengths)
    among = np.flatnonzero(~rest)
    begins = np.concatenate([[0], np.cumsum(lengths[long])[:-1]])
    apart = addresses[:, among]
    return [
        (_runs(apart, begins, lengths[long], steps), among),
        (_table(addresses[:, rest]), np.flatnonzero(rest)),
    ]


def _runs(addresses: np.ndarray, starts: np.ndarray, lengths: np.ndarray, steps: np.ndarray) -> Lanes:
    runs = np.column_stack([starts, lengths, addresses[:, starts].T.astype(np.int64)])
    return Lanes(
        addresses.shape[1], tuple(steps.tolist()), np.ascontiguousarray(runs, np.int64), np.zeros((0, 0), np.int32)
    )


def _table(addresses: np.ndarray) -> Lanes:
    return Lanes(addresses.shape[1], None, np.zeros((0, 0), np.int64), np.ascontiguousarray(addresses))
