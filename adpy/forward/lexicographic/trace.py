"""LexicographicTrace: one-sided directional derivatives of piecewise smooth programs.

Every decision of the program is taken as it falls a small step along the direction: by the value, and where values tie
by the tangents.  So the trace follows the branch that the program takes for all small ``t > 0``, and its tangents are
the one-sided derivatives there (Griewank 2013; Khan and Barton 2015, for the order in which further directions decide).

Two more columns of a tangent are no directions.  The first holds the *names* of the entries: zero for what does not
depend on an input that varies, and else a number that only entries with the same history have, such as ``x[0]`` and
``max(x[0], 0)`` where ``x[0]`` is positive.  The second says which entries are *curved*: not known to be linear in the
step.  Entries of one name, and entries that are not curved, tie to every order if they tie in value and tangents: of
piecewise linear programs every decision is known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adpy import capture
from adpy.capture.registry import TRACED_TYPES, contains_traced
from adpy.errors import NonDifferentiableError
from adpy.forward.blocks import pushed
from adpy.forward.lexicographic.blocks import BLOCKS
from adpy.forward.lexicographic.decisions import DECISIONS, VALUES_ONLY
from adpy.forward.lexicographic.elementwise import ELEMENTWISE
from adpy.forward.lexicographic.lines import Line
from adpy.forward.lexicographic.partials import by_partials
from adpy.forward.lexicographic.results import moved_entries
from adpy.forward.watched import WatchTrace, as_marks, marks_of
from adpy.plain import np
from adpy.rules._shapes import given
from adpy.traced.dispatch import coerce, primal
from adpy.traced.refusal import location, refuse_rule
from adpy.traced.trace import Trace

__all__ = ["LexicographicTrace"]

ndarray = np.ndarray
_MOST_NAMES = 1 << 24  # whole numbers that a float32 holds


class LexicographicTrace(WatchTrace):
    """One pass along one or more directions.

    Parameters
    ----------
    tangents : sequence of array
        Tangents of the inputs, with the directions on one more axis, the last.

    Attributes
    ----------
    crossed : str or None
        The first decision that falls otherwise a step along than at the point itself, and its line.
    refused : NonDifferentiableError or None
        The first decision that value and tangents do not decide.
    doubt : str or None
        Where first a tangent was marked unknown (NaN).
    named : int
        How many names there are.
    unsorted : bool
        Did entries tie undecided in the sort that is running?
    """

    __slots__ = ("crossed", "directions", "doubt", "named", "refused", "unsorted")

    def __init__(self, tangents: Sequence) -> None:
        self.crossed = self.doubt = self.refused = None
        self.named, self.unsorted = 0, False
        self.directions = tangents[0].shape[-1]
        WatchTrace.__init__(self, [self._named(x) for x in tangents], self.directions + 2)

    def wrap(self, y, tangent):
        if tangent.dtype == np.float16:  # which holds too few whole numbers for names
            tangent[..., -2] = -1 * (tangent[..., -2] != 0)
        return WatchTrace.wrap(self, y, tangent)

    # ---- what the rules call

    def line(self, x: Any) -> Line:
        """An operand along the directions."""
        if type(x) in (list, tuple) or (type(x) is ndarray and x.dtype == object):
            x = coerce(x)
        if self.is_active(x):
            tangent = x.carried()
            names, curved = marks_of(tangent[..., -2]), marks_of(tangent[..., -1])
            return Line(x._value, tangent[..., :-2], names, curved != 0)
        value = x._value if type(x) in TRACED_TYPES and x.frame is self else x
        shape = np.shape(value)
        return Line(value, np.zeros((*shape, self.directions)), np.zeros(shape), np.zeros(shape, bool))

    def refuse(self, what: str) -> None:
        """Give up: what happens along the direction is not known."""
        self.refused = NonDifferentiableError(
            f"jvp(lexicographic=True): {what}, and value and tangents do not tell what happens along the direction."
            f"\n  at {location()}\n  Choose another direction, or write the function without a jump there."
        )
        raise self.refused

    def doubts(self, what: str) -> None:
        """Remember why a tangent is unknown; it is an error only if a result depends on it."""
        self.doubt = self.doubt or f"{what}\n  at {location()}"

    def crosses(self, what: str) -> None:
        """Remember that the program behaves otherwise a step along than at the point."""
        self.crossed = self.crossed or f"{what}\n  at {location()}"

    def fresh(self, moves: Any) -> Any:
        """New names for the entries that move."""
        moves = np.asarray(moves)
        if self.named + moves.size > _MOST_NAMES:
            return np.where(moves, -1.0, 0.0)
        names = np.arange(self.named + 1.0, self.named + 1.0 + moves.size).reshape(moves.shape)
        self.named += moves.size
        return np.where(moves, names, 0.0)

    def marked(self, dots: Any, names: Any, curved: Any, y: Any) -> Any:
        """A tangent for ``y`` from the tangents in the directions and the two columns of marks."""
        shape = np.shape(y)
        dots = np.broadcast_to(dots, (*shape, self.directions))
        marks = [as_marks(np.broadcast_to(mark, shape)[..., None], dots) for mark in (names, curved)]
        return np.concatenate([dots, *marks], -1, dtype=None if type(dots) in TRACED_TYPES else dots.dtype)

    def _named(self, dots: Any) -> Any:
        names = as_marks(self.fresh(np.any(primal(dots) != 0, -1))[..., None], dots)
        return np.concatenate([dots, names, 0.0 * names], -1, dtype=None if type(dots) in TRACED_TYPES else dots.dtype)

    # ---- rows

    def pushed(self, row, inputs, values, y):
        lines = [self.line(x) for x in inputs]
        for x, partial in zip(inputs, row.slices, strict=False):
            if self.is_active(x) and (partial.function is None or not (row.holomorphic or x.dtype.kind != "c")):
                refuse_rule(row.name, partial.position)
        with capture.lowered(self.parent), np.errstate(all="ignore"):
            rule = ELEMENTWISE.get(row.name, by_partials)
            found, dots, names, curved = rule(self, row, lines, y)
            moves = np.zeros(np.shape(y), bool)
            for x in lines:
                moves = moves | x.moves
            curved = moves if curved is None else curved
            names = np.where(np.less(names, 0), self.fresh(moves), names)
            if found is not y:
                if np.any(np.logical_and(primal(found) != primal(y), moves)):
                    self.crosses(row.name)
                y = found if isinstance(y, ndarray) else type(y)(found)
            return y, self.marked(dots, names, curved, y)

    def block(self, row, operands, values, static, y):
        rule = BLOCKS.get(row.name)
        with capture.lowered(self.parent):
            if rule is None:
                return self.pushed_block(row, operands, values, static, y)
            return rule(self, row, operands, values, static, y)

    def structural(self, row, bind, operands, values, static, y):
        result = WatchTrace.structural(self, row, bind, operands, values, static, y)
        if self.unsorted and row.function is np.take_along_axis:
            self.unsorted = False
            tangent = result.carried()
            tangent[..., -2] = as_marks(self.fresh(tangent[..., -2] != 0), tangent)
        return result

    def pushed_block(self, row, operands, values, static, y) -> Any:
        """The result of a block row by its jvp."""
        result = pushed(self, row, operands, values, static, y)
        parts = result if isinstance(result, list | tuple) else (result,)
        flat = [x for xs in operands for x in (xs if type(xs) in (list, tuple) else (xs,)) if given(x)]
        lines = [self.line(x) for x in flat]
        for part in parts:
            if self.is_active(part):
                moves, curved = moved_entries(row, lines, static, np.shape(part))
                tangent = part.carried()
                tangent[..., -2], tangent[..., -1] = as_marks(self.fresh(moves), tangent), as_marks(curved, tangent)
        return result

    # ---- decisions

    def inert(self, function: Callable, args: tuple, kwargs: dict) -> Any:
        plain = Trace.inert(self, function, args, kwargs)
        if function in VALUES_ONLY or not contains_traced(args):
            return plain
        decide = DECISIONS.get(function)
        if decide is None:
            if any(np.any(self.line(x).moves) for x in args if contains_traced(x)):
                self.refuse(f"{getattr(function, '__name__', function)} decides by values")
            return plain
        with capture.lowered(self.parent):
            found = decide(self, *args, **kwargs)
        if not np.array_equal(found, plain):
            self.crosses(getattr(function, "__name__", str(function)))
        return type(plain)(found) if np.ndim(plain) == 0 and not isinstance(plain, ndarray | tuple) else found
