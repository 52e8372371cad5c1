"""Traced: the ndarray interface over a primal value, shared by forward and reverse values.

Operators, methods and attributes are NumPy's; each ends in :mod:`adpy.traced.dispatch`.  What would drop a derivative
(``float(x)``, ``__array__`` of an active value …) is refused.
"""

from __future__ import annotations

import math
import operator
import sys
from typing import Any

from numpy import array, asarray  # bound at import: numpy's own names are replaced during a trace

from adpy.capture.formatting import percent_formatting
from adpy.capture.registry import TRACED_TYPES
from adpy.plain import np
from adpy.traced.dispatch import (
    array_function,
    array_ufunc,
    assemble,
    below,
    call,
    call_operator,
    call_ufunc,
    detach,
    primal,
    template,
)
from adpy.traced.refusal import refuse

__all__ = ["Entries", "Traced", "scalar_item"]

builtin_type = type  # `type` is a parameter name of ndarray.view

_OPERANDS = frozenset(
    [float, int, bool, complex, np.ndarray, list, tuple] + [np.dtype(c).type for c in "?bBhHiIlLqQefdgFDG"]
)


def _accepts(other: Any) -> bool:
    """Can ``other`` be an operand, or should Python try its reflected method?"""
    kind = type(other)
    return (
        kind in _OPERANDS
        or kind in TRACED_TYPES
        or (isinstance(other, np.ndarray | np.generic) and getattr(other, "__array_ufunc__", None) is not None)
        or (hasattr(other, "__array__") and not hasattr(other, "__array_ufunc__") and not hasattr(other, "tocsr"))
        or (
            isinstance(other, int | float | complex)
            and kind not in TRACED_TYPES
            and not hasattr(kind, "__array_ufunc__")
        )
    )


def _binary(ufunc: np.ufunc, operate: Any, swap: bool = False):
    def method(self, other):
        if not _accepts(other):
            return NotImplemented
        inputs = (other, self) if swap else (self, other)
        if type(self).immutable and (self.dtype.kind == "c" or isinstance(other, complex)):
            if isinstance(other, int | float | complex | np.generic):
                return call_operator(ufunc, operate, *inputs)
        return call_ufunc(ufunc, *inputs)

    return method


def _compare(ufunc: np.ufunc, compare):
    def method(self, other):
        if other is None or isinstance(other, str):
            return compare(primal(self), other)
        if not _accepts(other):
            return NotImplemented
        # This transform or an enclosing one may want to know what is decided.
        frame, kind = self.frame, type(other)
        if frame.guarded or frame.parent is not None or (kind in TRACED_TYPES and kind._batched):
            return call_ufunc(ufunc, self, other)
        return ufunc(below(self), _value(other))

    return method


def _value(x):
    return primal(x) if type(x) in TRACED_TYPES else primal_of_sequence(x)


def primal_of_sequence(x):
    """Plain values of a (nested) sequence; anything else unchanged."""
    if type(x) in (list, tuple):
        return type(x)([_value(i) for i in x])
    return x


def _unary(ufunc: np.ufunc):
    def method(self):
        return call_ufunc(ufunc, self)

    return method


def _function(name: str):
    function = getattr(np, name)

    def method(self, *args, **kwargs):
        return call(function, (self, *args), kwargs)

    method.__name__ = name
    method.__doc__ = f"As ``numpy.ndarray.{name}``."
    return method


def _integer(name: str):
    compare = getattr(operator, name)

    def method(self, other):
        return compare(primal(self), primal(other))

    return method


def _both(ufunc: np.ufunc, operate: Any) -> tuple:
    return _binary(ufunc, operate), _binary(ufunc, operate, True)


# ndarray.__pow__ takes these for power, with other roundings.
_POWERS = {2: np.square, 1: np.positive, 0.5: np.sqrt, -1: np.reciprocal}


def _power(self, other):
    """``self ** other``."""
    if not _accepts(other):
        return NotImplemented
    if self.ndim and type(other) in (int, float) and other in _POWERS:
        return call_ufunc(_POWERS[other], self)
    return _plain_power(self, other)


_plain_power = _binary(np.power, operator.pow)


def scalar_item(x: Any, key: Any) -> Any:
    """``x[key]`` of a NumPy scalar."""
    if type(key) is tuple and not key:
        return x
    keys = key if type(key) is tuple else (key,)
    if all(k is None or k is Ellipsis or (np.ndim(k) == 0 and np.asarray(k).dtype == bool) for k in keys):
        return x.frame.assemble_leaves([x], assemble(below(x)))[key]
    # NumPy raises IndexError, at which iteration over a Python class would just end.
    raise TypeError("invalid index to scalar variable.")


