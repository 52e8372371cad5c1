"""Patterns of Hessians of recorded codes."""

from __future__ import annotations

from collections.abc import Sequence

from adpy.errors import PatternMemoryError
from adpy.plain import np
from adpy.program import limits
from adpy.program.code import Code
from adpy.sparse.detection.graph import Graph, graph_of
from adpy.sparse.detection.jacobian import MOST
from adpy.sparse.detection.structure import curvature, table
from adpy.sparse.pattern import Pattern

__all__ = ["hessian_pattern", "interactions_of"]


def hessian_pattern(code: Code, wrt: Sequence[int]) -> Pattern:
    """The pattern of the Hessian of every sum of results, valid at all inputs at which the guards of the code hold.

    What belongs to it is as for :func:`~adpy.sparse.detection.jacobian.jacobian_pattern`; an instruction in Python is
    taken for nonlinear in all that its operands depend on, unless it is known to be linear.

    Parameters
    ----------
    code : Code
    wrt : sequence of int
        Numbers of the inputs of the code that are differentiated: their entries are rows and columns.

    Returns
    -------
    Pattern
        Symmetric.

    Raises
    ------
    ArgumentError
        Where the code is too large.
    PatternMemoryError
        Where the pattern is.

    Notes
    -----
    Nonlinear interaction domains [1]_: an operation ``v = f(a, b)`` that results depend on contributes the products of
    the index domains of those operands in which its second partials do not vanish identically, as the rule table says.
    These are the fill-ins that edge pushing creates and pushes to the inputs [2]_; taken forward, only operands of
    nonlinear operations need an index domain, so the sums of partially separable functions need none.

    References
    ----------
    .. [1] A. Walther, Computing sparse Hessians with automatic differentiation, ACM TOMS 34(1), 2008, algorithm II.
    .. [2] R. M. Gower and M. P. Mello, Computing the sparsity pattern of Hessians using automatic differentiation,
       ACM TOMS 40(2), 2014.
    """
    return interactions_of(graph_of(code, wrt))


def interactions_of(graph: Graph) -> Pattern:
    """The pattern of the Hessian of a graph, which is used up."""
    from adpy.sparse.detection.interactions import interactions, mirrored
    from adpy.sparse.detection.marking import count_needs

    columns = graph.firsts, graph.seconds, graph.thirds, graph.links
    blocks = graph.pointers, graph.members, graph.heads, graph.bent, graph.uses, graph.set_uses
    curved = table(curvature, np.flatnonzero(np.bincount(graph.ops)))
    curves = count_needs(graph.ops, *columns, curved, *blocks)
    limit = min(MOST, limits.memory // 16)
    try:
        pairs = interactions(*columns, curves, *blocks, graph.columns, limit)
        if 2 * pairs.shape[1] - graph.columns > MOST:
            raise MemoryError
        indptr, indices = mirrored(pairs, graph.columns)
    except MemoryError:
        raise PatternMemoryError(limit) from None
    return Pattern((graph.columns, graph.columns), indptr.astype(np.int32), indices)
