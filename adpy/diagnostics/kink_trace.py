"""KinkTrace: runs a function once and notes how far its operations are from their kinks.

A tangent here is no derivative but holds names, as in :mod:`adpy.forward.lexicographic`: zero for what does not depend
on the arguments, and one name for entries that are always equal, whose ties are no kinks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy import capture
from adpy.capture.registry import TRACED_TYPES, contains_traced
from adpy.diagnostics.kink_blocks import of_block
from adpy.diagnostics.kink_decisions import DECIDING
from adpy.diagnostics.kink_rows import NAMING, of_row
from adpy.diagnostics.place import Place, place_of
from adpy.forward.watched import WatchTrace, as_marks, marks_of
from adpy.plain import np
from adpy.rules._shapes import given
from adpy.traced.dispatch import coerce, primal
from adpy.traced.trace import Trace

__all__ = ["Found", "KinkTrace"]

ndarray = np.ndarray
_SHOWN = 5  # indices


class Found:
    """What was found on one line: see :class:`adpy.diagnostics.kinks.Kink`."""

    __slots__ = ("distance", "entries", "evaluations", "function", "indices", "kind", "place")

    def __init__(self, kind: str, function: str, place: Place) -> None:
        self.kind, self.function, self.place = kind, function, place
        self.distance, self.entries, self.evaluations = np.inf, 0, 0
        self.indices: list[tuple[int, ...]] = []


class KinkTrace(WatchTrace):
    """One run of a function.

    Parameters
    ----------
    tol : float
        Tolerance.

    Attributes
    ----------
    found : dict
        What was found, by kind, function and line.
    """

    __slots__ = ("found", "named", "tol")

    def __init__(self, tol: float) -> None:
        WatchTrace.__init__(self, ())
        self.tol, self.named, self.found = tol, 0, {}

    def input(self, value: Any) -> Any:
        names = self.fresh(np.ones(np.shape(value), bool))[()]
        return self.dual(value, as_marks(names, value).astype(np.result_type(value)))

    def fresh(self, moves: Any) -> Any:
        """New names for the entries that depend on the arguments."""
        moves = np.asarray(moves)
        if self.named + moves.size > 1 << 24:
            return np.where(moves, -1.0, 0.0)
        names = np.arange(self.named + 1.0, self.named + 1.0 + moves.size).reshape(moves.shape)
        self.named += moves.size
        return np.where(moves, names, 0.0)

    def names(self, x: Any) -> Any:
        """The names of an operand, in its shape."""
        if type(x) in (list, tuple) or (type(x) is ndarray and x.dtype == object):
            x = coerce(x)
        return marks_of(x.carried()) if self.is_active(x) else np.zeros(np.shape(x))

    # ---- rows

    def pushed(self, row, inputs, values, y):
        names = [self.names(x) for x in inputs]
        with capture.lowered(self.parent), np.errstate(all="ignore"):
            of_row(self, row, values, names, y)
            moves = np.zeros(np.shape(y), bool)
            for name in names:
                moves = moves | (name != 0)
            naming = NAMING.get(row.name)
            found = -1.0 if naming is None else naming(values, names, y)
            return y, as_marks(np.where(np.less(found, 0), self.fresh(moves), found), y)

    def block(self, row, operands, values, static, y):
        flat = [x for xs in operands for x in (xs if type(xs) in (list, tuple) else (xs,)) if given(x)]
        names = [self.names(x) for x in flat]
        if not any(np.any(name) for name in names):
            return type(y)([self.lift(p) for p in y]) if isinstance(y, tuple | list) else self.lift(y)
        with capture.lowered(self.parent), np.errstate(all="ignore"):
            found = of_block(self, row, operands, values, static, y)
        parts = [self._result(part, found) for part in (y if isinstance(y, tuple | list) else (y,))]
        if not isinstance(y, tuple | list):
            return parts[0]
        return type(y)(*parts) if hasattr(y, "_fields") else type(y)(parts)

    def _result(self, y, names):
        """One result of a block row."""
        if getattr(y, "dtype", np.dtype(bool)).kind not in "fc" and not isinstance(y, float | complex):
            return y
        names = self.fresh(np.ones(np.shape(y), bool)) if names is None else np.reshape(names, np.shape(y))
        names = as_marks(names, y)
        return self.wrap(y, names.astype(np.result_type(y)) if np.ndim(y) else names[()])

    # ---- decisions

    def inert(self, function: Callable, args: tuple, kwargs: dict) -> Any:
        observe = DECIDING.get(function)
        if observe is not None and contains_traced(args):
            with capture.lowered(self.parent), np.errstate(all="ignore"):
                observe(self, *args, **kwargs)
        return Trace.inert(self, function, args, kwargs)

    def plain(self, x: Any) -> Any:
        """The plain value of an operand."""
        if type(x) in (list, tuple) or (type(x) is ndarray and x.dtype == object):
            x = coerce(x)
        return primal(x) if type(x) in TRACED_TYPES else x

    # ---- what the rules call

    def observe(self, kind: str, function: str, distance: Any, size: Any, moves: Any) -> None:
        """Note the entries that move and are within the tolerance of a kink."""
        near = moves & np.isfinite(distance) & (np.abs(distance) <= self.tol * np.maximum(1.0, size))
        count = int(np.count_nonzero(near))
        if not count:
            return
        place = place_of()
        found = self.found.setdefault((kind, function, place), None)
        if found is None:
            found = self.found[kind, function, place] = Found(kind, function, place)
        distances = np.broadcast_to(distance, np.shape(near))[near]
        nearest = float(distances[np.argmin(np.abs(distances))])
        if abs(nearest) < abs(found.distance):
            found.distance = nearest
        found.entries += count
        found.evaluations += 1
        for index in np.argwhere(near)[: _SHOWN - len(found.indices)]:
            found.indices.append(tuple(index.tolist()))
