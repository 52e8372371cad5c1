"""Scalar and Real: float64 scalars on the scalar stream, the fast path of loops over numbers.

A ``Scalar`` behaves as ``numpy.float64`` (division by zero gives inf), a ``Real`` as Python's ``float`` (it raises).
Both hold a Python float and an address.  Their arithmetic is generated from one template, because a function call
saved is a fifth of the time of an operation.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, log
from typing import Any

from adpy.capture.registry import TRACED_TYPES
from adpy.plain import np
from adpy.reverse.var import VarBase
from adpy.rules import lookup
from adpy.rules.table import Elementwise
from adpy.traced.dispatch import call_ufunc
from adpy.traced.refusal import refuse
from adpy.traced.traced import Traced, scalar_item

__all__ = ["Real", "Scalar", "as_real", "generate"]

float64 = np.float64
_TRUE, _FALSE = np.True_, np.False_


class Streamed(VarBase):
    """A float64 value with an address on the scalar stream: what :class:`Scalar` and :class:`Real` share."""

    __slots__ = ("address", "frame", "_value")
    immutable = True
    active = True

    shape = property(lambda self: ())
    ndim = property(lambda self: 0)
    size = property(lambda self: 1)
    dtype = property(lambda self: np.dtype(float64))
    T = property(lambda self: self)
    real = property(lambda self: self)
    imag = property(lambda self: float64(0.0))

    def __new__(cls, value: Any = 0.0, address: int = 0, frame: Any = None):
        if frame is None:  # ``type(x)(value)`` in user code
            return value if type(value) in TRACED_TYPES else (float if issubclass(cls, Real) else float64)(value)
        self = object.__new__(cls)
        self._value = float(value)
        self.address = address
        self.frame = frame
        return self

    def hex(self):
        """Refused: text carries no derivative."""
        refuse("float.hex()", "Text carries no derivative. Use adpy.stop_gradient(x).hex() if none is meant.")

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if len(inputs) == 1 and not kwargs and method == "__call__" and self.frame.streams:
            partial = _partials[ufunc] if ufunc in _partials else _partial(ufunc)
            if partial is not None:
                value = self._value
                y = ufunc(value)
                if type(y) is float64:
                    y = float(y)
                    weight = partial.constant
                    if weight is None:
                        weight = partial.scalar_weight((value,), y)
                    return self._recorded(Scalar, y, weight)
        return Traced.__array_ufunc__(self, ufunc, method, *inputs, **kwargs)

    def reference(self) -> tuple:
        """``(target, path, shape, is_real)`` for the records of nodes."""
        return (self.address, None, (), True)

    def saved(self) -> Any:
        """The primal as a pullback may keep it."""
        return self._value

    def as_view(self, y: Any, step: Any) -> Any:
        """A structural function of a scalar that shares its value."""
        return self

    def __pow__(self, other, modulo=None):
        kind = type(other)
        a = self._value
        if kind is int or kind is float:
            if other == 2 and a * a != inf:  # where Python may raise
                return self._recorded(type(self), a * a, 2.0 * a)
            if a > 0.0:
                try:
                    value = a**other
                except OverflowError:
                    return self._power(other)
                return self._recorded(type(self), value, other * value / a)
        elif (kind is Scalar or kind is Real) and a > 0.0 and other.frame is self.frame:
            exponent = other._value
            try:
                value = a**exponent
            except OverflowError:
                return self._power(other)
            kind = Scalar if type(self) is Scalar else kind
            return self._recorded(kind, value, exponent * value / a, other.address, value * log(a))
        return self._power(other)

    def __rpow__(self, other, modulo=None):
        kind = type(other)
        if (kind is int or kind is float) and other > 0:
            try:
                value = float(other**self._value)
            except OverflowError:
                return self._reflected_power(other)
            return self._recorded(type(self), value, value * log(other))
        return self._reflected_power(other)

    def _reflected_power(self, other):
        return Traced.__rpow__(self, other)

    def _power(self, other):
        return Traced.__pow__(self, other)

    def _recorded(self, kind, value, weight, second=0, weight_second=0.0):
        """The result of an operation on this scalar (and the one at address ``second``)."""
        frame = self.frame
        out = object.__new__(kind)
        out._value = value
        out.frame = frame
        try:
            out.address = frame.next()
        except StopIteration:
            out.address = frame.flush()
        frame.extend((self.address, weight, second, weight_second))
        return out

    def __neg__(self):
        return self._recorded(type(self), -self._value, -1.0)

    def __pos__(self):
        return self

    def __bool__(self):
        return self._value != 0.0

    def __int__(self):
        return int(self._value)

    def __str__(self):
        return str(self._value)

    def __repr__(self):
        return repr(float64(self._value))

    def __format__(self, spec):
        return format(self._value, spec)

    def conjugate(self):
        """Itself."""
        return self

    conj = conjugate

    def item(self, *args):
        """As a Python float."""
        return self._as(Real)

    def tolist(self):
        """As a Python float."""
        return self._as(Real)

    def copy(self, order="C"):
        """Itself: it is immutable."""
        return self

    def _as(self, kind):
        out = object.__new__(kind)
        out._value, out.address, out.frame = self._value, self.address, self.frame
        return out

    def _scalar(self):
        """As ``numpy.float64``."""
        return self._as(Scalar)

    def astype(self, dtype, *args, **kwargs):
        """As ``numpy.float64.astype``."""
        from adpy.reverse.array import cast

        return self if np.dtype(dtype) == float64 else cast(self, dtype)


_partials: dict[np.ufunc, Any] = {}


def _partial(ufunc: np.ufunc) -> Any:
    """The partial of a unary ufunc, or None where the general path must look."""
    row = lookup(ufunc)
    found = None
    if type(row) is Elementwise and row.arity == 1 and isinstance(row.function, np.ufunc) and row.function.nout == 1:
        found = row.slices[0]
        if found.function is None or found.constant == 0.0:
            found = None
    _partials[ufunc] = found
    return found


class Scalar(Streamed):
    """An entry of a float64 array, or the float64 result of a reduction; as immutable as ``numpy.float64``."""

    __slots__ = ()
    __class__ = property(lambda self: float64)

    def __getitem__(self, key):
        return scalar_item(self, key)


class Real(Streamed):
    """A Python float."""

    __slots__ = ()
    __class__ = property(lambda self: float)
    imag = property(lambda self: 0.0)

    def __repr__(self):
        return repr(self._value)

    def _power(self, other):
        value = self._value ** (other._value if issubclass(type(other), Real) else other)
        if type(value) is complex or type(value) in TRACED_TYPES or isinstance(other, np.generic | np.ndarray):
            return Traced.__pow__(self + 0j, other) if type(value) is complex else Traced.__pow__(self, other)
        return as_real(Traced.__pow__(self, other))

    def _reflected_power(self, other):
        if not _python_number(other):
            return Traced.__rpow__(self, other)
        value = other**self._value  # raises what Python raises
        return (
            call_ufunc(np.power, other + 0j, self) if type(value) is complex else as_real(Traced.__rpow__(self, other))
        )

    def __floordiv__(self, other):
        return self._checked(Traced.__floordiv__, other, other)

    def __rfloordiv__(self, other):
        return self._checked(Traced.__rfloordiv__, other, self._value)

    def __mod__(self, other):
        return self._checked(Traced.__mod__, other, other)

    def __rmod__(self, other):
        return self._checked(Traced.__rmod__, other, self._value)

    def _checked(self, method, other, divisor):
        if not _python_number(other):
            return method(self, other)
        if not divisor:
            raise ZeroDivisionError("division by zero")
        return as_real(method(self, other))

    def __round__(self, digits=None):
        return as_real(Traced.__round__(self, digits))

    def __abs__(self):
        a = self._value
        return self if a > 0.0 else (self._recorded(Real, -a, -1.0) if a < 0.0 else as_real(Traced.__abs__(self)))

    def is_integer(self) -> bool:
        """As ``float.is_integer``."""
        return self._value.is_integer()


def _python_number(x: Any) -> bool:
    """Is the result of an operation of a Python float with ``x`` a Python float?"""
    return type(x) in (float, int, bool) or issubclass(type(x), Real)


def math_unary(ufunc: np.ufunc, original: Any, x: Streamed) -> Any:
    """``original(x)`` for a function of :mod:`math`, with the partial of ``ufunc``; None off this path."""
    partial = _partials[ufunc] if ufunc in _partials else _partial(ufunc)
    y = original(x._value)
    if partial is None or type(y) is not float:
        return None
    weight = partial.constant
    return x._recorded(Real, y, partial.scalar_weight((x._value,), y) if weight is None else weight)


def math_binary(ufunc: np.ufunc, original: Any, a: Any, b: Any) -> Any:
    """``original(a, b)``, at least one of them a scalar of this tape, the other such or a float; None off this path."""
    row = lookup(ufunc)
    if type(row) is not Elementwise:
        return None
    first, second = row.slices[:2]
    if first.function is None or second.function is None:
        return None
    x, w = (a._value if isinstance(a, Streamed) else a), (b._value if isinstance(b, Streamed) else b)
    y = original(x, w)
    if not isinstance(a, Streamed):
        return b._recorded(Real, y, second.scalar_weight((x, w), y))
    if not isinstance(b, Streamed):
        return a._recorded(Real, y, first.scalar_weight((x, w), y))
    return a._recorded(Real, y, first.scalar_weight((x, w), y), b.address, second.scalar_weight((x, w), y))


def as_real(x: Any) -> Any:
    """A NumPy-like scalar result as the Python float that the plain function would have."""
    if isinstance(x, Scalar):
        return x._as(Real)
    return float(x) if type(x) is float64 else x


_BINARY = """
def __{name}__(self, other):
    kind = type(other)
    if kind is Scalar or kind is Real:
        frame = self.frame
        if frame is other.frame:
            a = self._value
            b = other._value
{inner_guard}            out = new({result})
            out._value = {value}
            out.frame = frame
            try:
                out.address = frame.next()
            except StopIteration:
                out.address = frame.flush()
            frame.extend(({both}))
            return out
    elif kind is float or kind is int:
        frame = self.frame
        a = self._value
        b = other
{guard}        out = new({cls})
        out._value = {value}
        out.frame = frame
{prepare}        try:
            out.address = frame.next()
        except StopIteration:
            out.address = frame.flush()
        frame.extend(({number}))
        return out
    elif kind is Array:
        return NotImplemented
    return general(self, other)
