"""Lowering: from the nodes of a recording to code over one flat memory.

Views need no instruction: they are an offset and strides.  Functions that move entries are run once, on addresses.
Versions of a storage share its memory; what an instruction overwrites is saved first, if a derivative reads it later.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from math import prod
from typing import Any

from adpy.kernels.opcodes import COPY, OPCODES
from adpy.plain import np
from adpy.program import calls, products
from adpy.program.code import COLUMNS, SCRATCH, TILE, Code, View
from adpy.program.grouping import Elementwise, Group, Storages, assign, axes_of, form, rows_of
from adpy.program.nodes import Assembled, Buffer, Check, Fixed, Operation, Rearranged
from adpy.program.recorder import Recorder
from adpy.reverse.nodes import (
    BlockNode,
    Cast,
    Copy,
    Flush,
    Gather,
    Increment,
    Input,
    Pack,
    Part,
    Rearrangement,
    Take,
    Write,
)
from adpy.reverse.paths import Step, resolve
from adpy.reverse.storage import layout_of

__all__ = ["Lowering", "lower"]

RUN, FILL, GATHER, SCATTER, SAVE, SAVE_AT, CALL = -1, -2, -3, -4, -5, -6, -7
SET, ADD, OVERWRITE = 0, 1, 2
CONSTANTS = 1 << 50
"""Addresses of constants count from here until the number of other addresses is known."""

_BASIC = frozenset([int, slice, type(None), type(Ellipsis)])

LINEAR = frozenset([COPY, *[OPCODES[f] for f in (np.add, np.subtract, np.negative)]])
"""Opcodes whose partials read no values."""


def lower(recorder: Recorder, outputs: Sequence) -> Code:
    """The code of a recording.

    Parameters
    ----------
    recorder : Recorder
    outputs : sequence
        References of the results.
    """
    return Lowering(recorder).run(outputs)


class Lowering:
    """State of one lowering."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.count = recorder.count
        self.top = self.count
        self.constant_top = CONSTANTS
        self.items: list[Any] = []
        self.starts: list[int] = []
        self.places: list[np.ndarray] = []
        self.placed = 0
        self.constants: dict[int, tuple[int, np.ndarray, Any]] = {}
        self.wholes: dict[Any, View] = {}
        storages = (*recorder.storages, *recorder.buffers, *recorder.nodes)
        self.before = {node.next: node for node in storages if node.next is not None}
        self.homes: list[tuple[int, int, View]] = []
        self.numbers: dict[Any, Any] = {}
        self.overwritten: list[int] = []
        self.saved: set[View] = set()
        self.read: dict[int, set[tuple[int, int]]] = {}
        self.parts: dict[Any, dict[int, Any]] = {}
        for node in recorder.nodes:
            if type(node) is Part:
                self.parts.setdefault(node.block, {})[node.position] = node

    def run(self, outputs: Sequence) -> Code:
        """Lower everything."""
        recorder = self.recorder
        inputs = []
        for node in recorder.storages:
            self.allocate(node)
        for target, _, _, _ in recorder.inputs:
            inputs.append(View(target, (), ()) if type(target) is int else self.wholes[target])
        base = done = 0
        for node in recorder.nodes:
            position = (base + node.mark) // 4
            if position > done:
                self.emit_run(done, position)
                done = position
            if type(node) is Flush:
                base += node.mark
            else:
                _LOWER[type(node)](self, node) if type(node) in _LOWER else recorder.fail(type(node).__name__)
        if done < self.count:
            self.emit_run(done, self.count)
        results = [self.view(reference) for reference in outputs]
        return self.finish(inputs, results)

    def finish(self, inputs: list[View], outputs: list[View]) -> Code:
        """Tables as arrays, constants where they belong."""
        rows, heads, found, scratch, tile = self.grouped(outputs)
        active = self.top
        table = np.array(rows, np.int64).reshape(-1, COLUMNS)
        for column in (9, 13):
            constant = table[:, column] >= CONSTANTS
            table[constant, column] += active - CONSTANTS
        places = np.concatenate(self.places) if self.places else np.zeros(0, np.int64)
        places[places >= CONSTANTS] += active - CONSTANTS
        ops, firsts, seconds, values = self.recorder.table()
        self.resolve_homes(firsts)
        constants = [(start + active - CONSTANTS, values) for start, values, _ in self.constants.values()]
        size = active + self.constant_top - CONSTANTS
        return Code(
            *(table, np.array(heads, np.int64), places, ops, firsts, seconds, active, size, scratch, tile, found),
            *(values, constants, inputs, outputs, self.guards()),
        )

    def grouped(self, outputs: list[View]) -> tuple[list, list, dict, int, int]:
        """Rows of the table, first row of every instruction, calls by number of instruction, scratch and tile."""
        storages = Storages([*self.starts, CONSTANTS])
        items = form(self.items, storages)
        groups = [item for item in items if type(item) is Group]
        tile = min(TILE, max([prod(m.shape) for g in groups for m in g.members[:1]], default=0))
        scratch = self.top
        base = scratch + SCRATCH * tile
        self.top = assign(groups, storages, self.escaping(items, outputs, storages), self.steady, base, tile)
        rows, heads, found = [], [], {}
        for item in items:
            if type(item) is Group:
                for instruction in rows_of(item):
                    heads.append(len(rows))
                    rows += instruction
                continue
            if type(item) is not list:
                found[len(heads)] = item
            heads.append(len(rows))
            rows.append(item if type(item) is list else [CALL, *[0] * (COLUMNS - 1)])
        return rows, heads, found, scratch, tile

    def escaping(self, items: list, outputs: list[View], storages: Storages) -> set[int]:
        """Storages that are read by other than elementwise instructions, or written in place."""
        views = [*outputs, *[view for _, _, view in self.homes]]
        for item in items:
            if type(item) is list:
                views.append(View(item[9] if item[0] == SAVE else item[5], (), ()))
            elif type(item) is not Group:
                views += [*calls.views_in(item.operands), *item.outs]
        found = {storages.of(view.offset) for view in views if view is not None}
        found.update(storages.of(address) for address in self.overwritten)
        for places in self.places:
            found.update(storages.all_of(places))
        return found

    def guards(self) -> tuple[np.ndarray, np.ndarray]:
        """Addresses and values of the scalars that decided."""
        found = self.recorder.guards
        return np.array([a for a, _ in found], np.int64), np.array([value for _, value in found], float)

    def resolve_homes(self, addresses: np.ndarray) -> None:
        """Addresses below zero become those of the entries."""
        entries = np.flatnonzero(addresses < 0)
        if not entries.size:
            return
        homes = sorted(self.homes)
        starts = np.array([home for home, _, _ in homes])
        found = np.searchsorted(starts, addresses[entries], "right") - 1
        shift = np.array([view.offset for _, _, view in homes]) - starts
        for k, (start, _, view) in enumerate(homes):
            if view.strides != _c_strides(view.shape):
                inside = entries[found == k]
                addresses[inside] = view.addresses().reshape(-1)[addresses[inside] - start] - shift[k]
        addresses[entries] += shift[found]

    # ---- memory

    def allocate(self, node: Any) -> View:
        """Memory for a new storage."""
        address = self.recorder.outlets.get(node)
        if address is None:
            address = self.top
            self.starts.append(address)
            self.top += max(1, prod(node.shape))
            if node.next is not None:
                self.overwritten += [address, self.top]
        return self.place(node, View(address, node.shape, _strides_of(node)))

    def place(self, node: Any, whole: View) -> View:
        """Remember where a node is, and where its entries are that were read as scalars."""
        self.wholes[node] = whole
        if node.extra is not None and node.extra.home is not None:
            self.homes.append((node.extra.home, len(self.homes), whole))
        return whole

    def temporary(self, shape: tuple[int, ...]) -> View:
        """Memory for an intermediate result."""
        offset = self.top
        self.starts.append(offset)
        self.top += max(1, prod(shape))
        return View(offset, tuple(shape), _c_strides(shape))

    def constant(self, value: Any) -> View:
        """Memory of a constant."""
        if type(value) is float or type(value) is int:
            value = self.numbers.setdefault(value or str(value), value)
        array = np.asarray(value)
        if array.dtype.kind not in "fiub":
            self.recorder.fail(f"a constant of dtype {array.dtype}")
        found = self.constants.get(id(value))
        if found is None or found[2] is not value:
            flat = np.ascontiguousarray(array, np.float64)
            found = self.constants[id(value)] = (self.constant_top, flat, value)
            self.constant_top += max(1, flat.size)
        return View(found[0], array.shape, _c_strides(array.shape))

    def view(self, operand: Any) -> View:
        """Where an operand is."""
        if type(operand) is Fixed:
            return self.constant(operand.value)
        target, path, _, _ = operand
        if type(target) is int:
            return View(target, (), ()) if target >= 0 else self.recorder.fail("an entry outside the stream")
        return self.follow(self.wholes[target], path)

    def follow(self, whole: View, path: tuple | None) -> View:
        """The view at the end of a path."""
        if path is None:
            return whole
        if type(path[1]) is not Step:
            found = _indexed(self.follow(whole, path[0]), path[1])
            if found is not None:
                return found
        span = max(1, prod(whole.shape))
        storage = np.empty(span)  # never touched: only its addresses are read
        array = np.ndarray(whole.shape, np.float64, storage, 0, [8 * s for s in whole.strides])
        found = resolve(path, array)
        if isinstance(found, np.float64):
            found = resolve(path[0], array)[_as_slices(path[1])].reshape(())
        start = found.__array_interface__["data"][0] - storage.__array_interface__["data"][0]
        if found.size and not 0 <= start < 8 * span:
            self.recorder.fail("a view that is a copy")
        return View(whole.offset + start // 8, found.shape, tuple([s // 8 for s in found.strides]))

    # ---- instructions

    def emit_run(self, low: int, high: int) -> None:
        """Scalar operations."""
        self.items.append([RUN, 0, low, high, *[0] * (COLUMNS - 4)])

    def emit(self, op: int, mode: int, shape: tuple, out: View, *operands: View) -> None:
        """An elementwise instruction over ``shape``; operands are broadcast to it."""
        if 0 not in shape:
            self.items.append(Elementwise(op, mode, tuple(shape), out, operands))

    def emit_entries(self, op: int, out: View, source: View | None = None) -> None:
        """Zeros, or a copy to be restored: entry by entry, not part of a group."""
        axes = axes_of(out.shape, [out, source or out])
        if 0 in out.shape:
            return
        outer, axes = axes[:-3], [(1, 0, 0)] * (3 - len(axes)) + axes[-3:]
        for index in np.ndindex(*[axis[0] for axis in outer]):
            first, second = [sum(i * axis[k] for i, axis in zip(index, outer, strict=True)) for k in (1, 2)]
            row = [op, 0, *[axis[0] for axis in axes], out.offset + first, *[axis[1] for axis in axes]]
            row += [(source or out).offset + second, *[axis[2] for axis in axes]]
            self.items.append([*row, *[0] * (COLUMNS - len(row))])

    def emit_call(self, call: Any) -> None:
        """An instruction in Python."""
        self.items.append(call)

    def emit_places(self, op: int, out: int, sources: np.ndarray, targets: np.ndarray | None = None) -> None:
        """A gather or scatter."""
        row = [op, 0, 1, 1, sources.size, out, 0, 0, 1, self.placed, *[0] * (COLUMNS - 10)]
        self.places.append(sources)
        self.placed += sources.size
        if targets is not None:
            row[13] = self.placed
            self.places.append(targets)
            self.placed += targets.size
        self.items.append(row)

    def emit_moves(self, out: View, sources: np.ndarray) -> None:
        """A fresh array whose entries come from addresses: as few copies of runs in one storage, or a gather."""
        order = sorted(range(len(out.shape)), key=lambda axis: -out.strides[axis])
        sources = np.ascontiguousarray(np.reshape(sources, out.shape).transpose(order), np.int64).reshape(-1)
        if not sources.size:
            return
        breaks = np.flatnonzero((np.diff(sources) != 1) | np.isin(sources[1:], self.starts)) + 1
        if breaks.size > max(3, sources.size // 64):
            self.emit_places(GATHER, out.offset, sources)
            return
        starts = [0, *breaks.tolist(), sources.size]
        for low, high in zip(starts, starts[1:], strict=False):
            run = View(out.offset + low, (high - low,), (1,))
            self.emit(COPY, SET, run.shape, run, View(int(sources[low]), run.shape, (1,)))

    # ---- what is overwritten

    def needs(self, *views: View) -> None:
        """Derivatives read these values: they must be there when a sweep comes back."""
        for view in views:
            place = bisect_right(self.overwritten, view.offset)
            if place % 2 and view.offset < CONSTANTS:
                self.read.setdefault(place, set()).add(view.interval)
                self.saved.add(view)

    def steady(self, view: View) -> bool:
        """Does a sweep that comes back find the entries of a view as they were when it was read?"""
        return view.offset >= CONSTANTS or bisect_right(self.overwritten, view.offset) % 2 == 0 or view in self.saved

    def is_needed(self, low: int, high: int) -> bool:
        """Does a derivative read anything between two addresses of one storage?"""
        read = self.read.get(bisect_right(self.overwritten, low), ())
        return any(a <= high and low <= b for a, b in read)

    def save(self, region: View) -> None:
        """Save what the next instruction overwrites."""
        if self.is_needed(*region.interval):
            kept = self.temporary(region.shape)
            self.emit_entries(SAVE, kept, region)

    def save_at(self, targets: np.ndarray) -> None:
        """As :meth:`save`, for entries at addresses."""
        if targets.size and self.is_needed(int(targets.min()), int(targets.max())):
            kept = self.temporary(targets.shape)
            self.emit_places(SAVE_AT, kept.offset, targets)

    # ---- nodes

    def operation(self, node: Operation) -> None:
        """An elementwise row."""
        row, settings, named = node.saved
        out = self.allocate(node)
        op = OPCODES.get(row.function)
        operands = node.operands
        if op is None or len(operands) > 2:
            self.emit_call(calls.ElementwiseCall(row, [self.value_of(x) for x in operands], out, settings, named))
            self.needs(out, *[self.view(x) for x in operands if type(x) is tuple])
            return
        if row.function is np.power and type(operands[1]) is Fixed and np.ndim(operands[1].value) == 0:
            if operands[1].value == 2:
                op, operands = OPCODES[np.square], operands[:1]
        views = [self.view(x) for x in operands]
        self.emit(op, SET, out.shape, out, *views)
        if op not in LINEAR and (op != OPCODES[np.multiply] or all(type(x) is tuple for x in operands)):
            self.needs(out, *views)

    def value_of(self, operand: Any) -> Any:
        """An operand of a call: a view, or the constant itself."""
        if type(operand) is list:
            return [self.value_of(x) for x in operand]
        return operand.value if type(operand) is Fixed else self.view(operand)

    def block(self, node: BlockNode) -> None:
        """A block row."""
        row, saved, static, y = node.saved
        if node.parts is None and products.lowered(self, node, row, saved, static):
            return
        operands = [
            saved[i] if reference is None else self.block_operand(reference, saved[i])
            for i, reference in enumerate(node.operands)
        ]
        if node.parts is None:
            outs, plain = [self.allocate(node)], [None]
        else:
            parts = self.parts.get(node, {})
            outs = [self.allocate(parts[i]) if i in parts else None for i in range(len(y))]
            plain = [None if i in parts else part for i, part in enumerate(y)]
        several = node.parts is not None
        self.emit_call(calls.BlockCall(row, operands, node.needs, static, outs, plain, several, type(y)))
        self.needs(*[v for v in outs if v is not None], *calls.views_in(operands))

    def block_operand(self, reference: Any, saved: Any) -> Any:
        """An operand of a block."""
        if type(reference) is list:
            return [s if r is None else self.view(r) for r, s in zip(reference, saved, strict=True)]
        return self.view(reference)

    def check(self, node: Check) -> None:
        """A decision, taken again in Python."""
        function, kwargs, outcome = node.saved
        operands = [self.argument(x) for x in node.operands]
        self.emit_call(calls.Check(function, operands, {k: self.argument(x) for k, x in kwargs.items()}, outcome))

    def argument(self, x: Any) -> Any:
        """An argument of a check."""
        if type(x) is list:
            return [self.argument(item) for item in x]
        return self.view(x) if type(x) is tuple else x.value if type(x) is Fixed else x

    def part(self, node: Part) -> None:
        """One of several results: its block has made it."""

    def copy(self, node: Copy) -> None:
        """A copy of an operand."""
        out = self.allocate(node)
        self.emit(COPY, SET, out.shape, out, self.view(node.operands[0]))

    def cast(self, node: Cast) -> None:
        """A cast from float64 to float64."""
        self.copy(node)

    def take(self, node: Take) -> None:
        """Fancy indexing."""
        out = self.allocate(node)
        self.emit_moves(out, self.view(node.operands[0]).addresses()[node.saved[0]])

    def gather(self, node: Gather) -> None:
        """Entries by number."""
        sources, total = node.saved
        addresses = np.zeros(total, np.int64)
        for reference, start in node.operands:
            flat = self.view(reference).addresses().reshape(-1)
            addresses[start : start + flat.size] = flat
        out = self.allocate(node)
        self.emit_moves(out, addresses[np.asarray(sources)])

    def rearranged(self, node: Rearranged) -> None:
        """A structural function, run on addresses."""
        bind, static, part = node.saved
        sources = bind.apply(tuple([self.addresses_of(x) for x in node.operands]), static)
        out = self.allocate(node)
        self.emit_moves(out, sources if part is None else sources[part])

    def addresses_of(self, operand: Any) -> Any:
        """Addresses of the entries of an operand; what is no number stays."""
        if type(operand) is list:
            return [self.addresses_of(x) for x in operand]
        if type(operand) is Fixed:
            dtype = getattr(operand.value, "dtype", None)
            if dtype is not None and dtype.kind == "b":
                return operand.value
        return self.view(operand).addresses()

    def assembled(self, node: Assembled) -> None:
        """An array of scalars and arrays."""
        addresses = [x[0] if type(x) is tuple and type(x[0]) is int else None for x in node.operands]
        if None in addresses:
            addresses = np.concatenate([self.view(x).addresses().reshape(-1) for x in node.operands])
        out = self.allocate(node)
        self.emit_moves(out, np.array(addresses, np.int64))

    def version(self, node: Any) -> Any:
        """Give a version its memory: that of the version before, or new memory with the initial entries.

        The memory of an input is never written into: sweeps begin with it.
        """
        previous = self.before.get(node)
        if previous in self.wholes and type(previous) is not Input:
            self.place(node, self.wholes[previous])  # in the memory of the version before it
            return
        out = self.allocate(node)
        if type(previous) is Input:
            self.emit(COPY, SET, out.shape, out, self.wholes[previous])
            return
        initial = previous.initial if type(previous) is Buffer else None
        if initial is None:
            self.recorder.fail("a version without a beginning")
        if not initial.any():
            self.emit_entries(FILL, out)
        else:
            self.emit(COPY, SET, out.shape, out, self.constant(initial))

    def source_of(self, node: Any, region: View, ndim: int | None = None) -> View:
        """What a write or increment adds, with at most ``ndim`` axes; a copy where it overlaps the region."""
        source = self.view(node.operands[0] if node.operands else node.saved[0])
        extra = len(source.shape) - (len(region.shape) if ndim is None else ndim)
        if extra > 0:  # axes of length one, which NumPy drops
            source = View(source.offset, source.shape[extra:], source.strides[extra:])
        if node.operands and self.count <= source.offset < CONSTANTS:
            low, high = source.interval
            first, last = region.interval
            if low <= last and first <= high:
                copy = self.temporary(source.shape)
                self.emit(COPY, SET, copy.shape, copy, source)
                return copy
        return source

    def write(self, node: Write) -> None:
        """``storage[path] = source``."""
        if node.path is None:
            out = self.allocate(node)
            self.emit(COPY, SET, out.shape, out, self.source_of(node, out))
            return
        self.version(node)
        whole = self.wholes[node]
        parent, key, _ = node.path
        if _is_fancy(key):
            self.write_at(node, whole, parent, key)
            return
        region = self.follow(whole, node.path)
        source = self.source_of(node, region)
        self.save(region)
        self.emit(COPY, OVERWRITE, region.shape, region, source)

    def write_at(self, node: Write, whole: View, parent: Any, key: Any) -> None:
        """A write through an index array."""
        holder = whole if parent is None else self.follow(whole, parent)
        targets = holder.addresses()[key]
        source = self.source_of(node, holder, targets.ndim)
        sources = np.broadcast_to(source.addresses(), targets.shape)
        if node.winners is not None:
            targets, sources = targets[node.winners], sources[node.winners]
        targets = np.ascontiguousarray(targets).reshape(-1)
        self.save_at(targets)
        self.emit_places(SCATTER, 0, np.ascontiguousarray(sources).reshape(-1), targets)

    def increment(self, node: Increment) -> None:
        """``storage[path] += source``."""
        self.version(node)
        whole = self.wholes[node]
        if node.path is not None and _is_fancy(node.path[1]):
            parent, key, _ = node.path
            self.increment_at(node, whole if parent is None else self.follow(whole, parent), key)
            return
        region = whole if node.path is None else self.follow(whole, node.path)
        source = self.source_of(node, region)
        self.save(region)
        self.emit(COPY if node.sign > 0 else OPCODES[np.negative], ADD, region.shape, region, source)

    def increment_at(self, node: Increment, holder: View, key: Any) -> None:
        """``numpy.add.at``: an entry named twice is incremented twice."""
        targets = holder.addresses()[key]
        source = node.saved[0].value if not node.operands else self.source_of(node, holder, targets.ndim)
        self.save_at(np.unique(targets))
        self.emit_call(calls.IncrementAt(holder, source, targets, node.sign))

    def rearrangement(self, node: Rearrangement) -> None:
        """Entries of a version moved to other places of it."""
        self.version(node)
        numbers = node.saved[0]
        changed = np.flatnonzero(numbers.reshape(-1) != np.arange(1, numbers.size + 1))
        addresses = self.wholes[node].addresses().reshape(-1)
        sources, targets = addresses[numbers.reshape(-1)[changed] - 1], addresses[changed]
        moved = self.temporary(sources.shape)
        self.emit_places(GATHER, moved.offset, sources)
        self.save_at(targets)
        self.emit_places(SCATTER, 0, moved.addresses(), targets)

    def pack(self, node: Pack) -> None:
        """Entries written one by one."""
        positions, addresses, _ = node.saved
        self.version(node)
        whole = self.wholes[node]
        targets = whole.addresses().reshape(-1)[positions]
        self.save_at(targets)
        self.emit_places(SCATTER, 0, np.array(addresses, np.int64), targets)


def _c_strides(shape: Sequence[int]) -> tuple[int, ...]:
    strides, step = [], 1
    for n in reversed(shape):
        strides.append(step)
        step *= n
    return tuple(reversed(strides))


def _strides_of(node: Any) -> tuple[int, ...]:
    """Strides of a storage: its order of axes is noted with a version, once a view depends on it."""
    shape, layout, version = node.shape, None, node
    if len(shape) > 1:
        while version is not None and layout is None:
            layout, version = layout_of(version), version.next
    if layout is None or layout == tuple(range(len(shape))):
        return _c_strides(shape)
    strides, step = [0] * len(shape), 1
    for axis in reversed(layout):
        strides[axis] = step
        step *= shape[axis]
    return tuple(strides)


def _indexed(view: View, key: Any) -> View | None:
    """The view of a view, for an index of integers, slices, ``None`` and ``...``; None for others."""
    keys = key if type(key) is tuple else (key,)
    if not _BASIC.issuperset(map(type, keys)):
        return None
    missing = len(view.shape) - sum(type(k) is int or type(k) is slice for k in keys)
    if Ellipsis in keys:
        at = keys.index(Ellipsis)
        keys = keys[:at] + (slice(None),) * missing + keys[at + 1 :]
    else:
        keys += (slice(None),) * missing
    offset, shape, strides = view.offset, [], []
    axes = iter(zip(view.shape, view.strides, strict=True))
    for k in keys:
        if k is None:
            shape.append(1)
            strides.append(0)
            continue
        n, stride = next(axes)
        if type(k) is int:
            offset += stride * (k if k >= 0 else k + n)
            continue
        start, stop, step = k.indices(n)
        shape.append(len(range(start, stop, step)))
        strides.append(stride * step)
        offset += stride * start if shape[-1] else 0
    return View(offset, tuple(shape), tuple(strides))


def _as_slices(key: Any) -> tuple:
    """A key of integers as slices of length one, which give a view."""
    keys = key if type(key) is tuple else (key,)
    return tuple(
        [
            slice(int(k), int(k) + 1 if k != -1 else None)
            if np.ndim(k) == 0 and not isinstance(k, slice) and k is not Ellipsis and k is not None
            else k
            for k in keys
        ]
    )


def _is_fancy(key: Any) -> bool:
    """Does an index hold arrays?"""
    keys = key if type(key) is tuple else (key,)
    return any(isinstance(k, np.ndarray | list | bool | np.bool_) for k in keys)


_LOWER = {
    Operation: Lowering.operation,
    BlockNode: Lowering.block,
    Part: Lowering.part,
    Check: Lowering.check,
    Copy: Lowering.copy,
    Cast: Lowering.cast,
    Take: Lowering.take,
    Gather: Lowering.gather,
    Rearranged: Lowering.rearranged,
    Assembled: Lowering.assembled,
    Write: Lowering.write,
    Increment: Lowering.increment,
    Pack: Lowering.pack,
    Rearrangement: Lowering.rearrangement,
}
