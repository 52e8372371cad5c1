"""Array and Element: reverse values that live in nodes.

``Array`` is a view of a storage, exactly as its primal ``ndarray`` is: an in-place write makes a new version of the
storage's node, which every other view of it finds.  ``Element`` is an immutable scalar that is not a plain float64
(another dtype, or traced by an enclosing transform).
"""

from __future__ import annotations

from math import prod
from typing import Any

from adpy.capture.registry import TRACED_TYPES
from adpy.plain import np
from adpy.reverse.indexing import BASIC, index_of, keep_key, no_repeats, winners
from adpy.reverse.paths import IMAG, REAL, Step, depends_on_layout, resolve, through_parts
from adpy.reverse.storage import (
    layout_of,
    pending_of,
    protected,
    relayout,
    remember_layout,
    repeats,
    shares_storage,
    storage_id,
    touches,
)
from adpy.reverse.var import VarBase
from adpy.traced.dispatch import assemble, below, call, call_ufunc, template, top_trace
from adpy.traced.refusal import refuse, refuse_dead
from adpy.traced.traced import Entries, scalar_item

__all__ = ["STREAMED", "Array", "Element"]

ndarray, float64 = np.ndarray, np.float64


class Element(VarBase):
    """An immutable scalar recorded as a node."""

    __slots__ = ("frame", "node", "_value")
    immutable = True

    def __init__(self, value: Any, node: Any, frame: Any) -> None:
        self._value, self.node, self.frame = value, node, frame

    __class__ = property(lambda self: self._value.__class__)

    shape = property(lambda self: ())
    ndim = property(lambda self: 0)
    size = property(lambda self: 1)
    active = property(lambda self: self.node.active)

    def reference(self) -> tuple:
        """``(target, path, shape, is_real)`` for the records of other nodes."""
        node = self.node
        real = self.dtype.kind != "c"
        return (node, None, (), real)

    def saved(self) -> Any:
        """The primal as a pullback may keep it."""
        return self._value

    def __getitem__(self, key):
        return scalar_item(self, key)

    def as_view(self, y: Any, step: Any) -> Any:
        """A structural function of a scalar that shares its value."""
        return self

    def copy(self, order="C"):
        """Itself: it is immutable."""
        return self

    def _real(self):
        return call(np.real, (assemble(self),), {})[()]

    def _imag(self):
        return call(np.imag, (assemble(self),), {})[()]

    def astype(self, dtype, *args, **kwargs):
        """As ``numpy.generic.astype``."""
        return cast(self, dtype)

    def item(self, *args):
        """As a Python number."""
        if type(self._value) in TRACED_TYPES:
            return Element(self._value.item(), self.node, self.frame)
        python = np.dtype(complex if self.dtype.kind == "c" else float)
        if python == float64:
            return cast(self, python).item()
        return self if self.dtype == python else cast(self, python)

    tolist = item


