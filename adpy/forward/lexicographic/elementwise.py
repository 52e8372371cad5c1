"""Elementwise rows with kinks, infinite slopes or branch cuts, a small step along a direction.

The rules are as in :mod:`adpy.forward.lexicographic.partials`.
"""

from __future__ import annotations

from typing import Any

from adpy.forward.lexicographic.jumps import JUMPS, refuse_where
from adpy.forward.lexicographic.lines import Line, order, signs
from adpy.forward.lexicographic.partials import NEW, chosen, smooth_tangents
from adpy.plain import np

__all__ = ["ELEMENTWISE", "norm_tangents"]


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
    return y, chosen(first, a.dots, b.dots), names, lost | np.where(first, a.curved, b.curved)


def _clip(trace, row, lines, y):
    x, low, high = lines
    raised = Line(*_select([x, low], np.maximum(x.value, low.value), 1))
    return _select([raised, high], y, -1)


# ---- infinite slopes and edges of domains


def _rooted(one_sided: bool):
    def rule(trace, row, lines, y):
        x = lines[0]
        dots = smooth_tangents(trace, row, lines, y)
        others = [np.any(line.moves) for line in lines[1:]]
        if any(others) or np.iscomplexobj(y):
            return y, _off_cuts(trace, row, lines, dots), NEW, None
        steep = (x.value == 0) & np.isnan(dots[..., 0]) & np.asarray(x.moves)
        known = steep & (x.dots[..., 0] != 0) & ((x.dots[..., 0] > 0) | (not one_sided)) & (np.asarray(y) == 0)
        first = np.where(known, np.sign(x.dots[..., 0]) * np.inf, dots[..., 0])
        return y, np.concatenate([first[..., None], dots[..., 1:]], -1), NEW, None

    return rule


def _power(trace, row, lines, y):
    x, p = lines
    lost = (x.value == 0) & (p.value == 0) & p.moves
    refuse_where(trace, row, lost)
    return _rooted(True)(trace, row, lines, y)


def _scaled_bessel(trace, row, lines, y):
    """``exp(-|x|) I_v(x)``, which bends at zero where ``v`` is small."""
    x = lines[1]
    lost = np.logical_and(x.value == 0, x.moves) & (np.abs(lines[0].value) <= 1)
    if np.any(lost):
        trace.doubts(f"{row.name} bends at zero")
    return y, chosen(lost, np.nan, smooth_tangents(trace, row, lines, y)), NEW, None


def _cut(trace, row, lines, y):
    dots = smooth_tangents(trace, row, lines, y)
    return y, _off_cuts(trace, row, lines, dots) if np.iscomplexobj(y) else dots, NEW, None


def _off_cuts(trace, row, lines, dots):
    """Unknown tangents where a complex operand sits on the real or imaginary axis, where branch cuts are."""
    for x in lines:
        if np.iscomplexobj(x.value):
            re, im = np.real(x.value), np.imag(x.value)
            on = np.where(im == 0, re <= 0, False) if row.function in _LOGARITHMS else (im == 0) | (re == 0)
            stays = np.all(np.imag(x.dots) == 0, -1) if row.function in _LOGARITHMS else False
            lost = on & x.moves & np.logical_not(stays & (re < 0))
            if np.any(lost):
                trace.doubts(f"{row.name} may cross a branch cut here")
            dots = chosen(lost, np.nan, dots)
    return dots


_LOGARITHMS = frozenset((np.log, np.log2, np.log10, np.log1p, np.sqrt, np.power))

ELEMENTWISE = {
    **JUMPS,
    "numpy.absolute": _absolute,
    "numpy.fabs": _absolute,
    "numpy.hypot": _hypot,
    "numpy.maximum": _larger,
    "numpy.fmax": _larger,
    "numpy.minimum": _smaller,
    "numpy.fmin": _smaller,
    "numpy.clip": _clip,
    "numpy.sqrt": _rooted(True),
    "numpy.cbrt": _rooted(False),
    "scipy.special.cbrt": _rooted(False),
    "numpy.power": _power,
    "numpy.float_power": _power,
    "scipy.special.ive": _scaled_bessel,
    **dict.fromkeys(("numpy.log", "numpy.log2", "numpy.log10", "numpy.log1p", "numpy.arcsin", "numpy.arccos"), _cut),
    **dict.fromkeys(("numpy.arctan", "numpy.arcsinh", "numpy.arccosh", "numpy.arctanh"), _cut),
}
"""Rules by the name of the row; all others go by their partials."""