"""
_REFLECTED = """
def __r{name}__(self, other):
    kind = type(other)
    if kind is float or kind is int:
        frame = self.frame
        a = other
        b = self._value
{guard}        out = new({cls})
        out._value = {value}
        out.frame = frame
{prepare}        try:
            out.address = frame.next()
        except StopIteration:
            out.address = frame.flush()
        frame.extend(({reflected}))
        return out
    return general(self, other)
"""
_COMPARE = """
def __{name}__(self, other):
    kind = type(other)
    if kind is float or kind is int{or_float64}:
        return {true} if self._value {symbol} other else {false}
    if kind is Real{or_scalar}:
        return {true} if self._value {symbol} other._value else {false}
    return general(self, other)
"""
_OPERATIONS = {"add": "a + b", "sub": "a - b", "mul": "a * b", "truediv": "a / b"}
_WEIGHTS = {"add": ("1.0", "1.0"), "sub": ("1.0", "-1.0"), "mul": ("b", "a"), "truediv": ("1.0 / b", "-out._value / b")}
_GUARD = "        if b == 0.0: return by_zero(self, other, general)\n"
_SYMBOLS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}


def _weighted(name: str) -> dict[str, str]:
    """What the tape records of an operation: children and weights."""
    weight_a, weight_b = _WEIGHTS[name]
    return {
        "both": f"self.address, {weight_a}, other.address, {weight_b}",
        "number": f"self.address, {weight_a}, 0, 0.0",
        "reflected": f"self.address, {weight_b}, 0, 0.0",
        "prepare": "",
    }


def generate(cls: type, scalar: type, real: type, record: Callable = _weighted, compare: str = _COMPARE) -> None:
    """Compile the arithmetic and comparisons of ``cls`` from the templates.

    Parameters
    ----------
    cls : type
        One of ``scalar`` and ``real``, the types that a frame makes.
    record : callable
        ``record(name)``: what is appended to the stream for two traced operands (``both``), for a number on the right
        (``number``) or on the left (``reflected``), and a line to run before (``prepare``).
    compare : str
        Template of a comparison.
    """
    space = {
        "new": object.__new__,
        "float64": float64,
        "Scalar": scalar,
        "Real": real,
        "Array": Array,
        "TRUE": _TRUE,
        "FALSE": _FALSE,
        "by_zero": _by_zero,
    }
    truth = (
        {"true": "TRUE", "false": "FALSE", "or_float64": " or kind is float64", "or_scalar": " or kind is Scalar"}
        if cls is scalar
        else {"true": "True", "false": "False", "or_float64": "", "or_scalar": ""}
    )
    name_of_class = "Scalar" if cls is scalar else "Real"
    sources = []
    for name, value in _OPERATIONS.items():
        for template, method in ((_BINARY, f"__{name}__"), (_REFLECTED, f"__r{name}__")):
            source = template.format(
                name=name,
                cls=name_of_class,
                result="Scalar" if cls is scalar else "kind",
                value=value,
                guard=_GUARD if name == "truediv" else "",
                inner_guard="    " + _GUARD if name == "truediv" else "",
                **record(name),
            )
            sources.append((method, source))
    for name, symbol in _SYMBOLS.items():
        sources.append((f"__{name}__", compare.format(name=name, symbol=symbol, **truth)))
    for method, source in sources:
        scope = {**space, "general": _general(cls, method)}
        exec(compile(source, f"<adpy {cls.__name__}.{method}>", "exec"), scope)
        setattr(cls, method, scope[method])
    cls.__hash__ = Traced.__hash__


def _by_zero(self, other, general):
    """Division by zero: an exception between Python floats, inf or nan with numpy.float64."""
    kind = type(other)
    if isinstance(self, Real) and (kind is float or kind is int or issubclass(kind, Real)):
        raise ZeroDivisionError("float division by zero")
    return general(self, other)


def _general(cls: type, method: str):
    """What a generated method does with operands off the fast path."""
    traced = getattr(Traced, method)
    if issubclass(cls, Scalar):
        return traced

    def real(self, other):
        if type(other) in (list, tuple):
            return NotImplemented
        result = traced(self, other)
        return as_real(result) if other is True or other is False else result

    return real


from adpy.reverse.array import Array  # noqa: E402

generate(Scalar, Scalar, Real)
generate(Real, Scalar, Real)
