"""Sweeps: code run by the compiled interpreters or by kernels of its own, calls in Python in between."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from adpy.kernels.table import RUN
from adpy.plain import np
from adpy.program.code import Code
from adpy.program.frames import Frame, Tables

__all__ = [
    "ERRORS",
    "adjoint",
    "differentiate",
    "multiply",
    "push",
    "replay",
    "second_order",
    "tables_for",
    "tangent",
]

ERRORS = (ArithmeticError, ValueError, IndexError, TypeError, np.linalg.LinAlgError)
"""What calls in Python may raise where the decisions of a recording do not hold."""


def tables_for(code: Code, width: int, *sweeps: str) -> Tables:
    """The code's own kernels for these sweeps, where there are any: they go in one direction."""
    kernels = code.special.kernels
    if kernels is not None and width == 1 and kernels.ready(sweeps):
        return kernels.tables
    tables = code.tables
    for sweep in sweeps:
        if sweep not in tables.sweeps:
            tables.interpret(sweep)
    return tables


def _whole(code: Code, tables: Tables, run: Callable, frame: Frame, *sweeps: str) -> bool:
    """Run a whole program; are its decisions those of the recording?"""
    heat = code.special.heat
    if heat is None:
        return run(tables.address, frame.address) == 1
    begin = perf_counter()
    same = run(tables.address, frame.address) == 1
    heat.spend(perf_counter() - begin, *sweeps)
    return same


def _part(code: Code, tables: Tables, name: str, frame: Frame, start: int, stop: int, width: int) -> None:
    """Run a sweep over a stretch of instructions or steps."""
    heat = code.special.heat
    begin = perf_counter() if heat is not None else 0.0
    tables.sweeps[name](tables.address, frame.address, start, stop)
    if heat is not None and width == 1:
        heat.spend(perf_counter() - begin, name)


def replay(code: Code, frame: Frame) -> bool:
    """Values of everything, from the inputs in the frame; are all decisions those of the recording?"""
    tables = tables_for(code, 1, "value")
    if tables.whole:
        return _whole(code, tables, tables.evaluate, frame, "value")
    same = True
    for start, stop, call in tables.stretches:
        if start < stop:
            _part(code, tables, "value", frame, start, stop, 1)
        if call is not None:
            same = call.replay(frame.values) is not False and same
    return same and code.guarded(frame.values)


def differentiate(code: Code, frame: Frame, value: bool = True) -> bool | None:
    """Values and cotangents of the inputs, for a result that is one number, in one call.

    Without ``value``, only values that the way back reads are computed.

    Returns
    -------
    bool or None
        Are all decisions those of the recording?  None where the code must be swept in parts.
    """
    tables = tables_for(code, 1, "value", "adjoint")
    if not tables.whole:
        return None
    if "bars" not in frame.ends:
        frame.prepare(code, "bars")
    return _whole(code, tables, tables.differentiate if value else tables.gradient, frame, "value", "adjoint")


def push(code: Code, frame: Frame) -> bool | None:
    """Values and tangents of the results in one call, as :func:`differentiate`; memory of tangents is prepared."""
    tables = tables_for(code, 1, "tangent", "second")
    return _whole(code, tables, tables.push, frame, "tangent", "second") if tables.whole else None


def multiply(code: Code, frame: Frame) -> bool | None:
    """Cotangents and their tangents in one call, as :func:`differentiate`; memory of tangents is prepared."""
    tables = tables_for(code, 1, "tangent", "second")
    if not tables.whole:
        return None
    frame.prepare(code, "bars", "turns")
    return _whole(code, tables, tables.multiply, frame, "tangent", "second")


def tangent(code: Code, frame: Frame, dots: np.ndarray) -> bool:
    """As :func:`replay`, with tangents; ``dots`` has shape ``(active, directions)``."""
    tables = tables_for(code, dots.shape[1], "tangent", "second")
    same = True
    for start, stop, call in tables.stretches:
        if start < stop:
            _part(code, tables, "tangent", frame, start, stop, dots.shape[1])
        if call is not None:
            same = call.tangent(frame.values, dots) is not False and same
    return same and code.guarded(frame.values)


def adjoint(code: Code, frame: Frame, bars: np.ndarray) -> None:
    """Cotangents of the inputs from those of the results; ``bars`` has shape ``(active, seeds)``."""
    tables = tables_for(code, bars.shape[1], "adjoint")
    pruned = tables is code.tables and code.special.kernels is not None
    for start, stop, call in reversed(tables.stretches):
        if call is not None:
            call.adjoint(frame.values, bars)
        for first, last in _pieces(code, start, stop) if pruned else ((start, stop),):
            if pruned and code.table[code.heads[first], 0] == RUN:
                _part(code, tables, "value", frame, first, last, 0)
            if first < last:
                _part(code, tables, "adjoint", frame, first, last, bars.shape[1])


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


def second_order(code: Code, frame: Frame, dots: np.ndarray, bars: np.ndarray, bar_dots: np.ndarray) -> None:
    """Cotangents of the inputs and their tangents; ``bars`` has one column, the others one a direction.

    The tangents are those of :func:`tangent`.
    """
    tables = tables_for(code, dots.shape[1], "tangent", "second")
    for start, stop, call in reversed(tables.stretches):
        if call is not None:
            call.second_order(frame.values, dots, bars, bar_dots)
        if start < stop:
            _part(code, tables, "second", frame, start, stop, dots.shape[1])
