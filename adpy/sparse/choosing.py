"""Choosing: which coloring is taken, and what a compressed evaluation costs before there is one."""

from __future__ import annotations

from math import inf

from adpy.plain import np
from adpy.program.code import Code
from adpy.sparse import coloring
from adpy.sparse.coloring import Coloring
from adpy.sparse.compression.work import COTANGENT, SECOND, TANGENT, operations_of, work_of
from adpy.sparse.pattern import Pattern
from adpy.sparse.settings import KINDS, Settings

__all__ = ["NAMES", "colored", "least"]

NAMES = {
    "column": "compressed forward",
    "row": "compressed reverse",
    "bidirectional": "compressed bidirectional",
    "star": "compressed, direct",
    "acyclic": "compressed, substitution",
}
"""What evaluations by colorings are called."""

DENSE_ROWS = (0, 1, 2, 4, 8)
"""Rows or columns that are taken out of the others, in a bidirectional coloring."""


def colored(pattern: Pattern, settings: Settings) -> Coloring:
    """The coloring that the settings ask for, or the cheapest one that is found."""
    kind = KINDS.get(settings.mode)
    symmetric = settings.what == "hessian"
    if kind is None:
        orders = {} if settings.ordering is None else {"orders": (settings.ordering,)}
        return coloring.choose(pattern, symmetric, forward=TANGENT, reverse=COTANGENT, **orders)
    functions = {
        "column": coloring.color_columns,
        "row": coloring.color_rows,
        "bidirectional": coloring.color_bidirectional,
        "star": coloring.color_star,
        "acyclic": coloring.color_acyclic,
    }
    return functions[kind](pattern, **({} if settings.ordering is None else {"order": settings.ordering}))


def least(code: Code, pattern: Pattern, symmetric: bool) -> float:
    """Operations that a compressed evaluation takes at least, about, told without a coloring."""
    m, n = pattern.shape
    if symmetric:
        colors = max(1, 1 + (pattern.nnz - n) // max(2 * n, 1))
        return operations_of(code) * (1.0 + SECOND * colors)
    by_row = np.sort(np.diff(pattern.indptr))[::-1]
    by_column = np.sort(np.bincount(pattern.indices, minlength=n))[::-1]
    found = [(int(by_row[k]), k) for k in DENSE_ROWS if k < m]
    found += [(k, int(by_column[k])) for k in DENSE_ROWS if k < n]
    return min([work_of(code, there, back) for there, back in found], default=inf)