class Array(Entries, VarBase):
    """An array recorded as a view of a node's storage."""

    __slots__ = ("frame", "map", "node", "path", "_value")
    immutable = False

    def __init__(self, value: Any, node: Any, frame: Any, path: tuple | None = None) -> None:
        self._value = value
        self.node = node
        self.frame = frame
        self.path = path

    __class__ = property(lambda self: ndarray)

    # ---- versions

    def current(self):
        """The node of the storage's present version."""
        node = self.node
        while node.next is not None:
            node = self.node = node.next
        return node

    @property
    def active(self) -> bool:
        """Does any entry carry a derivative?"""
        node = self.node
        if node.next is not None:
            node = self.current()
        return node.active or (node.extra is not None and node.extra.pending is not None)

    def seal(self):
        """Record the scalars written so far as a version of their own, and return the present node."""
        node = self.node
        if node.next is not None:
            node = self.current()
        more = node.extra
        if more is None or more.pending is None:
            return node
        pending = more.pending
        positions = np.fromiter(pending, np.intp, len(pending))
        constant = self.frame.constant
        addresses = [s.address if type(s) in TRACED_TYPES else constant(s) for s in pending.values()]
        version = Pack(node.shape)
        extra(version).layout = more.layout
        if len(node.shape) == 1:
            version.extra.elements = pending
        version.saved = (positions, addresses, node if node.active else None)
        self.frame.record(version)
        more.pending = None
        node.next = self.node = version
        return version

    def reference(self) -> tuple:
        """``(target, path, shape, is_real)`` for the records of other nodes."""
        node = self.node
        if node.next is not None or node.extra is not None:
            node = self.seal()
        value, path = self._value, self.path
        if path is not None and path[2]:
            return self._gathered(node)
        return (node, path, value.shape, value.dtype.kind != "c")

    def _gathered(self, node) -> tuple:
        """Reference of a view that overlaps itself: the entries gathered now into a node of their own."""
        real = self._value.dtype.kind != "c"
        numbers = relayout(np.arange(1, prod(node.shape) + 1).reshape(node.shape), layout_of(node))
        path, steps = self.path, []
        while path is not None and path[1] is not REAL and path[1] is not IMAG:
            steps.append(path[1])
            path = path[0]
        operand = (node, None, node.shape, real)
        if path is not None:  # numbers have no real part: what leads to it is gathered first
            sources = resolve(path[0], numbers)
            node = self.frame.node(
                Gather, sources, (((node, None, node.shape, False), 1),), (sources, numbers.size + 1)
            )
            operand = (node, (None, path[1], False), node.shape, True)
            numbers = np.arange(1, prod(node.shape) + 1).reshape(node.shape)
        sources = numbers
        for step in reversed(steps):
            sources = step(sources) if type(step) is Step else sources[step]
        gather = self.frame.node(Gather, self._value, ((operand, 1),), (sources, numbers.size + 1))
        return (gather, None, self._value.shape, real)

    def saved(self) -> Any:
        """The primal as a pullback may keep it: a copy once the storage was written into."""
        node = self.node
        if node.next is not None:
            node = self.current()
        return self._value.copy() if node.written or pending_of(node) is not None else self._value

    def as_view(self, y: Any, step: Step) -> Any:
        """The view ``y`` that a structural ``step`` made of this array."""
        overlapping = (self.path is not None and self.path[2]) or y.size > self._value.size or repeats(y)
        node = self.current()
        self._remember_layout(node)
        return Array(y, node, self.frame, (self.path, step, overlapping))

    def _remember_layout(self, node) -> None:
        if layout_of(node) is not None:
            return
        owner = self._value
        while type(owner) in TRACED_TYPES:
            owner = owner._value
        while owner.base is not None and type(owner.base) is ndarray:
            owner = owner.base
        if owner.shape == node.shape:
            remember_layout(node, owner)

    # ---- reading

    def __getitem__(self, key):
        kind = type(key)
        if self.path is None and (
            kind is int or (kind is tuple and len(key) == 2 and type(key[0]) is type(key[1]) is int)
        ):
            node = self.node
            if node.next is not None:
                node = self.current()
            more = node.extra
            if more is not None and more.elements is not None:
                found = more.elements.get(key)
                if found is not None:
                    return found
        if kind is tuple:
            for i, k in enumerate(key):
                if type(k) in TRACED_TYPES or type(k) is list:
                    key = (*key[:i], index_of(k), *key[i + 1 :])
            basic = BASIC.issuperset(map(type, key))
        elif kind in TRACED_TYPES or kind is list:
            key = index_of(key)
            basic = False
        else:
            basic = kind in BASIC
        value = self._value[key]
        kind = type(value)
        if basic:
            path = self.path
            if kind is ndarray:
                return Array(value, self.node, self.frame, (path, key, path is not None and path[2]))
            if kind is float64:
                if not self.frame.streams or (path is not None and self.frame.complex and through_parts(path)):
                    return self._take(key, value)
                return self._element(key, value)
            if kind in TRACED_TYPES and not kind.immutable:
                return Array(value, self.node, self.frame, (path, key, path is not None and path[2]))
        return self._take(key, value)

    def _element(self, key, value):
        node = self.node
        if node.next is not None:
            node = self.current()
        pending = pending_of(node)
        if not node.active and pending is None:
            return value
        tape = self.frame
        if not tape.open:
            refuse_dead()
        flat = self._flat(key)
        if pending is not None:
            found = pending.get(flat)
            if found is not None:
                return found
            if not node.active:
                return value
        more = extra(node)
        if more.home is None:
            more.home = tape.claim(prod(node.shape))
        found = tape.entry(value, more.home + flat, tape)
        if pending is None and self.path is None and (type(key) is int or type(key) is tuple):
            if more.elements is None:
                more.elements = {}
            more.elements[key] = found
        return found

    def _flat(self, key) -> int:
        """Flat index in the storage of the entry at ``key``."""
        if self.path is None:
            shape = self.node.shape
            if len(shape) == 1:
                index = key if type(key) is not tuple else key[0]
                return int(index) if index >= 0 else int(index) + shape[0]
            if type(key) is tuple and len(key) == len(shape):
                flat = 0
                for k, n in zip(key, shape, strict=True):
                    if type(k) is not int:
                        break
                    flat = flat * n + (k if k >= 0 else k + n)
                else:
                    return flat
        return int(self.positions()[key])

    def positions(self) -> ndarray:
        """Flat index in the storage of every entry."""
        try:
            return self.map
        except AttributeError:
            pass
        node = self.current()
        numbers = np.arange(prod(node.shape)).reshape(node.shape)
        if depends_on_layout(self.path):
            numbers = relayout(numbers, layout_of(node))
        self.map = resolve(self.path, numbers)
        return self.map

    def _take(self, key, value):
        """A copy of entries: fancy indexing, or entries that are not float64."""
        if not self.active or getattr(value, "dtype", np.dtype(bool)).kind not in "fc":
            return self.frame.lift(value)
        tape = self.frame
        node = tape.node(Take, value, (self.reference(),), (keep_key(key),))
        node.unique = no_repeats(key)
        return tape.wrap(node, value)

    def _overlaps(self) -> bool:
        return self.path is not None and self.path[2]

    def _real(self):
        return Array(self._value.real, self.node, self.frame, (self.path, REAL, self._overlaps()))

    def _imag(self):
        return Array(self._value.imag, self.node, self.frame, (self.path, IMAG, self._overlaps()))

    def _become(self, other):
        """Take the place of another view of the same storage (``x.shape = …``)."""
        same = other.current() is self.current() and shares_storage(other._value, self._value)
        if self.size and not same:
            raise AttributeError("Incompatible shape for in-place modification. Use `.reshape()` to make a copy.")
        self._value, self.node, self.path = other._value, other.node, other.path
        if hasattr(self, "map"):
            del self.map

    def copy(self, order="C"):
        """As ``numpy.ndarray.copy``."""
        value = self._value.copy(order)
        if not self.active:
            return self.frame.lift(value)
        return self.frame.wrap(self.frame.node(Copy, value, (self.reference(),), ()), value)

    def astype(self, dtype, order="K", casting="unsafe", subok=True, copy=True):
        """As ``numpy.ndarray.astype``; a cast to integers or booleans has no derivative."""
        if not copy and np.dtype(dtype) == self.dtype:
            return self
        return cast(self, dtype)

    # ---- writing

    def __setitem__(self, key, source):
        kind = type(key)
        if kind is int and type(source) in STREAMED and self.path is None and source.frame is self.frame:
            node = self.node
            if node.next is not None:
                node = self.current()
            shape = node.shape
            if len(shape) == 1 and self._value.dtype == float64:
                more = node.extra
                if more is None:
                    more = extra(node)
                if more.pending is None:
                    self._protect(node, True)
                    more.pending = {}
                    more.elements = None
                self._value[key] = source._value
                more.pending[key if key >= 0 else key + shape[0]] = (
                    source if type(source) is Scalar else source._scalar()
                )
                return
        if kind in TRACED_TYPES or kind is list:
            key = index_of(key)
        elif kind is tuple:
            key = tuple([index_of(k) if type(k) in TRACED_TYPES or type(k) is list else k for k in key])
        if type(source) is Array and self._is_self(key, source):
            return
        frame = self.frame
        top = (
            top_trace((source,))
            if type(source) in TRACED_TYPES
            or type(source) in (list, tuple)
            or (type(source) is ndarray and source.dtype == object)
            else None
        )
        if top is not None and top is not frame and top.tag > frame.tag:
            refuse(
                "Writing a value of an inner transform into an array of an outer one",
                "Create the array inside the inner function.",
            )
        if type(source) in (list, tuple) or (type(source) is ndarray and source.dtype == object):
            source = frame.assemble(source) if top is not None else np.asarray(source)
        if not frame.open:
            refuse_dead()
        scalar = type(source)
        if scalar in STREAMED and source.frame is frame and self._value.dtype == float64:
            if self._write_scalar(key, source):
                return
        elif (scalar is float or scalar is float64 or scalar is int) and self._write_constant(key, source):
            return
        self._write(key, source)

    def _is_self(self, key, source) -> bool:
        """Is this the second half of ``x[key] += …``: the view written onto itself?"""
        if source.node is not self.node and source.current() is not self.current():
            return False
        path = source.path
        if path is None or self.path is not path[0] or type(key) is not type(path[1]):
            return False
        step = path[1]
        if step is key:
            return True
        return (
            BASIC.issuperset(map(type, key)) and step == key
            if type(key) is tuple
            else type(key) in BASIC and step == key
        )

    def _single(self, key) -> bool:
        """Does ``key`` name one entry by integers?"""
        if type(key) is int or isinstance(key, np.integer):
            return len(self._value.shape) == 1
        return (
            type(key) is tuple
            and len(key) == len(self._value.shape)
            and all(type(k) is int or isinstance(k, np.integer) for k in key)
        )

    def _whole(self) -> bool:
        """Is an entry of this view an entry of the storage (and not a part of a complex one)?"""
        return type(self._value) is ndarray and not (self.path is not None and through_parts(self.path))

    def _write_scalar(self, key, source) -> bool:
        if not self._single(key) or not self._whole():
            return False
        node = self.current()
        more = extra(node)
        if more.pending is None:
            self._protect(node, True)
            more.pending = {}
            more.elements = None
        self._value[key] = source._value
        more.pending[self._flat(key)] = source if type(source) is Scalar else source._scalar()
        return True

    def _write_constant(self, key, source) -> bool:
        if not self._single(key) or not self._whole():
            return False
        node = self.current()
        if pending_of(node) is None:
            self._protect(node, False)
            if not node.active:
                self._value[key] = source
                return True
            extra(node).pending = {}
            node.extra.elements = None
        self._value[key] = source
        node.extra.pending[self._flat(key)] = self._value.dtype.type(source)
        return True

    def _write(self, key, source) -> None:
        """``self[key] = source`` in general."""
        traced = type(source) in TRACED_TYPES and source.frame is self.frame
        if (
            traced
            and getattr(key, "dtype", None) == np.dtype(bool)
            and np.may_share_memory(template(self), template(source))
        ):
            self._write_overlapping(key, source)
            return
        active = traced and source.active
        if active and self._value.dtype.kind not in "fc":
            refuse(f"Writing into an array of dtype {self._value.dtype}", "Create it with a floating-point dtype.")
        if active and self._overlaps():
            self._refuse_repeats(key)
        node = self.seal()
        if active and self.dtype.kind != "c" and source.dtype.kind == "c":
            source = source.real
        reference = source.reference() if active else None
        node = self.current()
        self._protect(node, active)
        value = source._value if traced else source
        self._value[key] = value
        if not active and not node.active:
            return
        tape = self.frame
        full = self.path is None and (key is Ellipsis or (type(key) is slice and key == slice(None)))
        version = self._version(Write, node)
        version.path = None if full else (self.path, keep_key(key), False)
        version.previous = node if node.active and not full else None
        version.winners = None if no_repeats(key) else winners(self._value.shape, key)
        version.operands = (reference,) if active else ()
        if not active:
            tape.fixed(version, value)
        tape.record(version)

    def _refuse_repeats(self, key) -> None:
        """Refuse to write where one entry is named twice: which of the values stays is up to NumPy."""
        positions = self.positions()[key]
        if np.unique(positions).size < np.size(positions):
            refuse("Writing into a view that overlaps itself", "Write into the array that it is a view of.")

    def _write_overlapping(self, mask, source) -> None:
        """``self[mask] = source``, which NumPy does entry by entry: what was just written may be read.

        The same assignment on numbers in the same memory layout tells where every entry came from.
        """
        node = self.seal()
        if source.current() is not node:
            self._write(mask, source.copy())
            return
        numbers = relayout(np.arange(1, prod(node.shape) + 1).reshape(node.shape), layout_of(node))
        resolve(self.path, numbers)[mask] = resolve(source.path, numbers)
        self._protect(node, node.active)
        self._value[mask] = source._value
        if node.active:
            version = self._version(Rearrangement, node)
            version.saved = (numbers, node)
            self.frame.record(version)

    def _version(self, kind, node):
        version = kind(node.shape)
        if layout_of(node) is not None:
            extra(version).layout = node.extra.layout
        node.next = self.node = version
        return version

    def _protect(self, node, active: bool) -> None:
        """Before the first write into a storage: nodes that saved its memory get copies."""
        if active and type(node) is Borrowed:
            refuse(
                "Writing a traced value into an array from outside the function",
                "Create the array inside the function, or pass it in as an argument and return it.",
            )
        if active and not node.active:
            self.frame.snapshot(node)
        if node.written:
            return
        nodes = self.frame.nodes
        last = node.born if isinstance(node, Input) else 0
        if last >= len(nodes):
            return
        owner = storage_id(self._value)
        oldest = node.block if type(node) is Part else node  # the block was recorded, and saved its results, before
        for position in range(len(nodes) - 1, last - 1, -1):
            record = nodes[position]
            if record.saved and touches(record.saved, owner):
                record.saved = protected(record.saved, owner)
            if record is oldest:
                break

    # ---- in place

    def _inplace(self, ufunc, other):
        """``self op= other``, written into this array's memory."""
        return self._overwrite(call_ufunc(ufunc, self, other))

    def _overwrite(self, result):
        """Write the result of an operation on this array into its memory."""
        if result.shape != self._value.shape:
            raise ValueError(
                f"non-broadcastable output operand with shape {self._value.shape} "
                f"doesn't match the broadcast shape {result.shape}"
            )
        _check_cast(result, self)
        self._write(Ellipsis, result)
        return self

    def _increment(self, other, sign):
        ufunc = np.add if sign > 0 else np.subtract
        kind = type(other)
        if kind not in TRACED_TYPES:
            if kind in (list, tuple) or (kind is ndarray and other.dtype == object):
                return self._inplace(ufunc, other)
            active = False
        elif other.frame is not self.frame:
            if other.frame.tag > self.frame.tag:
                return self._inplace(ufunc, other)
            active = False
        else:
            active = other.active
        if active and self._overlaps():
            self._refuse_repeats(Ellipsis)
        node = self.seal()
        reference = other.reference() if active else None
        if active and not reference[3] and self._value.dtype.kind != "c":
            return self._inplace(ufunc, other)
        node = self.current()
        self._protect(node, active)
        operand = below(other) if kind in TRACED_TYPES and other.frame is self.frame else other
        value = self._value
        if type(value) is ndarray and type(operand) not in TRACED_TYPES:
            ufunc(value, operand, out=value)
        elif sign > 0:
            value += operand
        else:
            value -= operand
        if not active:
            if node.active:
                version = self._version(Increment, node)
                version.path, version.previous, version.sign = self.path, node, sign
                self.frame.fixed(version, operand)
                self.frame.record(version)
            return self
        version = self._version(Increment, node)
        version.path = self.path
        version.previous = node if node.active else None
        version.sign = sign
        version.operands = (reference,)
        self.frame.record(version)
        return self

    def increment_at(self, key, other, sign):
        """As ``numpy.add.at`` (or ``subtract.at``, for a negative sign): an entry named twice is incremented twice."""
        frame = self.frame
        top = top_trace((self, other))
        if top is not frame:
            refuse(
                "numpy.add.at of a value of an inner transform into an array of an outer one",
                "Create the array inside.",
            )
        active = type(other) in TRACED_TYPES and other.frame is frame and other.active
        node = self.seal()
        reference = other.reference() if active else None
        node = self.current()
        self._protect(node, active)
        operand = below(other) if type(other) in TRACED_TYPES and other.frame is frame else other
        (np.add if sign > 0 else np.subtract).at(self._value, key, operand)
        if active or node.active:
            version = self._version(Increment, node)
            version.path, version.previous, version.sign = (
                (self.path, keep_key(key), False),
                node if node.active else None,
                sign,
            )
            version.operands = (reference,) if active else ()
            if not active:
                frame.fixed(version, operand)
            frame.record(version)

    def __iadd__(self, other):
        return self._increment(other, 1)

    def __isub__(self, other):
        return self._increment(other, -1)

    def __ipow__(self, other):
        return self._overwrite(self**other)


