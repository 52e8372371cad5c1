"""Kinks of elementwise rows: how far an operation is from where it bends or jumps.

``trace.observe(kind, function, distance, size, moves)`` takes the signed distance, the size of the numbers that it is a
difference of, and which entries depend on the arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy.plain import np

__all__ = ["NAMING", "at_integers", "at_integers_but_zero", "may_part", "of_row"]


def _moves(names: list) -> Any:
    moves = np.zeros((), bool)
    for name in names:
        moves = moves | (name != 0)
    return moves


def may_part(a: Any, b: Any) -> Any:
    """May entries of these names be unequal?"""
    return (a != b) | (a < 0)


def of_row(trace: Any, row: Any, values: Any, names: list, y: Any) -> None:
    """Observe one elementwise row."""
    moves = _moves(names)
    if not np.any(moves):
        return
    rule = _ELEMENTWISE.get(row.name)
    if rule is not None:
        rule(trace, row.name, values, names, y)
    elif len(values) == 1:
        for kink in row.kinks:
            trace.observe("bend", row.name, values[0] - kink, abs(kink), moves)
    else:
        for kink in row.kinks:
            far = [np.abs(x - k) for x, k in zip(values, kink, strict=False)]
            distance = np.max(np.broadcast_arrays(*far), axis=0)
            trace.observe("bend", row.name, distance, max(abs(k) for k in kink), moves)


def _at_zero(kind: str) -> Callable:
    def rule(trace, name, values, names, y):
        x = values[0]
        trace.observe(kind, name, np.abs(x) if np.iscomplexobj(x) else x, 0.0, names[0] != 0)

    return rule


def _between(trace, name, values, names, y):
    a, b = values
    trace.observe("bend", name, a - b, np.maximum(np.abs(a), np.abs(b)), may_part(*names))


def _clip(trace, name, values, names, y):
    x, low, high = values
    for bound, which in ((low, 1), (high, 2)):
        size = np.maximum(np.abs(x), np.abs(bound))
        trace.observe("bend", name, x - bound, size, may_part(names[0], names[which]))


def _length(trace, name, values, names, y):
    trace.observe("bend", name, y, 0.0, _moves(names))


def _sign_of_second(trace, name, values, names, y):
    trace.observe("jump", name, values[1], 0.0, names[1] != 0)
    trace.observe("bend", name, values[0], 0.0, names[0] != 0)


def _angle(trace, name, values, names, y):
    a, b = values
    moves = _moves(names)
    trace.observe("jump", f"{name} at the origin", np.hypot(a, b), 0.0, moves)
    trace.observe("jump", name, a, 0.0, moves & (b < 0))


def at_integers(trace, name, values, names, y):
    x = values[0]
    trace.observe("jump", name, x - np.rint(x), np.abs(x), names[0] != 0)


def at_integers_but_zero(trace, name, values, names, y):
    x = values[0]
    trace.observe("jump", name, x - np.rint(x), np.abs(x), (names[0] != 0) & (np.rint(x) != 0))


def _at_halves(trace, name, values, names, y):
    x = values[0]
    trace.observe("jump", name, x - np.floor(x) - 0.5, np.abs(x), names[0] != 0)


def _rounded(trace, name, values, names, y):
    """Half a unit of the last decimal, whichever it is, away from the result."""
    x = values[0]
    off = np.abs(x - y)
    half = 5.0 * 10.0 ** np.rint(np.log10(np.where(off > 0, off, 1.0) / 5.0))
    trace.observe("jump", name, off - half, np.abs(x) * (off > 0), (names[0] != 0) & (off > 0))


def _at_multiples(trace, name, values, names, y):
    a, b = values
    rest = np.remainder(a, b)
    distance = np.where(np.abs(rest) < np.abs(rest - b), rest, rest - b)
    trace.observe("jump", name, distance, np.abs(a), _moves(names))


def _steep_at(*points: float) -> Callable:
    def rule(trace, name, values, names, y):
        for point in points:
            trace.observe("infinite slope", name, values[0] - point, abs(point), names[0] != 0)

    return rule


def _power(trace, name, values, names, y):
    x, p = values
    trace.observe("infinite slope", name, x, 0.0, (names[0] != 0) & (p > 0) & (p < 1))


_ELEMENTWISE: dict[str, Callable] = {
    **dict.fromkeys(("numpy.absolute", "numpy.fabs"), _at_zero("bend")),
    **dict.fromkeys(("numpy.sign", "numpy.heaviside"), _at_zero("jump")),
    **dict.fromkeys(("numpy.maximum", "numpy.minimum", "numpy.fmax", "numpy.fmin"), _between),
    "numpy.clip": _clip,
    "numpy.hypot": _length,
    "numpy.copysign": _sign_of_second,
    "numpy.arctan2": _angle,
    **dict.fromkeys(("numpy.floor", "numpy.ceil"), at_integers),
    "numpy.trunc": at_integers_but_zero,
    "numpy.rint": _at_halves,
    "scipy.special.round": _at_halves,
    "scipy.special.cbrt": _steep_at(0.0),
    **dict.fromkeys(("numpy.round", "numpy.around"), _rounded),
    **dict.fromkeys(("numpy.remainder", "numpy.fmod", "numpy.floor_divide"), _at_multiples),
    **dict.fromkeys(("numpy.sqrt", "numpy.cbrt"), _steep_at(0.0)),
    **dict.fromkeys(("numpy.arcsin", "numpy.arccos"), _steep_at(-1.0, 1.0)),
    "numpy.arccosh": _steep_at(1.0),
    **dict.fromkeys(("numpy.power", "numpy.float_power"), _power),
}


def _of_chosen(values, names, y):
    return np.where(values[0] == y, names[0], np.where(values[1] == y, names[1], -1.0))


def _of_positive(values, names, y):
    return -1.0 if np.iscomplexobj(values[0]) else np.where(values[0] > 0, names[0], -1.0)


def _of_clipped(values, names, y):
    return np.where(values[0] == y, names[0], np.where(values[1] == y, names[1], names[2]))


NAMING: dict[str, Callable] = {
    **dict.fromkeys(("numpy.maximum", "numpy.minimum", "numpy.fmax", "numpy.fmin"), _of_chosen),
    **dict.fromkeys(("numpy.absolute", "numpy.fabs"), _of_positive),
    "numpy.clip": _of_clipped,
}
"""Rows whose result is one of their operands, and its name; below zero where it is not."""
