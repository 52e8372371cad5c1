"""Nodes: the array records of a tape, each with its pullback.

A node stands for one version of one storage.  An in-place write makes a new version; versions are chained by ``next``,
so every view finds the current one.  During a sweep ``bar`` holds the cotangent of the version until the node is
pulled.

A reference to an operand is a tuple ``(target, path, shape, is_real)``: the target is a node, or the integer address of
a scalar; ``path`` leads from the storage to the view (see :mod:`adpy.reverse.paths`).
"""

from __future__ import annotations

from typing import Any

from adpy.errors import RuleError
from adpy.plain import np
from adpy.reverse.paths import resolve

__all__ = [
    "BlockNode",
    "Elementwise",
    "Gather",
    "Increment",
    "Borrowed",
    "Constant",
    "Extra",
    "Flush",
    "Input",
    "Node",
    "Outlet",
    "Pack",
    "Rearrangement",
    "Take",
    "Write",
    "extra",
]


class Node:
    """One version of one storage.

    Attributes
    ----------
    shape : tuple of int
        Shape of the whole storage.
    bar : ndarray or None
        Cotangent, during a sweep.
    next : Node or None
        The version that replaced this one.
    extra : Extra or None
        What few nodes need.
    mark : int
        Length of the scalar stream when the node was recorded: the position in time.
    operands : tuple
        References.
    saved : tuple
        Primal values that the pullback reads.
    active : bool
        Does the storage carry derivatives?
    written : bool
        Was the storage written into to make this version?
    """

    __slots__ = ("bar", "extra", "mark", "next", "operands", "saved", "shape")
    active = True
    written = False

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self.bar = self.next = self.extra = None
        self.mark = 0
        self.saved = self.operands = ()

    def pull(self, bar: Any, sweep: Any) -> None:
        """Distribute ``bar`` to the operands."""


class Extra:
    """What few nodes need.

    Attributes
    ----------
    home : int or None
        First address (negative) of the entries, once an entry was read as a scalar.
    elements : dict or None
        Scalars already handed out for entries of this version: index as written → scalar.
    pending : dict or None
        Scalars written into entries since this version was made: flat index → scalar.
    layout : tuple or None
        Axes of the storage from the slowest to the fastest, where a path depends on them.
    """

    __slots__ = ("elements", "home", "layout", "pending")

    def __init__(self) -> None:
        self.elements = self.home = self.layout = self.pending = None


def extra(node: Node) -> Extra:
    """The extra of a node, made if there is none."""
    if node.extra is None:
        node.extra = Extra()
    return node.extra


class Input(Node):
    """An independent variable."""

    __slots__ = ("born",)

    def __init__(self, shape: tuple[int, ...], born: int) -> None:
        Node.__init__(self, shape)
        self.born = born


class Constant(Input):
    """A storage without derivatives, made when the tape had ``born`` nodes."""

    __slots__ = ()
    active = False


class Borrowed(Constant):
    """An array of the user's from outside the function, over its own memory."""

    __slots__ = ()


class Outlet(Node):
    """Stands behind a node whose result is one scalar: takes the scalar's adjoint to the node."""

    __slots__ = ("address", "node")

    def __init__(self, node: Node, address: int, mark: int) -> None:
        Node.__init__(self, ())
        self.node, self.address, self.mark = node, address, mark


class Flush(Node):
    """Marks where the scalar stream was moved to a compact chunk: positions before it count from the chunk's start."""

    __slots__ = ()


class Elementwise(Node):
    """A ufunc: ``operands`` holds pairs of a reference and its :class:`~adpy.rules.slicing.Partial`."""

    __slots__ = ()

    def pull(self, bar, sweep):
        saved = self.saved
        free = True
        for reference, partial in self.operands:
            constant = partial.constant
            if constant is None:
                weight = partial.function(*saved)
                if sweep.careful:
                    contribution = sweep.product(weight, bar)
                else:
                    contribution = weight * bar
                sweep.add(reference, contribution, True)
            elif constant == 1.0:
                sweep.add(reference, bar, free)
                free = False
            else:
                sweep.add(reference, bar * constant, True)


class Conjugate(Node):
    """Complex conjugation, which is linear over the reals only."""

    __slots__ = ()

    def pull(self, bar, sweep):
        sweep.add(self.operands[0], np.conjugate(bar), True)


class BlockNode(Node):
    """A block row: ``saved`` is ``(row, values, static, y)``; operands may be lists of references.

    A row with several results has one ``Part`` node for each; they deliver into ``parts``.
    """

    __slots__ = ("needs", "parts")

    def pull(self, bar, sweep):
        row, values, static, y = self.saved
        if self.parts is not None:
            bar, self.parts = tuple(self.parts), [None] * len(self.parts)
            bar = type(y)(*bar) if hasattr(y, "_fields") else bar
        with sweep.lowered():
            bars = row.vjp(bar, y, self.needs, *values, **static)
        if not isinstance(bars, tuple) or len(bars) != len(self.operands):
            raise RuleError(f"vjp of {row.name}: expected a tuple of {len(self.operands)} bars, got {bars!r}")
        seen = []
        for reference, contribution in zip(self.operands, bars, strict=True):
            if reference is None:
                continue
            if type(reference) is list:
                for r, c in zip(reference, contribution, strict=True):
                    if r is not None and c is not None:
                        self._deliver(r, c, bar, sweep, seen, row)
            elif contribution is not None:
                self._deliver(reference, contribution, bar, sweep, seen, row)

    @staticmethod
    def _deliver(reference, contribution, bar, sweep, seen, row):
        own = _fresh(contribution) and not any(contribution is s for s in seen)
        seen.append(contribution)
        if np.shape(contribution) != reference[2]:
            try:
                np.broadcast_shapes(np.shape(contribution), reference[2])
            except ValueError:
                raise RuleError(
                    f"vjp of {row.name}: expected a bar of shape {reference[2]}, got {np.shape(contribution)}"
                ) from None
        sweep.add(reference, contribution, own)


