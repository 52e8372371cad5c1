"""Hessians from compressed columns: second-order sweeps in the directions of a star or acyclic coloring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.program.code import Code
from adpy.program.recording import Recording
from adpy.sparse.coloring import Substitution, recover
from adpy.sparse.compression.blocks import blocks, places_of
from adpy.sparse.compression.point import check_colors, check_shape, holds
from adpy.sparse.compression.seeds import Seeds
from adpy.sparse.compression.sums import Sums
from adpy.sparse.compression.work import SECOND, operations_of
from adpy.sparse.evaluator import Evaluator
from adpy.sparse.pattern import Pattern

__all__ = ["CompressedHessian"]


class CompressedHessian(Evaluator):
    """The Hessian of a code with one number as its result, by second-order sweeps in the directions of a coloring.

    Parameters
    ----------
    code : Code
    wrt : sequence of int
        Numbers of the differentiated inputs; their entries are rows and columns.
    pattern : Pattern
        Which entries may differ from zero; symmetric.
    coloring : adpy.sparse.coloring.Coloring
        Of kind ``"star"`` (entries are read) or ``"acyclic"`` (entries are read and subtracted, from the leaves of
        the two-colored trees to their roots).  A ``"column"`` coloring will do as well.

    Raises
    ------
    ArgumentError
        If the result is not one number, the pattern is not symmetric or has another shape, or its entries cannot be
        told apart by the coloring.

    References
    ----------
    A. Gebremedhin, A. Tarafdar, A. Pothen and A. Walther, Efficient computation of sparse Hessians using coloring and
    automatic differentiation, INFORMS J. Comput. 21 (2009).
    """

    def __init__(self, code: Code, wrt: Sequence[int], pattern: Pattern, coloring: Any) -> None:
        if len(code.outputs) > 1 or any(view.shape for view in code.outputs):
            shapes = [view.shape for view in code.outputs]
            raise ArgumentError("code", "one number as its result", f"results of shapes {shapes}")
        self.code, self.pattern, self.coloring = code, pattern, coloring
        places = places_of([code.inputs[k] for k in wrt])
        check_shape(pattern, (places.size, places.size))
        check_colors(coloring, pattern, ("column", "star", "acyclic"))
        self._seeds = Seeds(places, coloring.column_colors, [v for k, v in enumerate(code.inputs) if k not in wrt])
        found = recover(pattern, coloring)
        self._sums = Sums.of(found) if isinstance(found, Substitution) else None
        found = self._sums or found
        count = coloring.column_count if code.outputs else 0
        everything = np.ones(len(found.lines), bool)
        self._blocks = list(blocks(places, found, everything, count, code.active + code.rows))
        self.operations = operations_of(code) * (1.0 + SECOND * count)

    def evaluate(self, inputs: Sequence[Any], data: np.ndarray) -> bool:
        return holds(self.code, inputs, lambda recording: self._sweep(recording, data))

    def _sweep(self, recording: Recording, data: np.ndarray) -> bool:
        if not self._blocks:
            data[...] = 0.0
            return recording.replay()
        entries = data if self._sums is None else np.empty(len(self._sums.lines))
        for block in self._blocks:
            with recording.pushed(block.width, self._seeds.write(block.low)) as dots:
                if not recording.same:
                    return False
                with recording.turned(dots, [1.0]) as (_, bar_dots):
                    block.read(bar_dots, entries)
        if self._sums is not None:
            self._sums.substitute(entries, data)
        return True
