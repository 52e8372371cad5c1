"""Compare what an expression comes to for a plain value and for a traced one."""

import copy
import datetime
import decimal
import fractions
import math
import numbers
import operator
import pickle
import types
import typing
from collections import abc

import numpy as np

import adpy
from adpy.errors import TracedValueError
from adpy.traced import primal

__all__ = ["check", "describe", "inside", "outcome"]

KINDS = (
    np.ndarray, np.float64, np.floating, np.inexact, np.generic, np.bool_, np.integer, float, int, bool, complex, str,
    list, tuple, numbers.Number, numbers.Real, abc.Iterable, abc.Sized, abc.Container, abc.Sequence, type(None), np.flatiter,
)  # fmt: skip
NAMESPACE = {
    "np": np, "math": math, "operator": operator, "copy": copy, "pickle": pickle, "numbers": numbers, "abc": abc, "typing": typing,
    "Decimal": decimal.Decimal, "Fraction": fractions.Fraction, "timedelta": datetime.timedelta,
}  # fmt: skip


def describe(x):
    """A value with everything that plain code could tell it by; equal for plain and traced values that are alike."""
    if isinstance(x, list | tuple):
        return type(x).__name__, [describe(item) for item in x]
    if isinstance(x, dict):
        return "dict", [(k, describe(v)) for k, v in x.items()]
    kinds = [kind.__name__ for kind in KINDS if isinstance(x, kind)]
    plain = primal(x)
    if isinstance(plain, complex):
        # numpy.complex128 stands for complex, too.
        kinds = [kind for kind in kinds if kind not in ("generic", "inexact")]
    if isinstance(plain, np.ndarray | np.generic | float | complex | bool):
        array = np.asarray(plain)
        return kinds, array.dtype.str, array.shape, array.tobytes(), array.dtype.kind == "O"
    return kinds, type(plain).__name__, repr(plain)


def outcome(expression, x):
    """What evaluating the expression on ``x`` comes to; a refusal is returned as it is."""
    space = dict(NAMESPACE, x=x)
    try:
        with np.errstate(all="ignore"):
            if expression.startswith("!"):
                exec(expression[1:], space)
                return "ran", describe(space["x"])
            return "value", describe(eval(expression, space))
    except TracedValueError as error:
        return error
    except Exception as error:  # which error is the question
        return "error", type(error).__name__.replace("UFuncTypeError", "TypeError")


def inside(value, function):
    """Call ``function`` on the traced ``value``, during a trace, and return what it returns."""
    found = []

    def traced(x):
        found.append(function(x))
        return 0.0

    # Code of its own, because capture remembers of which code a refusal made it look further.
    traced = types.FunctionType(traced.__code__.replace(co_name="fresh"), globals(), "fresh", None, traced.__closure__)
    try:
        adpy.grad(traced)(value)
    except TracedValueError:
        if not found:
            raise
    return found[0]


def check(expression, value, refused=False):
    """The expression comes to the same for plain and traced values, or is refused."""
    plain = outcome(expression, copy.deepcopy(value))
    traced = inside(value, lambda x: outcome(expression, x))
    if refused:
        assert isinstance(traced, TracedValueError), f"{expression}: not refused but {traced}"
        assert traced.advice, expression
        return
    assert not isinstance(traced, TracedValueError), f"{expression}: refused: {traced}"
    assert traced == plain, f"{expression}:\n{traced}\ninstead of\n{plain}"
