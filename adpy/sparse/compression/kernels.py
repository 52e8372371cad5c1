"""Seeds of colors in the memories of sweeps, and nonzeros out of them: Numba loops over plain arrays."""

from __future__ import annotations

import numba

__all__ = ["gather", "mark", "scatter", "seed", "substitute"]

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
def substitute(sums, taken, entries, mirrors, others, data):
    """Entries of a symmetric matrix from sums of them, which are used up.

    Step by step: ``sums[taken]`` consists of one entry that is not known yet, which is then subtracted from
    ``sums[others]``, where that is not below zero.
    """
    for k in range(taken.size):
        value = sums[taken[k]]
        data[entries[k]] = value
        data[mirrors[k]] = value
        if others[k] >= 0:
            sums[others[k]] -= value
