"""Kinks of block rows: ties of extrema and orders, norms at zero, nodes, repeated eigenvalues."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy.diagnostics.kink_rows import may_part
from adpy.plain import np
from adpy.rules._shapes import given, merge, split_last, tuple_of_axes

__all__ = ["extremum_gaps", "neighbour_gaps", "node_gaps", "of_block"]


def of_block(trace: Any, row: Any, operands: tuple, values: tuple, static: dict, y: Any) -> Any:
    """Observe one block row; returns the names of the result if these are known."""
    rule = _BLOCKS.get(row.name)
    return None if rule is None else rule(trace, row.name, trace.names(operands[0]), values, static, y)


def _extremum(trace, name, names, values, static, y):
    return extremum_gaps(trace, "bend", name, np.asarray(values[0]), names, static.get("axis"), y)


def extremum_gaps(trace, kind, name, x, names, axis, y):
    """How far every entry is from the extremum along ``axis``; returns the name of the extremum."""
    rows, labels = merge(x, axis), merge(np.asarray(names), axis)
    best = np.reshape(y, (*np.shape(rows)[:-1], 1))
    first = np.argmax(rows == best, -1)[..., None]
    label = np.take_along_axis(labels, first, -1)
    parting = may_part(labels, label) & (np.arange(np.shape(rows)[-1]) != first)
    restored = [split_last(part, np.shape(x), axis) for part in (rows - best, np.abs(rows), parting)]
    trace.observe(kind, name, *restored)
    return label[..., 0]


def neighbour_gaps(trace, kind, name, x, names, axis, chosen=None):
    """How far the entries are from their neighbours in sorted order; ``chosen`` picks among the pairs."""
    order = np.argsort(x, axis=axis, kind="stable")
    ordered, labels = np.take_along_axis(x, order, axis), np.take_along_axis(names, order, axis)
    gap = np.moveaxis(np.diff(ordered, axis=axis), axis, -1)
    labels = np.moveaxis(labels, axis, -1)
    parting = may_part(labels[..., 1:], labels[..., :-1])
    if chosen is not None:
        parting = parting & chosen
    size = np.abs(np.moveaxis(ordered, axis, -1)[..., 1:])
    # Shown by the index of the larger of the two.
    place = np.moveaxis(order, axis, -1)[..., 1:]
    full = [np.full(np.moveaxis(x, axis, -1).shape, fill) for fill in (np.inf, 0.0, False)]
    for target, part in zip(full, (gap, size, parting), strict=True):
        np.put_along_axis(target, place, part, -1)
    trace.observe(kind, name, *[np.moveaxis(part, -1, axis) for part in full])


def _order_statistic(trace, name, names, values, static, y):
    rows, labels = merge(np.asarray(values[0]), static.get("axis")), merge(np.asarray(names), static.get("axis"))
    n = np.shape(rows)[-1]
    q = np.ravel(values[1]) / (100.0 if "percentile" in name else 1.0) if len(values) > 1 else np.array([0.5])
    lower, upper = np.floor(q * (n - 1)).astype(int), np.ceil(q * (n - 1)).astype(int)
    chosen = np.zeros(max(n - 1, 0), bool)
    for j, k in zip(lower, upper, strict=True):
        chosen[max(j - 1, 0) : j] = True
        chosen[k : k + 1] = True
        if k != j and len(values) > 1:
            chosen[j] = True
    neighbour_gaps(trace, "bend", name, rows, labels, -1, chosen)


def _norm(trace, name, names, values, static, y):
    x, ord = np.asarray(values[0]), static.get("ord")
    axes = tuple_of_axes(static.get("axis"), np.ndim(x))
    vector = "matrix" not in name and len(axes) == 1
    if vector and given(ord) and ord != 2:
        trace.observe("bend", name, np.abs(x), 0.0, names != 0)
        if ord in (np.inf, -np.inf):
            extremum_gaps(trace, "bend", name, np.abs(x), names, static.get("axis"), y)
    else:
        trace.observe("bend", name, np.asarray(y), 0.0, np.any(names))


def _spread(trace, name, names, values, static, y):
    trace.observe("bend", name, np.asarray(y), np.max(np.abs(values[0]), initial=0.0), np.any(names))


def _interp(trace, name, names, values, static, y):
    if np.any(names):
        node_gaps(trace, "bend", name, np.asarray(values[0]), np.asarray(values[1]), names != 0)


def node_gaps(trace, kind, name, x, nodes, moves):
    """How far the entries are from the nearest node."""
    away = np.asarray(x)[..., None] - np.ravel(nodes)
    if away.shape[-1]:
        closest = np.argmin(np.abs(away), -1)[..., None]
        trace.observe(kind, name, np.take_along_axis(away, closest, -1)[..., 0], np.abs(x), moves)


def _spectrum(position: int) -> Callable:
    def rule(trace, name, names, values, static, y):
        numbers = np.sort(np.abs(y[position]) if isinstance(y, tuple) and position else _first(y), -1)
        gap = np.diff(numbers, axis=-1)
        trace.observe("tie", f"{name} (repeated)", gap, np.abs(numbers[..., 1:]), np.any(names))

    return rule


def _first(y):
    return np.real(y[0] if isinstance(y, tuple) else y)


_BOTH = ("numpy", "scipy")
_BLOCKS: dict[str, Callable] = {
    **dict.fromkeys(("numpy.max", "numpy.amax", "numpy.min", "numpy.amin"), _extremum),
    **dict.fromkeys(("numpy.median", "numpy.quantile", "numpy.percentile"), _order_statistic),
    **dict.fromkeys(("numpy.nanmedian", "numpy.nanquantile", "numpy.nanpercentile"), _order_statistic),
    **dict.fromkeys(("numpy.linalg.vector_norm", "numpy.linalg.matrix_norm"), _norm),
    **{f"{module}.linalg.norm": _norm for module in _BOTH},
    "numpy.std": _spread,
    "numpy.interp": _interp,
    **{f"{module}.linalg.{name}": _spectrum(0) for module in _BOTH for name in ("eigvalsh", "eigh")},
    **{f"{module}.linalg.{name}": _spectrum(1) for module in _BOTH for name in ("svd", "svdvals")},
}
