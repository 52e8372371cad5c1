"""CUDA kernels of groups: elementwise operations over the same axes, a thread an entry.

The rows of the instruction table are those of :mod:`adpy.kernels.interpreter`, with more columns, see
:mod:`adpy.program.device_tables`.  A thread does all operations of a group at one entry; results of the group that
others of its operations read stay with the thread.  Where many entries go to one address, a block adds them up first.

Tangents, cotangents and their tangents are ``memory[direction, address]``; ``blockIdx.y`` is the direction.  Cotangents
have a table of addresses of their own, ``bar_table``.
"""

from __future__ import annotations

from typing import Any

from adpy.kernels.cuda_pieces import indented, place, times, turn
from adpy.kernels.table import COLUMNS

__all__ = [
    "A_ROW",
    "B_ROW",
    "CHUNK",
    "HOW_A",
    "HOW_B",
    "HOW_OUT",
    "LONGEST",
    "NAMES",
    "WIDTH",
    "signatures",
    "text",
]

NAMES = ("value", "tangent", "adjoint", "second", "clear")
LONGEST = 64
"""Operations of a group, at most."""
A_ROW, B_ROW, CHUNK, HOW_OUT, HOW_A, HOW_B, WIDTH = range(COLUMNS, COLUMNS + 7)
"""Columns: which operation of the group made each operand (-1: none of them); entries that a block takes at a time; how
the result, and the cotangents of the operands, are added to: 0 no other thread does, 1 others may, 2 all entries of a
chunk go to one address, 3 there is no cotangent."""

_BEGIN = """
    count, n1, n2 = table[pc, 1], table[pc, 3], table[pc, 4]
    n, chunk = table[pc, 2] * n1 * n2, table[pc, CHUNK]
    thread, k = cuda.threadIdx.x, cuda.blockIdx.y
    for first in range(cuda.blockIdx.x * chunk, n, cuda.gridDim.x * chunk):
        last = min(first + chunk, n)
"""

_ENTRY = """
        for e in range(first + thread, last, THREADS):
            i0, i1, i2 = 0, 0, e
            if n2 < n:
                i1, i2 = e // n2, e % n2
                i0, i1 = i1 // n1, i1 % n1
"""


def _reduced(target: str, held: str, address: str) -> str:
    """Add up what the threads of a block hold; one of them adds it to an entry."""
    return f"""
            part[thread] = {held}
            step = THREADS // 2
            while step > 0:
                cuda.syncthreads()
                if thread < step:
                    part[thread] += part[thread + step]
                step //= 2
            if thread == 0:
                i0, i1, i2 = first // n2 // n1, first // n2 % n1, first % n2
                cuda.atomic.add({target}, (k, {address}), part[0])
            cuda.syncthreads()
"""


_OPERANDS = """
                a = made[table[row, A_ROW]] if {first} else memory[0, {a}]
                b = a
                if table[row, 13] >= 0:
                    b = made[table[row, B_ROW]] if {second} else memory[0, {b}]
"""

_VALUE = """
def value(table, pc, memory):
    made = cuda.local.array(LONGEST, real)
    part = cuda.shared.array(THREADS, real)
{begin}
        for i in range(count):
            made[i] = real(0.0)
{entry}
            for i in range(count):
                row = pc + 1 + i
                op, bits = table[row, 0], table[row, 17]
                how = table[row, HOW_OUT]
{values}
                if how == 2:
                    made[i] += y
                    continue
                made[i] = y
                if bits & 1:
                    continue
                place = {out}
                if table[row, 1] != 1:
                    memory[0, place] = y
                elif how == 0:
                    memory[0, place] += y
                else:
                    cuda.atomic.add(memory, (0, place), y)
        for i in range(count):
            row = pc + 1 + i
            if table[row, HOW_OUT] != 2:
                continue
{reduced}
"""

_DOTS = """
                u, v = weights_of(op, a, b, y)
                x, w = real(0.0), real(0.0)
                if {first}:
                    x = got[table[row, A_ROW]]
                elif table[row, HOW_A] != 3:
                    x = dots[k, {a}]
                if {second}:
                    w = got[table[row, B_ROW]]
                elif table[row, HOW_B] != 3:
                    w = dots[k, {b}]
                dot = real(0.0)
                if x != real(0.0):
                    dot = u * x
                if w != real(0.0):
                    dot += v * w
"""

