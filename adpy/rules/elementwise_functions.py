"""Rows of NumPy's elementwise functions that are no ufuncs, and of its ufuncs with several outputs.

An elementwise row may belong to any function: the leading arguments are its operands, all others (``decimals``,
``period`` …) only reach the function, since its partials need nothing but operands and result.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from adpy.rules._shapes import unbroadcast
from adpy.rules.elementwise import REAL
from adpy.rules.table import block, composite, rule

__all__ = ["several_outputs"]


@rule(np.sinc, domain=[REAL], special=[(0.0, 0.0)])
def d_sinc(x, y):
    # (cos(pi x) - y) / x loses all digits near 0; there the Taylor series takes over.
    t = np.pi * np.pi * x * x
    tail = 1 - t / 88 * (1 - t / 130 * (1 - t / 180 * (1 - t / 238 * (1 - t / 304))))
    series = -np.pi * np.pi / 3 * x * (1 - t / 10 * (1 - t / 28 * (1 - t / 54 * tail)))
    return (np.where(np.absolute(x) < 0.25, series, (np.cos(np.pi * x) - y) / x),)


@rule(np.i0, domain=[REAL], special=[(0.0, 0.0)])
def d_i0(x, y):
    return (_i1(x),)


def _i1(x: Any) -> Any:
    from scipy.special import i1

    return i1(x)


@rule(np.unwrap, domain=[(-1.0, 1.0)])
def d_unwrap(p, y):
    return (1,)


@rule(np.round, domain=[(0.1, 0.4)])
@rule(np.around, domain=[(0.1, 0.4)])
def d_round(x, y):
    return (0,)


@composite(np.fix)
def fix(x, out=None):
    return np.trunc(x, out=out)


@composite(np.clip)
def clip(a, a_min=np._NoValue, a_max=np._NoValue, out=None, *, min=np._NoValue, max=np._NoValue, **kwargs):
    low = a_min if a_min is not np._NoValue else min
    high = a_max if a_max is not np._NoValue else max
    no_low, no_high = (bound is None or bound is np._NoValue for bound in (low, high))
    if no_low and no_high:
        return np.positive(a, out=out, **kwargs)
    if no_low:
        return np.minimum(a, high, out=out, **kwargs)
    if no_high:
        return np.maximum(a, low, out=out, **kwargs)
    return np._core.umath.clip(a, low, high, out=out, **kwargs)


# Several outputs


def several_outputs(function: np.ufunc, operand: str = "x") -> Callable:
    """Register a ufunc with several outputs; decorates ``partials(*arguments, y)``.

    Parameters
    ----------
    function : ufunc
        The ufunc; ``y`` is the tuple of its results.
    operand : str
        The one differentiable parameter of ``partials``; the others are static.
    """

    def register(partials: Callable) -> Callable:
        *parameters, _ = inspect.signature(partials).parameters.values()

        def primal(*arguments):
            return function(*arguments)

        primal.__signature__ = inspect.Signature([p.replace(kind=p.POSITIONAL_ONLY) for p in parameters])
        row = block(function, operand)(primal)

        @row.defjvp
        def jvp(dots, y, x, **static):
            return tuple(w * dots[0] for w in partials(**{operand: x}, **static, y=y))

        @row.defvjp
        def vjp(bar, y, needs, x, **static):
            weights = partials(**{operand: x}, **static, y=y)
            total = sum(np.conjugate(w) * b for w, b in zip(weights, bar, strict=True) if b is not None)
            return (unbroadcast(total, np.shape(x)) if np.shape(total) != np.shape(x) else total,)

        return partials

    return register


@composite(np.divmod)
def divmod_(a, b):
    return np.floor_divide(a, b), np.remainder(a, b)


@composite(np.modf)
def modf(x):
    # fmod(x, 1) has the sign of x, as modf has; only the fraction of an infinity is not what fmod says.
    return np.where(np.isinf(x), np.copysign(0.0, x), np.fmod(x, 1.0)), np.trunc(x)


@several_outputs(np.frexp)
def d_frexp(x, y):
    _, exponent = y
    return np.ldexp(1.0, -exponent), np.zeros(np.shape(exponent))