class Entries:
    """What arrays have and scalars lack.

    Kept apart so that ``hasattr`` and ``isinstance(x, Iterable)`` answer as for plain values.
    """

    __slots__ = ()

    def __len__(self):
        return len(template(self))

    def __contains__(self, item):
        return bool((primal(self) == primal(item)).any())

    def __iter__(self):
        if self.ndim == 0:
            raise TypeError("iteration over a 0-d array")
        return map(self.__getitem__, range(len(self)))

    def __reversed__(self):
        return map(self.__getitem__, range(len(self) - 1, -1, -1))

    # Subclasses say how the result of an operation is written into their memory.

    def __imul__(self, other):
        return self._inplace(np.multiply, other)

    def __itruediv__(self, other):
        return self._inplace(np.divide, other)

    def __ifloordiv__(self, other):
        return self._inplace(np.floor_divide, other)

    def __imod__(self, other):
        return self._inplace(np.remainder, other)

    def __imatmul__(self, other):
        return self._inplace(np.matmul, other)


class Traced:
    """Base of every traced value.

    Subclasses provide ``_value`` (the primal, one level below), ``frame`` (the transform), ``active`` and, where they
    are arrays, ``__getitem__``, ``__setitem__`` and in-place operators.
    """

    __slots__ = ()
    __array_priority__ = 1000.0
    _batched = False  # does it stand for one value in each lane of a batch?
    _settles = False  # is it a plain value to every trace above its own?

    def __array_wrap__(self, array, context=None, return_scalar=False):
        return array[()] if return_scalar else array

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return array_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, function, types, args, kwargs):
        return array_function(function, args, kwargs)

    __add__, __radd__ = _both(np.add, operator.add)
    __sub__, __rsub__ = _both(np.subtract, operator.sub)
    __mul__, __rmul__ = _both(np.multiply, operator.mul)
    __truediv__, __rtruediv__ = _both(np.divide, operator.truediv)
    __floordiv__, __rfloordiv__ = _both(np.floor_divide, operator.floordiv)
    __mod__, __rmod__ = _both(np.remainder, operator.mod)
    __matmul__, __rmatmul__ = _both(np.matmul, operator.matmul)
    __pow__, __rpow__ = _power, _binary(np.power, operator.pow, True)
    __lt__, __le__ = _compare(np.less, operator.lt), _compare(np.less_equal, operator.le)
    __gt__, __ge__ = _compare(np.greater, operator.gt), _compare(np.greater_equal, operator.ge)
    __eq__, __ne__ = _compare(np.equal, operator.eq), _compare(np.not_equal, operator.ne)
    __and__, __or__, __xor__ = _integer("and_"), _integer("or_"), _integer("xor")
    __neg__, __pos__, __abs__ = _unary(np.negative), _unary(np.positive), _unary(np.absolute)

    def __divmod__(self, other):
        return self // other, self % other

    def __rdivmod__(self, other):
        return other // self, other % self

    def __hash__(self):
        refuse(
            "hash() of a traced value (a dictionary key, a set, functools.lru_cache)",
            "Equal numbers may have different derivatives. Use an index or a name as the key.",
        )

    # ---- shape and type

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape, as of the primal."""
        return self._value.shape

    @property
    def ndim(self) -> int:
        """Number of dimensions."""
        return self._value.ndim

    @property
    def size(self) -> int:
        """Number of entries."""
        return self._value.size

    @property
    def dtype(self) -> np.dtype:
        """Dtype of the primal."""
        return self._value.dtype

    @dtype.setter
    def dtype(self, dtype):
        refuse("Setting the dtype of an array", "Use astype, .real or .imag.")

    @property
    def data(self):
        """Refused: the memory of an array."""
        refuse(
            "ndarray.data",
            "It is meant for code outside Python. Give the function a rule (docs/adding_a_primitive.md).",
        )

    @property
    def ctypes(self):
        """Refused: the memory of an array."""
        refuse(
            "ndarray.ctypes",
            "It is meant for code outside Python. Give the function a rule (docs/adding_a_primitive.md).",
        )

    @property
    def itemsize(self) -> int:
        """Bytes per entry of the primal."""
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        """Bytes of the primal."""
        return self.size * self.itemsize

    @property
    def strides(self) -> tuple[int, ...]:
        """Strides of the primal in bytes."""
        return template(self).strides

    @property
    def flags(self):
        """Memory layout flags of the primal."""
        return template(self).flags

    @property
    def base(self):
        """Base of the primal array."""
        return template(self).base

    @property
    def T(self):
        """Transpose."""
        return call(np.transpose, (self,), {})

    @property
    def mT(self):
        """Matrix transpose."""
        return call(np.matrix_transpose, (self,), {})

    @property
    def real(self):
        """Real part."""
        return self if self.dtype.kind != "c" else self._real()

    @property
    def imag(self):
        """Imaginary part."""
        if self.dtype.kind == "c":
            return self._imag()
        zero = np.zeros(self.shape, self.dtype)  # (zeros_like is Python code of NumPy, which capture may have changed)
        zero.setflags(write=False)
        return zero[()] if type(self).immutable else self.frame.lift(zero)

    @property
    def flat(self):
        """Iterator over the entries in C order, which can be indexed."""
        from adpy.traced.flat import Flat

        return Flat(self)

    @real.setter
    def real(self, value):
        self.real[...] = value

    @imag.setter
    def imag(self, value):
        if self.dtype.kind != "c":
            raise TypeError("array does not have imaginary part to set")
        self.imag[...] = value

    @flat.setter
    def flat(self, value):
        self.flat[...] = value

    @shape.setter
    def shape(self, shape):
        template(self).view().shape = shape  # NumPy's errors, and from 2.5 on its warning
        self._set_shape(shape)

    def _set_shape(self, shape):
        """As ``numpy.ndarray._set_shape`` of NumPy 2.5."""
        self._become(self.reshape(shape))

    @property
    def device(self) -> str:
        """As ``numpy.ndarray.device``."""
        return "cpu"

    def to_device(self, device, /, *, stream=None):
        """Itself: NumPy knows one device."""
        return self

    def __array_namespace__(self, *, api_version=None):
        return sys.modules["numpy"]

    # ---- conversions

    def __array__(self, dtype=None, copy=None):
        if not self.active:
            value = self._leaving()  # which an enclosing transform may refuse
            return array(value, dtype) if dtype is not None or copy else asarray(value)
        refuse(
            "numpy.ndarray conversion (__array__, compiled code)",
            "A function written in C or Fortran received it. Call a NumPy function that has a rule, give the function "
            "a rule (docs/adding_a_primitive.md), or create arrays inside the differentiated function.",
        )

    def __float__(self):
        if percent_formatting():
            return float(primal(self))
        if not self.active:
            return float(self._leaving())
        refuse(
            "float()",
            "Leave float() out, or use x * 1.0. If it came from math.*, or from writing into a plain array, it was "
            "outside adpy's reach: call math functions as math.f, and create the array inside the function.",
        )

    def __complex__(self):
        if not self.active:
            return complex(self._leaving())
        refuse("complex()", "Write a + 1j * b instead.")

    def _leaving(self):
        """The value one level below, on which code is about to depend."""
        if self.frame.guarded:
            self.frame.leaves(self)
        return self._value

    def __int__(self):
        return int(self._leaving())

    def __index__(self):
        return operator.index(primal(self))

    def __bool__(self):
        return bool(self._leaving())

    def __round__(self, digits=None):
        return round(self._leaving()) if digits is None else call(np.round, (self, digits), {})

    def __trunc__(self):
        return int(self._leaving())

    def __floor__(self):
        return math.floor(self._leaving())

    def __ceil__(self):
        return math.ceil(self._leaving())

    def __str__(self):
        return str(primal(self))

    def __repr__(self):
        return repr(primal(self))

    def __format__(self, spec):
        return format(primal(self), spec)

    def __copy__(self):
        return self.copy()

    def __deepcopy__(self, memo):
        return self.copy()

    def __reduce__(self):
        plain = detach(self)
        if type(plain) in TRACED_TYPES:
            refuse("pickle", "Pickle plain values: adpy.stop_gradient(x).")
        return plain.__reduce_ex__(2)

    def item(self, *args):
        """The entry as a traced scalar."""
        template(self).item(*args)  # NumPy's errors
        if type(self).immutable:
            return self
        index = args[0] if len(args) == 1 and isinstance(args[0], tuple) else args or (0,)
        if len(index) != self.ndim:
            index = np.unravel_index(index[0] % self.size, self.shape)
        return self[tuple([int(i) for i in index])].item()

    def tolist(self):
        """Nested lists of traced scalars."""
        return [x.tolist() for x in self] if self.ndim else self.item()

    def __dlpack__(self, *args, **kwargs):
        refuse("__dlpack__", "Convert outside the differentiated function.")

    # ---- methods that are functions

    all, any = _function("all"), _function("any")
    argmax, argmin = _function("argmax"), _function("argmin")
    argsort, argpartition = _function("argsort"), _function("argpartition")
    clip = _function("clip")
    cumsum, cumprod = _function("cumsum"), _function("cumprod")
    diagonal, trace = _function("diagonal"), _function("trace")
    dot = _function("dot")
    max, min = _function("max"), _function("min")
    mean, std, var = _function("mean"), _function("std"), _function("var")
    nonzero = _function("nonzero")
    prod, sum = _function("prod"), _function("sum")
    ravel = _function("ravel")
    repeat = _function("repeat")
    round = _function("round")
    searchsorted = _function("searchsorted")
    squeeze, swapaxes = _function("squeeze"), _function("swapaxes")
    take = _function("take")

    def choose(self, choices, out=None, mode="raise"):
        """As ``numpy.ndarray.choose``: an error, because floating-point numbers choose nothing."""
        return np.choose(primal(self), choices, out, mode)

    def compress(self, condition, axis=None, out=None):
        """As ``numpy.ndarray.compress``."""
        return call(np.compress, (condition, self, axis), {} if out is None else {"out": out})

    def transpose(self, *axes):
        """As ``numpy.ndarray.transpose``."""
        axes = axes[0] if len(axes) == 1 and (axes[0] is None or not isinstance(axes[0], int | np.integer)) else axes
        return call(np.transpose, (self,) if not axes else (self, axes), {})

    def reshape(self, *shape, order="C", copy=None):
        """As ``numpy.ndarray.reshape``."""
        shape = shape[0] if len(shape) == 1 and not isinstance(shape[0], int | np.integer) else shape
        return call(np.reshape, (self, shape), {} if order == "C" else {"order": order})

    def conj(self):
        """Complex conjugate."""
        return self if self.dtype.kind != "c" else call_ufunc(np.conjugate, self)

    conjugate = conj

    def flatten(self, order="C"):
        """A copy in one dimension."""
        return call(np.ravel, (self,), {"order": order}).copy()

    def copy(self, order="C"):
        """A copy."""
        return call(np.copy, (self,), {} if order == "C" else {"order": order})

    def view(self, dtype=None, type=None):
        """The same memory; reinterpretation as another dtype is refused."""
        subclass = isinstance(dtype, builtin_type) and issubclass(dtype, np.ndarray)
        if dtype is np.ndarray or (not subclass and (dtype is None or np.dtype(dtype) == self.dtype)):
            return self[...] if not builtin_type(self).immutable else self
        refuse("ndarray.view with another dtype", "Use astype, .real or .imag.")

    def tobytes(self, order="C"):
        """Bytes of the primal; refused where they would carry a derivative away."""
        if self.active:
            refuse(
                "ndarray.tobytes", "Bytes carry no derivative. Use adpy.stop_gradient(x).tobytes() if none is meant."
            )
        return self._leaving().tobytes(order)

    def tofile(self, fid, sep="", format="%s"):
        """Write the primal to a file."""
        primal(self).tofile(fid, sep, format)

    def dump(self, file):
        """Pickle the primal into a file."""
        primal(self).dump(file)

    def getfield(self, dtype, offset=0):
        """Refused."""
        refuse("ndarray.getfield", "Use astype, .real or .imag.")

    def byteswap(self, inplace=False):
        """Refused."""
        refuse("ndarray.byteswap", "Convert before differentiating.")

    def fill(self, value):
        """Set every entry."""
        self[...] = value

    def put(self, indices, values, mode="raise"):
        """As ``numpy.put``."""
        from adpy.traced.inplace import put

        put(self, indices, values, mode)

    def sort(self, axis=-1, kind=None, order=None, *, stable=None):
        """Sort in place."""
        self[...] = call(np.sort, (self,), {"axis": axis})

    def partition(self, kth, axis=-1, kind="introselect", order=None):
        """Partition in place."""
        self[...] = call(np.partition, (self, kth), {"axis": axis})

    def resize(self, *shape, refcheck=True):
        """Refused: it would change the memory under other views."""
        refuse("ndarray.resize", "Use numpy.resize, which returns a new array.")

    def setflags(self, write=None, align=None, uic=None):
        """As ``numpy.ndarray.setflags`` on the primal, and on what it carries."""
        self._value.setflags(write=write, align=align, uic=uic)

    def is_integer(self) -> bool:
        """Whether the primal is an integer number."""
        return bool(primal(self) == np.floor(primal(self)))

    def as_integer_ratio(self):
        """As of the primal; refused where it would carry a derivative away."""
        if self.active:
            refuse("as_integer_ratio() (fractions, statistics)", "Use NumPy: numpy.mean, numpy.std, x / y.")
        return float(self._leaving()).as_integer_ratio()

    def __buffer__(self, flags):
        # From Python 3.12 on, NumPy and compiled code ask for this before __array__.
        return memoryview(self.__array__())
