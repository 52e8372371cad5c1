"""Recording: code at one point, with the sweeps over it.

Memory of values stays with the code, constants in place; memory of tangents and cotangents goes back to the workspace.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adpy import workspace
from adpy.plain import np
from adpy.program import sweeps
from adpy.program.code import Code

__all__ = ["Recording"]

SMALLEST = 512
"""Entries of memory that is worth keeping: what the system gave back to itself is zeroed when it is touched again."""


class Recording:
    """Code with its values at one point; a context manager that gives the memory back.

    Parameters
    ----------
    code : Code
    primals : sequence
        Values of the inputs.
    """

    __slots__ = ("code", "replayed", "same", "values")

    def __init__(self, code: Code, primals: Sequence) -> None:
        self.code = code
        self.values = code.take_memory()
        for view, primal in zip(code.inputs, primals, strict=True):
            if view.shape:
                view.of(self.values)[...] = primal
            else:
                self.values[view.offset] = primal
        self.replayed = self.same = False

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, *exception: object) -> None:
        self.code.give_memory(self.values)

    def replay(self) -> bool:
        """Values of everything; are all decisions those of the recording?"""
        if not self.replayed:
            self.same = sweeps.replay(self.code, self.values)
            self.replayed = True
        return self.same

    def _columns(self, width: int, zeroed: bool) -> np.ndarray:
        """Memory of tangents, or zeroed memory of cotangents."""
        code = self.code
        rows = code.rows if zeroed else code.active
        memory = workspace.take((rows * width,))
        for low, stop in ((0, code.scratch), (code.placed, rows)) if zeroed else ((0, len(code.scalars)),):
            memory[low * width : stop * width] = 0.0
        return memory.reshape(rows, width)

    @staticmethod
    def _release(*columns: np.ndarray) -> None:
        """Give memory of tangents or cotangents back."""
        for memory in columns:
            workspace.give(memory.base, SMALLEST)

    def outputs(self) -> list[np.ndarray]:
        """Values of the results."""
        self.replay()
        return [view.of(self.values).copy() for view in self.code.outputs]

    def tangents(self, directions: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Tangents of the results.

        Parameters
        ----------
        directions : sequence of ndarray
            For each input an array with one more axis, the last, for the directions.
        """
        dots = self._seeded_tangents(directions)
        found = [view.columns(dots).copy() for view in self.code.outputs]
        self._release(dots)
        return found

    def _seeded_tangents(self, directions):
        dots = self._columns(directions[0].shape[-1], False)
        for view, direction in zip(self.code.inputs, directions, strict=True):
            view.columns(dots)[...] = direction
        self.same = sweeps.tangent(self.code, self.values, dots)
        self.replayed = True
        return dots

    def cotangents(self, seeds: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Cotangents of the inputs.

        Parameters
        ----------
        seeds : sequence of ndarray
            For each result an array with one more axis, the last, for the seeds.
        """
        self.replay()
        width = np.shape(seeds[0])[-1] if seeds else 1
        bars = self._columns(width, True)
        for view, seed in zip(self.code.outputs, seeds, strict=True):
            if view.shape:
                view.columns(bars)[...] += seed
            else:
                bars[view.offset] += seed
        sweeps.adjoint(self.code, self.values, bars)
        found = [view.columns(bars).copy() for view in self.code.inputs]
        self._release(bars)
        self.replayed = not self.code.overwrites  # the sweep went back to the beginning
        return found

    def second_order(self, directions: Sequence[np.ndarray], seeds: Sequence[Any]) -> tuple[list, list]:
        """Cotangents of the inputs, and their tangents.

        Parameters
        ----------
        directions : sequence of ndarray
            For each input an array with one more axis, the last, for the directions.
        seeds : sequence
            Cotangent of each result; the same for all directions.

        Returns
        -------
        bars, bar_dots : list of ndarray
            For each input; ``bar_dots`` have one more axis, the last, for the directions.
        """
        dots = self._seeded_tangents(directions)
        bars, bar_dots = self._columns(1, True), self._columns(dots.shape[1], True)
        for view, seed in zip(self.code.outputs, seeds, strict=True):
            view.of(bars)[...] += seed
        sweeps.second_order(self.code, self.values, dots, bars, bar_dots)
        found = (
            [view.of(bars).copy() for view in self.code.inputs],
            [view.columns(bar_dots).copy() for view in self.code.inputs],
        )
        self._release(dots, bars, bar_dots)
        self.replayed = not self.code.overwrites
        return found
