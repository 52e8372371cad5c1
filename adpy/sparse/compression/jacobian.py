"""Jacobians from compressed columns (tangents), compressed rows (cotangents), or both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adpy.plain import np
from adpy.program.code import Code
from adpy.program.recording import Recording
from adpy.sparse.coloring import recover
from adpy.sparse.compression.blocks import blocks, places_of
from adpy.sparse.compression.point import check_colors, check_shape, holds
from adpy.sparse.compression.seeds import Seeds
from adpy.sparse.compression.work import work_of
from adpy.sparse.evaluator import Evaluator
from adpy.sparse.pattern import Pattern

__all__ = ["CompressedJacobian"]


class CompressedJacobian(Evaluator):
    """The Jacobian of a code by sweeps in the directions of a coloring.

    Parameters
    ----------
    code : Code
    wrt : sequence of int
        Numbers of the differentiated inputs; their entries are the columns.
    pattern : Pattern
        Which entries may differ from zero; the rows are the entries of the results of the code.
    coloring : adpy.sparse.coloring.Coloring
        Of kind ``"column"``, ``"row"`` or ``"bidirectional"``.

    Raises
    ------
    ArgumentError
        If the pattern does not have the shape of the Jacobian, or its entries cannot be told apart by the coloring.

    References
    ----------
    A. Curtis, M. Powell and J. Reid, On the estimation of sparse Jacobian matrices, IMA J. Appl. Math. 13 (1974).
    T. Coleman and A. Verma, The efficient computation of sparse Jacobian matrices using automatic differentiation,
    SIAM J. Sci. Comput. 19 (1998).
    """

    def __init__(self, code: Code, wrt: Sequence[int], pattern: Pattern, coloring: Any) -> None:
        self.code, self.pattern, self.coloring = code, pattern, coloring
        columns, rows = places_of([code.inputs[k] for k in wrt]), places_of(code.outputs)
        check_shape(pattern, (rows.size, columns.size))
        check_colors(coloring, pattern, ("column", "row", "bidirectional"))
        found = recover(pattern, coloring)
        by_row = np.zeros(pattern.nnz, bool) if found.by_row is None else found.by_row
        self._tangents, self._cotangents = [], []
        if coloring.column_count:
            others = [view for k, view in enumerate(code.inputs) if k not in wrt]
            self._columns = Seeds(columns, coloring.column_colors, others)
            self._tangents = list(blocks(rows, found, ~by_row, coloring.column_count, code.active))
        if coloring.row_count:
            self._rows = Seeds(rows, coloring.row_colors)
            self._cotangents = list(blocks(columns, found, by_row, coloring.row_count, code.rows))
        self.operations = work_of(code, coloring.column_count, coloring.row_count)

    def evaluate(self, inputs: Sequence[Any], data: np.ndarray) -> bool:
        return holds(self.code, inputs, lambda recording: self._sweep(recording, data))

    def _sweep(self, recording: Recording, data: np.ndarray) -> bool:
        for block in self._tangents:
            with recording.pushed(block.width, self._columns.write(block.low)) as dots:
                if not recording.same:
                    return False
                block.read(dots, data)
        if self._cotangents or not self._tangents:
            if not recording.replay():
                return False
        for block in self._cotangents:
            with recording.pulled(block.width, self._rows.write(block.low)) as bars:
                block.read(bars, data)
        return True
