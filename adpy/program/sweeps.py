"""Sweeps: code run by the compiled interpreters, calls in Python in between."""

from __future__ import annotations

from adpy.plain import np
from adpy.program.code import Code

__all__ = ["adjoint", "replay", "second_order", "tangent"]


def _tables(code: Code) -> tuple:
    return code.table, code.heads, code.places, code.ops, code.firsts, code.seconds


def replay(code: Code, memory: np.ndarray) -> bool:
    """Values of everything, from the inputs in ``memory``; are all decisions those of the recording?"""
    from adpy.kernels import interpreter

    same = True
    for start, stop, call in code.stretches:
        if start < stop:
            interpreter.replay(*_tables(code), memory, code.scratch, code.tile, start, stop)
        if call is not None:
            same = call.replay(memory) is not False and same
    return same and code.guarded(memory)


def tangent(code: Code, memory: np.ndarray, dots: np.ndarray) -> bool:
    """As :func:`replay`, with tangents; ``dots`` has shape ``(active, directions)``."""
    from adpy.kernels import interpreter

    same = True
    for start, stop, call in code.stretches:
        if start < stop:
            interpreter.tangent(*_tables(code), memory, dots, code.scratch, code.tile, start, stop)
        if call is not None:
            same = call.tangent(memory, dots) is not False and same
    return same and code.guarded(memory)


def adjoint(code: Code, memory: np.ndarray, bars: np.ndarray) -> None:
    """Cotangents of the inputs from those of the results; ``bars`` has shape ``(active, seeds)``."""
    from adpy.kernels import interpreter

    for start, stop, call in reversed(code.stretches):
        if call is not None:
            call.adjoint(memory, bars)
        if start < stop:
            interpreter.adjoint(*_tables(code), memory, bars, code.scratch, code.tile, start, stop)


def second_order(code: Code, memory: np.ndarray, dots: np.ndarray, bars: np.ndarray, bar_dots: np.ndarray) -> None:
    """Cotangents of the inputs and their tangents; ``bars`` has one column, the others one a direction."""
    from adpy.kernels import interpreter

    for start, stop, call in reversed(code.stretches):
        if call is not None:
            call.second_order(memory, dots, bars, bar_dots)
        if start < stop:
            interpreter.second_order(*_tables(code), memory, dots, bars, bar_dots, code.scratch, code.tile, start, stop)
