"""The arithmetic and comparisons of DualScalar and DualReal, generated from one template an operator."""

from __future__ import annotations

from adpy.forward.scalar import DualReal, DualScalar, weighted
from adpy.plain import np
from adpy.traced.dispatch import call_ufunc
from adpy.traced.traced import Traced

__all__ = ["install"]

float64 = np.float64

_BINARY = """
def __{name}__(self, other):
    kind = type(other)
    if kind is {cls}:
        frame = self.frame
        if frame is other.frame:
            a, b, a_dot, b_dot = self._value, other._value, self.tangent, other.tangent
            out = new({cls})
            out.frame = frame
            out._value = y = {value}
            out.tangent = {both}
            return out
    elif kind is float or kind is int{or_float64}:
        a, b, a_dot = self._value, {constant}, self.tangent
        out = new({cls})
        out.frame = self.frame
        out._value = y = {value}
        out.tangent = {left}
        return out
    return general(self, other)
"""
_REFLECTED = """
def __r{name}__(self, other):
    kind = type(other)
    if kind is float or kind is int{or_float64}:
        a, b, b_dot = {constant}, self._value, self.tangent
        out = new({cls})
        out.frame = self.frame
        out._value = y = {value}
        out.tangent = {right}
        return out
    return general(self, other)
"""
_COMPARE = """
def __{name}__(self, other):
    kind = type(other)
    if kind is float or kind is int or kind is float64:
        return {true} if self._value {symbol} other else {false}
    if kind is DualScalar or kind is DualReal:
        return {true} if self._value {symbol} other._value else {false}
    return general(self, other)
"""
# name: primal, tangent of two active operands, of a alone, of b alone.  Where y is finite so are the operands of a
# product and the quotient, and no weight can turn a zero tangent into something else.
_OPERATIONS = {
    "add": ("a + b", "a_dot + b_dot", "a_dot", "b_dot"),
    "sub": ("a - b", "a_dot - b_dot", "a_dot", "-b_dot"),
    "mul": (
        "a * b",
        "b * a_dot + a * b_dot if y - y == 0.0 else weighted(b, a_dot) + weighted(a, b_dot)",
        "b * a_dot if y - y == 0.0 else weighted(b, a_dot)",
        "a * b_dot if y - y == 0.0 else weighted(a, b_dot)",
    ),
    "truediv": (
        "a / b",
        "(a_dot - y * b_dot) / b if y - y == 0.0 else weighted(1.0 / b, a_dot) + weighted(-y / b, b_dot)",
        "a_dot / b if y - y == 0.0 else weighted(1.0 / b, a_dot)",
        "-y * b_dot / b if y - y == 0.0 else weighted(-y / b, b_dot)",
    ),
}
_SYMBOLS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}


def _generate(cls: type) -> None:
    """Compile the arithmetic and comparisons of ``cls`` from the templates."""
    space = {
        "new": object.__new__,
        "float64": float64,
        "DualScalar": DualScalar,
        "DualReal": DualReal,
        "weighted": weighted,
        "TRUE": np.True_,
        "FALSE": np.False_,
    }
    own = {"cls": cls.__name__}
    own |= (
        {"true": "TRUE", "false": "FALSE", "or_float64": " or kind is float64", "constant": "float(other)"}
        if cls is DualScalar
        else {"true": "True", "false": "False", "or_float64": "", "constant": "other"}
    )
    sources = {}
    for name, (value, both, left, right) in _OPERATIONS.items():
        terms = {"name": name, "value": value, "both": both, "left": left, "right": right}
        sources[f"__{name}__"] = _BINARY.format(**terms, **own)
        sources[f"__r{name}__"] = _REFLECTED.format(**terms, **own)
    for name, symbol in _SYMBOLS.items():
        sources[f"__{name}__"] = _COMPARE.format(name=name, symbol=symbol, **own)
    for method, source in sources.items():
        scope = {**space, "general": _general(cls, method)}
        exec(compile(source, f"<adpy {cls.__name__}.{method}>", "exec"), scope)
        setattr(cls, method, scope[method])
    cls.__hash__ = Traced.__hash__


def _general(cls: type, method: str):
    """What a generated method does with operands off the fast path."""
    traced = getattr(Traced, method)
    reflected = method.startswith("__r")
    direct = method.replace("__r", "__", 1) if reflected else method

    def general(self, other):
        kind = type(other)
        if kind is bool and cls is DualReal:
            return getattr(self, method)(int(other))
        if cls is DualReal and kind is DualScalar and other.frame is self.frame:
            this = DualScalar(self._value, self.tangent, self.frame)
            return getattr(other, direct)(this) if reflected else getattr(this, direct)(other)
        if cls is DualReal and kind is float64:
            return getattr(DualScalar(self._value, self.tangent, self.frame), method)(other)
        if cls is DualScalar and kind is DualReal and other.frame is self.frame:
            return getattr(self, method)(DualScalar(other._value, other.tangent, other.frame))
        return traced(self, other)

    return general


def _tolerant(cls: type, method: str, swap: bool):
    """``/`` of numpy.float64: a zero divisor gives inf or nan, not an exception."""
    divide = getattr(cls, method)

    def division(self, other):
        try:
            return divide(self, other)
        except ZeroDivisionError:
            return call_ufunc(np.divide, other, self) if swap else call_ufunc(np.divide, self, other)

    return division


def install() -> None:
    """Give the scalars their fast methods."""
    _generate(DualScalar)
    _generate(DualReal)
    DualScalar.__truediv__ = _tolerant(DualScalar, "__truediv__", False)
    DualScalar.__rtruediv__ = _tolerant(DualScalar, "__rtruediv__", True)
