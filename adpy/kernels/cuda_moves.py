"""CUDA kernels of moves: entries filled, copied, gathered, scattered, saved and added; products of matrices.

Memories are ``memory[direction, address]``; a thread takes an entry, ``blockIdx.y`` is the direction.
"""

from __future__ import annotations

from typing import Any

from adpy.kernels.cuda_pieces import place

__all__ = ["NAMES", "signatures", "text"]

NAMES = ("move", "restore", "pull_places", "take", "put", "zero", "increase_at", "multiply")

_MOVES = """
def move(table, places, pc, memory):
    op, n1, n2, k = table[pc, 0], table[pc, 3], table[pc, 4], cuda.blockIdx.y
    o, a, b = table[pc, 5], table[pc, 9], table[pc, 13]
    for e in range(cuda.grid(1), table[pc, 2] * n1 * n2, THREADS * cuda.gridDim.x):
        if op == -3 or op == -6 or op == -4:
            place = places[a + e]
            into = places[b + e] if op == -4 else o + e
            memory[k, into] = memory[k, place] if place < memory.shape[1] else real(0.0)
        else:
            i0, i1, i2 = e // n2 // n1, e // n2 % n1, e % n2
            row = pc
            memory[k, {out}] = real(0.0) if op == -2 else memory[k, {a}]


def restore(table, places, pc, memory):
    op, n1, n2, k = table[pc, 0], table[pc, 3], table[pc, 4], cuda.blockIdx.y
    o, a = table[pc, 5], table[pc, 9]
    for e in range(cuda.grid(1), table[pc, 2] * n1 * n2, THREADS * cuda.gridDim.x):
        if op == -6:
            memory[k, places[a + e]] = memory[k, o + e]
        else:
            i0, i1, i2 = e // n2 // n1, e // n2 % n1, e % n2
            row = pc
            memory[k, {a}] = memory[k, {out}]


def pull_places(bar_table, places, pc, bars):
    op, n, k = bar_table[pc, 0], bar_table[pc, 4], cuda.blockIdx.y
    o, a, b = bar_table[pc, 5], bar_table[pc, 9], bar_table[pc, 13]
    for e in range(cuda.grid(1), n, THREADS * cuda.gridDim.x):
        source = o + e if op == -3 else places[b + e]
        bar = bars[k, source]
        bars[k, source] = real(0.0)
        if places[a + e] < bars.shape[1] and bar != real(0.0):
            cuda.atomic.add(bars, (k, places[a + e]), bar)


def take(memory, first, places, found):
    k = cuda.blockIdx.y
    for e in range(cuda.grid(1), found.shape[1], THREADS * cuda.gridDim.x):
        found[k, e] = memory[k, first + e if first >= 0 else places[e]]


def zero(memory, count):
    k = cuda.blockIdx.y
    for e in range(cuda.grid(1), count, THREADS * cuda.gridDim.x):
        memory[k, e] = real(0.0)


def put(values, first, places, memory, adding):
    k = cuda.blockIdx.y
    for e in range(cuda.grid(1), values.shape[1], THREADS * cuda.gridDim.x):
        place = first + e if first >= 0 else places[e]
        if adding:
            cuda.atomic.add(memory, (k, place), real(values[k, e]))
        else:
            memory[k, place] = real(values[k, e])


def increase_at(sources, targets, sign, given, memory):
    k = cuda.blockIdx.y
    for e in range(cuda.grid(1), targets.shape[0], THREADS * cuda.gridDim.x):
        cuda.atomic.add(memory, (k, targets[e]), sign * given[k, sources[e]])


def multiply(left, a, sa0, sa1, right, b, sb0, sb1, out, o, so0, so1, n0, n1, n2, fresh):
    first = cuda.shared.array((SIDE, SIDE), real)
    second = cuda.shared.array((SIDE, SIDE), real)
    k = cuda.blockIdx.z
    la, lb = k if left.shape[0] > 1 else 0, k if right.shape[0] > 1 else 0
    column, row = cuda.threadIdx.x % SIDE, cuda.threadIdx.x // SIDE
    i, j = cuda.blockIdx.y * SIDE + row, cuda.blockIdx.x * SIDE + column
    total = real(0.0)
    for start in range(0, n2, SIDE):
        first[row, column] = real(0.0)
        second[row, column] = real(0.0)
        if i < n0 and start + column < n2:
            first[row, column] = left[la, a + i * sa0 + (start + column) * sa1]
        if j < n1 and start + row < n2:
            second[row, column] = right[lb, b + (start + row) * sb0 + j * sb1]
        cuda.syncthreads()
        for l in range(SIDE):
            total += first[row, l] * second[l, column]
        cuda.syncthreads()
    if i < n0 and j < n1:
        place = o + i * so0 + j * so1
        out[k, place] = total if fresh else out[k, place] + total
"""


def text(simulated: bool) -> str:
    """Source of the kernels."""
    return f"SIDE = {2 if simulated else 16}\n" + _MOVES.format(a=place("table", 1), out=place("table", 0))


def signatures(real: Any) -> dict[str, tuple]:
    """Types of the arguments of each kernel, for numbers of Numba's type ``real``."""
    from numba import boolean, int64, types

    table, memory, places = types.Array(int64, 2, "C"), types.Array(real, 2, "C"), types.Array(int64, 1, "C")
    matrix = (memory, int64, int64, int64)
    return {
        "move": (table, places, int64, memory),
        "restore": (table, places, int64, memory),
        "pull_places": (table, places, int64, memory),
        "take": (memory, int64, places, memory),
        "put": (memory, int64, places, memory, boolean),
        "zero": (memory, int64),
        "increase_at": (places, places, real, memory, memory),
        "multiply": (*matrix, *matrix, *matrix, int64, int64, int64, boolean),
    }
