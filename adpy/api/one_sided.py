"""One-sided directional derivatives: ``jvp(..., lexicographic=True)``."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from adpy import capture
from adpy.api.results import check_result, untraced
from adpy.api.running import is_differentiable, run
from adpy.api.trees import flatten, map_leaves
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import ArgumentError, NonDifferentiableError
from adpy.forward.dual import matching_tangent
from adpy.forward.lexicographic import LexicographicTrace
from adpy.plain import np
from adpy.traced.dispatch import coerce, primal

__all__ = ["directions", "one_sided_jvp"]

# What the value at the point and its limit along the direction may differ by, for rounding: relative to the values,
# and relative to the inputs.
_OF_VALUES, _OF_INPUTS = 1e-10, 1e-14


def directions(tangent: Any, value: Any, name: str) -> Any:
    """Tangents of one leaf, the directions (one, or those on the last axis) on one more axis."""
    if np.ndim(tangent) != np.ndim(value) + 1:
        return matching_tangent(tangent, value, name)[..., None]
    tangent = tangent if hasattr(tangent, "dtype") else np.asarray(tangent)
    count = np.shape(tangent)[-1]
    if not count:
        raise ArgumentError(name, "at least one direction", f"shape {np.shape(tangent)}")
    return np.stack([matching_tangent(tangent[..., i], value, name) for i in range(count)], -1)


def one_sided_jvp(function: Callable, primals: tuple, matched: list, several: bool) -> tuple[Any, Any]:
    """The body of ``jvp(..., lexicographic=True)``; ``matched`` holds the tangents of the leaves of ``primals``."""
    if capture.frame() is not None:
        raise ArgumentError("lexicographic", "False inside another transform", "True")
    counts = {np.shape(dot)[-1] for dot in matched}
    if len(counts) > 1:
        raise ArgumentError("tangents", "the same number of directions for every primal", f"{sorted(counts)}")
    make = functools.partial(LexicographicTrace, matched)
    frame, y = run(make, function, primals, {}, list(range(len(primals))))
    try:
        if frame.refused is not None:
            raise frame.refused
        check_result(y)
        value = map_leaves(functools.partial(untraced, tape=frame), y)
        y_dot = map_leaves(functools.partial(_tangents, frame=frame, several=several), y)
    finally:
        frame.close()
    if frame.crossed is not None:
        value = _at_the_point(function, primals, value, frame.crossed)
    for (path, leaf), (_, dot) in zip(flatten(value), flatten(y_dot), strict=True):
        if is_differentiable(leaf) and np.any(_unknown(leaf, dot, several)):
            raise NonDifferentiableError(
                f"jvp(lexicographic=True): the directional derivative of the result{path} is not known. "
                f"{frame.doubt or 'An infinite slope met a zero.'}"
            )
    return value, y_dot


def _tangents(leaf: Any, frame: LexicographicTrace, several: bool) -> Any:
    """The tangents of a result leaf."""
    if type(leaf) is np.ndarray and leaf.dtype == object:
        leaf = coerce(leaf)
    if type(leaf) in TRACED_TYPES and leaf.frame is frame:
        tangent = leaf.tangent[..., :-2]
        if several:
            return tangent.copy()
        tangent = tangent[..., 0]
        if type(tangent) in TRACED_TYPES or np.ndim(tangent):
            return tangent.copy()
        return tangent.item() if leaf.__class__ in (float, complex) else tangent[()]
    if not is_differentiable(leaf) and not isinstance(leaf, int | np.ndarray | np.generic):
        return leaf
    shape = (*np.shape(leaf), *((frame.directions,) if several else ()))
    if isinstance(leaf, float | int) and not isinstance(leaf, np.generic) and not shape:
        return 0.0
    return np.zeros(shape)[()]


def _unknown(leaf: Any, dot: Any, several: bool) -> Any:
    """Entries whose tangent is NaN although their value is a number."""
    leaf, dot = np.asarray(primal(coerce(leaf))), np.asarray(primal(dot))
    lost = np.any(np.isnan(dot), -1) if several else np.isnan(dot)
    return lost & ~np.isnan(leaf)


def _at_the_point(function: Callable, primals: tuple, limit: Any, crossed: str) -> Any:
    """The value at the point; an error if the function jumps from there to its limit along the direction."""
    value = function(*[map_leaves(_copied, tree) for tree in primals])
    size = max([_size(leaf) for tree in primals for _, leaf in flatten(tree)], default=0.0)
    here, there = flatten(value), flatten(limit)
    same = [path for path, _ in here] == [path for path, _ in there]
    if not same or not all(_agree(a, b, size) for (_, a), (_, b) in zip(here, there, strict=True)):
        raise NonDifferentiableError(
            f"jvp(lexicographic=True): the function jumps along this direction. This decision falls otherwise for "
            f"every small step than at the point: {crossed}"
        )
    return value


def _copied(leaf: Any) -> Any:
    return leaf.copy() if isinstance(leaf, np.ndarray) else leaf


def _size(leaf: Any) -> float:
    if not is_differentiable(leaf):
        return 0.0
    sizes = np.abs(np.asarray(primal(coerce(leaf))))
    return float(np.max(sizes, where=np.isfinite(sizes), initial=0.0))


def _agree(a: Any, b: Any, size: float) -> bool:
    """Are a result and its limit the same but for rounding?"""
    a, b = primal(coerce(a)), primal(coerce(b))
    if not isinstance(a, int | float | complex | np.ndarray | np.generic):
        return type(a) is type(b)
    if np.shape(a) != np.shape(b):
        return False
    tolerance = _OF_VALUES * max(_size(a), _size(b)) + _OF_INPUTS * size
    return bool(np.allclose(a, b, rtol=0.0, atol=tolerance, equal_nan=True))
