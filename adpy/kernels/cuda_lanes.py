"""CUDA kernels of lanes: a thread a lane, the instructions the same for all, ``memory[value, lane]`` read side by side.

Threads of a warp read neighbours of one row.  Arrays of the caller have lanes as rows, so ``load`` and ``store`` turn
squares of them around in shared memory.
"""

from __future__ import annotations

from typing import Any

__all__ = ["NAMES", "TILE", "signatures", "text"]

NAMES = ("replay", "adjoint", "load", "store", "spread", "seed", "total")
TILE = 32
"""Lanes and entries of the squares that are turned around."""

_REPLAY = """
def replay(table, start, stop, outcomes, memory, same):
    k = cuda.grid(1)
    if k >= same.shape[0]:
        return
    for i in range(start, stop):
        op = table[i, 0]
        a, b = memory[table[i, 2], k], memory[table[i, 3], k]
        if op == -1:
            outcome = outcomes[table[i, 1]]
            if not (a == outcome or (a != a and outcome != outcome)):
                same[k] = 0
            continue
        memory[table[i, 1], k] = value_of(op, a, b)
"""

_ADJOINT = """
def adjoint(table, start, stop, memory, lanes):
    k = cuda.grid(1)
    if k >= lanes:
        return
    for i in range(start, stop):
        op, flags = table[i, 0], table[i, 7]
        a, b, y = memory[table[i, 1], k], memory[table[i, 2], k], memory[table[i, 3], k]
        bar = memory[table[i, 4], k]
        u, v = weights_of(op, a, b, y)
        if table[i, 5] >= 0:
            term = real(0.0) if bar == real(0.0) else u * bar
            memory[table[i, 5], k] = term if flags & 1 else memory[table[i, 5], k] + term
        if table[i, 6] >= 0:
            term = real(0.0) if bar == real(0.0) else v * bar
            memory[table[i, 6], k] = term if flags & 2 else memory[table[i, 6], k] + term
"""

_LOAD = """
def load(x, first_lane, chosen, lanes, memory, first_row):
    square = cuda.shared.array((TILE, WIDER), real)
    lane, entry = cuda.blockIdx.x * TILE, cuda.blockIdx.y * TILE
    column, row = cuda.threadIdx.x % TILE, cuda.threadIdx.x // TILE
    for j in range(row, TILE, THREADS // TILE):
        if lane + j < lanes and entry + column < x.shape[1]:
            source = first_lane + lane + j if first_lane >= 0 else chosen[lane + j]
            square[j, column] = real(x[source, entry + column])
    cuda.syncthreads()
    for j in range(row, TILE, THREADS // TILE):
        if lane + column < lanes and entry + j < x.shape[1]:
            memory[first_row + entry + j, lane + column] = square[column, j]
"""

_STORE = """
def store(memory, rows, count, first_lane, chosen, same, y):
    square = cuda.shared.array((TILE, WIDER), real)
    lane, entry = cuda.blockIdx.x * TILE, cuda.blockIdx.y * TILE
    column, row = cuda.threadIdx.x % TILE, cuda.threadIdx.x // TILE
    lanes = same.shape[0]
    for j in range(row, TILE, THREADS // TILE):
        if lane + column < lanes and entry + j < count:
            square[j, column] = memory[rows[entry + j], lane + column]
    cuda.syncthreads()
    for j in range(row, TILE, THREADS // TILE):
        if lane + j < lanes and entry + column < count and same[lane + j]:
            target = first_lane + lane + j if first_lane >= 0 else chosen[lane + j]
            y[target, entry + column] = square[column, j]
"""

_SPREAD = """
def spread(values, rows, count, memory):
    k = cuda.grid(1)
    if k < memory.shape[1]:
        for i in range(count):
            memory[rows[i], k] = values[i]
"""

_SEED = """
def seed(memory, first, stop, rows, count, lanes):
    k = cuda.grid(1)
    if k < lanes:
        for i in range(first, stop):
            memory[i, k] = real(0.0)
        for i in range(count):
            memory[rows[i], k] += real(1.0)
"""

_TOTAL = """
def total(memory, rows, same, factor, sums):
    part = cuda.shared.array(THREADS, real)
    thread, row = cuda.threadIdx.x, rows[cuda.blockIdx.y]
    found = real(0.0)
    for k in range(cuda.grid(1), same.shape[0], cuda.gridsize(1)):
        if same[k]:
            found += memory[row, k]
    part[thread] = found
    step = THREADS // 2
    while step > 0:
        cuda.syncthreads()
        if thread < step:
            part[thread] += part[thread + step]
        step //= 2
    if thread == 0:
        sums[cuda.blockIdx.y, cuda.blockIdx.x] += factor * part[0]
"""


def text(simulated: bool) -> str:
    """Source of the kernels."""
    side = 4 if simulated else TILE
    head = f"TILE, WIDER = {side}, {side + 1}\n"
    return head + _REPLAY + _ADJOINT + _LOAD + _STORE + _SPREAD + _SEED + _TOTAL


def signatures(real: Any) -> dict[str, tuple]:
    """Types of the arguments of each kernel, for numbers of Numba's type ``real``."""
    from numba import int64, types

    table, memory, same = types.Array(int64, 2, "C"), types.Array(real, 2, "C"), types.Array(types.uint8, 1, "C")
    vector, rows = types.Array(real, 1, "C"), types.Array(int64, 1, "C")
    return {
        "replay": (table, int64, int64, vector, memory, same),
        "adjoint": (table, int64, int64, memory, int64),
        "load": (memory, int64, rows, int64, memory, int64),
        "store": (memory, rows, int64, int64, rows, same, memory),
        "spread": (vector, rows, int64, memory),
        "seed": (memory, int64, int64, rows, int64, int64),
        "total": (memory, rows, same, real, memory),
    }
