"""Elementwise rows that jump: to which side an entry leaves the point a small step along a direction.

The rules are those of :mod:`adpy.forward.lexicographic.elementwise`.
"""

from __future__ import annotations

from adpy.forward.lexicographic.lines import Line, signs
from adpy.forward.lexicographic.partials import NEW, chosen, smooth_tangents
from adpy.plain import np

__all__ = ["JUMPS", "refuse_where"]


def refuse_where(trace, row, lost):
    """Refuse where it is not known on which side of a jump an entry goes."""
    if np.any(lost):
        trace.refuse(f"{row.name} jumps here")


def _flat(y, trace):
    """What a constant has: no tangents, the name of constants, no curve."""
    return np.zeros((*np.shape(y), trace.directions)), 0.0, False


def _sign(trace, row, lines, y):
    side, lost = signs(lines[0])
    refuse_where(trace, row, lost)
    return np.where(np.isnan(y), y, side), *_flat(y, trace)


def _heaviside(trace, row, lines, y):
    x, h = lines
    side, lost = signs(x)
    refuse_where(trace, row, lost)
    level = side == 0
    return np.where(level, y, side > 0), chosen(level, h.dots, 0.0), np.where(level, h.names, 0.0), level & h.curved


def _copysign(trace, row, lines, y):
    a, b = lines
    side, lost = signs(b)
    refuse_where(trace, row, lost)
    side = np.where(side == 0, np.copysign(1.0, b.value), side)
    slope, _ = signs(a)
    return np.copysign(y, side), (slope * side)[..., None] * a.dots, NEW, a.curved


def _stepped(trace, row, x, y, at):
    """The sides to which entries leave the jumps they sit ``at``."""
    side, lost = signs(Line(np.where(at, 0.0, 1.0), x.dots, x.names, x.curved))
    refuse_where(trace, row, lost & at)
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
    refuse_where(trace, row, lost & at)
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
    refuse_where(trace, row, moves & (a.value == 0) & (b.value == 0))
    cut = moves & (a.value == 0) & (b.value < 0)
    side, lost = signs(a)
    refuse_where(trace, row, lost & cut)
    return np.where(cut & (side != 0), np.copysign(y, side), y), smooth_tangents(trace, row, lines, y), NEW, None


def _unwrap(trace, row, lines, y):
    (x,) = lines
    steps = np.abs(np.diff(x.value, axis=-1)) / np.pi
    if np.any(x.moves) and np.any((steps % 2 > 1 - 1e-12) & (steps % 2 < 1 + 1e-12)):
        trace.refuse("numpy.unwrap may jump here")
    return y, x.dots, NEW, x.curved


JUMPS = {
    "numpy.sign": _sign,
    "numpy.heaviside": _heaviside,
    "numpy.copysign": _copysign,
    "numpy.floor": _floor,
    "numpy.ceil": _ceil,
    "numpy.trunc": _trunc,
    "numpy.rint": _rint,
    "scipy.special.round": _rint,
    "numpy.round": _round,
    "numpy.around": _round,
    "numpy.floor_divide": _floor_divide,
    "numpy.remainder": _remainder,
    "numpy.fmod": _fmod,
    "numpy.arctan2": _arctan2,
    "numpy.unwrap": _unwrap,
}