_TANGENT = """
def tangent(table, pc, memory, dots):
    made = cuda.local.array(LONGEST, real)
    got = cuda.local.array(LONGEST, real)
    part = cuda.shared.array(THREADS, real)
{begin}
        for i in range(count):
            got[i] = real(0.0)
{entry}
            for i in range(count):
                row = pc + 1 + i
                op, bits = table[row, 0], table[row, 17]
                how = table[row, HOW_OUT]
{values}
                made[i] = y
{dots}
                if how == 2:
                    got[i] += dot
                    continue
                got[i] = dot
                if bits & 1:
                    continue
                place = {out}
                if table[row, 1] != 1:
                    dots[k, place] = dot
                elif how == 0:
                    dots[k, place] += dot
                else:
                    cuda.atomic.add(dots, (k, place), dot)
        for i in range(count):
            row = pc + 1 + i
            if table[row, HOW_OUT] != 2:
                continue
{reduced}
"""

_AGAIN = """
            if table[pc, 5]:
                for i in range(count):
                    row = pc + 1 + i
                    op, bits = table[row, 0], table[row, 17]
                    if bits & 1 == 0:
                        continue
{values}
                    made[i] = y
                    held[i] = real(0.0)
"""

_ADJOINT = """
def adjoint(table, bar_table, pc, memory, bars, clearing):
    made = cuda.local.array(LONGEST, real)
    held = cuda.local.array(LONGEST, real)
    left = cuda.local.array(LONGEST, real)
    right = cuda.local.array(LONGEST, real)
    part = cuda.shared.array(THREADS, real)
{begin}
        for i in range(count):
            left[i] = real(0.0)
            right[i] = real(0.0)
{entry}
{again}
            for j in range(count):
                i = count - 1 - j
                row = pc + 1 + i
                op, bits = table[row, 0], table[row, 17]
                place = {bar_out}
                bar = held[i] if bits & 1 else bars[k, place]
                if clearing and table[row, 1] != 1 and bits & 1 == 0:
                    bars[k, place] = real(0.0)
                if bar == real(0.0):
                    continue
{operands}
                y = made[i] if bits & 1 else memory[0, {out}]
                u, v = weights_of(op, a, b, y)
{pull_a}
{pull_b}
        for i in range(count):
            row = pc + 1 + i
            if table[row, HOW_A] == 2:
{reduced_a}
            if table[row, HOW_B] == 2:
{reduced_b}
"""


def _pull(bit: int, how: str, maker: str, memory: str, held: str, kept: str, k: int, weight: str) -> str:
    """Add to what an operand has: in registers, by this thread alone, by many."""
    return f"""
                how = table[row, {how}]
                if how != 3:
                    term = {weight}
                    if bits & {bit}:
                        {held}[table[row, {maker}]] += term
                    elif how == 2:
                        {kept}[i] += term
                    elif how == 0:
                        {memory}[k, {place("bar_table", k)}] += term
                    else:
                        cuda.atomic.add({memory}, (k, {place("bar_table", k)}), term)
"""


_SECOND = """
def second(table, bar_table, pc, memory, dots, bars, turns):
    made = cuda.local.array(LONGEST, real)
    got = cuda.local.array(LONGEST, real)
    held = cuda.local.array(LONGEST, real)
    turned = cuda.local.array(LONGEST, real)
    left = cuda.local.array(LONGEST, real)
    right = cuda.local.array(LONGEST, real)
    part = cuda.shared.array(THREADS, real)
{begin}
        for i in range(count):
            left[i] = real(0.0)
            right[i] = real(0.0)
{entry}
            if table[pc, 5]:
                for i in range(count):
                    row = pc + 1 + i
                    op, bits = table[row, 0], table[row, 17]
                    if bits & 1 == 0:
                        continue
{values}
{again_dots}
                    made[i] = y
                    got[i] = dot
                    held[i] = real(0.0)
                    turned[i] = real(0.0)
            for j in range(count):
                i = count - 1 - j
                row = pc + 1 + i
                op, bits = table[row, 0], table[row, 17]
                place = {bar_out}
                bar = held[i] if bits & 1 else bars[0, place]
                turn = turned[i] if bits & 1 else turns[k, place]
                if table[row, 1] != 1 and bits & 1 == 0:
                    turns[k, place] = real(0.0)
                if bar == real(0.0) and turn == real(0.0):
                    continue
{operands}
                y = made[i] if bits & 1 else memory[0, {out}]
                x, w = real(0.0), real(0.0)
                if bits & 2:
                    x = got[table[row, A_ROW]]
                elif table[row, HOW_A] != 3:
                    x = dots[k, {a}]
                if bits & 4:
                    w = got[table[row, B_ROW]]
                elif table[row, HOW_B] != 3:
                    w = dots[k, {b}]
                u, v, p, q, r = second_of(op, a, b, y)
                if bits & 2:
                    held[table[row, A_ROW]] += {times_u_bar}
                if bits & 4:
                    held[table[row, B_ROW]] += {times_v_bar}
{pull_a}
{pull_b}
        for i in range(count):
            row = pc + 1 + i
            if table[row, HOW_A] == 2:
{reduced_a}
            if table[row, HOW_B] == 2:
{reduced_b}
"""

