"""Recording: code at one point, with the sweeps over it.

Memory of values stays with the code, constants in place; memory of tangents and cotangents goes back to the workspace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from adpy.plain import np
from adpy.program import sweeps
from adpy.program.code import Code

__all__ = ["Recording"]


class Recording:
    """Code with its values at one point; a context manager that gives the memory back.

    Parameters
    ----------
    code : Code
    primals : sequence
        Values of the inputs.
    """

    __slots__ = ("code", "frame", "replayed", "same")

    def __init__(self, code: Code, primals: Sequence) -> None:
        self.code = code
        self.frame = code.take_frame()
        for entries, primal in zip(self.frame.inputs, primals, strict=True):
            entries[...] = primal
        self.replayed = self.same = False

    @property
    def values(self) -> np.ndarray:
        """Memory of the values."""
        return self.frame.values

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, *exception: object) -> None:
        self.code.give_frame(self.frame)

    def replay(self) -> bool:
        """Values of everything; are all decisions those of the recording?"""
        if not self.replayed:
            self.same = sweeps.replay(self.code, self.frame)
            self.replayed = True
        return self.same

    def _columns(self, name: str, width: int, zeroed: bool) -> np.ndarray:
        """Memory of tangents, or zeroed memory of cotangents."""
        code = self.code
        memory = self.frame.columns(name, width)
        for low, stop in code.cleared if zeroed else ((0, len(code.scalars)),):
            memory[low:stop] = 0.0
        return memory

    def outputs(self) -> list[np.ndarray]:
        """Values of the results."""
        self.replay()
        return [entries.copy() for entries in self.frame.outputs]

    @contextmanager
    def pushed(self, width: int, seed: Callable[[np.ndarray], None]) -> Iterator[np.ndarray]:
        """Memory of tangents after a sweep, one column a direction; ``same`` says whether the decisions hold.

        ``seed`` writes the tangents of all inputs into it.
        """
        dots = self._columns("dots", width, False)
        try:
            seed(dots)
            self.same = sweeps.tangent(self.code, self.frame, dots)
            self.replayed = True
            yield dots
        finally:
            self.frame.release(dots=dots)

    @contextmanager
    def pulled(self, width: int, seed: Callable[[np.ndarray], None]) -> Iterator[np.ndarray]:
        """Memory of cotangents after a sweep, one column a seed; ``seed`` adds the cotangents of the results to it."""
        self.replay()
        bars = self._columns("bars", width, True)
        try:
            seed(bars)
            sweeps.adjoint(self.code, self.frame, bars)
            self.replayed = not self.code.overwrites  # the sweep went back to the beginning
            yield bars
        finally:
            self.frame.release(bars=bars)

    @contextmanager
    def turned(self, dots: np.ndarray, seeds: Sequence[Any]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Memories of cotangents, which are the same for all directions, and of their tangents after a sweep.

        ``dots`` is what :meth:`pushed` gave, ``seeds`` are the cotangents of the results.
        """
        bars, bar_dots = self._columns("bars", 1, True), self._columns("turns", dots.shape[1], True)
        try:
            for view, seed in zip(self.code.outputs, seeds, strict=True):
                view.of(bars)[...] += seed
            sweeps.second_order(self.code, self.frame, dots, bars, bar_dots)
            self.replayed = not self.code.overwrites
            yield bars, bar_dots
        finally:
            self.frame.release(bars=bars, turns=bar_dots)

    def tangents(self, directions: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Tangents of the results.

        Parameters
        ----------
        directions : sequence of ndarray
            For each input an array with one more axis, the last, for the directions.
        """
        with self.pushed(directions[0].shape[-1], self._seeding(directions)) as dots:
            return [view.columns(dots).copy() for view in self.code.outputs]

    def _seeding(self, directions: Sequence[np.ndarray]) -> Callable[[np.ndarray], None]:
        """What writes tangents of the inputs."""

        def seed(dots: np.ndarray) -> None:
            for view, direction in zip(self.code.inputs, directions, strict=True):
                view.columns(dots)[...] = direction

        return seed

    def cotangents(self, seeds: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Cotangents of the inputs.

        Parameters
        ----------
        seeds : sequence of ndarray
            For each result an array with one more axis, the last, for the seeds.
        """

        def seed(bars: np.ndarray) -> None:
            for view, columns in zip(self.code.outputs, seeds, strict=True):
                if view.shape:
                    view.columns(bars)[...] += columns
                else:
                    bars[view.offset] += columns

        with self.pulled(np.shape(seeds[0])[-1] if seeds else 1, seed) as bars:
            return [view.columns(bars).copy() for view in self.code.inputs]

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
        width = directions[0].shape[-1]
        with self.pushed(width, self._seeding(directions)) as dots, self.turned(dots, seeds) as (bars, bar_dots):
            return (
                [view.of(bars).copy() for view in self.code.inputs],
                [view.columns(bar_dots).copy() for view in self.code.inputs],
            )
