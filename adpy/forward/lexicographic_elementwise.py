"""Elementwise rows a small step along a direction: which side of a kink, which side of a jump.

A rule here takes ``(trace, row, lines, y)`` and returns the result, which differs from ``y`` where the function jumps,
its tangents, names (where the result is one of the operands, else ``NEW``), and which entries are curved (None for all
that move).  A tangent that is not known is NaN.
"""

from __future__ import annotations

from typing import Any

from adpy.forward.lines import Line, order, signs
from adpy.plain import np

__all__ = ["ELEMENTWISE", "by_partials", "norm_tangents"]

NEW = -1.0


def _chosen(condition: Any, a: Any, b: Any) -> Any:
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
    return _chosen(lost, np.nan, _chosen(x.moves, term, 0.0))


def _off_kinks(row, lines, values):
    """The operand of a unary row moved off a kink, to the side where it goes."""
    if len(values) != 1 or not row.kinks:
        return values
    x = lines[0]
    for kink in row.kinks:
        side, _ = order(x, Line.constant(kink))
        values = [np.where(x.value == kink, np.nextafter(kink, kink + side), values[0])]
    return values


# ---- kinks


def _absolute(trace, row, lines, y):
    (x,) = lines
    if np.iscomplexobj(x.value):
        return y, norm_tangents(np.asarray(x.value)[..., None], np.asarray(x.dots)[..., None, :], y), NEW, None
    side, _ = signs(x)
    return y, side[..., None] * x.dots, np.where(side > 0, x.names, NEW), x.curved


def norm_tangents(x: Any, dots: Any, y: Any) -> Any:
    """Tangents of the Euclidean norm ``y`` over the last axis of ``x``; ``dots`` has the directions on one more axis.

    Where ``x`` is zero, the first direction that is not zero takes the place of the point for the others.
    """
    scale = np.asarray(y)
    base = x
    at = scale == 0
    columns = []
    for i in range(dots.shape[-1]):
        dot = dots[..., i]
        along = np.sum(np.real(np.conj(base) * dot), -1) / np.where(scale == 0, 1.0, scale)
        length = np.sqrt(np.sum(np.abs(dot) ** 2, -1))
        columns.append(np.where(at, length, along))
        arrives = at & (length != 0)
        base = np.where(arrives[..., None], dot, base)
        scale = np.where(arrives, length, scale)
        at = at & ~arrives
    return np.stack(columns, -1)


def _hypot(trace, row, lines, y):
    a, b = lines
    sides = np.stack(np.broadcast_arrays(a.value, b.value), -1)
    dots = np.stack(np.broadcast_arrays(a.dots, b.dots), -2)
    return y, norm_tangents(sides, dots, y), NEW, None


def _larger(trace, row, lines, y):
    return _select(lines, y, 1)


def _smaller(trace, row, lines, y):
    return _select(lines, y, -1)


def _select(lines, y, sign):
    """The operand that is larger (smaller) along; a tie of value and tangents makes no difference."""
    a, b = lines
    side, lost = order(a, b)
    first = np.where(np.isnan(a.value), True, np.where(np.isnan(b.value), False, side * sign >= 0))
    if np.any(np.isnan(a.value) != np.isnan(b.value)) and np.all(
        np.isnan(y) == (np.isnan(a.value) & np.isnan(b.value))
    ):
        first = np.where(np.isnan(a.value), False, np.where(np.isnan(b.value), True, first))  # fmax and fmin
    names = np.where(lost, NEW, np.where(first, a.names, b.names))
    return y, _chosen(first, a.dots, b.dots), names, lost | np.where(first, a.curved, b.curved)


def _clip(trace, row, lines, y):
    x, low, high = lines
    raised = Line(*_select([x, low], np.maximum(x.value, low.value), 1))
    return _select([raised, high], y, -1)


# ---- jumps


def _sure(trace, row, lost):
    """Refuse where it is not known on which side of a jump an entry goes."""
    if np.any(lost):
        trace.refuse(f"{row.name} jumps here")


