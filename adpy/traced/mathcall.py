"""``math`` functions on traced scalars: the value from ``math`` itself, the partials from the rule table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy.capture.registry import TRACED_TYPES
from adpy.rules import lookup
from adpy.traced.dispatch import top_trace
from adpy.traced.refusal import refuse_rule

__all__ = ["math_call"]


def math_call(ufunc: Callable, original: Callable, args: tuple) -> Any:
    """Apply ``original`` (of :mod:`math`) to ``args`` with the derivative of the equivalent ``ufunc``.

    Errors (``math.log(0)``, overflow) are those of ``original``.
    """
    trace = top_trace(args)
    values = [x._value if type(x) in TRACED_TYPES and x.frame is trace else x for x in args]
    if any(type(v) in TRACED_TYPES for v in values):
        y = math_call(ufunc, original, tuple(values))
    else:
        y = original(*values)
    row = lookup(ufunc)
    if row is None:
        refuse_rule(f"math.{original.__name__}")
    return trace.real_elementwise(row, args, values, y)
