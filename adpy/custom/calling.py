"""One call of a primitive: plain values for its body, flat operands for the trace, trees again for its rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adpy import capture
from adpy.api.trees import flatten, map_leaves, rebuild
from adpy.capture.creators import wrap_fresh
from adpy.capture.registry import TRACED_TYPES
from adpy.custom.rules import Rules
from adpy.custom.structures import is_active_kind
from adpy.errors import MissingRuleError, TracedValueError
from adpy.plain import np
from adpy.traced.dispatch import coerce, lower, top_trace
from adpy.traced.refusal import refuse, unheard

__all__ = ["call", "fresh"]

ndarray = np.ndarray


def call(primitive: Any, names: Sequence[str], operands: tuple, static: dict) -> Any:
    """Call a primitive; ``names`` are those of the operands, ``static`` its other arguments."""
    named = [entry for name, operand in zip(names, operands, strict=True) for entry in flatten(operand, None, name)]
    leaves = [coerce(leaf) if type(leaf) is ndarray else leaf for _, leaf in named]
    where = [i for i, leaf in enumerate(leaves) if is_active_kind(leaf)]
    values = [leaves[i] for i in where]
    this = _Call(primitive, names, blanked(operands, leaves, where), where, [named[i][0] for i in where], static)
    frame = capture.frame()
    if top_trace(values) is None:
        y = this.plain(values)
        return y if frame is None else map_leaves(lambda leaf: wrap_fresh(frame, leaf), y)
    if not primitive.rules and any(type(x) in TRACED_TYPES and x.active for x in values):
        refuse(
            f"The primitive {primitive.name!r}",
            "It has no rule yet: define one (defjvp, defvjp, defpartials), or wrap the function in adpy.numerical.",
            MissingRuleError,
        )
    try:
        return this.value(values)
    except TracedValueError as error:  # raised below the trace, which is to know of it whoever swallows it
        if frame is not None:
            frame.note(error)
        raise


class _Call:
    """The arguments of a call, apart from the values of the leaves that carry derivatives."""

    def __init__(self, primitive, names, operands, where, paths, static) -> None:
        self.primitive, self.names, self.operands, self.static = primitive, names, operands, static
        self.where, self.paths = where, paths

    def tree(self, values: Sequence, tangents: bool = False) -> tuple:
        """The operands with these values, or their tangents: those of counts are zero, of other leaves None."""
        leaves = [_no_tangent(leaf) if tangents else leaf for _, leaf in flatten(self.operands)]
        for i, value in zip(self.where, values, strict=True):
            leaves[i] = value
        return tuple(rebuild(self.operands, iter(leaves).__next__))

    def value(self, values: Sequence) -> Any:
        """The result, carrying the derivatives of all traces among ``values``."""
        trace = top_trace(values)
        if trace is None:
            return self.plain(values)
        if trace.batched:
            return self._in_lanes(trace, values)
        lowered = [lower(x, trace) for x in values]
        with capture.lowered(trace.parent):
            y = self.value(lowered)
        leaves = [leaf for _, leaf in flatten(y)]
        where = [i for i, leaf in enumerate(leaves) if is_active_kind(leaf)]
        if not where:
            return y
        parts = [leaves[i] for i in where]
        static = {"rules": Rules(self, blanked(y, leaves, where), where)}
        row = self.primitive.row(len(values))
        results = trace.block(row, values, tuple(lowered), static, parts[0] if len(parts) == 1 else tuple(parts))
        for i, part, result in zip(where, parts, (results,) if len(parts) == 1 else results, strict=True):
            is_float = part.__class__ is float and result.__class__ is not float
            leaves[i] = result.item() if is_float else result
        return rebuild(y, iter(leaves).__next__)

    def flat(self, *values: Any) -> Any:
        """The results that carry derivatives, as a function of the operands that do."""
        parts = [leaf for _, leaf in flatten(self.value(values)) if is_active_kind(leaf)]
        return parts[0] if len(parts) == 1 else tuple(parts)

    def _in_lanes(self, trace: Any, values: Sequence) -> Any:
        """The result for a batch: the body is called in one lane after the other."""
        from adpy.batching.onebyone import one_by_one
        from adpy.batching.splitting import Split

        results = []

        def lane(*own):
            results.append(self.value(own))
            return tuple([leaf for _, leaf in flatten(results[-1]) if is_active_kind(leaf)])

        parts = iter(one_by_one(trace, lane, tuple(values), {}))
        constants = [[leaf for _, leaf in flatten(y) if not is_active_kind(leaf)] for y in results]
        if any(not _equal(constants[0], others) for others in constants):
            raise Split(trace, None, f"results of {self.primitive.name} that are not floating-point numbers")
        return map_leaves(lambda leaf: next(parts) if is_active_kind(leaf) else leaf, results[0])

    def plain(self, values: Sequence) -> Any:
        """The body on copies of plain values: what it keeps or overwrites is not what the trace keeps."""
        copies = [x.copy("K") if isinstance(x, ndarray) else x for x in values]
        with capture.paused(), unheard() as refusals:
            y = self.primitive.body(self.tree(copies), self.static)
        if refusals:
            raise refusals[0]
        for path, value, copy in zip(self.paths, values, copies, strict=True):
            if isinstance(copy, ndarray) and not _same(value, copy):
                refuse(
                    f"A write of the primitive {self.primitive.name!r} into its argument {path}",
                    "Let it copy the argument, and return what it made of it.",
                )
        return map_leaves(self._result, y)

    def _result(self, leaf: Any) -> Any:
        if type(leaf) in TRACED_TYPES:
            refuse(
                f"The primitive {self.primitive.name!r}, whose body reads a traced value that is not an argument,",
                "Pass it as an argument.",
            )
        return fresh(leaf)


def blanked(tree: Any, leaves: Sequence, where: Sequence[int]) -> Any:
    """A tree with None for the leaves at ``where``: its structure outlives the values."""
    leaves = list(leaves)
    for i in where:
        leaves[i] = None
    return rebuild(tree, iter(leaves).__next__)


def fresh(leaf: Any) -> Any:
    """A copy of an array: the body may keep what it returned, and fill it again."""
    return leaf.copy("K") if type(leaf) is ndarray else leaf


def _equal(a: Sequence, b: Sequence) -> bool:
    return len(a) == len(b) and all(x is y or np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def _no_tangent(leaf: Any) -> Any:
    """The tangent of a constant: rules can calculate with that of a number."""
    is_count = isinstance(leaf, int | np.ndarray | np.generic) and np.result_type(leaf).kind in "iu"
    return np.zeros(np.shape(leaf))[()] if is_count else None


def _same(a: ndarray, b: ndarray) -> bool:
    return np.array_equal(a, b) or np.array_equal(a, b, equal_nan=True)
