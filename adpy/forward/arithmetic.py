"""Arithmetic of arrays on the fast path: ``+ - * / **`` and unary ufuncs, in one direction.

What the general path of :mod:`adpy.traced.dispatch` does in a dozen calls is laid out flat here, from one template an
operator, because on short arrays the calls cost more than the arithmetic.  Everything off the path (other frames, many
directions, enclosing transforms, broadcasting, values that are not finite) goes to the general one.
"""

from __future__ import annotations

from typing import Any

from adpy.forward.array import DualArray
from adpy.forward.tangents import finite, product
from adpy.forward.unary import partial_of
from adpy.plain import np
from adpy.traced.dispatch import array_ufunc
from adpy.traced.refusal import refuse_dead
from adpy.traced.traced import Traced

__all__ = ["install"]

ndarray, float64 = np.ndarray, np.float64
new = object.__new__

_BINARY = """
def __{name}__(self, other):
    frame = self.frame
    x, x_dot = self._value, self._tangent
    kind = type(other)
    if x_dot is not None and frame.narrow:
        if kind is DualArray and other.frame is frame and other._tangent is not None:
            w, w_dot = other._value, other._tangent
            y = {value}
            y_dot = {both} if {safe} else None
        elif kind is float or kind is int or kind is float64 or (kind is ndarray and other.dtype is x.dtype):
            w = other
            y = {value}
            y_dot = {left} if {safe} else None
        else:
            return general(self, other)
        {finish}
    return general(self, other)
"""
_REFLECTED = """
def __r{name}__(self, other):
    frame = self.frame
    w, w_dot = self._value, self._tangent
    kind = type(other)
    if (
        w_dot is not None
        and frame.narrow
        and (kind is float or kind is int or kind is float64 or (kind is ndarray and other.dtype is w.dtype))
    ):
        x = other
        y = {value}
        y_dot = {right} if {safe} else None
        {finish}
    return general(self, other)
"""
_FINISH = """
        if (
            y_dot is not None
            and type(y) is ndarray
            and y_dot.shape == y.shape
            and y_dot.dtype is y.dtype
            and (len(y.shape) == 1 or y_dot.strides == y.strides)
        ):
            if not frame.open:
                refuse_dead()
            out = new(DualArray)
            out._value = y
            out._tangent = y_dot
            out.frame = frame
            out.origin = None
            return out
"""
# name: primal; tangent of two active operands, of x alone, of w alone; when.  If a product or quotient is finite so
# are its operands (and no divisor is zero): then no partial can turn a zero tangent into something else.
_OPERATORS = {
    "add": ("x + w", "x_dot + w_dot", "x_dot.copy('K')", "w_dot.copy('K')", "True"),
    "sub": ("x - w", "x_dot - w_dot", "x_dot.copy('K')", "-w_dot", "True"),
    "mul": ("x * w", "x_dot * w + x * w_dot", "x_dot * w", "x * w_dot", "finite(y)"),
    "truediv": ("x / w", "(x_dot - y * w_dot) / w", "x_dot / w", "-y * w_dot / w", "finite(y)"),
}


def _operators() -> dict[str, Any]:
    """Compile the operators."""
    made = {}
    space = {
        "DualArray": DualArray,
        "finite": finite,
        "float64": float64,
        "ndarray": ndarray,
        "new": new,
        "refuse_dead": refuse_dead,
    }
    for name, (value, both, left, right, safe) in _OPERATORS.items():
        terms = {"name": name, "value": value, "both": both, "left": left, "right": right, "safe": safe}
        for template, method in ((_BINARY, f"__{name}__"), (_REFLECTED, f"__r{name}__")):
            scope = {**space, "general": getattr(Traced, method)}
            source = template.format(**terms, finish=_FINISH.strip())
            exec(compile(source, f"<adpy DualArray.{method}>", "exec"), scope)
            made[method] = scope[method]
    return made


def _power(self, other):
    kind = type(other)
    x, x_dot = self._value, self._tangent
    if (kind is int or kind is float) and other >= 1 and x_dot is not None and self.frame.narrow:
        y = x**other
        if finite(y) and y.dtype is x.dtype and type(y) is ndarray:
            y_dot = x_dot * (2 * x) if other == 2 else x_dot * (other * x ** (other - 1))
            if len(y.shape) == 1 or y_dot.strides == y.strides:
                return DualArray(y, y_dot, self.frame)
    return Traced.__pow__(self, other)


# Ufuncs whose partial raises no floating-point warning where the function itself does not.
_QUIET = frozenset((np.sin, np.cos, np.tan, np.exp, np.exp2, np.sinh, np.cosh, np.tanh, np.square, np.negative))


def _array_ufunc(self, ufunc, method, *inputs, **kwargs):
    if len(inputs) == 1 and method == "__call__" and not kwargs:
        x = inputs[0]
        partial = partial_of(ufunc)
        if (
            partial is not None
            and type(x) is DualArray
            and x._tangent is not None
            and x.frame.narrow
            and x._value.dtype.kind == "f"
        ):
            y_dot = None
            y = ufunc(x._value)
            if ufunc in _QUIET:
                weight = partial.function(x._value, y)
                if finite(weight):
                    y_dot = x._tangent * weight
            else:
                with np.errstate(all="ignore"):
                    y_dot = product(partial.function(x._value, y), x._tangent)
            if (
                y_dot is not None
                and type(y) is ndarray
                and y_dot.dtype is y.dtype
                and (len(y.shape) == 1 or y_dot.strides == y.strides)
            ):
                if not x.frame.open:
                    refuse_dead()
                return DualArray(y, y_dot, x.frame)
    elif len(inputs) == 2 and method == "__call__" and not kwargs and ufunc in _METHODS:
        left, right = inputs
        direct, reflected = _METHODS[ufunc]
        result = direct(left, right) if type(left) is DualArray else reflected(right, left)
        if result is not NotImplemented:
            return result
    return array_ufunc(ufunc, method, inputs, kwargs)


_UFUNCS = {np.add: "add", np.subtract: "sub", np.multiply: "mul", np.divide: "truediv", np.matmul: "matmul"}
_METHODS: dict[np.ufunc, tuple] = {}


def install() -> None:
    """Give ``DualArray`` its fast methods."""
    for name, method in _operators().items():
        setattr(DualArray, name, method)
    for ufunc, name in _UFUNCS.items():
        _METHODS[ufunc] = getattr(DualArray, f"__{name}__"), getattr(DualArray, f"__r{name}__")
    DualArray.__pow__ = _power
    DualArray.__array_ufunc__ = _array_ufunc
