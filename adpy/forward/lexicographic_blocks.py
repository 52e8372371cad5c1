"""Block rows a small step along a direction: extrema, norms, order statistics, and what is smooth only off ties.

A rule here takes the arguments of :meth:`Trace.block` after the trace and returns the traced result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy.linalg

from adpy import capture
from adpy.forward.lexicographic_elementwise import norm_tangents
from adpy.forward.lines import Line, order, ranks
from adpy.forward.tangents import fitted, fitted_scalar
from adpy.plain import np
from adpy.rules._shapes import count, given, kept, merge, tuple_of_axes

__all__ = ["BLOCKS", "moved_entries"]

linalg = numpy.linalg

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


def _result(
    trace: Any, row: Any, operands: Any, static: dict, y: Any, dots: Any, names: Any = None, curved: Any = None
) -> Any:
    """The traced result with these tangents."""
    if names is None:
        moves, bent = moved_entries(row, [trace.line(x) for x in operands if x is not None], static, np.shape(y))
        names, curved = trace.fresh(moves), bent if curved is None else curved & moves
    tangent = trace.marked(np.broadcast_to(dots, (*np.shape(y), trace.directions)), names, curved, y)
    if isinstance(y, np.ndarray):
        return trace.wrap(y, fitted(tangent, y, trace.width, False))
    return trace.wrap(y, fitted_scalar(tangent, y))


def _merged(x: Line, axis: Any) -> Line:
    """The reduced axes moved to the end and made one."""
    columns = [merge(x.dots[..., i], axis) for i in range(x.dots.shape[-1])]
    return Line(merge(x.value, axis), np.stack(columns, -1), merge(x.names, axis), merge(x.curved, axis))


# ---- extrema


def _extremum(sign: int) -> Callable:
    def rule(trace, row, operands, values, static, y):
        initial = operands[1]
        if given(initial) and (trace.is_active(initial) or np.any(np.asarray(initial) == y)):
            trace.refuse(f"{row.name} ties with its initial value")
        x = trace.line(operands[0]).arrayed()
        axis = static.get("axis")
        if axis == ():
            return _result(trace, row, operands, static, y, x.dots)
        where = static.get("where", True)
        allowed = True if not given(where) else merge(np.broadcast_to(where, np.shape(x.value)), axis)
        x = _merged(x, axis)
        top = np.reshape(y, (*np.shape(x.value)[:-1], 1))
        hit = (x.value == top) & allowed
        columns = []
        for i in range(x.dots.shape[-1]):
            dot = np.where(hit, sign * x.dots[..., i], -np.inf)
            best = np.max(dot, axis=-1, initial=-np.inf)  # NaN, an unknown tangent, wins
            hit = hit & (dot == best[..., None])
            columns.append(sign * best)
        dots = np.stack(columns, -1)
        dots = np.where(np.any(np.isnan(dots), -1, keepdims=True), np.nan, dots)
        dots = np.where(np.isnan(top), np.nan, dots)
        names, curved = _common_name(trace, x.names, hit), np.any(x.curved & hit, -1)
        dots = np.reshape(dots, (*np.shape(y), -1))
        return _result(
            trace, row, operands, static, y, dots, np.reshape(names, np.shape(y)), np.reshape(curved, np.shape(y))
        )

    return rule


def _common_name(trace, names, hit):
    """The name that all entries hit have; a new one where they differ."""
    last, first = np.max(names, -1, where=hit, initial=-1.0), np.min(names, -1, where=hit, initial=np.inf)
    return np.where(last == first, last, trace.fresh(np.any(names != 0, -1)))


# ---- norms


def _norm(trace, row, operands, values, static, y):
    x = operands[0]
    ndim = np.ndim(values[0])
    axis, ord = static.get("axis"), static.get("ord")
    if row.function is linalg.matrix_norm:
        axis, ord = (-2, -1), static.get("ord", "fro")
    if row.function is linalg.vector_norm:
        ord = static.get("ord", 2)
        matrix = False
    else:
        matrix = len(tuple_of_axes(axis, ndim)) == 2 and not (ord is None and axis is None)
    if ord in (None, "fro", "f") or (ord == 2 and not matrix):
        line = _merged(trace.line(x).arrayed(), axis)
        dots = norm_tangents(line.value, line.dots, np.reshape(y, np.shape(line.value)[:-1]))
        return _result(trace, row, operands, static, y, np.reshape(dots, (*np.shape(y), -1)))
    if ord in (1, -1, np.inf, -np.inf) and (matrix or ord != -1):
        with capture.lowered(trace):
            tangent = _sums_of_sizes(x, ord, tuple_of_axes(axis, ndim), matrix)
        line = trace.line(tangent).arrayed()
        dots, curved = np.reshape(line.dots, (*np.shape(y), -1)), np.reshape(line.curved, np.shape(y))
        return _result(trace, row, operands, static, y, dots, curved=curved)
    if not matrix and (ord == 0 or np.any(values[0] == 0)):
        _doubt(trace, row, "of entries that are zero")
        return _result(trace, row, operands, static, y, np.nan)
    if matrix:
        return _separate(trace, row, operands, values, static, y)
    return trace.pushed_block(row, operands, values, static, y)


def _sums_of_sizes(x, ord, axes, matrix):
    """The norm written with absolute values, sums and extrema."""
    size = np.abs(x)  # (traced, like what follows)
    extremum = np.max if ord > 0 else np.min
    if not matrix:
        return np.sum(size, axis=axes) if ord == 1 else extremum(size, axis=axes)
    summed, chosen = axes if abs(ord) == 1 else axes[::-1]
    return extremum(np.sum(size, axis=summed, keepdims=True), axis=chosen, keepdims=True)


def _doubt(trace, row, why):
    trace.doubts(f"{row.name} {why}")


# ---- standard deviation


def _std(trace, row, operands, values, static, y):
    a = operands[0]
    if not np.any(np.asarray(y) == 0) or not trace.is_active(a):
        return trace.pushed_block(row, operands, values, static, y)
    if given(operands[1]) or given(static.get("where", None)):
        _doubt(trace, row, "with mean= or where= at zero")
        return _result(trace, row, operands, static, y, np.nan)
    axis = static.get("axis")
    correction = static.get("correction")
    freedom = count(np.shape(values[0]), axis) - (correction if given(correction) else static.get("ddof", 0))
    with capture.lowered(trace):
        deviation = a - np.mean(a, axis=axis, keepdims=True)
    line = _merged(trace.line(deviation).arrayed(), axis)
    size = np.reshape(np.asarray(y), np.shape(line.value)[:-1])
    exact = np.where(size[..., None] == 0, 0.0, line.value)  # rounding of the mean must not hide the tie
    dots = norm_tangents(exact, line.dots, size * np.sqrt(freedom)) / np.sqrt(freedom)
    return _result(trace, row, operands, static, y, np.reshape(dots, (*np.shape(y), -1)))


# ---- order statistics


def _order_statistic(trace, row, operands, values, static, y):
    if len(operands) > 1 and trace.is_active(operands[1]):
        trace.refuse(f"{row.name} with a moving q")
    if given(static.get("weights")):
        trace.refuse(f"{row.name} with weights")
    axis = static.get("axis")
    x = _merged(trace.line(operands[0]).arrayed(), axis)
    rank, _ = ranks(x, -1)
    place = np.argsort(rank, axis=-1, kind="stable")
    distinct = np.argsort(place, axis=-1).astype(float)
    distinct = np.where(np.isnan(x.value), np.nan, distinct)
    rest = {name: value for name, value in static.items() if name not in ("axis", "keepdims")}
    others = tuple(values[1:])
    shape = np.shape(y) if "q" not in row.operands else (np.size(values[1]), *np.shape(x.value)[:-1])
    columns = [
        row.jvp((x.dots[..., i], *[None] * len(others)), np.zeros(shape), distinct, *others, axis=-1, **rest)
        for i in range(x.dots.shape[-1])
    ]
    dots = np.stack([np.reshape(c, np.shape(y)) for c in columns], -1)
    return _result(trace, row, operands, static, y, dots, curved=np.full(np.shape(y), bool(np.any(x.curved))))


# ---- interpolation


def _interp(trace, row, operands, values, static, y):
    x, xp = values[0], values[1]
    if static.get("period") is not None or np.size(xp) < 2:
        return _off_nodes(trace, row, operands, values, static, y)
    nodes = np.any(np.equal(np.reshape(x, (-1, 1)), np.reshape(xp, (1, -1))))
    if not nodes:
        return trace.pushed_block(row, operands, values, static, y)
    if any(given(end) for end in operands[3:5]):
        return _off_nodes(trace, row, operands, values, static, y)
    point, place, height = (trace.line(a).arrayed() for a in operands[:3])
    n = np.size(xp)
    side, lost = order(point.column(), place)
    if np.any(lost & ~_equal_slopes(xp, values[2])[(None,) * np.ndim(x)]):
        trace.refuse("numpy.interp stays at a node")
    right = np.sum(side >= 0, -1)
    j = np.clip(right - 1, 0, n - 2)
    width = xp[j + 1] - xp[j]
    slope = (height.value[j + 1] - height.value[j]) / width
    t = ((x - xp[j]) / width)[..., None]
    dots = slope[..., None] * (point.dots - (1 - t) * place.dots[j] - t * place.dots[j + 1])
    dots = dots + (1 - t) * height.dots[j] + t * height.dots[j + 1]
    dots = np.where((right == 0)[..., None], height.dots[0], np.where((right == n)[..., None], height.dots[-1], dots))
    still = not np.any(place.moves) and not (np.any(point.moves) and np.any(height.moves))
    curved = np.broadcast_to(point.curved | np.any(height.curved), np.shape(y)) if still else None
    return _result(trace, row, operands, static, y, dots, curved=curved)


def _equal_slopes(xp, fp):
    """Nodes at which the interpolant does not bend."""
    slope = np.concatenate([[0.0], np.diff(fp) / np.diff(xp), [0.0]])
    return slope[1:] == slope[:-1]


def _off_nodes(trace, row, operands, values, static, y):
    x, xp, period = values[0], values[1], static.get("period")
    if period is not None:
        x, xp = x % period, xp % period
    if np.any(np.equal(np.reshape(x, (-1, 1)), np.reshape(xp, (1, -1)))):
        trace.refuse("numpy.interp at a node")
    return trace.pushed_block(row, operands, values, static, y)


# ---- smooth only off ties


def _spectral(values_of: Callable) -> Callable:
    """Rows that are smooth only where no two of these numbers tie."""

    def rule(trace, row, operands, values, static, y):
        numbers = values_of(values, y)
        if numbers is not None and _close(numbers):
            _doubt(trace, row, "of a matrix with repeated (or zero) singular values or eigenvalues")
            result = trace.pushed_block(row, operands, values, static, y)
            for part in result if isinstance(result, list | tuple) else (result,):
                if trace.is_active(part):
                    part.carried()[..., :-2] = np.nan
            return result
        return trace.pushed_block(row, operands, values, static, y)

    return rule


def _close(numbers: Any) -> bool:
    """Do two numbers of a row tie within rounding?"""
    numbers = np.asarray(numbers)
    gaps = np.abs(numbers[..., :, None] - numbers[..., None, :])
    n = numbers.shape[-1]
    gaps[..., np.arange(n), np.arange(n)] = np.inf
    scale = np.max(np.abs(numbers), axis=-1, initial=0.0)[..., None, None]
    return bool(np.any(gaps <= 1e-12 * scale)) or bool(np.any(scale == 0) and n > 0)


def _eigenvalues(values, y):
    return y[0] if isinstance(y, tuple) else y


def _singular_values(values, y):
    s = y[1] if isinstance(y, tuple) else y
    return np.concatenate([s, np.zeros((*s.shape[:-1], 1))], -1)


def _of_argument(values, y):
    s = np.linalg.svd(values[0], compute_uv=False)
    return np.concatenate([s, np.zeros((*s.shape[:-1], 1))], -1)


_separate = _spectral(_of_argument)


def _full_rank(trace, row, operands, values, static, y):
    a = values[0]
    if trace.is_active(operands[0]) and np.any(np.linalg.matrix_rank(a) < min(np.shape(a)[-2:])):
        trace.refuse(f"{row.name} of a matrix without full rank")
    return trace.pushed_block(row, operands, values, static, y)


def _frexp(trace, row, operands, values, static, y):
    if np.any(np.logical_and(np.abs(y[0]) == 0.5, trace.line(operands[0]).moves)):
        trace.refuse("numpy.frexp of a power of two")
    return trace.pushed_block(row, operands, values, static, y)


BLOCKS: dict[Callable, Callable] = {
    **dict.fromkeys((np.max, np.amax), _extremum(1)),
    **dict.fromkeys((np.min, np.amin), _extremum(-1)),
    **dict.fromkeys((linalg.norm, linalg.vector_norm, linalg.matrix_norm), _norm),
    np.std: _std,
    **dict.fromkeys((np.median, np.nanmedian, np.quantile, np.nanquantile), _order_statistic),
    **dict.fromkeys((np.percentile, np.nanpercentile), _order_statistic),
    np.interp: _interp,
    **dict.fromkeys((linalg.eigvalsh, linalg.eigh, linalg.eigvals, linalg.eig), _spectral(_eigenvalues)),
    **dict.fromkeys((linalg.svd, linalg.svdvals), _spectral(_singular_values)),
    linalg.cond: _separate,
    **dict.fromkeys((linalg.pinv, linalg.lstsq), _full_rank),
    np.frexp: _frexp,
}
