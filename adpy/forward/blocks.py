"""Block rows in forward mode: many directions together where the row can, else its jvp once for each direction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adpy import capture
from adpy.capture.registry import TRACED_TYPES
from adpy.forward.tangents import finite, fitted, fitted_scalar, leaves
from adpy.plain import np
from adpy.rules.directions import by_gradient, many_directions
from adpy.traced.refusal import refuse_rule

__all__ = ["pushed"]

ndarray, float64 = np.ndarray, np.float64
_SEQUENCES = (list, tuple)


def pushed(frame: Any, row: Any, operands: Sequence, values: Sequence, static: dict, y: Any) -> Any:
    """Return the results ``y`` of a block row with their tangents."""
    tangents = tuple([_tangents(frame, x) for x in operands])
    several = isinstance(y, tuple | list)
    if not _any(tangents):
        return _rebuilt(y, [frame.lift(part) for part in y]) if several else frame.lift(y)
    if "jvp" not in row.rules:
        refuse_rule(row.name)
    values = tuple([float64(x) if type(x) is float else x for x in values])
    with capture.lowered(frame.parent), np.errstate(all="ignore"):
        if frame.width is None:
            dots = _push(row, tangents, values, static, y)
        else:
            dots = _push_together(row, tangents, values, static, y, frame.width)
            if dots is None:
                directions = [_direction(tangents, i) for i in range(frame.width)]
                dots = _stacked([_push(row, direction, values, static, y) for direction in directions], y)
    if not several:
        return _result(frame, y, dots)
    return _rebuilt(y, [_result(frame, part, dot) for part, dot in zip(y, dots, strict=True)])


def _push_together(row, tangents, values, static, y, width):
    """The results' tangents in all directions by one call, or None where that cannot be."""
    if any(type(x) in TRACED_TYPES for nested in (tangents, values) for x in leaves(nested)):
        return None
    many = many_directions(row)
    if many is not None:
        dots = many(tangents, y, *values, **static)
    elif isinstance(y, float) and width > 2 and all(t is None or type(t) is ndarray for t in tangents):
        dots = by_gradient(row, tangents, y, values, static)
    else:
        return None
    parts = dots if isinstance(dots, tuple) else (dots,)
    return dots if all(part is not None and finite(part) for part in parts) else None


def _tangents(frame, x):
    """Tangents of an operand, None where it is constant."""
    if type(x) in _SEQUENCES:
        found = type(x)([_tangents(frame, item) for item in x])
        return found if _any(found) else None
    if type(x) not in TRACED_TYPES or x.frame is not frame:
        return None
    tangent = x.carried()
    return float64(tangent) if type(tangent) is float else tangent


def _any(tangents: Sequence) -> bool:
    return any(t is not None for t in leaves(tangents))


def _push(row, tangents, values, static, y):
    """The jvp of a row; a direction in which no operand varies gives zero, whatever the partials."""
    dots = row.jvp(tangents, y, *values, **static)
    parts = dots if isinstance(dots, tuple | list) else (dots,)
    if all(p is None or finite(p) for p in parts):
        return dots
    if any(t is not None and np.any(t != 0) for t in leaves(tangents)):
        return dots
    zero = [None if p is None else np.zeros(np.shape(p), getattr(p, "dtype", float)) for p in parts]
    return zero if isinstance(dots, tuple | list) else zero[0]


def _direction(tangents: Any, i: int) -> Any:
    """The tangents in direction ``i``."""
    if type(tangents) in _SEQUENCES:
        return type(tangents)([_direction(t, i) for t in tangents])
    return None if tangents is None else tangents[..., i]


def _parts(y: Any) -> Any:
    return y if isinstance(y, tuple | list) else (y,)


def _stacked(dots: list, y: Any) -> Any:
    """Results of one direction each, together, with the directions along the last axis."""
    if not dots:
        nothing = [np.zeros((*np.shape(part), 0), getattr(part, "dtype", float)) for part in _parts(y)]
        return nothing if isinstance(y, tuple | list) else nothing[0]
    if isinstance(y, tuple | list):
        return [None if parts[0] is None else np.stack(parts, -1) for parts in zip(*dots, strict=True)]
    return None if dots[0] is None else np.stack(dots, -1)


def _result(frame, y, dot):
    """One result of a block row."""
    if getattr(y, "dtype", np.dtype(bool)).kind not in "fc" and not isinstance(y, float | complex):
        return y
    if dot is None:
        return frame.lift(y)
    if isinstance(y, ndarray):
        return frame.wrap(y, fitted(dot, y, frame.width, False))
    y = float64(y) if type(y) is float else y
    return frame.wrap(y, fitted_scalar(dot, y))


def _rebuilt(y: Any, parts: list) -> Any:
    """A (named) tuple or list result from its parts."""
    return type(y)(*parts) if hasattr(y, "_fields") else type(y)(parts)
