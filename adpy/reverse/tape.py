"""Tape: what one reverse transform recorded.

Scalars and arrays are recorded side by side.  A scalar operation appends its two children and weights to ``stream`` (a
list, moved in chunks to compact arrays); its address is its position.  An array operation appends a node.  A node
carries ``mark``, the length of the stream when it was recorded, so that a sweep can go back through both in time.

Entries of arrays that are read as scalars get addresses below zero, in a block called the home of their node.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from numpy.lib.stride_tricks import sliding_window_view

from adpy import capture
from adpy.capture.registry import TRACED_TYPES
from adpy.plain import np
from adpy.reverse.nodes import (
    BlockNode,
    Borrowed,
    Conjugate,
    Constant,
    Elementwise,
    Flush,
    Gather,
    Input,
    Moved,
    Node,
    Outlet,
    Pack,
    Part,
    extra,
)
from adpy.reverse.paths import Step
from adpy.reverse.storage import remember_layout, shares_storage
from adpy.tags import new_tag
from adpy.traced.dispatch import template, top_trace
from adpy.traced.refusal import refuse, refuse_dead, refuse_rule, refuse_subclass
from adpy.traced.trace import Trace
from adpy.workspace import LARGE, harvest

__all__ = ["Tape"]

CHUNK = 1 << 16
ndarray, float64 = np.ndarray, np.float64


class Tape(Trace):
    """The record of one reverse transform."""

    streams = True  # are float64 scalars recorded on the scalar stream?
    diagnose: Callable | None = None  # looks at its sweeps, in a debugging context
    flat = True  # do arithmetic and unary functions of arrays take the fast path?
    entry: (
        Callable  # (value, address, tape): the scalar that stands for the entry of an array, at its address below zero
    )

    __slots__ = (
        "__weakref__",
        "append",
        "chunks",
        "complex",
        "extend",
        "home",
        "inputs",
        "kept",
        "large",
        "next",
        "nodes",
        "offset",
        "plain",
        "position",
        "storages",
        "stream",
    )

    def __init__(self) -> None:
        self.tag = new_tag()
        self.parent = capture.frame()
        self.open = True
        self.detached = []
        self.thorough = False
        self.nodes: list[Node] = []
        self.append = self.nodes.append
        self.storages: list[Node] = []
        self.inputs: list[tuple] = []
        self.chunks: list[tuple[np.ndarray, np.ndarray]] = []
        self.offset = 0
        self.home = 0
        self.complex = False
        self.plain = True
        self.large = False
        self.kept: dict[int, tuple[ndarray, ndarray]] = {}
        self.stream: list = [0, 0.0, 0, 0.0]
        self.extend = self.stream.extend
        self.position = self.stream.__len__
        self.next = iter(range(1, CHUNK)).__next__

    # ---- the scalar stream

    def flush(self) -> int:
        """Move the full stream to compact arrays and return the next address."""
        self.compact()
        return self.next()

    def compact(self) -> None:
        """Move the stream to compact arrays: 24 bytes an operation."""
        self.chunks.append(compact(self.stream))
        self.offset += len(self.stream)
        first = self.offset // 4
        self.record(Flush(()))
        del self.stream[:]
        self.next = iter(range(first, first + CHUNK)).__next__

    def scalar(self, a: int, weight_a: float, b: int = 0, weight_b: float = 0.0) -> int:
        """Record one scalar operation and return its address."""
        try:
            address = self.next()
        except StopIteration:
            address = self.flush()
        self.extend((a, weight_a, b, weight_b))
        return address

    def claim(self, size: int) -> int:
        """Reserve a home for ``size`` entries and return its first address."""
        self.home -= size
        return self.home

    def constant(self, value: Any) -> int:
        """Address of a number without derivative."""
        return 0

    def snapshot(self, node: Node) -> None:
        """An inactive storage is about to take traced values."""

    def fixed(self, version: Node, value: Any) -> None:
        """A version was made by writing the constant ``value``."""

    @property
    def count(self) -> int:
        """Number of scalar addresses handed out so far."""
        return (self.offset + len(self.stream)) // 4

    @property
    def nbytes(self) -> int:
        """Bytes that the scalar records take."""
        return sum(c.nbytes + w.nbytes for c, w in self.chunks) + 56 * (len(self.stream) // 4)

    # ---- nodes

    def record(self, node: Node) -> Node:
        """Append a node."""
        node.mark = self.position()
        self.nodes.append(node)
        return node

    def wrap(self, node: Node, y: Any) -> Any:
        """The traced value of the result ``y`` of a node that was just recorded."""
        y = self.below(y) if self.thorough else y
        kind = type(y)
        if kind is ndarray:
            if y.dtype.kind == "c":
                self.complex = True
            if y.base is not None and y.ndim > 1:  # the memory was laid out for another array
                remember_layout(node, y)
            return Array(y, node, self)
        if kind is float64 or kind is float:
            address = self.scalar(0, 0.0)
            self.append(Outlet(node, address, self.position()))
            return Scalar(y, address, self)
        if kind in TRACED_TYPES:
            self.plain = False
            self.complex = self.complex or y.dtype.kind == "c"
            plain = template(y)
            if type(plain) is ndarray and plain.base is not None and plain.ndim > 1:
                remember_layout(node, plain)
            return (Element if kind.immutable else Array)(y, node, self)
        if isinstance(y, np.generic):
            if y.dtype.kind == "c":
                self.complex = True
            return Element(y, node, self)
        if isinstance(y, ndarray):
            refuse_subclass(kind)
            return Array(np.asarray(y), node, self)
        if isinstance(y, complex | int):
            return self.wrap(node, np.asarray(y)[()])
        raise TypeError(f"cannot trace a result of type {kind.__name__}")

    def node(self, kind: type[Node], y: Any, operands: tuple, saved: tuple) -> Node:
        """Record a node of ``kind`` for a fresh result ``y``."""
        node = kind(y.shape if type(y) is not complex else ())
        node.operands = operands
        node.saved = saved
        node.mark = self.position()
        self.nodes.append(node)
        return node

    def input(self, value: Any) -> Any:
        """An independent variable: a traced value for a float or an array (which is not copied)."""
        x = self._input(value)
        self.inputs.append(x.reference())
        return x

    def _input(self, value):
        value = self.below(value) if self.thorough else value
        kind = type(value)
        if kind is float:
            return Real(value, self.scalar(0, 0.0), self)
        if kind is float64:
            return Scalar(value, self.scalar(0, 0.0), self)
        node = Input(value.shape, len(self.nodes))
        self.large = self.large or value.size >= LARGE
        self.storages.append(node)
        if kind in TRACED_TYPES:
            self.plain = False
            self.complex = self.complex or value.dtype.kind == "c"
            return (Element if kind.immutable else Array)(value, node, self)
        if value.dtype.kind == "c":
            self.complex = True
        return (Array if isinstance(value, ndarray) else Element)(value, node, self)

    def lift(self, y: Any) -> Any:
        y = self.below(y) if self.thorough else y
        kind = type(y)
        if kind is ndarray:
            if y.dtype.kind not in "fc":
                return y
        elif kind not in TRACED_TYPES or kind.immutable or y.frame is self:
            return y
        if y.dtype.kind == "c":
            self.complex = True
        node = Constant(y.shape, len(self.nodes))
        plain = template(y)
        if plain.base is not None and plain.ndim > 1:
            remember_layout(node, plain)
        return Array(y, node, self)

    def lift_borrowed(self, array: Any) -> Any:
        """As :meth:`lift`, for memory that outlives the trace."""
        if array.dtype.kind == "c":
            self.complex = True
        return Array(array, Borrowed(array.shape, len(self.nodes)), self)

    def keep(self, value: Any) -> Any:
        """A constant operand as a pullback may save it: safe from later writes by the user.

        adpy does not see writes into a plain array, so it keeps a copy.  A large array (data, mostly) is copied once a
        tape, and compared with its copy when it is used again.
        """
        if type(value) is ndarray:
            if value.size < LARGE:
                return value.copy()
            kept = self.kept.get(id(value))
            if kept is None or kept[0] is not value or not np.array_equal(kept[1], value, value.dtype.kind in "fc"):
                kept = self.kept[id(value)] = (value, value.copy())
            return kept[1]
        if type(value) in TRACED_TYPES and not type(value).immutable:
            return value.copy()
        return value

    def kept_static(self, static: dict) -> dict:
        """Static arguments (masks, weights) as a pullback may save them."""
        return {name: self._kept_inside(x) for name, x in static.items()} if static else static

    def _kept_inside(self, x: Any) -> Any:
        if type(x) is ndarray:
            return self.keep(x)
        return type(x)([self._kept_inside(item) for item in x]) if type(x) in (list, tuple) else x

    # ---- rows

    def elementwise(self, row, inputs: Sequence, values: Sequence, y: Any) -> Any:
        slices = row.slices
        operands = []
        scalars = True
        for x, partial in zip(inputs, slices, strict=False):
            if type(x) in TRACED_TYPES and x.frame is self and x.active:
                if partial.function is None:
                    refuse_rule(row.name, partial.position)
                if partial.constant == 0.0:
                    continue
                if not row.holomorphic and x.dtype.kind == "c":
                    refuse_rule(f"{row.name} of a complex operand")
                scalars = scalars and isinstance(x, Streamed)
                operands.append((x, partial))
        if not operands:
            return self.lift(y)
        if scalars and type(y) is float64 and len(operands) < 3:
            return self._scalar_elementwise(operands, values, y)
        if row.function is np.conjugate:
            return self.wrap(self.node(Conjugate, y, (operands[0][0].reference(),), ()), y)
        reads = frozenset().union(*[p.reads for _, p in operands]) if len(operands) > 1 else operands[0][1].reads
        saved = []
        for i, x in enumerate(values):
            if i not in reads:
                saved.append(None)
            elif type(inputs[i]) in TRACED_TYPES and inputs[i].frame is self:
                saved.append(inputs[i].saved())
            else:
                saved.append(self.keep(x))
        if any(_narrower(x, y) for x in saved if x is not None):
            saved = [x.astype(y.dtype) if x is not None and _narrower(x, y) else x for x in saved]
        saved.append(y if len(values) in reads else None)
        pairs = tuple([(x.reference(), partial) for x, partial in operands])
        return self.wrap(self.node(Elementwise, y, pairs, tuple(saved)), y)

    def math(self, replacement: Callable, original: Callable, args: tuple) -> Any:
        """Call a ``math`` function on traced arguments (capture frame interface)."""
        y = None
        if len(args) == 1:
            if isinstance(args[0], Streamed) and args[0].frame is self:
                y = math_unary(replacement, original, args[0])
        elif len(args) == 2 and all(
            type(x) in (float, int) or (isinstance(x, Streamed) and x.frame is self) for x in args
        ):
            y = math_binary(replacement, original, *args)
        if y is not None:
            return y
        return Trace.math(self, replacement, original, args)

    def real_elementwise(self, row, inputs: Sequence, values: Sequence, y: Any) -> Any:
        """As :meth:`elementwise` for a function that returns Python floats."""
        out = self.elementwise(row, inputs, values, float64(y) if type(y) is float else y)
        return out.item() if type(out) is Scalar else out

    def _scalar_elementwise(self, operands, values, y):
        """Scalars in, scalar out: children and weights go to the stream."""
        values = [float64(x) if _narrower(x, y) else x for x in values]
        out = object.__new__(Scalar)
        out._value = value = float(y)
        out.frame = self
        entry = []
        for x, partial in operands:
            weight = partial.constant
            if weight is None:
                weight = float(partial.scalar_weight(values, value))
            entry += (x.address, weight)
        out.address = self.scalar(*entry)
        return out

    def block(self, row, operands, values, static, y):
        needs = []
        references = []
        saved = []
        for x, value in zip(operands, values, strict=True):
            if type(x) in (list, tuple):
                refs = [self._reference(item) for item in x]
                needs.append(any(r is not None for r in refs))
                references.append(refs if needs[-1] else None)
                saved.append([self._saved(item, v) for item, v in zip(x, value, strict=True)])
            else:
                reference = self._reference(x)
                references.append(reference)
                needs.append(reference is not None)
                saved.append(self._saved(x, value))
        if not any(needs):
            return self.lift(y) if not isinstance(y, tuple) else type_of(y, [self.lift(part) for part in y])
        several = isinstance(y, tuple | list)
        node = BlockNode(())
        if not several:
            node.shape = np.shape(y)
        node.operands = tuple(references)
        node.saved = (row, tuple(saved), self.kept_static(static), y)
        node.needs = tuple(needs)
        node.parts = [None] * len(y) if several else None
        self.record(node)
        if not several:
            return self.wrap(node, y)
        results = []
        for position, part in enumerate(y):
            if not _inexact(part):
                results.append(part)
                continue
            piece = Part(np.shape(part))
            piece.block, piece.position = node, position
            self.record(piece)
            results.append(self.wrap(piece, part))
        return type_of(y, results)

    def structural(self, row, bind: Callable, operands, values, static, y):
        if not isinstance(y, list | tuple):
            return self._moved(row, bind, operands, values, static, y, None)
        return type(y)([self._moved(row, bind, operands, values, static, part, i) for i, part in enumerate(y)])

    def _moved(self, row, bind, operands, values, static, y, part):
        if len(operands) == 1 and type(operands[0]) in TRACED_TYPES and shares_storage(y, values[0]):
            if y is values[0]:
                return operands[0]
            writeable = {"writeable": True} if row.function is sliding_window_view else {}
            return operands[0].as_view(y, Step(bind, static | writeable, part))
        if not _inexact(y):
            return y
        if any(type(x) in (list, tuple) and any(shares_storage(y, v) for v in x) for x in values):
            refuse(f"{row.name}, whose result shares memory with one of several arrays", "Copy the arrays first.")
        if row.transpose is not None and part is None:
            references = tuple(
                [self._reference(i) for i in x] if type(x) in (list, tuple) else self._reference(x) for x in operands
            )
            if all(r is None or (type(r) is list and not any(r)) for r in references):
                return self.lift(y)
            shapes = tuple([_Like(v) for v in x] if type(x) in (list, tuple) else _Like(x) for x in values)
            return self.wrap(self.node(Moved, y, references, (row, shapes, self.kept_static(static))), y)
        numbers, total, active = [], 1, []
        for x in operands:
            number, total = self._number(x, total, active)
            numbers.append(number)
        if not active:
            return self.lift(y)
        with capture.lowered(None):
            sources = bind.apply(tuple(numbers), static)
        sources = np.asarray(sources if part is None else sources[part])
        return self.wrap(self.node(Gather, y, tuple(active), (sources, total)), y)

    def _number(self, x, total, active):
        """Number the entries of an active operand from ``total`` on; constants get 0."""
        if type(x) in (list, tuple):
            numbers = []
            for item in x:
                number, total = self._number(item, total, active)
                numbers.append(number)
            return type(x)(numbers), total
        reference = self._reference(x)
        if reference is None:
            return np.zeros(np.shape(x), np.intp), total
        size = int(np.prod(reference[2], dtype=np.intp))
        active.append((reference, total))
        return np.arange(total, total + size).reshape(reference[2]), total + size

    def _reference(self, x):
        if type(x) in (list, tuple) and top_trace(x) is not None:
            raise AssertionError("a sequence reached a row that takes arrays")
        if type(x) in TRACED_TYPES and x.frame is self and x.active:
            return x.reference()
        return None

    def _saved(self, x, value):
        if type(x) in TRACED_TYPES and x.frame is self:
            return x.saved()
        return self.keep(value)

    def assemble_leaves(self, leaves, value):
        value = self.below(value) if self.thorough else value
        positions, addresses, arrays, position = [], [], [], 0
        for leaf in leaves:
            if type(leaf) in TRACED_TYPES and leaf.frame is self and leaf.active:
                if isinstance(leaf, Streamed):
                    positions.append(position)
                    addresses.append(leaf.address)
                else:
                    arrays.append((leaf.reference(), position + 1))
            position += _size(leaf)
        if not arrays and not addresses:
            return self.lift(value)
        if not arrays:
            node = Constant(value.shape, len(self.nodes))
            if value.dtype == float64 and position == len(leaves):
                extra(node).pending = {p: leaves[p]._as(Scalar) for p in positions}
            else:
                node = self.node(Pack, value, (), (np.array(positions), np.array(addresses), None))
            return Array(value, node, self)
        sources = np.zeros(value.size, np.intp)
        for reference, start in arrays:
            sources[start - 1 : start - 1 + prod(reference[2])] = range(start, start + prod(reference[2]))
        for p, a in zip(positions, addresses, strict=True):
            sources[p] = p + 1
            arrays.append(((a, None, (), True), p + 1))
        node = self.node(Gather, value, tuple(arrays), (sources.reshape(value.shape), value.size + 1))
        return Array(value, node, self)

    def close(self) -> None:
        """End the transform: its traced values are dead, its memory is free."""
        self.open = False
        if self.large:
            saved = [node.saved for node in self.nodes if type(node.saved) is tuple]
            self.nodes.clear()
            harvest(saved)
        self.nodes = []
        self.append = self.extend = _dead
        self.storages = []
        self.chunks = []
        self.stream = []
        self.kept = {}


def _dead(*record: Any) -> None:
    refuse_dead()


def compact(stream: list) -> tuple[np.ndarray, np.ndarray]:
    """Children (int32) and weights (float64) of a stretch of stream: 24 bytes an operation."""
    flat = np.frombuffer(array("d", stream)).reshape(-1, 4)
    return flat[:, ::2].astype(np.int32), np.ascontiguousarray(flat[:, 1::2])


def type_of(y: Any, parts: list) -> Any:
    """Rebuild a (named) tuple or list result from its parts."""
    return type(y)(*parts) if hasattr(y, "_fields") else type(y)(parts)


def _narrower(x: Any, y: Any) -> bool:
    """Is ``x`` of a floating type with fewer digits than the result ``y``, in which partials would lose digits?"""
    kind = getattr(x, "dtype", None)
    return kind is not None and kind is not y.dtype and kind.kind in "fc" and np.finfo(kind).eps > np.finfo(y.dtype).eps


def _inexact(x: Any) -> bool:
    dtype = getattr(x, "dtype", None)
    return dtype.kind in "fc" if dtype is not None else isinstance(x, float | complex)


class _Like:
    """A stand-in for an operand in ``transpose``: shape and dtype, no memory."""

    __slots__ = ("dtype", "ndim", "shape")

    def __init__(self, x: Any) -> None:
        self.shape = np.shape(x)
        self.ndim = len(self.shape)
        self.dtype = getattr(x, "dtype", np.dtype(float))


def _size(x: Any) -> int:
    size = getattr(x, "size", 1)
    return 1 if type(x) in TRACED_TYPES and x.ndim == 0 else size


from adpy.reverse.array import Array, Element  # noqa: E402  (the tape makes the values that hold it)
from adpy.reverse.scalar import Real, Scalar, Streamed, math_binary, math_unary  # noqa: E402

Tape.entry = Scalar
