"""Elementwise rows by their partials, where these are finite: the rule of most rows.

A rule takes ``(trace, row, lines, y)`` and returns the result, which differs from ``y`` where the function jumps, its
tangents, names (where the result is one of the operands, else ``NEW``), and which entries are curved (None for all
that move).  A tangent that is not known is NaN.
"""

from __future__ import annotations

from typing import Any

from adpy.forward.lexicographic.lines import Line, order
from adpy.plain import np

__all__ = ["NEW", "by_partials", "chosen", "smooth_tangents"]

NEW = -1.0


def chosen(condition: Any, a: Any, b: Any) -> Any:
    """``numpy.where`` of tangents."""
    return np.where(np.asarray(condition)[..., None], a, b)


def by_partials(trace: Any, row: Any, lines: list[Line], y: Any) -> tuple[Any, Any, Any, Any]:
    """Rows that are smooth where their partials are finite."""
    curve = _CURVES.get(row.function)
    return y, smooth_tangents(trace, row, lines, y), NEW, None if curve is None else curve(*lines)


def _of_all(*lines):
    return np.any(np.broadcast_arrays(*[x.curved for x in lines]), axis=0)


def _of_product(a, b):
    return a.curved | b.curved | (a.moves & b.moves)


def _of_quotient(a, b):
    return a.curved | b.moves


_CURVES = {
    **dict.fromkeys((np.add, np.subtract, np.negative, np.positive, np.conjugate), _of_all),
    **dict.fromkeys((np.deg2rad, np.radians, np.rad2deg, np.degrees), _of_all),
    np.multiply: _of_product,
    np.divide: _of_quotient,
}


def smooth_tangents(trace: Any, row: Any, lines: list[Line], y: Any) -> Any:
    """Tangents by the partials of the row; unknown where a partial is infinite."""
    values = [x.value for x in lines]
    total = np.zeros((*np.shape(y), trace.directions))
    for x, partial in zip(lines, row.slices, strict=False):
        if not np.any(x.moves):
            continue
        weight = partial.constant
        if weight == 0.0:
            trace.refuse(f"{row.name} is piecewise constant in operand {partial.position}")
        if weight is None:
            weight = partial.function(*_off_kinks(row, lines, values), y)
        total = total + _term(trace, row, x, weight)
    if row.function is np.conjugate:
        total = np.conjugate(total)
    return total


def _term(trace, row, x, weight):
    """``weight * x_dot``: unknown where the weight is infinite, zero where ``x`` does not move."""
    lost = np.logical_and(x.moves, np.logical_not(np.isfinite(weight)))
    if np.any(lost):
        trace.doubts(f"{row.name} has no finite derivative here")
    term = np.asarray(weight)[..., None] * x.dots
    return chosen(lost, np.nan, chosen(x.moves, term, 0.0))


def _off_kinks(row, lines, values):
    """The operand of a unary row moved off a kink, to the side where it goes."""
    if len(values) != 1 or not row.kinks:
        return values
    x = lines[0]
    for kink in row.kinks:
        side, _ = order(x, Line.constant(kink))
        values = [np.where(x.value == kink, np.nextafter(kink, kink + side), values[0])]
    return values