def _flat(y, trace):
    """What a constant has: no tangents, the name of constants, no curve."""
    return np.zeros((*np.shape(y), trace.directions)), 0.0, False


def _sign(trace, row, lines, y):
    side, lost = signs(lines[0])
    _sure(trace, row, lost)
    return np.where(np.isnan(y), y, side), *_flat(y, trace)


def _heaviside(trace, row, lines, y):
    x, h = lines
    side, lost = signs(x)
    _sure(trace, row, lost)
    level = side == 0
    return np.where(level, y, side > 0), _chosen(level, h.dots, 0.0), np.where(level, h.names, 0.0), level & h.curved


def _copysign(trace, row, lines, y):
    a, b = lines
    side, lost = signs(b)
    _sure(trace, row, lost)
    side = np.where(side == 0, np.copysign(1.0, b.value), side)
    slope, _ = signs(a)
    return np.copysign(y, side), (slope * side)[..., None] * a.dots, NEW, a.curved


def _stepped(trace, row, x, y, at):
    """The sides to which entries leave the jumps they sit ``at``."""
    side, lost = signs(Line(np.where(at, 0.0, 1.0), x.dots, x.names, x.curved))
    _sure(trace, row, lost & at)
    return np.where(at, side, 0)


def _floor(trace, row, lines, y):
    (x,) = lines
    return y - (_stepped(trace, row, x, y, x.value == y) < 0), *_flat(y, trace)


def _ceil(trace, row, lines, y):
    (x,) = lines
    return y + (_stepped(trace, row, x, y, x.value == y) > 0), *_flat(y, trace)


def _trunc(trace, row, lines, y):
    (x,) = lines
    side = _stepped(trace, row, x, y, (x.value == y) & (x.value != 0))
    return np.where(side * np.sign(x.value) < 0, y + side, y), *_flat(y, trace)


def _rint(trace, row, lines, y):
    (x,) = lines
    below = np.floor(x.value)
    side = _stepped(trace, row, x, y, x.value - below == 0.5)
    return np.where(side == 0, y, below + (side > 0)), *_flat(y, trace)


def _round(trace, row, lines, y):
    (x,) = lines
    off = np.abs(x.value - y)
    decade = np.floor(np.log10(np.where(off > 0, off, 1.0) / 5.0) + 0.5)
    tie = (off > 0) & (np.abs(off / (5.0 * 10.0**decade) - 1.0) < 1e-6)
    if np.any(tie & x.moves):
        trace.refuse(f"{row.name} may jump here")
    return y, *_flat(y, trace)


def _turns(trace, row, a, b, at):
    """Sides to which ``a / b`` leaves the whole numbers that it is ``at``, and these numbers."""
    whole = np.rint(a.value / b.value)
    off = a.dots - whole[..., None] * b.dots
    side, lost = signs(Line(np.where(at, 0.0, 1.0), off, NEW, a.curved | b.curved))
    _sure(trace, row, lost & at)
    return np.where(at, side * np.sign(b.value), 0), whole


def _floor_divide(trace, row, lines, y):
    a, b = lines
    side, _ = _turns(trace, row, a, b, np.remainder(a.value, b.value) == 0)
    return np.where(side < 0, y - 1, y), *_flat(y, trace)


def _remainder(trace, row, lines, y):
    a, b = lines
    side, whole = _turns(trace, row, a, b, np.asarray(y) == 0)
    whole = np.where(side < 0, whole - 1, np.rint((a.value - y) / b.value))
    return np.where(side < 0, b.value, y), a.dots - whole[..., None] * b.dots, NEW, a.curved | b.moves


def _fmod(trace, row, lines, y):
    a, b = lines
    side, whole = _turns(trace, row, a, b, (np.asarray(y) == 0) & (a.value != 0))
    shrinks = side * np.sign(whole) < 0
    turns = np.where(shrinks, whole - np.sign(whole), np.rint((a.value - y) / b.value))
    value = np.where(shrinks, np.copysign(b.value, a.value), y)
    return value, a.dots - turns[..., None] * b.dots, NEW, a.curved | b.moves


