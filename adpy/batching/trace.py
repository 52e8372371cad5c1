"""BatchTrace: a function run once for many lanes; every operation is one NumPy call on the values of all.

Values of lanes are always the outermost: a tape or a forward trace that is entered inside a batch stands *below* it, on
the arrays of all lanes, since lanes never mix.  So it costs what it costs on such arrays, and knows nothing of lanes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from adpy import capture
from adpy.batching.array import FROZEN, BatchArray
from adpy.batching.python_numbers import check_division, check_power, math_values, yielding
from adpy.batching.scalar import BatchReal, BatchScalar
from adpy.batching.splitting import Split, groups_of
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import ArgumentError, TracedValueError
from adpy.plain import np
from adpy.tags import new_tag
from adpy.traced.dispatch import coerce, python_ufunc, top_trace
from adpy.traced.refusal import refuse_dead
from adpy.traced.trace import Trace

__all__ = ["BatchTrace"]

ndarray, float64 = np.ndarray, np.float64
_ABOVE = 1 << 60  # tags of batches: larger than those of all transforms that are not
_PYTHON = frozenset([float, int, bool, complex])
_SEQUENCES = (list, tuple)


class BatchTrace(Trace):
    """One run of a function over ``size`` lanes.

    Parameters
    ----------
    size : int
        Number of lanes.
    level : int
        Level of capture of this run.
    copies : bool
        Give every lane a copy of what the lanes could share.
    number : object
        Identifies the batch, whose runs over groups of its lanes have traces of their own.
    within : tuple of (BatchTrace, ndarray), optional
        An enclosing batch whose lanes are this one's, too, several times over; and which of them is each lane.

    Attributes
    ----------
    failed : bool
        Did an operation raise an error that may be that of some lanes only?
    restart : Restart or None
        The first interruption of the run, even if user code swallowed it.
    direct : bool
        May operations go straight to the values of all lanes?  Not if these belong to an enclosing batch.
    wants_copies : bool
        Was something written into memory that all lanes share?
    """

    __slots__ = ("base", "copies", "direct", "failed", "level", "number", "restart", "size", "wants_copies", "within")
    batched = True
    entrywise: ClassVar[set] = set()  # ufuncs known to be elementwise, and not made by numpy.frompyfunc

    def __init__(self, size: int, level: int = 0, copies: bool = False, number: Any = None, within: Any = None) -> None:
        Trace.__init__(self)
        self.tag = _ABOVE + new_tag()
        self.within = within
        if within is not None:
            self.parent = within[0].parent
        self.base = self.parent
        self.direct = self.base is None or not self.base.batched
        self.size, self.level, self.copies, self.number = size, level, copies, number
        self.wants_copies = self.failed = False
        self.restart = None

    def close(self) -> None:
        """End the run: its values are dead."""
        self.open = self.direct = False

    def note(self, error: TracedValueError) -> None:
        """Remember a refusal; those of a transform inside are that transform's."""
        if self.parent is not self.base:
            self.parent.note(error)
        else:
            self.detached.append(error)

    def failing(self, error: Exception) -> None:
        """Note an error of an operation: if the function goes on after it, that may be right for some lanes only."""
        self.failed = self.failed or not isinstance(error, TypeError | AttributeError | NotImplementedError)

    def parting(self, reason: str) -> Split:
        """The interruption after which every lane goes on its own."""
        return Split(self, None, reason)

    # ---- transforms inside

    def placed_above(self, inner: Trace, level: int) -> BatchTrace:
        """Itself, with the trace ``inner``, which traces the arrays of all lanes, below it."""
        self.parent, self.level = inner, max(level, self.level)
        return self

    def input_below(self, inner: Trace, value: Any) -> Any:
        """An independent variable of ``inner``, as the value that lanes see."""
        data, laned = self.data(value)
        dtype = getattr(data, "dtype", None) or np.result_type(data)
        if dtype.kind not in "fc":
            raise ArgumentError("argument", "floating-point numbers (x.astype(float))", f"dtype {dtype}")
        if not laned:
            data = self.expanded(data)
            data = data.copy() if self.copies or type(data) in TRACED_TYPES else data
        return self.wrap(inner.input(data), True, value.__class__ is float)

    def part(self, apart: ndarray, reason: str) -> None:
        """Part the lanes by what is in ``apart`` (lanes last); each on its own if that is the same."""
        groups = groups_of(apart)
        raise Split(self, groups if len(groups) > 1 else None, reason)

    # ---- values

    def wrap(self, data: Any, laned: bool, python: bool = False) -> Any:
        """The value of ``data``: with the lanes along its last axis, or shared by all."""
        if not laned:
            return self.lift(data)
        if data.ndim == 1:
            return BatchReal(data, self) if python else BatchScalar(data, self)
        return BatchArray(data, self)

    def lift(self, y: Any) -> Any:
        kind = type(y)
        if kind is ndarray:
            return BatchArray(None, self, y) if y.dtype.kind in "fc" else y
        if kind in TRACED_TYPES and not kind.immutable and y.frame is not self:
            return BatchArray(None, self, y)
        return y

    def lift_borrowed(self, array: Any) -> Any:
        return BatchArray(None, self, array, (FROZEN, None))

    def fresh(self, shape: tuple, dtype: Any) -> Any:
        """An array of its own, uninitialised, that can take values of enclosing transforms."""
        array = np.empty(shape, dtype)
        return array if self.parent is None or array.dtype.kind not in "fc" else self.parent.buffer(array)

    def separate(self, shared: Any) -> Any:
        """A copy of ``shared`` for each lane."""
        data = self.fresh((*shared.shape, self.size), shared.dtype)
        data[...] = shared[..., None]
        return data

    def expanded(self, shared: Any) -> Any:
        """``shared`` as the values of all lanes, not to be written."""
        with capture.lowered(self.parent):
            shared = np.asarray(shared) if type(shared) not in TRACED_TYPES else shared
            return np.broadcast_to(shared[..., None], (*shared.shape, self.size))

    def operand(self, x: Any) -> tuple[Any, bool]:
        """``x`` for an operation on the values of all lanes, and whether it has values of lanes."""
        kind = type(x)
        if kind in _SEQUENCES or (kind is ndarray and x.dtype == object):
            x = coerce(x)
            kind = type(x)
        if kind in TRACED_TYPES:
            if x.frame is self:
                data = x.laned()
                if data is not None:
                    return data, True
                x = x.shared()
            elif kind._batched:
                if x.frame.tag > self.tag:
                    raise x.frame.parting("Writing a value of a batch into an array of an enclosing one")
                if self.within is not None:
                    return self._spread(x)
        return (x[..., None] if getattr(x, "ndim", 0) else x), False

    def _spread(self, x: Any) -> tuple[Any, bool]:
        """As :meth:`operand`, for a value of an enclosing batch."""
        outer, lanes = self.within
        data, laned = outer.operand(x)
        with capture.lowered(self.parent):
            return (np.take(data, lanes, -1) if laned else data), laned

    def data(self, x: Any) -> tuple[Any, bool]:
        """As :meth:`operand`, but what all lanes share without the axis of the lanes."""
        x, laned = self.operand(x)
        return (x[..., 0] if not laned and getattr(x, "ndim", 0) else x), laned

    def laned(self, x: Any) -> Any:
        """The values of ``x`` in all lanes, the lanes along the last axis."""
        data, laned = self.data(x)
        return data if laned else self.expanded(data)

    # ---- operations

    def ufunc(self, ufunc: np.ufunc, inputs: Sequence, operate: Callable | None = None) -> Any:
        """``ufunc(*inputs)``, or ``operate(*inputs)``, entry by entry."""
        if not self.open:
            refuse_dead()
        if ufunc not in self.entrywise:
            if ufunc.signature is not None:
                return self.call(ufunc, tuple(inputs), {})
            if set("".join(ufunc.types)) <= {"O", "-", ">"}:
                return python_ufunc(ufunc, inputs)
            self.entrywise.add(ufunc)
        values, laned, python, weak = [], False, True, False
        for x in inputs:
            kind = type(x)
            if kind is BatchScalar and x.frame is self:
                values.append(x._data)
                laned, python = True, False
            elif kind is BatchReal and x.frame.tag <= self.tag:
                values.append(self.operand(x)[0])
                laned = weak = True
            elif kind in _PYTHON:
                values.append(x)
            elif kind in TRACED_TYPES and kind._batched and x.frame.tag > self.tag:
                return x.frame.ufunc(ufunc, inputs, operate)
            else:
                value, own = self.operand(x)
                values.append(value)
                laned, python = laned or own, False
        if not laned:
            values = [x[..., 0] if getattr(x, "ndim", 0) else x for x in values]
        if weak and not python:
            values = yielding(inputs, values)
        python = python and laned
        if python:
            check_division(self, ufunc, values)
        try:
            with capture.lowered(self.parent):
                y = (operate or ufunc)(*values)
        except Exception as error:
            self.failing(error)
            raise
        if python:
            check_power(self, ufunc, y)
        if type(y) is tuple:
            return tuple([self.wrap(part, laned, python) for part in y])
        return self.wrap(y, laned, python)

    def math(self, replacement: Callable, original: Callable, args: tuple) -> Any:
        top = top_trace(args)
        if top is not self:
            return top.math(replacement, original, args)
        if any(x.ndim for x in args if type(x) is BatchArray):
            return self.call(original, args, {})
        return BatchReal(math_values(self, replacement, original, args), self)

    def composed(self, function: Callable, original: Callable, args: tuple, kwargs: dict) -> Any:
        """A function of ``math`` that is no ufunc (capture frame interface)."""
        from adpy.batching.onebyone import one_by_one

        if len(args) == 1 and original is math.log:
            return self.math(np.log, original, args)
        if len(args) == 2 and original is math.hypot:
            return self.math(np.hypot, original, args)
        return one_by_one(self, function, args, kwargs)

    def inert(self, function: Callable, args: tuple, kwargs: dict) -> Any:
        return self.call(function, args, kwargs)

    def call(self, function: Callable, args: tuple, kwargs: dict) -> Any:
        """``function(*args, **kwargs)`` in every lane."""
        from adpy.batching.functions import call

        try:
            return call(self, function, args, kwargs)
        except Exception as error:
            self.failing(error)
            raise

    def elementwise(self, row, inputs: Sequence, values: Sequence, y: Any) -> Any:
        return self.ufunc(row.function, inputs)

    def real_elementwise(self, row, inputs: Sequence, values: Sequence, y: Any) -> Any:
        return self.ufunc(row.function, inputs)

    def block(self, row, operands: Sequence, values: Sequence, static: dict, y: Any) -> Any:
        return self.call(row.function, tuple(operands), static)

    def structural(self, row, bind: Callable, operands: Sequence, values: Sequence, static: dict, y: Any) -> Any:
        return self.call(row.function, tuple(operands), static)

    # ---- arrays from entries

    def assemble(self, nested: Any, dtype: Any = None) -> Any:
        if type(nested) is ndarray and nested.dtype == object:
            nested = nested.tolist()
        top = top_trace([nested])
        if top is not self:
            return top.assemble(nested, dtype) if top is not None else Trace.assemble(self, nested, dtype)
        if type(nested) not in _SEQUENCES:
            data, laned = self.data(nested)
            if not laned:
                return self.lift(np.array(data, dtype))
            return BatchArray(data.copy() if dtype is None else data.astype(dtype), self)
        with capture.lowered(self.parent):
            data = self._stacked(nested)
            return BatchArray(data if dtype is None else data.astype(dtype), self)

    def _stacked(self, nested: Any) -> Any:
        """The values of all lanes of a (nested) sequence."""
        if type(nested) not in _SEQUENCES:
            return self.laned(nested)
        if not nested:
            return self.expanded(np.zeros(0))
        return np.stack([self._stacked(item) for item in nested])

    def assemble_leaves(self, leaves: list, value: Any) -> Any:
        return self.assemble(leaves).reshape(value.shape)
