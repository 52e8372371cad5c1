"""``float``, ``complex`` and the number types of NumPy that keep the derivative of a traced number."""

from __future__ import annotations

from typing import Any

import numpy as np

from adpy.capture.kinds import KIND
from adpy.capture.registry import TRACED_TYPES

__all__ = ["NUMPY_SHADOWS", "SHADOWS", "Complex", "Float"]


class _Shadow(type):
    """Equal to the builtin type, with the same instances and subclasses."""

    def __eq__(cls, other: object) -> bool:
        return other is cls or other is cls._builtin

    def __hash__(cls) -> int:
        return hash(cls._builtin)

    def __repr__(cls) -> str:
        return repr(cls._builtin)

    def __instancecheck__(cls, x: object) -> bool:
        return isinstance(x, cls._builtin)

    def __subclasscheck__(cls, other: type) -> bool:
        return issubclass(other, cls._builtin)


def _number(x: Any, dtype: np.dtype) -> Any:
    """The traced scalar in ``x``, which has one entry."""
    if x.size != 1:
        raise TypeError("only length-1 arrays can be converted to Python scalars")
    if not getattr(type(x), "immutable", False):
        x = x.item()
    return x if x.dtype == dtype else x.astype(dtype)


class Float(float, metaclass=_Shadow):
    """``float``; of a traced number, itself as a Python number, whose division by zero raises."""

    _builtin = float
    dtype = np.dtype(float)  # numpy takes the class for a dtype by this attribute

    def __new__(cls, x: Any = 0.0, /) -> Any:
        if type(x) not in TRACED_TYPES:
            return float(x)
        if x.dtype.kind == "c":
            raise TypeError("float() argument must be a string or a real number, not 'complex'")
        x = _number(x, cls.dtype)
        return x if x.__class__ is float else x.item()


class Complex(complex, metaclass=_Shadow):
    """``complex``; of traced numbers, their combination."""

    _builtin = complex
    dtype = np.dtype(complex)

    def __new__(cls, real: Any = 0.0, *imag: Any, **parts: Any) -> Any:
        if type(real) not in TRACED_TYPES and not any(type(x) in TRACED_TYPES for x in (*imag, *parts.values())):
            return complex(real, *imag, **parts)
        real = parts.get("real", real)
        imag = imag[0] if imag else parts.get("imag", 0.0)
        return _number(real, real.dtype) + 1j * imag if type(real) in TRACED_TYPES else real + 1j * imag


def _converted(cls: type, x: Any = 0.0, /) -> Any:
    """``numpy.float64(x)``; of a traced number or array, itself in that precision."""
    if type(x) not in TRACED_TYPES:
        return cls._builtin(x)  # np.float64 is this class during a trace
    if x.ndim == 0 and not getattr(type(x), "immutable", False):
        x = x[()]
    return x if x.dtype == cls.dtype else x.astype(cls.dtype)


def _shadow_of(kind: type) -> type:
    return _Shadow(kind.__name__, (kind,), {"_builtin": kind, "dtype": np.dtype(kind), "__new__": _converted})


SHADOWS = {"float": Float, "complex": Complex, "type": KIND}
NUMPY_SHADOWS = {id(kind): (kind, _shadow_of(kind)) for kind in (np.float64, np.float32, np.complex128, np.complex64)}
"""``id(type) -> (type, replacement)``; by id, because during a trace the names in NumPy are the replacements."""
