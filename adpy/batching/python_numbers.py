"""Python's numbers in lanes: they yield to the dtype of arrays, and raise where NumPy gives infinities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adpy import capture
from adpy.batching.scalar import BatchReal
from adpy.plain import np
from adpy.traced.dispatch import primal

__all__ = ["check_division", "check_power", "math_values", "yielding"]

_DIVISIONS = frozenset([np.divide, np.floor_divide, np.remainder])


def yielding(inputs: Sequence, values: list) -> list:
    """The values of all lanes, those of Python's floats in the precision of the other operands."""
    dtypes = [x.dtype for x in inputs if type(x) is not BatchReal and hasattr(x, "dtype")]
    dtype = np.result_type(*dtypes, 0.0) if dtypes else None
    if dtype is None or dtype.itemsize >= (16 if dtype.kind == "c" else 8):
        return values
    real = np.finfo(dtype).dtype
    return [v.astype(real) if type(x) is BatchReal else v for x, v in zip(inputs, values, strict=True)]


def check_division(frame: Any, ufunc: np.ufunc, values: list) -> None:
    """Raise ZeroDivisionError where all lanes divide by zero; part them where some do."""
    if ufunc in _DIVISIONS:
        zero = primal(values[1]) == 0
        if np.all(zero):
            raise ZeroDivisionError("division by zero")
        if np.any(zero):
            frame.part(zero, "Division by zero")


def check_power(frame: Any, ufunc: np.ufunc, y: Any) -> None:
    """Part the lanes where a power is no finite float: Python raises, or has a complex number for it."""
    if ufunc is np.power:
        bad = ~np.isfinite(primal(y))
        if bad.any():
            frame.part(bad, "A power of Python floats")


def math_values(frame: Any, replacement: Callable, original: Callable, args: tuple) -> Any:
    """The values of a function of :mod:`math` in all lanes, by the ufunc that equals it."""
    values = [frame.operand(x)[0] for x in args]
    with capture.lowered(frame.parent), np.errstate(all="ignore"):
        y = replacement(*values)
        plain = primal(y)
        if not np.isfinite(plain).all():
            _check_math(frame, original, [primal(x) for x in values], plain)
    return y


def _check_math(frame: Any, original: Callable, values: list, y: np.ndarray) -> None:
    """Raise what ``original`` of :mod:`math` raises where it does in all lanes; part them where it does in some."""
    false = np.zeros(y.shape, bool)
    bad = np.isnan(y) & ~np.any([np.isnan(x) | false for x in values], axis=0)
    bad |= np.isinf(y) & np.all([np.isfinite(x) | false for x in values], axis=0)
    if bad.all():
        original(*[float(x[0]) if np.ndim(x) else x for x in values])
    if bad.any():
        frame.part(bad, f"math.{original.__name__}")
