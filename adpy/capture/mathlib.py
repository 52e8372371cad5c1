"""Replacements of ``math.*`` and ``cmath.*``: plain numbers go straight through, traced ones to the rule table.

:data:`MATH_ROWS` says which ufunc each function of ``math`` equals; the others are composed of those, or look at
values only.
"""

from __future__ import annotations

import cmath
import functools
import importlib
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from adpy.capture.frames import FRAME, paused
from adpy.capture.registry import TRACED_TYPES, contains_traced, primal

__all__ = ["MATH_ROWS", "math_replacements", "row_of"]

_current = FRAME.get

MATH_ROWS: dict[str, Any] = {
    name: getattr(np, ufunc)
    for name, ufunc in {
        **{name: name for name in "sin cos tan sinh cosh tanh sqrt exp expm1 log2 log10 log1p fabs".split()},
        **{name: name for name in "cbrt exp2 fmod copysign degrees radians".split()},
        **{f"a{name}": f"arc{name}" for name in "sin cos tan sinh cosh tanh".split()},
        "atan2": "arctan2",
        "pow": "power",
    }.items()
    if hasattr(math, name)
}
"""Function of ``math`` by name: the ufunc, or the name of the one in ``scipy.special`` (imported at first use)."""
MATH_ROWS.update(erf="erf", erfc="erfc", gamma="gamma", lgamma="gammaln")

# The result is a decision, an integer, or a constant almost everywhere.
_VALUE_ONLY = "isnan isfinite isinf isclose floor ceil trunc factorial comb perm gcd lcm isqrt ulp".split()
_COMPLEX_ROWS = {
    **{name: getattr(np, name) for name in "sin cos tan sinh cosh tanh sqrt exp log10".split()},
    **{f"a{name}": getattr(np, f"arc{name}") for name in "sin cos tan sinh cosh tanh".split()},
}


def row_of(name: str) -> Callable:
    """The ufunc that equals ``math.<name>``."""
    row = MATH_ROWS[name]
    if isinstance(row, str):
        with paused():
            row = MATH_ROWS[name] = getattr(importlib.import_module("scipy.special"), row)
    return row


def _unary(original: Callable, name: str) -> Callable:
    def function(x, /):
        if type(x) not in TRACED_TYPES:
            return original(x)
        frame = _current()
        return original(x) if frame is None else frame.math(row_of(name), original, (x,))

    return function


def _binary(original: Callable, name: str) -> Callable:
    def function(x, y, /):
        if type(x) not in TRACED_TYPES and type(y) not in TRACED_TYPES:
            return original(x, y)
        frame = _current()
        return original(x, y) if frame is None else frame.math(row_of(name), original, (x, y))

    return function


def _composed(original: Callable, composition: Callable) -> Callable:
    def function(*args, **kwargs):
        frame = _current()
        if frame is None or not (contains_traced(args) or contains_traced(tuple(kwargs.values()))):
            return original(*args, **kwargs)
        if getattr(frame, "batched", False):
            return frame.composed(function, original, args, kwargs)
        return composition(original, *args, **kwargs)

    return function


def _iterating(original: Callable, composition: Callable) -> Callable:
    """For functions of iterables, which may be generators: read once, into lists."""

    def function(*args, **kwargs):
        frame = _current()
        if frame is None:
            return original(*args, **kwargs)
        args = tuple([list(a) if hasattr(a, "__iter__") else a for a in args])
        if contains_traced(args) or contains_traced(tuple(kwargs.values())):
            if getattr(frame, "batched", False):
                return frame.composed(function, original, args, kwargs)
            return composition(original, *args, **kwargs)
        return original(*args, **kwargs)

    return function


def _value_only(original: Callable, *args: Any, **kwargs: Any) -> Any:
    return _current().inert(original, args, kwargs)


def _row(name: str, *args: Any) -> Any:
    """``math.<name>`` of arguments some of which are traced, or none."""
    original = getattr(math, name)
    if any(type(x) in TRACED_TYPES for x in args):
        return _current().math(row_of(name), original, args)
    return original(*args)


def _exactly(y: Any, value: float) -> Any:
    """``y`` with the rounding error of its composition removed."""
    error = value - primal(y)
    return y + error if error and math.isfinite(error) else y


def _log(original, x, base=None):
    if base is None:
        return _natural_log(x)
    return _exactly(_natural_log(x) / _natural_log(base), original(primal(x), primal(base)))


def _natural_log(x):
    return _current().math(np.log, math.log, (x,)) if type(x) in TRACED_TYPES else math.log(x)


