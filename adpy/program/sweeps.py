"""Sweeps: code run by the compiled interpreters or by kernels of its own, calls in Python in between."""

from __future__ import annotations

from adpy.kernels.table import RUN
from adpy.plain import np
from adpy.program.code import Code
from adpy.program.frames import Frame, Tables

__all__ = ["ERRORS", "adjoint", "differentiate", "multiply", "push", "replay", "second_order", "tangent"]

ERRORS = (ArithmeticError, ValueError, IndexError, TypeError, np.linalg.LinAlgError)
"""What calls in Python may raise where the decisions of a recording do not hold."""


def _tables(code: Code, width: int, *sweeps: str) -> Tables:
    """The code's own kernels for these sweeps, where there are any: they go in one direction."""
    kernels = code.kernels
    return kernels[0].tables if kernels and width == 1 and kernels[0].ready(sweeps) else code.tables


def replay(code: Code, frame: Frame) -> bool:
    """Values of everything, from the inputs in the frame; are all decisions those of the recording?"""
    tables = _tables(code, 1, "value")
    if tables.whole:
        return tables.evaluate(tables.address, frame.address) == 1
    same = True
    sweep = tables.sweeps["value"]
    for start, stop, call in tables.stretches:
        if start < stop:
            sweep(tables.address, frame.address, start, stop)
        if call is not None:
            same = call.replay(frame.values) is not False and same
    return same and code.guarded(frame.values)


def differentiate(code: Code, frame: Frame) -> bool | None:
    """Values and cotangents of the inputs, for a result that is one number, in one call.

    Returns
    -------
    bool or None
        Are all decisions those of the recording?  None where the code must be swept in parts.
    """
    tables = _tables(code, 1, "value", "adjoint")
    if not tables.whole:
        return None
    if "bars" not in frame.ends:
        frame.prepare(code, "bars")
    return tables.differentiate(tables.address, frame.address) == 1


def push(code: Code, frame: Frame) -> bool | None:
    """Values and tangents of the results in one call, as :func:`differentiate`; memory of tangents is prepared."""
    tables = _tables(code, 1, "tangent", "second")
    return tables.push(tables.address, frame.address) == 1 if tables.whole else None


def multiply(code: Code, frame: Frame) -> bool | None:
    """Cotangents and their tangents in one call, as :func:`differentiate`; memory of tangents is prepared."""
    tables = _tables(code, 1, "tangent", "second")
    if not tables.whole:
        return None
    frame.prepare(code, "bars", "turns")
    return tables.multiply(tables.address, frame.address) == 1


def tangent(code: Code, frame: Frame, dots: np.ndarray) -> bool:
    """As :func:`replay`, with tangents; ``dots`` has shape ``(active, directions)``."""
    tables = _tables(code, dots.shape[1], "tangent", "second")
    sweep = tables.sweeps["tangent"]
    same = True
    for start, stop, call in tables.stretches:
        if start < stop:
            sweep(tables.address, frame.address, start, stop)
        if call is not None:
            same = call.tangent(frame.values, dots) is not False and same
    return same and code.guarded(frame.values)


def adjoint(code: Code, frame: Frame, bars: np.ndarray) -> None:
    """Cotangents of the inputs from those of the results; ``bars`` has shape ``(active, seeds)``."""
    tables = _tables(code, bars.shape[1], "adjoint")
    pruned = tables is code.tables and bool(code.kernels)
    sweep, again = tables.sweeps["adjoint"], tables.sweeps["value"]
    for start, stop, call in reversed(tables.stretches):
        if call is not None:
            call.adjoint(frame.values, bars)
        for first, last in _pieces(code, start, stop) if pruned else ((start, stop),):
            if pruned and code.table[code.heads[first], 0] == RUN:
                again(tables.address, frame.address, first, last)
            if first < last:
                sweep(tables.address, frame.address, first, last)


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
    tables = _tables(code, dots.shape[1], "tangent", "second")
    sweep = tables.sweeps["second"]
    for start, stop, call in reversed(tables.stretches):
        if call is not None:
            call.second_order(frame.values, dots, bars, bar_dots)
        if start < stop:
            sweep(tables.address, frame.address, start, stop)