def _arctan2(trace, row, lines, y):
    a, b = lines
    moves = np.logical_or(a.moves, b.moves)
    _sure(trace, row, moves & (a.value == 0) & (b.value == 0))
    cut = moves & (a.value == 0) & (b.value < 0)
    side, lost = signs(a)
    _sure(trace, row, lost & cut)
    return np.where(cut & (side != 0), np.copysign(y, side), y), smooth_tangents(trace, row, lines, y), NEW, None


def _unwrap(trace, row, lines, y):
    (x,) = lines
    steps = np.abs(np.diff(x.value, axis=-1)) / np.pi
    if np.any(x.moves) and np.any((steps % 2 > 1 - 1e-12) & (steps % 2 < 1 + 1e-12)):
        trace.refuse("numpy.unwrap may jump here")
    return y, x.dots, NEW, x.curved


# ---- infinite slopes and edges of domains


def _rooted(one_sided: bool):
    def rule(trace, row, lines, y):
        x = lines[0]
        dots = smooth_tangents(trace, row, lines, y)
        others = [np.any(line.moves) for line in lines[1:]]
        if any(others) or np.iscomplexobj(y):
            return y, _cut(trace, row, lines, dots), NEW, None
        steep = (x.value == 0) & np.isnan(dots[..., 0]) & np.asarray(x.moves)
        known = steep & (x.dots[..., 0] != 0) & ((x.dots[..., 0] > 0) | (not one_sided)) & (np.asarray(y) == 0)
        first = np.where(known, np.sign(x.dots[..., 0]) * np.inf, dots[..., 0])
        return y, np.concatenate([first[..., None], dots[..., 1:]], -1), NEW, None

    return rule


def _power(trace, row, lines, y):
    x, p = lines
    lost = (x.value == 0) & (p.value == 0) & p.moves
    _sure(trace, row, lost)
    return _rooted(True)(trace, row, lines, y)


def _complex_cut(trace, row, lines, y):
    dots = smooth_tangents(trace, row, lines, y)
    return y, _cut(trace, row, lines, dots) if np.iscomplexobj(y) else dots, NEW, None


def _cut(trace, row, lines, dots):
    """Unknown tangents where a complex operand sits on the real or imaginary axis, where branch cuts are."""
    for x in lines:
        if np.iscomplexobj(x.value):
            re, im = np.real(x.value), np.imag(x.value)
            on = np.where(im == 0, re <= 0, False) if row.function in _LOGARITHMS else (im == 0) | (re == 0)
            stays = np.all(np.imag(x.dots) == 0, -1) if row.function in _LOGARITHMS else False
            lost = on & x.moves & np.logical_not(stays & (re < 0))
            if np.any(lost):
                trace.doubts(f"{row.name} may cross a branch cut here")
            dots = _chosen(lost, np.nan, dots)
    return dots


_LOGARITHMS = frozenset((np.log, np.log2, np.log10, np.log1p, np.sqrt, np.power))

ELEMENTWISE = {
    np.absolute: _absolute,
    np.fabs: _absolute,
    np.hypot: _hypot,
    np.maximum: _larger,
    np.fmax: _larger,
    np.minimum: _smaller,
    np.fmin: _smaller,
    np._core.umath.clip: _clip,
    np.sign: _sign,
    np.heaviside: _heaviside,
    np.copysign: _copysign,
    np.floor: _floor,
    np.ceil: _ceil,
    np.trunc: _trunc,
    np.rint: _rint,
    np.round: _round,
    np.around: _round,
    np.floor_divide: _floor_divide,
    np.remainder: _remainder,
    np.fmod: _fmod,
    np.arctan2: _arctan2,
    np.unwrap: _unwrap,
    np.sqrt: _rooted(True),
    np.cbrt: _rooted(False),
    np.power: _power,
    np.float_power: _power,
    **dict.fromkeys(
        (np.log, np.log2, np.log10, np.log1p, np.arcsin, np.arccos, np.arctan, np.arcsinh, np.arccosh, np.arctanh),
        _complex_cut,
    ),
}
