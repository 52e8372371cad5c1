"""Lowering of writes: versions in the memory of those before them; what a derivative reads later is saved first."""

from __future__ import annotations

from typing import Any

from adpy.kernels.opcodes import COPY, OPCODES
from adpy.kernels.table import ADD, FILL, GATHER, OVERWRITE, SCATTER, SET
from adpy.plain import np
from adpy.program import calls
from adpy.program.code import View
from adpy.program.instructions import CONSTANTS
from adpy.program.nodes import Buffer
from adpy.program.versions import written
from adpy.program.views import is_fancy
from adpy.reverse.nodes import Increment, Input, Pack, Rearrangement, Write

__all__ = ["LOWERED"]


def version(lowering: Any, node: Any) -> None:
    """Give a version its memory: that of the version before, or new memory with the initial entries.

    The memory of an input is never written into: sweeps begin with it.
    """
    previous = lowering.before.get(node)
    if previous in lowering.pieces:
        lowering.settled(previous)
    if previous in lowering.wholes and type(previous) is not Input:
        lowering.place(node, lowering.wholes[previous])  # in the memory of the version before it
        return
    out = lowering.allocate(node)
    if type(previous) is Input:
        lowering.emit(COPY, SET, out.shape, out, lowering.wholes[previous])
        return
    initial = previous.initial if type(previous) is Buffer else None
    if initial is None:
        lowering.recorder.fail("a version without a beginning")
    if not initial.any():
        lowering.emit_entries(FILL, out)
    else:
        lowering.emit(COPY, SET, out.shape, out, lowering.constant(initial))


def source_of(lowering: Any, node: Any, region: View, ndim: int | None = None) -> View:
    """What a write or increment adds, with at most ``ndim`` axes; a copy where it overlaps the region."""
    source = lowering.view(node.operands[0] if node.operands else node.saved[0])
    extra = len(source.shape) - (len(region.shape) if ndim is None else ndim)
    if extra > 0:  # axes of length one, which NumPy drops
        source = View(source.offset, source.shape[extra:], source.strides[extra:])
    if node.operands and lowering.count <= source.offset < CONSTANTS:
        low, high = source.interval
        first, last = region.interval
        if low <= last and first <= high:
            copy = lowering.temporary(source.shape)
            lowering.emit(COPY, SET, copy.shape, copy, source)
            return copy
    return source


def write(lowering: Any, node: Write) -> None:
    """``storage[path] = source``."""
    if node.path is None:
        out = lowering.allocate(node)
        lowering.emit(COPY, SET, out.shape, out, source_of(lowering, node, out))
        return
    if not is_fancy(node.path[1]) and written(lowering, node, lowering.before.get(node)):
        return
    version(lowering, node)
    whole = lowering.wholes[node]
    parent, key, _ = node.path
    if is_fancy(key):
        write_at(lowering, node, whole, parent, key)
        return
    region = lowering.follow(whole, node.path)
    source = source_of(lowering, node, region)
    lowering.save(region)
    lowering.emit(COPY, OVERWRITE, region.shape, region, source)


def write_at(lowering: Any, node: Write, whole: View, parent: Any, key: Any) -> None:
    """A write through an index array."""
    holder = whole if parent is None else lowering.follow(whole, parent)
    targets = holder.addresses()[key]
    source = source_of(lowering, node, holder, targets.ndim)
    sources = np.broadcast_to(source.addresses(), targets.shape)
    if node.winners is not None:
        targets, sources = targets[node.winners], sources[node.winners]
    targets = np.ascontiguousarray(targets).reshape(-1)
    lowering.save_at(targets)
    lowering.emit_places(SCATTER, 0, np.ascontiguousarray(sources).reshape(-1), targets)


def increment(lowering: Any, node: Increment) -> None:
    """``storage[path] += source``."""
    if (node.path is None or not is_fancy(node.path[1])) and written(lowering, node, lowering.before.get(node)):
        return
    version(lowering, node)
    whole = lowering.wholes[node]
    if node.path is not None and is_fancy(node.path[1]):
        parent, key, _ = node.path
        increment_at(lowering, node, whole if parent is None else lowering.follow(whole, parent), key)
        return
    region = whole if node.path is None else lowering.follow(whole, node.path)
    source = source_of(lowering, node, region)
    lowering.save(region)
    lowering.emit(COPY if node.sign > 0 else OPCODES[np.negative], ADD, region.shape, region, source)


def increment_at(lowering: Any, node: Increment, holder: View, key: Any) -> None:
    """``numpy.add.at``: an entry named twice is incremented twice."""
    targets = holder.addresses()[key]
    source = node.saved[0].value if not node.operands else source_of(lowering, node, holder, targets.ndim)
    lowering.save_at(np.unique(targets))
    lowering.emit_call(calls.IncrementAt(holder, source, targets, node.sign))


def rearrangement(lowering: Any, node: Rearrangement) -> None:
    """Entries of a version moved to other places of it."""
    version(lowering, node)
    numbers = node.saved[0]
    changed = np.flatnonzero(numbers.reshape(-1) != np.arange(1, numbers.size + 1))
    addresses = lowering.wholes[node].addresses().reshape(-1)
    sources, targets = addresses[numbers.reshape(-1)[changed] - 1], addresses[changed]
    moved = lowering.temporary(sources.shape)
    lowering.emit_places(GATHER, moved.offset, sources)
    lowering.save_at(targets)
    lowering.emit_places(SCATTER, 0, moved.addresses(), targets)


def pack(lowering: Any, node: Pack) -> None:
    """Entries written one by one."""
    positions, addresses, _ = node.saved
    version(lowering, node)
    whole = lowering.wholes[node]
    targets = whole.addresses().reshape(-1)[positions]
    lowering.save_at(targets)
    lowering.emit_places(SCATTER, 0, lowering.recorded(addresses), targets)


LOWERED = {Write: write, Increment: increment, Pack: pack, Rearrangement: rearrangement}
"""How nodes that write are lowered."""
