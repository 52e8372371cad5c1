"""BatchBase: what the values of all lanes together share; decisions and conversions are those of every lane."""

from __future__ import annotations

import operator
from typing import Any

from adpy.batching.splitting import Split, agreed
from adpy.capture.formatting import percent_formatting
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import TracedValueError
from adpy.plain import np
from adpy.traced.dispatch import call_method, primal
from adpy.traced.refusal import refuse
from adpy.traced.traced import Traced, _accepts

__all__ = ["BatchBase", "LanesDifferError"]


class LanesDifferError(TracedValueError):
    """A conversion to one plain value, in code that could be told to keep all lanes."""


def _binary(ufunc: np.ufunc, operate: Any, swap: bool = False):
    def method(self, other):
        if not _accepts(other):
            return NotImplemented
        return self.frame.ufunc(ufunc, (other, self) if swap else (self, other), operate)

    return method


def _both(ufunc: np.ufunc, operate: Any) -> tuple:
    return _binary(ufunc, operate), _binary(ufunc, operate, True)


def _compare(ufunc: np.ufunc, operate: Any):
    def method(self, other):
        if other is None or isinstance(other, str) or not _accepts(other):
            return NotImplemented
        return self.frame.ufunc(ufunc, (self, other), operate)

    return method


def _unary(ufunc: np.ufunc, operate: Any):
    def method(self):
        return self.frame.ufunc(ufunc, (self,), operate)

    return method


