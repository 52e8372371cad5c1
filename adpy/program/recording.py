"""Recording: a function recorded at a point, with the sweeps over it.

Memory of values, tangents and cotangents goes back to the workspace when the recording is closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adpy import workspace
from adpy.plain import np
from adpy.program import sweeps
from adpy.program.code import Code

__all__ = ["Recording"]

SAVE, SAVE_AT = -5, -6


class Recording:
    """A lowered recording with its values at one point.

    Parameters
    ----------
    code : Code
    primals : sequence
        Values of the inputs.
    """

    def __init__(self, code: Code, primals: Sequence) -> None:
        self.code = code
        self.taken: list[np.ndarray] = []
        self.values = self._memory(code.size)
        self.values[: len(code.scalars)] = code.scalars
        for start, constant in code.constants:
            self.values[start : start + constant.size] = constant.reshape(-1)
        for view, primal in zip(code.inputs, primals, strict=True):
            view.of(self.values)[...] = primal
        self.replayed = False
        self.overwrites = bool(np.isin(code.table[code.heads, 0], (SAVE, SAVE_AT)).any())

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the memory back."""
        for array in self.taken:
            workspace.give(array)
        self.taken = []

    def _memory(self, size: int) -> np.ndarray:
        """Uninitialised flat memory."""
        memory = workspace.take((size,))
        self.taken.append(memory)
        return memory

    def _columns(self, width: int, zeroed: bool) -> np.ndarray:
        """Memory of tangents or cotangents."""
        code = self.code
        memory = self._memory(code.active * width)
        memory[: (code.active if zeroed else len(code.scalars)) * width] = 0.0
        return memory.reshape(code.active, width)

    def _release(self, *columns: np.ndarray) -> None:
        """Give memory of tangents or cotangents back."""
        for memory in columns:
            workspace.give(memory.base)
            self.taken = [array for array in self.taken if array is not memory.base]

    def replay(self) -> None:
        """Values of everything, if they are not there."""
        if not self.replayed:
            sweeps.replay(self.code, self.values)
            self.replayed = True

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
        width = directions[0].shape[-1]
        dots = self._columns(width, False)
        for view, direction in zip(self.code.inputs, directions, strict=True):
            view.columns(dots)[...] = direction
        sweeps.tangent(self.code, self.values, dots)
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
        bars = self._columns(seeds[0].shape[-1], True)
        for view, seed in zip(self.code.outputs, seeds, strict=True):
            view.columns(bars)[...] += seed
        sweeps.adjoint(self.code, self.values, bars)
        found = [view.columns(bars).copy() for view in self.code.inputs]
        self._release(bars)
        self.replayed = not self.overwrites  # the sweep went back to the beginning
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
        self.replayed = not self.overwrites
        return found