class Part(Node):
    """One of several results of a block."""

    __slots__ = ("block", "position")

    def pull(self, bar, sweep):
        self.block.parts[self.position] = bar
        self.block.bar = _HIT


_HIT = True


class Gather(Node):
    """Entries moved by a structural function: ``saved[0]`` holds for every result entry its source, 0 for constants.

    Operands are pairs ``(reference, start)``: the entries of an operand are numbered from ``start``, from 1 on.
    """

    __slots__ = ()

    def pull(self, bar, sweep):
        sources, total = self.saved
        flat = sweep.scatter(sources, bar, total)
        for reference, start in self.operands:
            shape = reference[2]
            size = 1
            for n in shape:
                size *= n
            sweep.add(reference, flat[start : start + size].reshape(shape), False)


class Moved(Node):
    """Entries moved by a structural row with its own ``transpose``: ``saved`` is ``(row, values, static)``."""

    __slots__ = ()

    def pull(self, bar, sweep):
        row, shapes, static = self.saved
        if row.accumulate is not None and not sweep.careful:
            target, path, _, _ = self.operands[0]
            if path is None and type(target.bar) is np.ndarray and type(bar) is np.ndarray:
                row.accumulate(target.bar, bar, **static)
                return
        with sweep.lowered():
            bars = row.transpose(bar, shapes, **static)
        for reference, contribution in zip(self.operands, bars, strict=True):
            if type(reference) is list:
                for r, c in zip(reference, contribution, strict=True):
                    if r is not None:
                        sweep.add(r, c, False)
            elif reference is not None and contribution is not None:
                sweep.add(reference, contribution, contribution is not bar and _fresh(contribution))


def _fresh(x: Any) -> bool:
    """Is ``x`` an array with memory of its own?"""
    return type(x) is np.ndarray and x.base is None and x.flags.writeable


class Take(Node):
    """Fancy indexing ``x[key]``: a copy of entries of one operand."""

    __slots__ = ("unique",)

    def pull(self, bar, sweep):
        sweep.add_at(self.operands[0], self.saved[0], bar, self.unique)


class Copy(Node):
    """A copy: the bar passes through."""

    __slots__ = ()

    def pull(self, bar, sweep):
        sweep.add(self.operands[0], bar, True)


class Cast(Node):
    """A change of dtype: the bar is cast back by the reference."""

    __slots__ = ()

    def pull(self, bar, sweep):
        dtype = self.saved[0]
        sweep.add(
            self.operands[0], (bar.real if bar.dtype.kind == "c" and dtype.kind != "c" else bar).astype(dtype), True
        )


class Pack(Node):
    """A version whose entries were written one by one: pairs (flat index, address) over the previous version."""

    __slots__ = ()
    written = True

    def pull(self, bar, sweep):
        positions, addresses, previous = self.saved
        flat = bar.reshape(-1)
        sweep.scatter_scalars(addresses, flat[positions])
        if previous is not None:
            bar = sweep.own(bar)
            bar.reshape(-1)[positions] = 0
            sweep.pass_on(previous, bar)


class Write(Node):
    """A version made by ``storage[path] = source``."""

    __slots__ = ("path", "previous", "winners")
    written = True

    def pull(self, bar, sweep):
        source = self.operands[0] if self.operands else None
        if self.path is None:
            if source is not None:
                sweep.add(source, bar, True)
            return
        bar = sweep.layout(bar, self)
        if source is not None:
            region = resolve(self.path, bar)
            if self.winners is not None:
                region = np.where(self.winners, region, 0)
            sweep.add(source, sweep.copy(region), True)
        if self.previous is not None:
            sweep.clear(self.path, bar)
            sweep.pass_on(self.previous, bar)


class Rearrangement(Node):
    """A version whose entries come from entries of the version before it: ``saved[0]`` numbers these, from 1 on."""

    __slots__ = ()
    written = True

    def pull(self, bar, sweep):
        sources, previous = self.saved
        flat = sweep.scatter(sources, bar, sources.size + 1)
        sweep.pass_on(previous, flat[1:].reshape(self.shape))


class Increment(Node):
    """A version made by ``storage[path] += source`` (or ``-=``): the storage keeps its bar."""

    __slots__ = ("path", "previous", "sign")
    written = True

    def pull(self, bar, sweep):
        if self.operands:
            region = bar if self.path is None else resolve(self.path, sweep.layout(bar, self))
            sweep.add(self.operands[0], region if self.sign > 0 else -region, self.sign < 0)
        if self.previous is not None:
            sweep.pass_on(self.previous, bar)
