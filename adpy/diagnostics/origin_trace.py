"""OriginTrace: one run of a function that notes for every number that is not finite where it was made.

A tangent here is the tangent proper (any number of directions) and two columns of numbers of origins: of the value,
and of the tangent.  Zero is "finite"; the numbers move with the entries, so that a masked infinity accuses nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adpy import capture
from adpy.capture.registry import TRACED_TYPES
from adpy.diagnostics.origin import Origin, Where
from adpy.forward.blocks import pushed
from adpy.forward.tangents import product
from adpy.forward.watched import WatchTrace, as_marks
from adpy.plain import np
from adpy.rules._shapes import given
from adpy.traced.dispatch import coerce, primal
from adpy.traced.refusal import refuse_rule

__all__ = ["OriginTrace"]

ndarray = np.ndarray


class OriginTrace(WatchTrace):
    """One run.

    Parameters
    ----------
    tangents : sequence of array, or None
        Tangents of the inputs, the directions on the last axis; None to look at values only.

    Attributes
    ----------
    origins : list of Origin
        By their numbers less one.
    """

    __slots__ = ("directions", "origins")

    def __init__(self, tangents: Sequence | None) -> None:
        self.directions = 0 if tangents is None else tangents[0].shape[-1]
        WatchTrace.__init__(self, iter(tangents or ()), self.directions + 2)
        self.origins: list[Origin] = []

    def input(self, value: Any) -> Any:
        shape, dtype = np.shape(value), np.result_type(value)
        dots = next(self.tangents) if self.directions else np.zeros((*shape, 0), dtype)
        return self.dual(value, np.concatenate([dots, np.zeros((*shape, 2), dtype)], -1))

    def parts(self, x: Any) -> tuple[Any, Any, Any]:
        """Tangents and the two numbers of origins of an operand."""
        if type(x) in (list, tuple) or (type(x) is ndarray and x.dtype == object):
            x = coerce(x)
        if self.is_active(x):
            tangent = x.carried()
            return tangent[..., :-2], _numbers_of(tangent[..., -2]), _numbers_of(tangent[..., -1])
        shape = np.shape(x)
        return np.zeros((*shape, self.directions)), np.zeros(shape), np.zeros(shape)

    # ---- rows

    def pushed(self, row, inputs, values, y):
        parts = [self.parts(x) for x in inputs]
        dots = np.zeros((*np.shape(y), self.directions), np.result_type(y))
        with capture.lowered(self.parent), np.errstate(all="ignore"):
            if self.directions:
                for x, partial, (x_dot, _, _) in zip(inputs, row.slices, parts, strict=False):
                    if self.is_active(x) and partial.constant != 0.0:
                        dots = dots + self._term_of(row, x, partial, values, y, x_dot)
                dots = np.conjugate(dots) if row.function is np.conjugate else dots
            return y, self.numbered(row.name, y, dots, values, parts)

    def _term_of(self, row, x, partial, values, y, x_dot):
        if partial.function is None or not (row.holomorphic or x.dtype.kind != "c"):
            refuse_rule(row.name, partial.position)
        weight = partial.constant if partial.constant is not None else partial.function(*values, y)
        return product(np.asarray(weight)[..., None], x_dot)

    def block(self, row, operands, values, static, y):
        flat = [x for xs in operands for x in (xs if type(xs) in (list, tuple) else (xs,)) if given(x)]
        parts = [self.parts(x) for x in flat]
        result = pushed(self, row, operands, values, static, y) if self.directions else y
        plain = [primal(x) for x in flat]
        with capture.lowered(self.parent), np.errstate(all="ignore"):
            several = result if isinstance(result, list | tuple) else (result,)
            done = [self._renumbered(row.name, part, plain, parts) for part in several]
        if not isinstance(result, list | tuple):
            return done[0]
        return type(result)(*done) if hasattr(result, "_fields") else type(result)(done)

    def _renumbered(self, name, part, values, parts):
        """One result of a block with its numbers set; these reduce over everything that went in."""
        y = primal(part)
        if not isinstance(y, float | complex | ndarray | np.generic) or np.result_type(y).kind not in "fc":
            return part
        dots = self.parts(part)[0] if self.directions else np.zeros((*np.shape(y), 0), np.result_type(y))
        whole = [tuple([_last(p) for p in x]) for x in parts]
        return self.wrap(y, self.numbered(name, y, dots, values, whole))

    # ---- origins

    def numbered(self, name: str, y: Any, dots: Any, values: Sequence, parts: Sequence) -> Any:
        """The tangent of a result: its tangents, and the numbers of the origins of its value and its tangents."""
        of_value = self._numbers("value", name, y, [p[1] for p in parts], values)
        of_dots = np.zeros(np.shape(y))
        if self.directions:
            worst = np.sum(dots, -1) if np.ndim(dots) else dots
            of_dots = self._numbers("tangent", name, worst, [p[2] for p in parts], values)
        numbers = np.stack(np.broadcast_arrays(of_value, of_dots), -1)
        shape = np.shape(y)
        dots = np.broadcast_to(dots if np.iscomplexobj(y) else np.real(dots), (*shape, self.directions))
        numbers = as_marks(np.broadcast_to(numbers, (*shape, 2)), y)
        return np.concatenate([dots, numbers], -1, dtype=np.result_type(y))

    def _numbers(self, quantity, name, made, numbers, values):
        """Numbers of the origins of what is not finite in a result, from those of its operands."""
        bad = ~np.isfinite(made)
        if not np.any(bad):
            return np.zeros(np.shape(made))
        before = np.zeros(np.shape(made))
        for number in numbers:
            before = np.maximum(before, number) if np.shape(number) else np.maximum(before, float(number))
        nan, new = np.isnan(made), bad & (before == 0)
        if np.any(new):
            before = np.where(new, self._note(quantity, name, made, values, new, 0), before)
        else:
            first = np.argwhere(nan)
            if len(first):
                cause = int(before[tuple(first[0])])
                if not np.isnan(self.origins[cause - 1].result):
                    before = np.where(nan, self._note(quantity, name, made, values, nan, cause), before)
        return np.where(bad, before, 0)

    def _note(self, quantity, name, made, values, where, cause):
        """The number of a new origin."""
        index = tuple(np.argwhere(where)[0].tolist())
        shape = np.shape(made)
        operands = tuple([_shown(x, shape, index) for x in values])
        result = np.asarray(made)[index].item()
        before = self.origins[cause - 1] if cause else None
        self.origins.append(Origin(quantity, name, Where().place, result, index, operands, before))
        return float(len(self.origins))


def _numbers_of(column: Any) -> Any:
    """Numbers of origins; of a complex entry the larger of its two."""
    return np.maximum(column.real, column.imag) if np.iscomplexobj(column) else column


def _last(numbers: Any) -> Any:
    """The largest number among the entries."""
    return numbers if np.ndim(numbers) == 0 else np.max(numbers, initial=0.0)


def _shown(x: Any, shape: tuple[int, ...], index: tuple[int, ...]) -> str:
    """An operand of a message: the entry that went into the result, or what there is in the array."""
    x = np.asarray(primal(x) if type(x) in TRACED_TYPES else x)
    try:
        return repr(np.broadcast_to(x, shape)[index].item())
    except ValueError:
        bad = np.count_nonzero(~np.isfinite(x)) if x.dtype.kind in "fc" else 0
        return f"an array of shape {x.shape}" + (f" with {bad} entries that are not finite" if bad else "")
