"""CUDA kernels of levels: the adjoint sweep over children and weights, a launch a level, seeds side by side.

A thread takes one vertex and one seed.  Levels that fit a block follow each other within one launch.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from adpy.errors import ArgumentError
from adpy.kernels.cuda import blocks_for, kernels, require_device, threads

__all__ = ["NAMES", "adjoint", "launches", "signatures", "text"]

NAMES = ("pull",)
NARROW = 1024
"""Entries of a level up to which one block takes it: waiting costs less within a block than between launches."""

_PULL = """
def pull(order, levels, low, high, starts, parents, entries, weights, adjoints):
    seeds = adjoints.shape[1]
    for level in range(low, high):
        for j in range(levels[level] * seeds + cuda.grid(1), levels[level + 1] * seeds, THREADS * cuda.gridDim.x):
            vertex, seed = order[j // seeds], j % seeds
            total = adjoints[vertex, seed]
            for k in range(starts[vertex], starts[vertex + 1]):
                bar = adjoints[parents[k], seed]
                if bar != real(0.0):
                    total += weights[entries[k]] * bar
            adjoints[vertex, seed] = total
        cuda.syncthreads()
"""


def text(simulated: bool) -> str:
    """Source of the kernel."""
    return _PULL


def signatures(real: Any) -> dict[str, tuple]:
    """Types of the arguments, for numbers of Numba's type ``real``."""
    from numba import int64, types

    rows = types.Array(int64, 1, "C")
    return {
        "pull": (
            *(rows, rows, int64, int64, rows, rows, rows),
            *(types.Array(real, 1, "C"), types.Array(real, 2, "C")),
        )
    }


def launches(levels: np.ndarray, width: int = 1) -> list[tuple[int, int, int]]:
    """``(low, high, blocks)``: narrow levels together in one block, wide ones each for itself."""
    found: list[tuple[int, int, int]] = []
    for level, entries in enumerate((np.diff(levels) * width).tolist()):
        if entries > NARROW:
            found.append((level, level + 1, blocks_for(entries)))
        elif found and found[-1][2] == 1:
            found[-1] = (found[-1][0], level + 1, 1)
        else:
            found.append((level, level + 1, 1))
    return found


def adjoint(levels: Any, weights: Any, adjoints: Any) -> Any:
    """See :meth:`adpy.kernels.graph_levels.Levels.adjoint`; arrays of the host are copied to the device and back."""
    cuda = require_device()
    dtype = np.dtype(adjoints.dtype)
    if dtype not in (np.float32, np.float64) or np.dtype(weights.dtype) != dtype:
        raise ArgumentError("adjoints", "float64 or float32, as the weights", f"{dtype} and {weights.dtype}")
    pull = kernels("levels", dtype.type)["pull"]
    if levels._sent is None:
        parts = (levels.order, levels.levels, levels.starts, levels.parents, levels.entries)
        levels._sent = [cuda.to_device(x if x.size else np.zeros(1, np.int64)) for x in parts]
    order, bounds, starts, parents, entries = levels._sent
    there, back = _on_device(cuda, adjoints)
    columns = there.reshape(there.shape[0], 1) if len(there.shape) == 1 else there
    weighed = _on_device(cuda, weights)[0]
    for low, high, blocks in launches(levels.levels, columns.shape[1]):
        pull[blocks, threads()](order, bounds, low, high, starts, parents, entries, weighed, columns)
    if back:
        adjoints[...] = there.copy_to_host()
    return adjoints


def _on_device(cuda: Any, array: Any) -> tuple[Any, bool]:
    """The array on the device, and whether it was the host's."""
    if isinstance(array, np.ndarray):
        return cuda.to_device(np.ascontiguousarray(array)), True
    return (cuda.as_cuda_array(array) if hasattr(array, "__cuda_array_interface__") else array), False
