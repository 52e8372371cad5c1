"""Results of block rows: which entries of them move, and which are curved."""

from __future__ import annotations

from typing import Any

from adpy.forward.lexicographic.lines import Line
from adpy.forward.tangents import fitted, fitted_scalar
from adpy.plain import np
from adpy.rules._shapes import given, merge, tuple_of_axes

__all__ = ["merged", "moved_entries", "result"]

# Rows whose result entries depend on the entries over which they reduce, and only on these.
_REDUCTIONS = frozenset((np.sum, np.mean, np.max, np.min, np.amax, np.amin, np.prod, np.var, np.std))
# Rows that are linear in each of their operands.
_LINEAR = frozenset((np.sum, np.mean, np.cumsum, np.matmul, np.dot, np.inner, np.outer, np.vdot, np.vecdot, np.matvec))
_LINEAR |= frozenset((np.vecmat, np.tensordot, np.einsum, np.convolve, np.correlate))


def moved_entries(row: Any, lines: list[Line], static: dict, shape: tuple[int, ...]) -> tuple[Any, Any]:
    """Which entries of a result move, and which are curved; all of them where it is not known better."""
    moving = [x for x in lines if np.any(x.moves)]
    linear = row.function in _LINEAR and len(moving) < 2
    if row.function in _REDUCTIONS and lines and moving[:1] == lines[:1]:
        axes = tuple_of_axes(static.get("axis"), np.ndim(lines[0].moves))
        moves, curved = (np.any(part, axis=axes).reshape(shape) for part in (lines[0].moves, lines[0].curved))
        others = len(moving) > 1
        return moves | others, curved if linear else moves | others
    moves = np.full(shape, bool(moving))
    return moves, np.full(shape, any(np.any(x.curved) for x in moving)) if linear else moves


def result(
    trace: Any, row: Any, operands: Any, static: dict, y: Any, dots: Any, names: Any = None, curved: Any = None
) -> Any:
    """The traced result with these tangents."""
    if names is None:
        moves, bent = moved_entries(row, [trace.line(x) for x in operands if given(x)], static, np.shape(y))
        names, curved = trace.fresh(moves), bent if curved is None else curved & moves
    tangent = trace.marked(np.broadcast_to(dots, (*np.shape(y), trace.directions)), names, curved, y)
    if isinstance(y, np.ndarray):
        return trace.wrap(y, fitted(tangent, y, trace.width, False))
    return trace.wrap(y, fitted_scalar(tangent, y))


def merged(x: Line, axis: Any) -> Line:
    """The reduced axes moved to the end and made one."""
    columns = [merge(x.dots[..., i], axis) for i in range(x.dots.shape[-1])]
    return Line(merge(x.value, axis), np.stack(columns, -1), merge(x.names, axis), merge(x.curved, axis))
