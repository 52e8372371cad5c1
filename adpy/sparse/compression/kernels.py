"""Seeds of colors in the memories of sweeps, and nonzeros out of them: Numba loops over plain arrays."""

from __future__ import annotations

import numba
import numpy as np

__all__ = ["gather", "mark", "peel", "scatter", "seed", "substitute"]

_options = {"cache": True, "error_model": "numpy", "nogil": True}


@numba.njit(**_options)
def seed(memory, places, colors, low):
    """Rows of a memory at ``places``: zero, but one in the column of their color, counted from ``low``."""
    width = memory.shape[1]
    for i in range(places.size):
        for k in range(width):
            memory[places[i], k] = 0.0
        color = colors[i] - low
        if 0 <= color < width:
            memory[places[i], color] = 1.0


@numba.njit(**_options)
def mark(memory, places, colors, low):
    """As :func:`seed`, in a memory that is zero: several rows may have the same place."""
    width = memory.shape[1]
    for i in range(places.size):
        color = colors[i] - low
        if 0 <= color < width:
            memory[places[i], color] = 1.0


@numba.njit(**_options)
def gather(memory, sources, data):
    """``data[k] = memory[sources[k]]``."""
    for k in range(sources.size):
        data[k] = memory[sources[k]]


@numba.njit(**_options)
def scatter(memory, sources, into, data):
    """``data[into[k]] = memory[sources[k]]``."""
    for k in range(sources.size):
        data[into[k]] = memory[sources[k]]


@numba.njit(**_options)
def peel(pairs, mirror, count):
    """Order in which a symmetric matrix is recovered from sums of entries.

    Parameters
    ----------
    pairs : ndarray of int64, shape (nnz,)
        Number of the sum that each entry is part of; -1 for none.
    mirror : ndarray of int64, shape (nnz,)
        For each entry that on the other side of the diagonal.
    count : int
        How many sums there are.

    Returns
    -------
    taken, entries, others : ndarray of int64
        Step by step: the sum that consists of one unknown entry only, that entry, and the sum from which it is
        then subtracted; ``count`` for none.  An entry that no step names cannot be recovered.
    """
    unknown, names = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for p in range(pairs.size):
        if pairs[p] >= 0:
            unknown[pairs[p]] += 1
            names[pairs[p]] ^= p
    waiting = np.empty(count, np.int64)
    top = 0
    for q in range(count):
        if unknown[q] == 1:
            waiting[top] = q
            top += 1
    taken, entries, others = np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count, np.int64)
    steps = at = 0
    while at < top:
        q = waiting[at]
        at += 1
        if unknown[q] != 1:
            continue
        p = names[q]
        unknown[q] = 0
        taken[steps], entries[steps], others[steps] = q, p, count
        other = pairs[mirror[p]]
        if mirror[p] != p and other >= 0:
            unknown[other] -= 1
            names[other] ^= mirror[p]
            if unknown[other]:
                others[steps] = other
            if unknown[other] == 1:
                waiting[top] = other
                top += 1
        steps += 1
    return taken[:steps], entries[:steps], others[:steps]


@numba.njit(**_options)
def substitute(sums, taken, entries, mirrors, others, data):
    """Entries of a symmetric matrix from ``sums``, which is overwritten, in the order of :func:`peel`."""
    for k in range(taken.size):
        value = sums[taken[k]]
        data[entries[k]] = value
        data[mirrors[k]] = value
        sums[others[k]] -= value
