"""Directions: products of the matrices of one recording with dense ones."""

from __future__ import annotations

from collections.abc import Iterator

from adpy.plain import np
from adpy.program.code import Code
from adpy.program.recording import Recording
from adpy.sparse.arguments import Rows

__all__ = ["Directions"]

CHUNK = 64
"""Directions of one sweep, at most."""

MEMORY = 1 << 24
"""Entries that the tangents of one sweep may have, unless one direction has more."""


class Directions:
    """Exact products, with directions as columns of matrices.

    Parameters
    ----------
    code : Code
    wrt : list of int
        Numbers of the differentiated inputs.
    rows : list of Rows, optional
        Of every number or array in the result; those of the code by default.
    """

    def __init__(self, code: Code, wrt: list[int], rows: list[Rows] | None = None) -> None:
        self.code, self.wrt = code, wrt
        self._sizes = [int(np.prod(code.inputs[k].shape)) for k in wrt]
        sizes = [int(np.prod(view.shape)) for view in code.outputs]
        self._rows = [Rows("", size, place) for place, size in enumerate(sizes)] if rows is None else rows
        self.columns, self.rows = sum(self._sizes), sum(row.count for row in self._rows)

    def tangents(self, recording: Recording, V: np.ndarray) -> np.ndarray:
        """``J @ V``."""
        found = np.zeros((self.rows, V.shape[1]))
        if not self.code.outputs:
            return found
        for part in self._parts(V.shape[1]):
            dots = recording.tangents(self._inputs(V[:, part]))
            first = 0
            for _, count, place in self._rows:
                if place is not None:
                    found[first : first + count, part] = dots[place].reshape(count, dots[place].shape[-1])
                first += count
        return found

    def cotangents(self, recording: Recording, W: np.ndarray) -> np.ndarray:
        """``J.T @ W``."""
        found = np.zeros((self.columns, W.shape[1]))
        if not self.code.outputs:
            return found
        starts = np.cumsum([0, *[row.count for row in self._rows]]).tolist()
        chosen = [(a, row.count) for row, a in zip(self._rows, starts, strict=False) if row.place is not None]
        for part in self._parts(W.shape[1]):
            seeds = [
                W[a : a + size, part].reshape(*view.shape, part.stop - part.start)
                for (a, size), view in zip(chosen, self.code.outputs, strict=True)
            ]
            self._gather(recording.cotangents(seeds), found[:, part])
        return found

    def second_order(self, recording: Recording, V: np.ndarray) -> np.ndarray:
        """``H @ V`` for a code with one number as its result."""
        found = np.zeros((self.columns, V.shape[1]))
        if not self.code.outputs:
            return found
        for part in self._parts(V.shape[1]):
            _, bar_dots = recording.second_order(self._inputs(V[:, part]), [1.0] * len(self.code.outputs))
            self._gather(bar_dots, found[:, part])
        return found

    def jacobian_row(self, recording: Recording, i: int) -> np.ndarray:
        """A row of the Jacobian."""
        return self.cotangents(recording, _unit(self.rows, i))[:, 0]

    def hessian_row(self, recording: Recording, i: int) -> np.ndarray:
        """A row of the Hessian."""
        return self.second_order(recording, _unit(self.columns, i))[:, 0]

    def _parts(self, width: int) -> Iterator[slice]:
        chunk = min(CHUNK, max(1, MEMORY // max(1, self.code.rows)))
        for first in range(0, width, chunk):
            yield slice(first, min(first + chunk, width))

    def _inputs(self, V: np.ndarray) -> list:
        """Tangents of all inputs of the code."""
        width = V.shape[1]
        found = [np.zeros((*view.shape, width)) for view in self.code.inputs]
        first = 0
        for k, size in zip(self.wrt, self._sizes, strict=True):
            found[k] = V[first : first + size].reshape(found[k].shape)
            first += size
        return found

    def _gather(self, bars: list, found: np.ndarray) -> None:
        first = 0
        for k, size in zip(self.wrt, self._sizes, strict=True):
            found[first : first + size] = bars[k].reshape(size, found.shape[1])
            first += size


def _unit(size: int, i: int) -> np.ndarray:
    found = np.zeros((size, 1))
    found[i] = 1.0
    return found
