"""CUDA kernels of runs: scalar operations level by level, a thread an operation.

Levels that fit one block follow each other within a launch; ``blockIdx.y`` is the direction.
"""

from __future__ import annotations

from typing import Any

from adpy.kernels.cuda_pieces import times, turn

__all__ = ["NAMES", "signatures", "text"]

NAMES = ("run_value", "run_tangent", "run_adjoint", "run_second")

_RUNS = """
def run_value(ops, firsts, seconds, order, levels, low, high, memory):
    for level in range(low, high):
        for j in range(levels[level] + cuda.grid(1), levels[level + 1], THREADS * cuda.gridDim.x):
            i = order[j]
            op, a, b = ops[i], memory[0, firsts[i]], memory[0, seconds[i]]
            y = value_of(op, a, b)
            memory[0, i] = y
        cuda.syncthreads()


def run_tangent(ops, firsts, seconds, order, levels, low, high, memory, dots):
    k = cuda.blockIdx.y
    for level in range(low, high):
        for j in range(levels[level] + cuda.grid(1), levels[level + 1], THREADS * cuda.gridDim.x):
            i = order[j]
            op, a, b, y = ops[i], memory[0, firsts[i]], memory[0, seconds[i]], memory[0, i]
            u, v = weights_of(op, a, b, y)
            x, w = dots[k, firsts[i]], dots[k, seconds[i]]
            dots[k, i] = {times_u_x} + {times_v_w}
        cuda.syncthreads()


def run_adjoint(ops, firsts, seconds, order, levels, low, high, memory, bars):
    k = cuda.blockIdx.y
    for step in range(low, high):
        level = low + high - 1 - step
        for j in range(levels[level] + cuda.grid(1), levels[level + 1], THREADS * cuda.gridDim.x):
            i = order[j]
            bar = bars[k, i]
            if bar == real(0.0):
                continue
            op, a, b, y = ops[i], memory[0, firsts[i]], memory[0, seconds[i]], memory[0, i]
            u, v = weights_of(op, a, b, y)
            if u != real(0.0):
                cuda.atomic.add(bars, (k, firsts[i]), u * bar)
            if v != real(0.0):
                cuda.atomic.add(bars, (k, seconds[i]), v * bar)
        cuda.syncthreads()


def run_second(ops, firsts, seconds, order, levels, low, high, memory, dots, bars, turns):
    k = cuda.blockIdx.y
    for step in range(low, high):
        level = low + high - 1 - step
        for j in range(levels[level] + cuda.grid(1), levels[level + 1], THREADS * cuda.gridDim.x):
            i = order[j]
            bar, turn = bars[0, i], turns[k, i]
            if bar == real(0.0) and turn == real(0.0):
                continue
            op, a, b, y = ops[i], memory[0, firsts[i]], memory[0, seconds[i]], memory[0, i]
            x, w = dots[k, firsts[i]], dots[k, seconds[i]]
            u, v, p, q, r = second_of(op, a, b, y)
            cuda.atomic.add(turns, (k, firsts[i]), {turn_a})
            term = {turn_b}
            if term != real(0.0):
                cuda.atomic.add(turns, (k, seconds[i]), term)
        cuda.syncthreads()
"""


def text(simulated: bool) -> str:
    """Source of the kernels."""
    return _RUNS.format(
        times_u_x=times("u", "x"),
        times_v_w=times("v", "w"),
        turn_a=turn("u", "p", "x", "w"),
        turn_b=turn("v", "r", "w", "x"),
    )


def signatures(real: Any) -> dict[str, tuple]:
    """Types of the arguments of each kernel, for numbers of Numba's type ``real``."""
    from numba import int32, int64, types

    memory, places, ops = types.Array(real, 2, "C"), types.Array(int64, 1, "C"), types.Array(int32, 1, "C")
    run = (ops, ops, ops, places, places, int64, int64)
    return {
        "run_value": (*run, memory),
        "run_tangent": (*run, memory, memory),
        "run_adjoint": (*run, memory, memory),
        "run_second": (*run, memory, memory, memory, memory),
    }
