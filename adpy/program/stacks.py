"""Stacks and extrema: products of stacks of matrices by BLAS, largest and smallest entries, in the memory itself.

They stand between stretches of compiled instructions as :mod:`adpy.program.calls` do, without the copies and the new
arrays that a row of the rule table makes.
"""

from __future__ import annotations

from typing import Any

from adpy.plain import np
from adpy.program.calls import values_of
from adpy.program.code import View
from adpy.reverse.sweep import reduce_to

__all__ = ["Extremum", "Stack"]


class Stack:
    """``left @ right`` of stacks of matrices, whose leading axes are broadcast."""

    def __init__(self, left: Any, right: Any, out: View) -> None:
        self.left, self.right, self.out = left, right, out
        self.operands, self.outs = [left, right], [out]

    def replay(self, memory: np.ndarray) -> None:
        """Values."""
        np.matmul(*values_of(self.operands, memory), out=self.out.of(memory))

    def tangent(self, memory: np.ndarray, dots: np.ndarray) -> None:
        """Values and tangents."""
        self.replay(memory)
        left, right = values_of(self.operands, memory)
        for k in range(dots.shape[1]):
            total = 0.0
            if type(self.left) is View:
                total = np.matmul(self.left.columns(dots)[..., k], right)
            if type(self.right) is View:
                total = total + np.matmul(left, self.right.columns(dots)[..., k])
            self.out.columns(dots)[..., k] = total

    def adjoint(self, memory: np.ndarray, bars: np.ndarray) -> None:
        """Cotangents of the operands."""
        left, right = values_of(self.operands, memory)
        for k in range(bars.shape[1]):
            self._pull(left, right, self.out.columns(bars)[..., k], bars, k)

    def second_order(self, memory: np.ndarray, dots: np.ndarray, bars: np.ndarray, bar_dots: np.ndarray) -> None:
        """Cotangents of the operands and their tangents."""
        left, right = values_of(self.operands, memory)
        bar = self.out.of(bars)
        self._pull(left, right, bar, bars, 0)
        for k in range(dots.shape[1]):
            self._pull(left, right, self.out.columns(bar_dots)[..., k], bar_dots, k)
            if type(self.left) is View and type(self.right) is View:
                dot = self.left.columns(dots)[..., k], self.right.columns(dots)[..., k]
                self._pull(*dot, bar, bar_dots, k)

    def _pull(self, left: np.ndarray, right: np.ndarray, bar: np.ndarray, bars: np.ndarray, k: int) -> None:
        if type(self.left) is View:
            into = self.left.columns(bars)[..., k]
            into += reduce_to(np.matmul(bar, right.swapaxes(-1, -2)), into.shape)
        if type(self.right) is View:
            into = self.right.columns(bars)[..., k]
            into += reduce_to(np.matmul(left.swapaxes(-1, -2), bar), into.shape)


class Extremum:
    """``numpy.max`` or ``numpy.min`` along axes; entries that are equal share the cotangent."""

    def __init__(self, function: Any, operand: View, axes: tuple[int, ...], out: View) -> None:
        self.function, self.operand, self.axes, self.out = function, operand, axes, out
        self.operands, self.outs = [operand], [out]

    def replay(self, memory: np.ndarray) -> None:
        """Values."""
        ufunc = np.maximum if self.function is np.max else np.minimum
        with np.errstate(all="ignore"):
            ufunc.reduce(self.operand.of(memory), self.axes, None, self._kept(self.out.of(memory)), True)

    def _kept(self, array: np.ndarray) -> np.ndarray:
        """An array of the result with the axes of the operand."""
        shape = [1 if axis in self.axes else n for axis, n in enumerate(self.operand.shape)]
        return array.reshape(*shape, *array.shape[len(self.out.shape) :])

    def _hits(self, memory: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which entries are extreme, and how many along the axes."""
        hit = self.operand.of(memory) == self._kept(self.out.of(memory))
        return hit, np.maximum(np.count_nonzero(hit, axis=self.axes, keepdims=True), 1)  # NaN is attained nowhere

    def tangent(self, memory: np.ndarray, dots: np.ndarray) -> None:
        """Values and tangents."""
        self.replay(memory)
        hit, share = self._hits(memory)
        into = self.out.columns(dots)
        chosen = np.where(hit[..., None], self.operand.columns(dots), 0.0)
        into[...] = (chosen.sum(self.axes, keepdims=True) / share[..., None]).reshape(into.shape)

    def adjoint(self, memory: np.ndarray, bars: np.ndarray) -> None:
        """Cotangents of the operand."""
        hit, share = self._hits(memory)
        bar = self._kept(self.out.columns(bars)) / share[..., None]
        into = self.operand.columns(bars)
        np.add(into, bar, out=into, where=hit[..., None])

    def second_order(self, memory: np.ndarray, dots: np.ndarray, bars: np.ndarray, bar_dots: np.ndarray) -> None:
        """Cotangents of the operand and their tangents."""
        self.adjoint(memory, bars)
        self.adjoint(memory, bar_dots)