class BatchBase(Traced):
    """A value that stands for one value in each lane.

    Subclasses have ``frame`` (the :class:`~adpy.batching.trace.BatchTrace`) and ``laned()``: all values, with the
    lanes along the last axis, or None where all lanes share one.
    """

    __slots__ = ()
    _batched = True

    @property
    def tag(self) -> int:
        """Tag of the transform this value belongs to."""
        return self.frame.tag

    @property
    def _value(self) -> Any:
        """The plain value, where all lanes agree on it: what code that knows nothing of lanes may see."""
        return self.agreed("A value that code outside adpy's reach needs")

    def values(self) -> Any:
        """All values: with the lanes along the last axis, or the one that they share."""
        data = self.laned()
        return self.shared() if data is None else data

    def agreed(self, reason: str) -> Any:
        """The value that all lanes have; the lanes part otherwise."""
        data = self.laned()
        return primal(self.shared()) if data is None else agreed(self.frame, data, reason)

    def converted(self, name: str) -> Any:
        """As :meth:`agreed`, for a conversion that a second attempt may do without."""
        self.kept(name)
        data = primal(self.laned())
        if data is not None and not (data == data[..., :1]).all() and self.frame.level < 2:
            refuse(name, "The samples of a batch differ here.", LanesDifferError)
        return self.agreed(name)

    def kept(self, name: str) -> None:
        """Refuse what would drop a derivative below the lanes: a second attempt, or each lane on its own, may not."""
        data = self.values()
        while type(data) in TRACED_TYPES and (data._batched or not data.active):
            data = data.values() if data._batched else data._value
        if type(data) in TRACED_TYPES:
            if self.frame.level < 2:
                refuse(name, "It stands for the samples of a batch, which carry derivatives.", LanesDifferError)
            raise Split(self.frame, None, name)

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if method == "__call__" and not kwargs:
            frame = self.frame
            if len(inputs) == 1 and ufunc in frame.entrywise and frame.direct:
                data = self.laned()
                if data is not None:
                    try:
                        y = ufunc(data)
                    except Exception as error:
                        frame.failing(error)
                        raise
                    if type(y) is not tuple:
                        return frame.wrap(y, True)
            return frame.ufunc(ufunc, inputs)
        if method == "__call__":
            return Traced.__array_ufunc__(self, ufunc, method, *inputs, **kwargs)
        return call_method(ufunc, method, inputs, kwargs)

    __add__, __radd__ = _both(np.add, operator.add)
    __sub__, __rsub__ = _both(np.subtract, operator.sub)
    __mul__, __rmul__ = _both(np.multiply, operator.mul)
    __truediv__, __rtruediv__ = _both(np.divide, operator.truediv)
    __floordiv__, __rfloordiv__ = _both(np.floor_divide, operator.floordiv)
    __mod__, __rmod__ = _both(np.remainder, operator.mod)
    __pow__, __rpow__ = _both(np.power, operator.pow)
    __and__, __rand__ = _both(np.bitwise_and, operator.and_)
    __or__, __ror__ = _both(np.bitwise_or, operator.or_)
    __xor__, __rxor__ = _both(np.bitwise_xor, operator.xor)
    __lshift__, __rlshift__ = _both(np.left_shift, operator.lshift)
    __rshift__, __rrshift__ = _both(np.right_shift, operator.rshift)
    __lt__, __le__ = _compare(np.less, operator.lt), _compare(np.less_equal, operator.le)
    __gt__, __ge__ = _compare(np.greater, operator.gt), _compare(np.greater_equal, operator.ge)
    __eq__, __ne__ = _compare(np.equal, operator.eq), _compare(np.not_equal, operator.ne)
    __neg__, __pos__ = _unary(np.negative, operator.neg), _unary(np.positive, operator.pos)
    __abs__, __invert__ = _unary(np.absolute, operator.abs), _unary(np.invert, operator.inv)

    # NumPy's matmul takes no scalars, and its lanes are matrices: a function, not an elementwise one.
    def __matmul__(self, other):
        return self.frame.call(np.matmul, (self, other), {}) if _accepts(other) else NotImplemented

    def __rmatmul__(self, other):
        return self.frame.call(np.matmul, (other, self), {}) if _accepts(other) else NotImplemented

    def __hash__(self):
        self.kept("hash()")
        return hash(self.agreed("hash()"))

    # ---- conversions

    def __bool__(self):
        return bool(self.agreed("A decision (if, while, and, or, not)"))

    def __int__(self):
        return int(self.agreed("int()"))

    def __index__(self):
        return operator.index(self.agreed("An index"))

    def __float__(self):
        return float(self.agreed("%") if percent_formatting() else self.converted("float()"))

    def __complex__(self):
        return complex(self.converted("complex()"))

    def __array__(self, dtype=None, copy=None):
        value = np.asarray(self.converted("numpy.ndarray conversion (__array__, compiled code)"))
        return value if dtype is None else value.astype(dtype)

    def __round__(self, digits=None):
        return round(self.agreed("round()")) if digits is None else self.frame.call(np.round, (self, digits), {})

    def __trunc__(self):
        return int(self.agreed("math.trunc()"))

    def __floor__(self):
        return int(np.floor(self.agreed("math.floor()")))

    def __ceil__(self):
        return int(np.ceil(self.agreed("math.ceil()")))

    def __str__(self):
        return str(self.agreed("str()"))

    def __repr__(self):
        return f"<{self.frame.size} lanes of {np.dtype(self.dtype)}{list(self.shape)}>"

    def __format__(self, spec):
        return format(self.agreed("format()"), spec)

    @property
    def strides(self) -> tuple[int, ...]:
        """Strides of one lane laid out in C order."""
        return self.template().strides

    @property
    def flags(self):
        """Memory layout flags of one lane laid out in C order."""
        return self.template().flags

    @property
    def base(self):
        """Always None: memory is not shared with plain arrays."""
        return None

    def template(self) -> np.ndarray:
        """A plain array of the shape and dtype of one lane, its entries of no meaning."""
        return np.empty(self.shape, self.dtype)

    @property
    def imag(self):
        """Imaginary part."""
        return self._imag() if self.dtype.kind == "c" else np.zeros(self.shape, self.dtype)[()]

    def tobytes(self, order="C"):
        """As ``numpy.ndarray.tobytes``."""
        self.kept("ndarray.tobytes")
        return self.agreed("ndarray.tobytes").tobytes(order)

    def is_integer(self) -> bool:
        """Whether the value is an integer number."""
        return bool(self.agreed("is_integer()") == np.floor(self.agreed("is_integer()")))

    def as_integer_ratio(self):
        """As of a float."""
        self.kept("as_integer_ratio()")
        return float(self.agreed("as_integer_ratio()")).as_integer_ratio()
