"""A NumPy or SciPy function in all lanes: by its batching rule, by the code of NumPy itself, or lane by lane."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy import capture
from adpy.batching import fourier, linalg, movement, products, reductions, values
from adpy.batching.onebyone import one_by_one
from adpy.batching.registry import RULES
from adpy.capture.registry import TRACED_TYPES
from adpy.capture.replacements import original_of
from adpy.plain import np
from adpy.rules import lookup
from adpy.rules.table import Block, Composite, Elementwise, Inert, Refused, Structural
from adpy.traced.dispatch import coerce, detach, primals, top_trace
from adpy.traced.refusal import refuse, refuse_dead

__all__ = ["call", "fourier", "linalg", "movement", "products", "reductions", "values"]

_ALONG_AN_AXIS = frozenset([np.unwrap])  # rows that are elementwise but for this


def call(frame: Any, function: Callable, args: tuple, kwargs: dict) -> Any:
    """``function(*args, **kwargs)`` in every lane of ``frame``."""
    if not frame.open:
        refuse_dead()
    top = top_trace([*args, *kwargs.values()])
    if top is not frame:
        if top is not None and getattr(top, "batched", False):
            return top.call(function, args, kwargs)
        with capture.lowered(frame.parent):
            return frame.lift(function(*args, **kwargs))
    if function not in RULES and lookup(function) is None:
        function = original_of(function)
    if kwargs.get("out") is not None:
        out = kwargs["out"]
        return _into(frame, function, args, {k: v for k, v in kwargs.items() if k != "out"}, out)
    kwargs.pop("out", None)
    rule = RULES.get(function)
    if rule is not None:
        return rule(frame, *args, **kwargs)
    row = lookup(function)
    kind = type(row)
    if kind is Composite:
        return row.implementation(*args, **kwargs)
    if kind is Elementwise:
        if isinstance(function, np.ufunc) and not kwargs:
            return frame.ufunc(function, args)
        if function not in _ALONG_AN_AXIS:
            return _elementwise(frame, row, args, kwargs)
    if kind is Structural:
        return movement.gathered(frame, row, args, kwargs)
    if kind is Refused:
        refuse(row.name, row.advice)
    if kind is Inert and isinstance(function, np.ufunc) and not kwargs:
        return frame.ufunc(function, args)
    if kind in (Block, Inert, Elementwise):
        return one_by_one(frame, function, _arrays(args), kwargs)
    implementation = getattr(function, "_implementation", None)
    if implementation is None:
        return one_by_one(frame, function, args, kwargs)
    with capture.implementation():
        return implementation(*args, **kwargs)


def _arrays(args: tuple) -> tuple:
    return tuple([coerce(x) if type(x) is list and top_trace(x) is not None else x for x in args])


def _into(frame: Any, function: Callable, args: tuple, kwargs: dict, out: Any) -> Any:
    """A call with ``out=``."""
    result = call(frame, function, args, kwargs)
    target = out[0] if type(out) is tuple else out
    if type(target) not in TRACED_TYPES:
        target[...] = primals(detach(result))
    else:
        target[...] = result
    return target


def _elementwise(frame: Any, row: Any, args: tuple, kwargs: dict) -> Any:
    """A function, not a ufunc, that works entry by entry: what follows its operands is for all entries."""
    arity = row.arity
    operands = [frame.operand(x) for x in args[:arity]]
    static = [detach(x) for x in args[arity:]]
    if any(type(x) in TRACED_TYPES for x in static):
        return one_by_one(frame, row.function, args, kwargs)
    with capture.lowered(frame.parent):
        y = row.function(*[x for x, _ in operands], *static, **kwargs)
    return frame.wrap(y, True)
