"""Recorder: a trace that keeps every operation with its operands, to be lowered to a program.

It is a tape with other records: scalars as opcode, operands and value, arrays as nodes that keep the call.  Everything
that depends on the inputs is kept, also what has derivative zero.  Programs are of float64 only.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from math import copysign, isfinite
from typing import Any

from adpy.capture.registry import TRACED_TYPES
from adpy.errors import TapeMemoryError
from adpy.kernels.opcodes import COMPARISONS, COPY, HOLE, OPCODES, opcode_of
from adpy.plain import np
from adpy.program import limits
from adpy.program.masks import compared, intercepted
from adpy.program.nodes import Assembled, Buffer, Check, Fixed, Operation, Rearranged
from adpy.program.scalar import Recorded, RecordedReal, RecordedScalar
from adpy.reverse.array import Array
from adpy.reverse.nodes import Flush, Input
from adpy.reverse.storage import remember_layout, shares_storage
from adpy.reverse.tape import Tape
from adpy.traced.dispatch import primals, template
from adpy.traced.refusal import refuse
from adpy.traced.trace import Trace

__all__ = ["Recorder", "Unrecordable"]

ndarray, float64 = np.ndarray, np.float64
_COMPARISONS = {
    "lt": OPCODES[np.less],
    "le": OPCODES[np.less_equal],
    "gt": OPCODES[np.greater],
    "ge": OPCODES[np.greater_equal],
    "eq": OPCODES[np.equal],
    "ne": OPCODES[np.not_equal],
}


_CONDITIONS = {
    np.less: "lt",
    np.less_equal: "le",
    np.greater: "gt",
    np.greater_equal: "ge",
    np.equal: "eq",
    np.not_equal: "ne",
}

_OF_TYPES = frozenset(
    [np.isscalar, np.iscomplexobj, np.isrealobj, np.shape, np.ndim, np.size, np.result_type, np.common_type]
)
"""Functions of shapes and dtypes, which are those of the recording at every replay."""


_SUBTRACT, _COPYSIGN = OPCODES[np.subtract], OPCODES[np.copysign]
_TOTAL = frozenset([np.tanh, np.arctan, np.arctan2, np.arcsinh, np.fabs, np.absolute, np.copysign])
"""Functions whose namesakes in :mod:`math` raise at no floats."""


class Unrecordable(Exception):
    """The function does what programs do not know; other ways to its derivatives remain."""


class Recorder(Tape):
    """The recording of one function.

    Parameters
    ----------
    masks : bool
        Are comparisons of arrays instructions where that is possible?  Otherwise all are guards.
    """

    flat = False
    guarded = True

    __slots__ = ("buffers", "bytes", "constants", "failure", "guards", "masked", "masks", "outlets", "undecided")

    def __init__(self, masks: bool = True) -> None:
        Tape.__init__(self)
        self.masks, self.masked = masks, False
        self.undecided: set[Check] = set()
        self.buffers: list[Buffer] = []
        self.bytes = 0
        self.constants: dict = {}
        self.failure: str | None = None
        self.guards: list[tuple[int, float]] = []
        self.outlets: dict[Any, int] = {}
        self.stream[:] = [HOLE, 0, 0, 0.0]

    def fail(self, reason: str) -> None:
        """Give up; remembered, should the user's function swallow the exception."""
        self.failure = self.failure or reason
        raise Unrecordable(reason)

    def takes(self, size: int) -> None:
        """Count bytes that the recording takes."""
        self.bytes += size
        if self.bytes > limits.memory:
            self.failure = "too large"
            raise TapeMemoryError(self.bytes, limits.memory)

    # ---- scalars

    def compact(self) -> None:
        """Move the stream to compact arrays."""
        self.chunks.append(columns_of(self.stream))
        self.takes(sum(column.nbytes for column in self.chunks[-1]))
        self.offset += len(self.stream)
        first = self.offset // 4
        self.record(Flush(()))
        del self.stream[:]
        self.next = iter(range(first, first + (1 << 16))).__next__

    def scalar(self, op: int, a: int, b: int, value: float) -> int:
        """Record one scalar operation and return its address."""
        try:
            address = self.next()
        except StopIteration:
            address = self.flush()
        self.extend((op, a, b, value))
        return address

    def table(self) -> list[np.ndarray]:
        """Opcodes, first and second operands, and values of all scalar operations."""
        return [np.concatenate(parts) for parts in zip(*self.chunks, columns_of(self.stream), strict=True)]

    def operation(self, kind: type, value: float, op: int, a: int, b: int = 0) -> Any:
        """The result of a scalar operation."""
        out = object.__new__(kind)
        out._value = value
        out.frame = self
        out.address = self.scalar(op, a, b, value)
        return out

    def constant(self, value: Any) -> int:
        """Address of a number without derivative."""
        value = float(value)
        key = value if value else str(value)
        found = self.constants.get(key)
        if found is None:
            found = self.constants[key] = self.scalar(HOLE, 0, 0, value)
        return found

    def entry(self, value: float, address: int, tape: Any) -> Any:
        """The scalar read from the entry of an array: an instruction of its own, as the entry may be overwritten."""
        return self.operation(RecordedScalar, float(value), COPY, address)

    def compare(self, name: str, a: int, b: int, outcome: Any) -> Any:
        """Record a comparison, on whose outcome the recording depends."""
        self.guards.append((self.scalar(_COMPARISONS[name], a, b, float(outcome)), float(outcome)))
        return outcome

    def decide(self, x: Any, op: int, outcome: float) -> None:
        """Record an operation on a scalar, on whose result the recording depends."""
        self.guards.append((self.scalar(op, x.address, self.constant(0.0), outcome), outcome))

    def leaves(self, x: Any) -> None:
        if isinstance(x, Recorded):
            self.guards.append((x.address, x._value))
            if x._value == 0.0:  # guards take zeros of both signs for equal
                sign = copysign(1.0, x._value)
                self.guards.append((self.scalar(_COPYSIGN, self.constant(1.0), x.address, sign), sign))
        elif x.active:
            self.check(itself, (x,), {}, np.array(x._value))

    def failed(self, operands: Sequence) -> None:
        primals(list(operands))

    def finite(self, x: Any) -> Any:
        """A result in whose place Python raises where it would not be finite; ``x - x`` is zero where it is."""
        if isfinite(x._value):
            self.guards.append((self.scalar(_SUBTRACT, x.address, x.address, 0.0), 0.0))
        else:
            self.leaves(x)
        return x

    def inert(self, function: Callable, args: tuple, kwargs: dict) -> Any:
        try:
            outcome = function(*templates(args), **{name: templates(x) for name, x in kwargs.items()})
        except Exception:
            self.failed((*args, *kwargs.values()))
            raise
        if function in _OF_TYPES:
            return outcome
        if self.parent is None and any(_depends(x) for x in (*args, *kwargs.values())):
            if function in _CONDITIONS and len(args) == 2 and not kwargs and np.ndim(outcome) == 0:
                if all(isinstance(x, Recorded | float | int) for x in args):
                    a, b = [x.address if isinstance(x, Recorded) else self.constant(x) for x in args]
                    return self.compare(_CONDITIONS[function], a, b, outcome)
            if self.masks and function in COMPARISONS and len(args) == 2 and not kwargs:
                mask = compared(self, function, args, outcome)
                if mask is not None:
                    self.masked = True
                    return mask
            self.check(function, args, kwargs, outcome)
        return outcome

    def intercepted(self, function: Callable, args: Sequence, kwargs: dict) -> tuple | None:
        return intercepted(function, args, kwargs)

    def check(self, function: Callable, args: tuple, kwargs: dict, outcome: Any) -> None:
        """Record that the recording depends on the outcome of a function."""
        node = Check(())
        node.operands = tuple([self.argument(x) for x in args])
        kept = copied(outcome)  # the user's code may write into it
        node.saved = (function, {name: self.argument(x) for name, x in kwargs.items()}, kept)
        self.record(node)

    def argument(self, x: Any) -> Any:
        """An argument with references in the place of what depends on the inputs, and copies of arrays."""
        if type(x) in (list, tuple):
            return [self.argument(item) for item in x]
        if type(x) in TRACED_TYPES or type(x) is ndarray:
            return self.operand(x, template(x))
        return x

    def math(self, replacement: Callable, original: Callable, args: tuple) -> Any:
        try:
            y = self._math(replacement, original, args)
        except (ArithmeticError, ValueError):
            self.failed(args)
            raise
        return y if replacement in _TOTAL or not isinstance(y, Recorded) else self.finite(y)

    def _math(self, replacement, original, args):
        x = args[0]
        if len(args) == 1 and isinstance(x, Recorded) and x.frame is self and opcode_of(replacement) is not None:
            y = original(x._value)
            if type(y) is float:
                return self.operation(RecordedReal, y, opcode_of(replacement), x.address)
        return Trace.math(self, replacement, original, args)

    # ---- values

    def wrap(self, node: Any, y: Any) -> Any:
        kind = type(y)
        if kind is ndarray and y.dtype == float64:
            self.takes(y.nbytes)
            if y.base is not None and y.ndim > 1:
                remember_layout(node, y)
            return Array(y, node, self)
        if kind is not float64 and kind is not float:
            self.fail(f"a result of type {kind.__name__} {getattr(y, 'dtype', '')}")
        address = self.outlets[node] = self.scalar(HOLE, 0, 0, float(y))
        return RecordedScalar(y, address, self)

    def _input(self, value):
        kind = type(value)
        if kind is float or kind is float64:
            return self.operation(RecordedReal if kind is float else RecordedScalar, float(value), HOLE, 0)
        if kind is not ndarray or value.dtype != float64:
            self.fail(f"an input of type {kind.__name__} {getattr(value, 'dtype', '')}")
        node = Input(value.shape, len(self.nodes))
        self.storages.append(node)
        return Array(value, node, self)

    def lift(self, y: Any) -> Any:
        kind = type(y)
        if kind in TRACED_TYPES and y.frame is not self:
            self.fail("values of another transform")
        if kind is not ndarray or y.dtype.kind not in "fc":
            return y
        node = Buffer(y.shape, len(self.nodes))
        node.array, node.initial = y, None
        self.buffers.append(node)
        if y.base is not None and y.ndim > 1:
            remember_layout(node, y)
        return Array(y, node, self)

    def lift_borrowed(self, array: Any) -> Any:
        if array.dtype.kind == "c":
            self.fail("complex arrays")
        return Tape.lift_borrowed(self, array)

    def snapshot(self, node: Any) -> None:
        if type(node) is not Buffer or node.array.dtype != float64:
            self.fail("a buffer that is not of float64")
        node.initial = node.array.copy()
        node.array = None

    def fixed(self, version: Any, value: Any) -> None:
        version.saved = (Fixed(np.array(value, float64)),)

    def operand(self, x: Any, value: Any) -> Any:
        """A reference, or a constant."""
        if type(x) in (list, tuple):
            return [self.operand(item, v) for item, v in zip(x, value, strict=True)]
        if type(x) in TRACED_TYPES:
            if x.frame is not self:
                self.fail("values of another transform")
            if x.active:
                return x.reference()
            value = x._value
        return Fixed(self.keep(value))

    # ---- rows

    def elementwise(self, row, inputs: Sequence, values: Sequence, y: Any) -> Any:
        return self.elementwise_call(row, inputs, values, y, (), {})

    def elementwise_call(self, row, inputs: Sequence, values: Sequence, y: Any, settings: tuple, named: dict) -> Any:
        active = False
        for x, partial in zip(inputs, row.slices, strict=False):
            if type(x) in TRACED_TYPES and x.active:
                active = True
                if partial.function is None:
                    self.fail(f"{row.name} without a rule for an operand")
        if not active:
            return self.lift(y)
        op = opcode_of(row.function) if type(y) is float64 else None
        if op is not None and not any(isinstance(x, Array) for x in inputs):
            addresses = [x.address if isinstance(x, Recorded) else self.constant(x) for x in inputs]
            return self.operation(RecordedScalar, float(y), op, *addresses)
        node = Operation(np.shape(y))
        operands = []
        for x, v in zip(inputs, values, strict=True):
            plain = type(x) is float or type(x) is int
            operands.append(Fixed(x) if plain else self.operand(x, widened(v)))
        node.operands, node.saved = tuple(operands), (row, settings, named)
        return self.wrap(self.record(node), y)

    def real_elementwise(self, row, inputs: Sequence, values: Sequence, y: Any) -> Any:
        out = self.elementwise(row, inputs, values, float64(y) if type(y) is float else y)
        return out.item() if isinstance(out, Recorded) else out

    def block(self, row, operands, values, static, y):
        for part in y if isinstance(y, tuple | list) else (y,):
            if getattr(part, "dtype", None) is not None and part.dtype.kind == "c":
                self.fail(f"complex results of {row.name}")
        return Tape.block(self, row, operands, values, static, y)

    def _moved(self, row, bind, operands, values, static, y, part):
        if len(operands) == 1 and type(operands[0]) in TRACED_TYPES and shares_storage(y, values[0]):
            return Tape._moved(self, row, bind, operands, values, static, y, part)
        if getattr(y, "dtype", None) != float64:
            return y if getattr(y, "dtype", np.dtype(int)).kind not in "fc" else self.fail(f"{y.dtype} in {row.name}")
        if any(type(x) in (list, tuple) and any(shares_storage(y, v) for v in x) for x in values):
            refuse(f"{row.name}, whose result shares memory with one of several arrays", "Copy the arrays first.")
        node = Rearranged(np.shape(y))
        node.operands = tuple([self.operand(x, v) for x, v in zip(operands, values, strict=True)])
        if not any(type(x) is tuple for x in _flattened(node.operands)):
            return self.lift(y)
        node.saved = (bind, self.kept_static(static), part)
        return self.wrap(self.record(node), y)

    def assemble_leaves(self, leaves, value):
        if not any(type(x) in TRACED_TYPES and x.active for x in leaves):
            return self.lift(value)
        if value.dtype != float64:
            self.fail(f"an array of dtype {value.dtype}")
        node = Assembled(value.shape)
        node.operands = tuple([self.operand(x, x) for x in leaves])
        return self.wrap(self.record(node), value)