def _hypot(original, *coordinates):
    if not coordinates:
        return original()
    if len(coordinates) == 1:
        return _row("fabs", coordinates[0])
    frame = _current()
    result = functools.reduce(functools.partial(_hypot2, frame), coordinates)
    return _exactly(result, original(*map(primal, coordinates)))


def _hypot2(frame, x, y):
    if type(x) in TRACED_TYPES or type(y) in TRACED_TYPES:
        return frame.math(np.hypot, math.hypot, (x, y))
    return math.hypot(x, y)


def _dist(original, p, q):
    p, q = list(p), list(q)
    if len(p) != len(q):
        raise ValueError("both points must have the same number of dimensions")
    if not p:
        return 0.0
    return _exactly(_hypot(math.hypot, *[a - b for a, b in zip(p, q, strict=True)]), original(_primals(p), _primals(q)))


def _primals(items):
    return [primal(x) for x in items]


def _fsum(original, items):
    items = list(items)
    return _exactly(sum(items), original(_primals(items)))


def _prod(original, items, /, *, start=1):
    for item in items:
        start = start * item
    return start


def _sumprod(original, p, q, /):
    p, q = list(p), list(q)
    if len(p) != len(q):
        raise ValueError("Inputs are not the same length")
    return _exactly(sum(a * b for a, b in zip(p, q, strict=True)), original(_primals(p), _primals(q)))


def _fma(original, x, y, z, /):
    return _exactly(x * y + z, original(primal(x), primal(y), primal(z)))


def _ldexp(original, x, i, /):
    value, i = primal(x), int(primal(i))
    half = i // 2  # in two steps: 2.0**i alone may overflow where the result does not
    return _exactly(x * 2.0**half * 2.0 ** (i - half), original(value, i)) if abs(i) < 2000 else x * original(1.0, i)


def _frexp(original, x, /):
    mantissa, exponent = original(primal(x))
    return _exactly(_ldexp(math.ldexp, x, -exponent), mantissa), exponent


def _modf(original, x, /):
    fraction, whole = original(primal(x))
    return (x - whole if math.isfinite(whole) else x * 0.0), whole


def _remainder(original, x, y, /):
    value = original(primal(x), primal(y))
    turns = round((primal(x) - value) / primal(y)) if math.isfinite(primal(y)) else 0
    return _exactly(x - turns * y if turns else x, value)


def _nextafter(original, x, y, /, **steps):
    return x + (original(primal(x), primal(y), **steps) - primal(x))


_COMPOSED = {
    "log": _log,
    "hypot": _hypot,
    "dist": _dist,
    "ldexp": _ldexp,
    "frexp": _frexp,
    "modf": _modf,
    "remainder": _remainder,
    "nextafter": _nextafter,
    "fma": _fma,
}
_OF_ITERABLES = {"fsum": _fsum, "prod": _prod, "sumprod": _sumprod, "dist": _dist}


def _complex_unary(original: Callable, name: str) -> Callable:
    row = _COMPLEX_ROWS[name]

    def composition(original, z, /):
        return row(z + 0j)

    return _composed(original, composition)


def _complex_log(original, z, base=None, /):
    return np.log(z + 0j) if base is None else np.log(z + 0j) / np.log(base + 0j)


def _phase(original, z, /):
    return np.angle(z)


def _polar(original, z, /):
    return np.abs(z), np.angle(z)


def _rect(original, r, phi, /):
    return r * np.cos(phi) + 1j * (r * np.sin(phi))


_COMPLEX_COMPOSED = {"log": _complex_log, "phase": _phase, "polar": _polar, "rect": _rect}


def math_replacements() -> dict[Callable, Callable]:
    """A replacement for every function of ``math`` and ``cmath`` that takes real or complex numbers."""
    made = {}
    for name, original in vars(math).items():
        if name in _OF_ITERABLES:
            made[original] = _iterating(original, _OF_ITERABLES[name])
        elif name in _COMPOSED:
            made[original] = _composed(original, _COMPOSED[name])
        elif name in ("atan2", "pow", "fmod", "copysign"):
            made[original] = _binary(original, name)
        elif name in MATH_ROWS:
            made[original] = _unary(original, name)
        elif name in _VALUE_ONLY:
            made[original] = _composed(original, _value_only)
    for name, original in vars(cmath).items():
        if name in _COMPLEX_ROWS:
            made[original] = _complex_unary(original, name)
        elif name in _COMPLEX_COMPOSED:
            made[original] = _composed(original, _COMPLEX_COMPOSED[name])
        elif name in _VALUE_ONLY:
            made[original] = _composed(original, _value_only)
    for original, replacement in made.items():
        replacement.__name__ = replacement.__qualname__ = original.__name__
        replacement.__module__, replacement.__doc__ = original.__module__, original.__doc__
    return made
