"""Coloring: which columns and rows of a sparse matrix are added up before it is computed."""

from __future__ import annotations

from dataclasses import dataclass

from adpy.plain import np

__all__ = ["KINDS", "Coloring"]

KINDS = ("column", "row", "bidirectional", "star", "acyclic")
"""Kinds of colorings; the last two are for symmetric matrices."""


@dataclass(frozen=True, eq=False)
class Coloring:
    """Colors of the columns, the rows, or both, of a matrix ``A`` of shape ``(m, n)``.

    Columns of one color are added up into one column of ``B = A @ S``, shape ``(m, column_count)``: a forward sweep a
    color.  Rows of one color are added up into one row of ``C = W.T @ A``, shape ``(row_count, n)``: a reverse sweep a
    color.  What is added up and what is not may be told apart again: see :mod:`adpy.sparse.coloring.recovery`.

    Attributes
    ----------
    kind : {"column", "row", "bidirectional", "star", "acyclic"}
        Star and acyclic colorings color the columns of a symmetric matrix.
    shape : (int, int)
        Rows, columns of the matrix.
    column_colors : ndarray of int32, shape (n,), or None
        From 0; -1 for columns that no sweep needs.  None for kind ``"row"``.
    row_colors : ndarray of int32, shape (m,), or None
        Likewise of the rows, for the kinds ``"row"`` and ``"bidirectional"``.
    column_count, row_count : int
        Number of colors on either side.
    order : str
        In which order the vertices were colored.
    """

    kind: str
    shape: tuple[int, int]
    column_colors: np.ndarray | None
    row_colors: np.ndarray | None
    column_count: int
    row_count: int
    order: str = "natural"

    @property
    def count(self) -> int:
        """Number of colors, of columns and rows together."""
        return self.column_count + self.row_count

    @property
    def colors(self) -> np.ndarray:
        """Colors of the columns; of the rows for kind ``"row"``."""
        return self.row_colors if self.column_colors is None else self.column_colors

    def cost(self, forward: float = 1.0, reverse: float = 1.0) -> float:
        """What the sweeps cost, where one for a color of columns costs ``forward`` and of rows ``reverse``."""
        sides = ((forward, self.column_count), (reverse, self.row_count))
        return float(sum(each * count for each, count in sides if count))

    def column_seeds(self) -> np.ndarray:
        """The matrix ``S`` of zeros and ones, float64, shape ``(n, column_count)``."""
        return _seeds(self.column_colors, self.column_count, self.shape[1])

    def row_seeds(self) -> np.ndarray:
        """The matrix ``W`` of zeros and ones, float64, shape ``(m, row_count)``."""
        return _seeds(self.row_colors, self.row_count, self.shape[0])

    def __repr__(self) -> str:
        sides = f"{self.column_count} of columns + {self.row_count} of rows, " if self.kind == "bidirectional" else ""
        return f"Coloring({self.kind}, {self.count} colors, {sides}{self.shape[0]}x{self.shape[1]}, {self.order})"


def _seeds(colors: np.ndarray | None, count: int, size: int) -> np.ndarray:
    seeds = np.zeros((size, count))
    if colors is not None:
        colored = np.flatnonzero(colors >= 0)
        seeds[colored, colors[colored]] = 1.0
    return seeds