def itself(x: Any) -> Any:
    """The value that left the recording."""
    return x


def templates(x: Any) -> Any:
    """The plain values in an argument."""
    if type(x) in (list, tuple):
        return type(x)([templates(item) for item in x])
    return template(x)


def columns_of(stream: list) -> tuple[np.ndarray, ...]:
    """Opcodes, first and second operands (int32) and values of a stretch of stream."""
    ops = np.frombuffer(bytes(stream[::4]), np.uint8).astype(np.int32)
    firsts, seconds = [np.frombuffer(array("i", stream[k::4]), np.int32) for k in (1, 2)]
    return ops, firsts, seconds, np.frombuffer(array("d", stream[3::4]))


def widened(x: Any) -> Any:
    """A constant with all digits of the result, in which partials are computed."""
    kind = getattr(x, "dtype", None)
    return x.astype(float64) if kind is not None and kind.kind == "f" and kind != float64 else x


def copied(x: Any) -> Any:
    """An outcome with arrays of its own."""
    if type(x) in (list, tuple):
        return type(x)([copied(item) for item in x])
    return x.copy() if type(x) is ndarray else x


def _depends(x: Any) -> bool:
    if type(x) in (list, tuple):
        return any(_depends(item) for item in x)
    return type(x) in TRACED_TYPES and x.active


def _flattened(operands: Sequence):
    """Operands, those in lists included."""
    for x in operands:
        if type(x) is list:
            yield from _flattened(x)
        else:
            yield x
