"""Block rows a small step along a direction: extrema, order statistics, interpolation.

A rule takes the arguments of :meth:`Trace.block` after the trace and returns the traced result.
"""

from __future__ import annotations

from collections.abc import Callable

from adpy.forward.lexicographic.lines import Line, order, ranks
from adpy.forward.lexicographic.matrices import MATRICES
from adpy.forward.lexicographic.results import merged, result
from adpy.plain import np
from adpy.rules._shapes import given, merge

__all__ = ["BLOCKS"]


def _extremum(sign: int) -> Callable:
    def rule(trace, row, operands, values, static, y):
        x = trace.line(operands[0]).arrayed()
        axis = static.get("axis")
        if axis == ():
            return result(trace, row, operands, static, y, x.dots)
        where = static.get("where", True)
        allowed = True if not given(where) else merge(np.broadcast_to(where, np.shape(x.value)), axis)
        x = merged(x, axis)
        if given(operands[1]):
            x, allowed = _with_initial(x, trace.line(operands[1]).arrayed(), allowed)
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
        return result(
            trace, row, operands, static, y, dots, np.reshape(names, np.shape(y)), np.reshape(curved, np.shape(y))
        )

    return rule


def _with_initial(x, initial, allowed):
    """The initial value as one more entry of every row."""
    shape = (*np.shape(x.value)[:-1], 1)
    dots = np.broadcast_to(initial.dots, (*shape, x.dots.shape[-1]))
    parts = [(x.value, initial.value), (x.names, initial.names), (x.curved, initial.curved)]
    value, names, curved = (np.concatenate([a, np.broadcast_to(b, shape)], -1) for a, b in parts)
    allowed = np.concatenate([np.broadcast_to(allowed, np.shape(x.value)), np.ones(shape, bool)], -1)
    return Line(value, np.concatenate([x.dots, dots], -2), names, curved), allowed


def _common_name(trace, names, hit):
    """The name that all entries hit have; a new one where they differ."""
    last, first = np.max(names, -1, where=hit, initial=-1.0), np.min(names, -1, where=hit, initial=np.inf)
    return np.where(last == first, last, trace.fresh(np.any(names != 0, -1)))


# ---- order statistics


def _order_statistic(trace, row, operands, values, static, y):
    axis = static.get("axis")
    x = merged(trace.line(operands[0]).arrayed(), axis)
    ordered = np.sort(x.value, -1)
    ties = bool(np.any(ordered[..., 1:] == ordered[..., :-1]))
    if len(operands) > 1 and trace.is_active(operands[1]):
        rows = np.reshape(x.value, (1, *np.shape(x.value)))
        if ties or np.any(np.reshape(y, (-1, *np.shape(x.value)[:-1], 1)) == rows):
            trace.refuse(f"{row.name} at an entry, with a q that varies")
        return trace.pushed_block(row, operands, values, static, y)
    if not ties:
        return trace.pushed_block(row, operands, values, static, y)
    if given(static.get("weights")):
        trace.refuse(f"{row.name} of entries that tie, with weights")
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
    return result(trace, row, operands, static, y, dots, curved=np.full(np.shape(y), bool(np.any(x.curved))))


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
    return result(trace, row, operands, static, y, dots, curved=curved)


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


def _frexp(trace, row, operands, values, static, y):
    if np.any(np.logical_and(np.abs(y[0]) == 0.5, trace.line(operands[0]).moves)):
        trace.refuse("numpy.frexp of a power of two")
    return trace.pushed_block(row, operands, values, static, y)


BLOCKS: dict[str, Callable] = {
    **MATRICES,
    **dict.fromkeys(("numpy.max", "numpy.amax"), _extremum(1)),
    **dict.fromkeys(("numpy.min", "numpy.amin"), _extremum(-1)),
    **dict.fromkeys(("numpy.median", "numpy.nanmedian", "numpy.quantile", "numpy.nanquantile"), _order_statistic),
    **dict.fromkeys(("numpy.percentile", "numpy.nanpercentile"), _order_statistic),
    "numpy.interp": _interp,
    "numpy.frexp": _frexp,
}
"""Rules by the name of the row; all others go by their jvp."""