_CLEAR = """
def clear(table, bar_table, pc, bars):
    n1, n2 = table[pc, 3], table[pc, 4]
    n, k = table[pc, 2] * n1 * n2, cuda.blockIdx.y
    for e in range(cuda.grid(1), n, THREADS * cuda.gridDim.x):
        i0, i1, i2 = e // n2 // n1, e // n2 % n1, e % n2
        for row in range(pc + 1, pc + 1 + table[pc, 1]):
            if table[row, 1] != 1 and table[row, 17] & 1 == 0:
                bars[k, {bar_out}] = real(0.0)
"""


def text(simulated: bool) -> str:
    """Source of the kernels."""
    a, b, out = (place("table", k) for k in (1, 2, 0))
    bar_places = [place("bar_table", k) for k in range(3)]
    inside = {"a": a, "b": b, "first": "table[row, A_ROW] >= 0", "second": "table[row, B_ROW] >= 0"}
    local = inside | {"first": "bits & 2", "second": "bits & 4"}
    computed = "                y = value_of(op, a, b)\n"
    values, again = (_OPERANDS.format(**where) + computed for where in (inside, local))
    dots, dots_again = (_DOTS.format(**where) for where in (inside, local))
    operands = _OPERANDS.format(**local)
    common = {"begin": _BEGIN, "entry": _ENTRY, "out": out, "bar_out": bar_places[0], "operands": operands}
    value = _VALUE.format(**common, values=values, reduced=_reduced("memory", "made[i]", out))
    tangent = _TANGENT.format(**common, values=values, dots=dots, reduced=_reduced("dots", "got[i]", out))

    def reduced(memory):
        return {
            "reduced_a": indented(_reduced(memory, "left[i]", bar_places[1]), 4),
            "reduced_b": indented(_reduced(memory, "right[i]", bar_places[2]), 4),
        }

    adjoint = _ADJOINT.format(
        **common,
        **reduced("bars"),
        again=_AGAIN.format(values=indented(again, 4)),
        pull_a=_pull(2, "HOW_A", "A_ROW", "bars", "held", "left", 1, "u * bar"),
        pull_b=_pull(4, "HOW_B", "B_ROW", "bars", "held", "right", 2, "v * bar"),
    )
    second = _SECOND.format(
        **common,
        **reduced("turns"),
        values=indented(again, 4),
        again_dots=indented(dots_again, 4),
        a=a,
        b=b,
        times_u_bar=times("u", "bar"),
        times_v_bar=times("v", "bar"),
        pull_a=_pull(2, "HOW_A", "A_ROW", "turns", "turned", "left", 1, turn("u", "p", "x", "w")),
        pull_b=_pull(4, "HOW_B", "B_ROW", "turns", "turned", "right", 2, turn("v", "r", "w", "x")),
    )
    return "\n\n".join(
        [
            f"LONGEST = {LONGEST}\n"
            f"A_ROW, B_ROW, CHUNK, HOW_OUT, HOW_A, HOW_B = {(A_ROW, B_ROW, CHUNK, HOW_OUT, HOW_A, HOW_B)}\n",
            *(value, tangent, adjoint, second, _CLEAR.format(bar_out=bar_places[0])),
        ]
    )


def signatures(real: Any) -> dict[str, tuple]:
    """Types of the arguments of each kernel, for numbers of Numba's type ``real``."""
    from numba import boolean, int64, types

    table, memory = types.Array(int64, 2, "C"), types.Array(real, 2, "C")
    return {
        "value": (table, int64, memory),
        "tangent": (table, int64, memory, memory),
        "adjoint": (table, table, int64, memory, memory, boolean),
        "second": (table, table, int64, memory, memory, memory, memory),
        "clear": (table, table, int64, memory),
    }
