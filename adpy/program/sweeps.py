"""Sweeps: code run by the compiled interpreters or by kernels of its own, calls in Python in between."""

from __future__ import annotations

from typing import Any

from adpy.kernels.table import RUN
from adpy.plain import np
from adpy.program.code import Code
from adpy.program.specialized import kernels_of

__all__ = ["adjoint", "replay", "second_order", "tangent"]


def _tables(code: Code) -> tuple:
    return code.table, code.heads, code.places, code.ops, code.firsts, code.seconds


def _kernels(code: Code, width: int, *sweeps: str) -> Any:
    """The code's own kernels for these sweeps; they go in one direction."""
    kernels = kernels_of(code)
    return kernels if kernels is not None and width == 1 and kernels.ready(*sweeps) else None


def replay(code: Code, memory: np.ndarray) -> bool:
    """Values of everything, from the inputs in ``memory``; are all decisions those of the recording?"""
    from adpy.kernels import interpreter

    kernels = _kernels(code, 1, "value")
    same = True
    for start, stop, call in code.stretches:
        if start < stop:
            if kernels is not None:
                kernels.sweep("value", interpreter.replay, start, stop, memory)
            else:
                interpreter.replay(*_tables(code), memory, code.scratch, code.tile, start, stop)
        if call is not None:
            same = call.replay(memory) is not False and same
    return same and code.guarded(memory)


def tangent(code: Code, memory: np.ndarray, dots: np.ndarray) -> bool:
    """As :func:`replay`, with tangents; ``dots`` has shape ``(active, directions)``."""
    from adpy.kernels import interpreter

    kernels = _kernels(code, dots.shape[1], "tangent", "second")
    same = True
    for start, stop, call in code.stretches:
        if start < stop:
            if kernels is not None:
                kernels.sweep("tangent", interpreter.tangent, start, stop, memory, dots)
            else:
                interpreter.tangent(*_tables(code), memory, dots, code.scratch, code.tile, start, stop)
        if call is not None:
            same = call.tangent(memory, dots) is not False and same
    return same and code.guarded(memory)


def adjoint(code: Code, memory: np.ndarray, bars: np.ndarray) -> None:
    """Cotangents of the inputs from those of the results; ``bars`` has shape ``(active, seeds)``."""
    from adpy.kernels import interpreter

    kernels = _kernels(code, bars.shape[1], "adjoint")
    pruned = kernels is None and kernels_of(code) is not None
    for start, stop, call in reversed(code.stretches):
        if call is not None:
            call.adjoint(memory, bars)
        if kernels is not None and start < stop:
            kernels.sweep("adjoint", interpreter.adjoint, start, stop, memory, bars)
            continue
        for first, last in _pieces(code, start, stop) if pruned else ((start, stop),):
            if pruned and code.table[code.heads[first], 0] == RUN:
                interpreter.replay(*_tables(code), memory, code.scratch, code.tile, first, last)
            if first < last:
                interpreter.adjoint(*_tables(code), memory, bars, code.scratch, code.tile, first, last)


def _pieces(code: Code, start: int, stop: int) -> list[tuple[int, int]]:
    """Instructions from the last to the first, scalar operations apart: kernels do not store all of their values."""
    found = []
    last = stop
    for head in range(stop - 1, start - 1, -1):
        if code.table[code.heads[head], 0] == RUN:
            found += [(head + 1, last)] if head + 1 < last else []
            found.append((head, head + 1))
            last = head
    return found + ([(start, last)] if start < last else [])


def second_order(code: Code, memory: np.ndarray, dots: np.ndarray, bars: np.ndarray, bar_dots: np.ndarray) -> None:
    """Cotangents of the inputs and their tangents; ``bars`` has one column, the others one a direction.

    The tangents are those of :func:`tangent`.
    """
    from adpy.kernels import interpreter

    kernels = _kernels(code, dots.shape[1], "tangent", "second")
    for start, stop, call in reversed(code.stretches):
        if call is not None:
            call.second_order(memory, dots, bars, bar_dots)
        if start >= stop:
            continue
        if kernels is not None:
            kernels.sweep("second", interpreter.second_order, start, stop, memory, dots, bars, bar_dots)
        else:
            tables = (*_tables(code), memory, dots, bars, bar_dots)
            interpreter.second_order(*tables, code.scratch, code.tile, start, stop)
