"""Patterns of Jacobians of recorded codes."""

from __future__ import annotations

from collections.abc import Sequence

from adpy.errors import PatternMemoryError
from adpy.plain import np
from adpy.program import limits
from adpy.program.code import Code
from adpy.sparse.detection.graph import Graph, graph_of
from adpy.sparse.pattern import Pattern

__all__ = ["jacobian_pattern", "rows_of"]

MOST = (1 << 31) - 1
"""Entries of a pattern."""


def jacobian_pattern(code: Code, wrt: Sequence[int]) -> Pattern:
    """The pattern of the Jacobian of a code, valid at all inputs at which its guards hold.

    Both sides of ``where``, ``maximum``, ``abs`` … belong to it, and products with constants that are zero.  ``floor``,
    ``sign`` and comparisons depend on nothing.  Where an instruction stays in Python (linear algebra, FFT …), all its
    results depend on all its operands, matrices of a stack apart.

    Parameters
    ----------
    code : Code
    wrt : sequence of int
        Numbers of the inputs of the code that are differentiated: their entries are the columns.

    Returns
    -------
    Pattern
        Rows are the entries of the outputs of the code.

    Raises
    ------
    ArgumentError
        Where the code is too large.
    PatternMemoryError
        Where the pattern is.

    Notes
    -----
    Index domains are propagated forward [1]_, but only numbers that are read several times have one: the others belong
    to the tree of operations that reads them.  Equal sets share memory, which is freed after the last read.

    References
    ----------
    .. [1] A. Griewank and A. Walther, Evaluating Derivatives, 2nd ed., SIAM 2008, section 7.1.
    """
    return rows_of(graph_of(code, wrt))


def rows_of(graph: Graph) -> Pattern:
    """The pattern of the Jacobian of a graph, which is used up."""
    from adpy.sparse.detection.row_sets import row_sets

    marks = graph.pointers, graph.members, graph.heads, graph.uses, graph.set_uses
    limit = min(MOST, limits.memory // 16)
    try:
        indptr, indices = row_sets(
            *(graph.firsts, graph.seconds, graph.thirds, graph.links, *marks),
            *(graph.columns, graph.outputs, limit),
        )
    except MemoryError:
        raise PatternMemoryError(limit) from None
    if indptr[-1] > MOST:
        raise PatternMemoryError(MOST)
    return Pattern((len(graph.outputs), graph.columns), indptr.astype(np.int32), indices)
