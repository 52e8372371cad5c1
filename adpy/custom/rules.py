"""The rules of a primitive for one call: user's trees on one side, flat operands and results on the other."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from adpy import capture
from adpy.api.trees import flatten, rebuild
from adpy.capture.registry import TRACED_TYPES
from adpy.custom import partials as elementwise
from adpy.custom.following import follow
from adpy.custom.structures import dtype_of, fields_of, is_active_kind, matched, shape_of
from adpy.custom.transposition import transposed
from adpy.errors import RuleError
from adpy.plain import np
from adpy.rules.table import Block
from adpy.traced.refusal import refuse_rule

__all__ = ["Rules", "make_row"]


def make_row(primitive: Any, count: int) -> Block:
    """The row of a primitive for calls with so many operands that carry derivatives; the rest is a static argument."""
    names = [f"x{i}" for i in range(count)]
    kinds = inspect.Parameter
    parameters = [kinds(name, kinds.POSITIONAL_ONLY) for name in names] + [kinds("rules", kinds.KEYWORD_ONLY)]

    def primal(*values, rules):
        return rules.call.flat(*values)

    primal.__signature__ = inspect.Signature(parameters)
    return Block(primitive, primitive.name, primal, tuple(names), {"jvp": _jvp, "vjp": _vjp})


def _jvp(dots, y, *values, rules):
    return rules.jvp(dots, y, *values)


def _vjp(bar, y, needs, *values, rules):
    return rules.vjp(bar, y, needs, *values)


class Rules:
    """Tangent and cotangent map of a call with results in the structure ``y``, where they carry derivatives."""

    def __init__(self, call: Any, y: Any, where: Sequence[int]) -> None:
        self.call, self._template, self._where = call, y, where
        self._primitive = call.primitive

    # ---- what a trace calls (see adpy.rules.table.Block)

    def jvp(self, dots: Sequence, y: Any, *values: Any) -> Any:
        """``y_dot`` for each result; ``dots`` has None where an operand is constant."""
        ys = self._results(y)
        rules = self._primitive.rules
        if "jvp" in rules:
            found = self._jvp(dots, ys, values)
        elif "partials" in rules:
            partials = self._partials(ys[0], values, [dot is not None for dot in dots])
            found = (elementwise.pushed(partials, dots, ys[0]),)
        else:
            varying = [i for i, dot in enumerate(dots) if dot is not None]

            def linear(*bars):
                pulled = self._vjp(bars, ys, values, [dot is not None for dot in dots])
                return tuple([_or_zero(pulled[i], values[i]) for i in varying])

            along = [dots[i] for i in varying]
            found = transposed(linear, ys, along, rule=self._label("vjp"), of="cotangents", instead="define defjvp")
        found = tuple([_or_zero(part, x) for part, x in zip(found, ys, strict=True)])
        return found if isinstance(y, tuple) else found[0]

    def vjp(self, bar: Any, y: Any, needs: Sequence[bool], *values: Any) -> tuple:
        """``x_bar`` for each operand that needs it, None for zero."""
        ys = self._results(y)
        bars = [_or_zero(b, x) for b, x in zip(self._results(bar), ys, strict=True)]
        if not any(type(b) in TRACED_TYPES or np.any(b) for b in bars):
            return (None,) * len(values)
        rules = self._primitive.rules
        if "vjp" in rules:
            return tuple(self._vjp(bars, ys, values, needs))
        if "partials" in rules:
            partials = self._partials(ys[0], values, needs)
            return elementwise.pulled(partials, needs, values, bars[0])
        needed = [i for i, need in enumerate(needs) if need]

        def linear(*dots):
            every = [None] * len(values)
            for i, dot in zip(needed, dots, strict=True):
                every[i] = dot
            return tuple([_or_zero(part, x) for part, x in zip(self._jvp(every, ys, values), ys, strict=True)])

        sources = [values[i] for i in needed]
        found = transposed(linear, sources, bars, rule=self._label("jvp"), of="tangents", instead="define defvjp")
        every = [None] * len(values)
        for i, x_bar in zip(needed, found, strict=True):
            every[i] = x_bar
        return tuple(every)

    # ---- what the user defined

    def _jvp(self, dots: Sequence, ys: Sequence, values: Sequence) -> list:
        tangents = self._arguments([_or_zero(dot, x) for dot, x in zip(dots, values, strict=True)], True)
        result = self._tree(ys)
        given = self._follow("jvp", self._arguments(values), tangents, result)
        if given is None:
            raise RuleError(f"{self._label('jvp')}: expected y_dot, got None (is a return missing?)")
        return matched(result, given, "y_dot", self._label("jvp"))

    def _vjp(self, bars: Sequence, ys: Sequence, values: Sequence, needs: Sequence[bool]) -> list:
        primals = self._arguments(values)
        names = self.call.names
        given = self._follow("vjp", primals, self._tree(ys), self._tree(bars, True))
        if not isinstance(given, tuple | list) or len(given) != len(primals):
            count = f"{len(given)}" if isinstance(given, tuple | list) else type(given).__name__
            expected = f"a tuple of {len(primals)} cotangents, for {', '.join(names)}"
            raise RuleError(f"{self._label('vjp')}: expected {expected}; got {count}")
        found = []
        for name, primal, x_bar in zip(names, primals, given, strict=True):
            count = sum(is_active_kind(leaf) for _, leaf in flatten(primal))
            is_needed = any(needs[len(found) : len(found) + count])  # a constant may be broadcast, and its bar not be
            found += matched(primal, x_bar if is_needed else None, f"cotangent of {name}", self._label("vjp"))
        return found

    def _partials(self, y: Any, values: Sequence, needs: Sequence[bool]) -> tuple:
        primals = self._arguments(values)
        names = self.call.names
        if any(not is_active_kind(x) and not isinstance(x, int | np.ndarray | np.generic) for x in primals):
            raise RuleError(
                f"primitive {self._primitive.name!r} has partials: its operands are numbers and arrays only"
            )
        if fields_of(self._template) is not None:
            raise RuleError(f"primitive {self._primitive.name!r} has partials: its result is one number or array only")
        elementwise.check_elementwise(primals, y, f"primitive {self._primitive.name!r}")
        given = self._follow("partials", *primals, y)
        checked = elementwise.checked_partials(given, names, y, self._label("partials"))
        active = [(name, p) for name, p, x in zip(names, checked, primals, strict=True) if is_active_kind(x)]
        for (name, partial), need in zip(active, needs, strict=True):
            if need and partial is None:
                refuse_rule(self._primitive.name, name)
        return tuple([partial for _, partial in active])

    def _follow(self, kind: str, *args: Any) -> Any:
        try:
            return follow(self._primitive.rules[kind], *args, **self._primitive.complete(self.call.static))
        except Exception as error:
            if capture.frame() is not None:
                error.add_note(
                    f"This happened in {self._label(kind)} while a transform around it differentiated the rule, as for "
                    "derivatives of higher order: rules are to be code that adpy differentiates (compiled parts "
                    "can be primitives themselves)."
                )
            raise

    # ---- between trees and leaves

    def _label(self, kind: str) -> str:
        rule = self._primitive.rules[kind]
        name = getattr(rule, "__name__", type(rule).__name__)
        of = "partials" if kind == "partials" else f"{kind} rule"
        return f"{of} {name!r} of primitive {self._primitive.name!r}"

    def _results(self, y: Any) -> tuple:
        """The results that carry derivatives."""
        return tuple(y) if len(self._where) > 1 else (y,)

    def _arguments(self, values: Sequence, tangents: bool = False) -> tuple:
        """Operands, or their tangents, as the user knows them; other leaves have the tangent None."""
        return self.call.tree(values, tangents)

    def _tree(self, ys: Sequence, bars: bool = False) -> Any:
        """Results, or their cotangents, in the structure that the body returned."""
        leaves = [None if bars else leaf for _, leaf in flatten(self._template)]
        for i, part in zip(self._where, ys, strict=True):
            leaves[i] = part
        return rebuild(self._template, iter(leaves).__next__)


def _or_zero(x: Any, like: Any) -> Any:
    return np.zeros(shape_of(like), dtype_of(like))[()] if x is None else x