def cast(x: Any, dtype: Any) -> Any:
    """``x.astype(dtype)``."""
    dtype = np.dtype(dtype)
    value = x._value.astype(dtype) if hasattr(x._value, "astype") else dtype.type(x._value)
    if dtype.kind == "O":
        refuse("astype(object)", "Keep a floating-point dtype.")
    if dtype.kind not in "fc" or not x.active:
        if dtype.kind not in "fc" and x.frame.guarded:
            return x.frame.inert(converted, (x, dtype), {})
        return x.frame.lift(value) if dtype.kind in "fc" else value
    frame = x.frame
    if value.dtype.kind == "c":
        frame.complex = True
    return frame.wrap(frame.node(Cast, value, (x.reference(),), (x.dtype,)), value)


def converted(x: Any, dtype: np.dtype) -> Any:
    """A plain array or number of another type."""
    return x.astype(dtype)


def _check_cast(result, target) -> None:
    if not np.can_cast(result.dtype, target.dtype, "same_kind"):
        raise np._core._exceptions._UFuncOutputCastingError(np.add, "same_kind", result.dtype, target.dtype, 0)


from adpy.reverse.nodes import (  # noqa: E402
    Borrowed,
    Cast,
    Copy,
    Gather,
    Increment,
    Input,
    Pack,
    Part,
    Rearrangement,
    Take,
    Write,
    extra,
)
from adpy.reverse.scalar import Real, Scalar  # noqa: E402

STREAMED = {Scalar, Real}
"""Types of scalars on a scalar stream."""
