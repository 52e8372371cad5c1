"""Choices: masks and what they select, as instructions in Python through which no derivative of a mask passes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adpy.plain import np
from adpy.program.calls import values_of
from adpy.program.code import View
from adpy.reverse.sweep import reduce_to

__all__ = ["Decide", "Select"]


class Decide:
    """A comparison or logical operation, entry by entry: ones and zeros."""

    of_masks = True

    def __init__(self, function: Callable, operands: list, out: View) -> None:
        self.function, self.operands, self.out, self.outs = function, operands, out, [out]

    def evaluate(self, operands: Sequence) -> np.ndarray:
        """Values, given those of the operands."""
        with np.errstate(all="ignore"):
            return self.function(*operands)

    def pulled(self, operands: Sequence, bar: np.ndarray) -> tuple:
        """Cotangents of the operands: none."""
        return (None,) * len(operands)

    def replay(self, memory: np.ndarray) -> None:
        """Values."""
        self.out.of(memory)[...] = self.evaluate(values_of(self.operands, memory))

    def tangent(self, memory: np.ndarray, dots: np.ndarray) -> None:
        """Values; a decision has no tangent."""
        self.replay(memory)
        self.out.columns(dots)[...] = 0.0

    def adjoint(self, memory: np.ndarray, bars: np.ndarray) -> None:
        """Decisions have no derivative."""

    def second_order(self, memory: np.ndarray, dots: np.ndarray, bars: np.ndarray, bar_dots: np.ndarray) -> None:
        """Decisions have no derivative."""


class Select:
    """``numpy.where(mask, a, b)``: what is not taken gets no cotangent, whatever the other's is."""

    of_masks = True
    function = np.where

    def __init__(self, operands: list, out: View) -> None:
        self.operands, self.out, self.outs = operands, out, [out]

    def evaluate(self, operands: Sequence) -> np.ndarray:
        """Values, given those of the operands."""
        mask, a, b = operands
        return np.where(np.not_equal(mask, 0.0), a, b)

    def pulled(self, operands: Sequence, bar: np.ndarray) -> tuple:
        """Cotangents of the operands with the axes of the result; None for constants."""
        mask = np.not_equal(operands[0], 0.0)
        _, a, b = self.operands
        return (
            None,
            np.where(mask, bar, 0.0) if type(a) is View else None,
            np.where(mask, 0.0, bar) if type(b) is View else None,
        )

    def replay(self, memory: np.ndarray) -> None:
        """Values."""
        self.out.of(memory)[...] = self.evaluate(values_of(self.operands, memory))

    def tangent(self, memory: np.ndarray, dots: np.ndarray) -> None:
        """Values and tangents."""
        self.replay(memory)
        out = self.out.columns(dots)
        a_dot, b_dot = (_columns(x, dots, self.out) for x in self.operands[1:])
        out[...] = self.evaluate([self._mask(memory), a_dot, b_dot])

    def adjoint(self, memory: np.ndarray, bars: np.ndarray) -> None:
        """Cotangents of the operands."""
        bar = self.out.columns(bars)
        for x, found in zip(self.operands, self.pulled([self._mask(memory)], bar), strict=True):
            if found is not None:
                into = x.columns(bars)
                into += found if found.shape == into.shape else reduce_to(found, into.shape)

    def second_order(self, memory: np.ndarray, dots: np.ndarray, bars: np.ndarray, bar_dots: np.ndarray) -> None:
        """Cotangents of the operands and their tangents."""
        self.adjoint(memory, bars)
        self.adjoint(memory, bar_dots)

    def _mask(self, memory: np.ndarray) -> np.ndarray:
        """The mask with an axis for columns."""
        return np.asarray(values_of(self.operands[:1], memory)[0])[..., None]


def _columns(x: Any, dots: np.ndarray, out: View) -> Any:
    """Tangents of an operand with the axes of the result."""
    if type(x) is not View:
        return 0.0
    columns = x.columns(dots)
    return columns.reshape((1,) * (len(out.shape) + 1 - columns.ndim) + columns.shape)
