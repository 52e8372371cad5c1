"""Sweep: cotangents from results back to inputs.

The sweep goes back through nodes and scalar stream in time.  It knows no rule: a node distributes its own bar, a scalar
operation is ``x_bar[child] += weight * y_bar``.
"""

from __future__ import annotations

from array import array
from math import prod
from typing import Any

from adpy import capture, kernels
from adpy.capture.registry import TRACED_TYPES
from adpy.plain import np
from adpy.reverse.nodes import Flush, Outlet
from adpy.reverse.paths import depends_on_layout, resolve, through_parts
from adpy.reverse.storage import layout_of, relayout

__all__ = ["ScalarSweep", "Sweep", "rows_of_stream", "sweep", "unpacked"]

ndarray = np.ndarray


def sweep(tape: Any, seeds: list[tuple[tuple, Any]], inputs: list[tuple]) -> list:
    """Return the cotangents of ``inputs`` for the given cotangents of results.

    Parameters
    ----------
    tape : Tape
        The record; it stays usable for further sweeps.
    seeds : list of (reference, bar)
        References of results, with their cotangents.
    inputs : list of reference
        References of independent variables.
    """
    parent, plain = tape.parent, tape.plain
    if plain and not tape.nodes and not tape.chunks and tape.diagnose is None:
        found = _scalars_only(tape, seeds, inputs)
        if found is not None:
            return found
    for _, bar in seeds:
        if type(bar) in TRACED_TYPES:
            plain = False
            if parent is None or bar.frame.tag > parent.tag:
                parent = bar.frame  # a pullback called in a transform that was entered after its tape was made
    result = Sweep(tape, parent, plain, False).run(seeds, inputs)
    if any(_has_nan(bar) for bar in result):
        result = Sweep(tape, parent, plain, True).run(seeds, inputs)
    if tape.diagnose is not None:
        tape.diagnose(seeds, inputs, result)
    return result


def _scalars_only(tape, seeds, inputs) -> list | None:
    """Sweep of a short tape of scalars: without the machinery for arrays, it is most of what a small function needs."""
    stream = tape.stream
    count = len(stream) // 4
    if kernels.worthwhile(count):
        return None
    size = count - tape.home
    adjoints = [0.0] * size
    for (target, *_), bar in seeds:
        if type(target) is not int or type(bar) in TRACED_TYPES:
            return None
        adjoints[target] += bar
    position = 4 * count
    for address in range(count - 1, 0, -1):
        position -= 4
        bar = adjoints[address]
        if bar != 0.0:
            child = stream[position]
            if child:
                adjoints[child] += stream[position + 1] * bar
                child = stream[position + 2]
                if child:
                    adjoints[child] += stream[position + 3] * bar
    results = []
    for target, _, shape, real in inputs:
        if type(target) is int:
            results.append(adjoints[target])
        elif target.extra is None or target.extra.home is None:
            results.append(np.zeros(shape, float if real else complex))
        else:
            start = size + target.extra.home
            results.append(np.array(adjoints[start : start + prod(shape)]).reshape(shape))
    return results


def _has_nan(bar) -> bool:
    while type(bar) in TRACED_TYPES:
        bar = bar._value
    if type(bar) is not ndarray:
        return bar != bar
    total = np.add.reduce(bar, None)
    return total != total and bool(np.isnan(bar).any())


class Sweep:
    """State of one sweep.

    ``parent`` is the innermost transform whose values may appear in bars; no bar is traced where ``plain`` is set.
    ``safe`` makes zero cotangents contribute exactly zero through infinite weights.  It costs a pass over every
    product, so it is used only when a first sweep met NaN.  ``careful`` is set when products need more than
    ``bar *= weight``.
    """

    __slots__ = ("adjoints", "careful", "complex", "large", "parent", "plain", "safe", "scalars", "tape")

    def __init__(self, tape, parent, plain, safe) -> None:
        self.tape = tape
        self.parent, self.plain = parent, plain
        self.safe = safe
        self.complex = tape.complex
        self.large = tape.large
        self.careful = safe or tape.complex or not plain

    def run(self, seeds, inputs):
        tape = self.tape
        self.scalars = scalars = self.scalar_sweep(tape, self.plain)
        self.adjoints = adjoints = scalars.adjoints
        for reference, bar in seeds:
            self.add(reference, bar, False)
        nodes = tape.nodes
        base, position = tape.offset, scalars.top
        with capture.lowered(self.parent), np.errstate(all="ignore"):
            for index in range(len(nodes) - 1, -1, -1):
                node = nodes[index]
                if base + node.mark < position:
                    position = scalars.back_to(base + node.mark)
                bar = node.bar
                if node.extra is not None and node.extra.home is not None:
                    bar = self.with_home(node, bar)
                if bar is None:
                    kind = type(node)
                    if kind is Outlet:
                        bar = adjoints[node.address]
                        if type(bar) is not float or bar != 0.0:
                            node.node.bar = np.float64(bar) if type(bar) is float else bar
                    elif kind is Flush:
                        base -= node.mark
                    continue
                node.bar = None
                node.pull(bar, self)
            if position > 0:
                scalars.back_to(0)
            results = [self.result(x) for x in inputs]
        for node in tape.storages:
            node.bar = None
        return results

    def result(self, reference):
        """The bar of an independent variable."""
        node, _, shape, real = reference
        if type(node) is int:
            return self.adjoints[node]
        bar = node.bar
        if node.extra is not None and node.extra.home is not None:
            bar = self.with_home(node, bar)
        return np.zeros(shape, float if real else complex) if bar is None else bar

    # ---- what nodes call

    def lowered(self):
        """Rules of blocks run one level below the tape."""
        return capture.lowered(self.parent)

    def add(self, reference: tuple, bar: Any, own: bool) -> None:
        """Add ``bar`` to the bar of an operand; ``own`` says that nobody else uses the array."""
        target, path, shape, real = reference
        if type(target) is int:
            kind = type(bar)
            if kind is ndarray:
                bar = bar.sum()
            elif kind in TRACED_TYPES and bar.ndim:
                bar = bar.sum()
            if real and self.complex:
                bar = bar.real
            self.adjoints[target] += bar
            return
        if type(bar) is float:
            bar = np.asarray(bar)
        if bar.shape != shape:
            bar = reduce_to(bar, shape)
            own = own and bar.base is None if type(bar) is ndarray else True
        if self.complex and real and bar.dtype.kind == "c":
            bar = bar.real
            own = False
        present = target.bar
        if path is None:
            if present is None:
                if type(bar) is ndarray:
                    if not own:
                        bar = bar.copy()
                    elif not real and bar.dtype.kind != "c":
                        bar = bar.astype(complex)
                elif type(bar) in TRACED_TYPES and not bar.immutable and not own:
                    bar = bar.copy()
                target.bar = bar
            elif type(present) is ndarray and type(bar) is ndarray:
                present += bar
            else:
                target.bar = present + bar
            return
        if (
            type(path[1]) in (int, slice, tuple)
            and present is not None
            and type(present) is ndarray
            and path[0] is None
            and type(bar) not in TRACED_TYPES
        ):
            present[path[1]] += bar
            return
        self.add_to_view(target, path, bar, real)

    def add_to_view(self, target, path, bar, real):
        """Add to the view at ``path`` of a storage's bar."""
        base = self.storage_bar(target, path, bar, real)
        view = resolve(path, base)
        if type(view) is not ndarray and (type(view) not in TRACED_TYPES or type(view).immutable):  # one entry
            parent, step, _ = path
            holder = resolve(parent, base)
            holder[step] = view + bar
        elif type(view) is ndarray and type(bar) is not ndarray and type(bar) in TRACED_TYPES:
            raise AssertionError("a traced bar met a plain storage")
        else:
            if type(view) is ndarray and view.base is None and view is not base:
                raise AssertionError("a view of an array came to be a copy of its bar")
            view += bar

    def storage_bar(self, target, path, like, real=True):
        """The bar of a storage, made if there is none, in the memory layout that ``path`` needs."""
        base = target.bar
        if base is None:
            dtype = np.float64
            plain = like
            while type(plain) in TRACED_TYPES:
                plain = plain._value
            dtype = getattr(plain, "dtype", np.dtype(float))
            if not real or (self.complex and through_parts(path)):
                dtype = np.result_type(dtype, np.complex64)
            base = self.taking(like, np.zeros(target.shape, dtype))
        else:
            base = arrayed(base)
            base = self.taking(like, base) if type(base) is ndarray else base
        if depends_on_layout(path):
            if through_parts(path) and base.dtype.kind != "c":
                base = base.astype(complex)
            base = self.layout(base, target)
        target.bar = base
        return base

    def taking(self, like, base):
        """The plain bar ``base`` as one to which the bar ``like`` can be added."""
        if type(like) not in TRACED_TYPES:
            return base
        return (like.frame if self.parent is None else self.parent).buffer(base)  # without a parent: an `adpy.Var`

    def layout(self, bar, node):
        """``bar`` in the memory layout of its storage."""
        bar = bar if type(bar) is ndarray else arrayed(bar)
        layout = layout_of(node)
        if layout is not None and type(bar) in TRACED_TYPES:
            return self.traced_layout(bar, layout)
        if layout is None or type(bar) is not ndarray:
            if type(bar) is ndarray and not bar.flags.writeable:
                bar = bar.copy()
            return bar
        order = relayout(bar, layout)
        if order.strides != bar.strides or not bar.flags.writeable:
            bar = order if not np.shares_memory(order, bar) or bar.flags.writeable else order.copy()
        return bar

    def traced_layout(self, bar, layout):
        """A traced bar in this memory layout."""
        plain = bar
        while type(plain) in TRACED_TYPES:
            plain = plain._value
        wanted = relayout(np.zeros(plain.shape, plain.dtype), layout)
        if self.parent is None or (plain.strides == wanted.strides and plain.flags.writeable):
            return bar
        fresh = self.parent.buffer(wanted)
        fresh[...] = bar
        return fresh

    @staticmethod
    def own(bar):
        """A bar that may be written into flat."""
        bar = arrayed(bar)
        return bar if bar.flags.c_contiguous and bar.flags.writeable else bar.copy()

    @staticmethod
    def copy(region):
        """A copy of a region of a bar."""
        return region.copy() if hasattr(region, "copy") else region

    def clear(self, path, bar):
        """Zero the region at ``path``: its bar went to the value written there."""
        parent, step, _ = path
        holder = resolve(parent, bar)
        if hasattr(step, "bind"):
            view = step(holder)
            view[...] = 0
        else:
            holder[step] = 0

    def pass_on(self, node, bar):
        """Hand the bar of a version to the version before it."""
        if node.bar is None:
            node.bar = bar
        else:
            node.bar = node.bar + bar

    def product(self, weight, bar):
        """``conj(weight) * bar``, in a safe sweep with zero wherever ``bar`` is zero."""
        if self.complex:
            weight = np.conjugate(weight)
        return np.where(bar == 0, 0.0, weight * bar) if self.safe else weight * bar

    def with_home(self, node, bar):
        """The bar of a node together with what scalars read from it delivered."""
        cells = self.scalars.cells(node.extra.home, node.shape)
        if cells is None:
            return bar
        return cells if bar is None else bar + cells

    def scatter(self, sources, bar, total):
        """Bars of numbered entries: the transpose of gathering them (entry 0 is "constant")."""
        flat = sources.ravel()
        bar = bar.reshape(-1)
        if not bar.size:
            return np.zeros(total, bar.dtype)
        if bar.dtype.char in "gG":  # wider than bincount takes
            spread = np.zeros(total, bar.dtype)
            np.add.at(spread, flat, bar)
            return spread
        if bar.dtype.kind == "c":
            return np.bincount(flat, bar.real, total) + 1j * np.bincount(flat, bar.imag, total)
        return np.bincount(flat, bar, total)

    def scatter_scalars(self, addresses, bars):
        """Add bars to scalars, which are real even in a complex array."""
        adjoints = self.adjoints
        if self.complex and bars.dtype.kind == "c":
            bars = bars.real
        for address, bar in zip(addresses, bars.tolist() if type(bars) is ndarray else bars, strict=True):
            if address:
                adjoints[address] += bar

    def add_at(self, reference, key, bar, unique):
        """Add to the entries at ``key`` of an operand; an entry named twice gets both bars."""
        target, path, shape, real = reference
        if self.complex and real and bar.dtype.kind == "c":
            bar = bar.real
        base = self.storage_bar(target, path, bar, real)
        view = resolve(path, base)
        if unique:
            view[key] += bar
        elif type(view) is ndarray:
            np.add.at(view, key, bar)
        else:
            positions = np.arange(view.size).reshape(view.shape)[key]
            view += self.scatter(positions, bar, view.size).reshape(view.shape)


def arrayed(bar: Any) -> Any:
    """A bar that is an array: that of a storage without axes may be a scalar."""
    if type(bar) in TRACED_TYPES:
        return bar.frame.assemble(bar) if bar.immutable else bar
    return bar if type(bar) is ndarray else np.array(bar)


def reduce_to(bar: Any, shape: tuple[int, ...]) -> Any:
    """Sum ``bar`` over the axes along which an operand of ``shape`` was broadcast (or broadcast it up)."""
    extra = bar.ndim - len(shape)
    if extra >= 0:
        axes = tuple(range(extra)) + tuple(
            i + extra for i, n in enumerate(shape) if n == 1 and bar.shape[i + extra] != 1
        )
        if axes:
            bar = bar.sum(axis=axes).reshape(shape)
    if bar.shape != shape:
        bar = np.broadcast_to(bar, shape)
    return bar


class ScalarSweep:
    """The scalar stream during a sweep: adjoints of all addresses, and the loop back through the records.

    Short streams are swept in Python; long ones by a compiled kernel over compact arrays, once it is loaded.  Traced
    adjoints (nested transforms) are swept in Python over a list.
    """

    __slots__ = ("adjoints", "buffer", "children", "compiled", "home", "objects", "stream", "tape", "top", "weights")

    def __init__(self, tape, plain) -> None:
        self.tape = tape
        count = tape.count
        self.top = 4 * count
        self.home = tape.home
        total = count - tape.home
        self.objects = not plain
        self.compiled = kernels.worthwhile(count) and not self.objects
        if self.objects:
            self.adjoints = [0.0] * total
        else:
            self.adjoints = array("d", bytes(8 * total))
        self.buffer = None
        if self.compiled:
            self.children, self.weights = _packed(tape)
            self.buffer = np.frombuffer(self.adjoints)
        else:
            self.stream = unpacked(tape)

    def back_to(self, mark: int) -> int:
        """Sweep the records at positions ``mark`` and above that were not swept yet."""
        low, high = mark // 4, self.top // 4
        self.top = mark
        if high <= low:
            return mark
        if self.compiled:
            kernels.adjoint_sweep_pairs(self.children, self.weights, self.buffer, low, high)
            return mark
        adjoints, stream = self.adjoints, self.stream
        objects = self.objects
        position = 4 * high
        for address in range(high - 1, low - 1, -1):
            position -= 4
            bar = adjoints[address]
            if (bar != 0.0) if not objects else (type(bar) in TRACED_TYPES or bar != 0.0):
                child = stream[position]
                if child:
                    adjoints[child] += stream[position + 1] * bar
                child = stream[position + 2]
                if child:
                    adjoints[child] += stream[position + 3] * bar
        return mark

    def cells(self, home: int, shape: tuple) -> Any:
        """Adjoints of the entries of a node that were read as scalars, as an array."""
        size = prod(shape)
        start = len(self.adjoints) + home
        if self.objects:
            from adpy.traced.dispatch import assemble

            return assemble(self.adjoints[start : start + size]).reshape(shape)
        if self.buffer is None:
            self.buffer = np.frombuffer(self.adjoints)
        return self.buffer[start : start + size].reshape(shape)


def rows_of_stream(tape: Any) -> ndarray:
    """All scalar records, one row ``(child, weight, child, weight)`` an address."""
    children, weights = _packed(tape)
    rows = np.empty((len(children), 4))
    rows[:, ::2], rows[:, 1::2] = children, weights
    return rows


def _packed(tape):
    """All records as children (int32) and weights (float64)."""
    from adpy.reverse.tape import compact

    chunks = [*tape.chunks, compact(tape.stream)] if tape.stream else tape.chunks
    if len(chunks) == 1:
        return chunks[0]
    packed = np.concatenate([c for c, _ in chunks]), np.concatenate([w for _, w in chunks])
    return packed


def unpacked(tape: Any) -> list:
    """All records as one flat list of children and weights."""
    if not tape.chunks:
        return tape.stream
    flat = []
    for children, weights in tape.chunks:
        rows = np.empty((len(children), 4), object)
        rows[:, ::2] = children
        rows[:, 1::2] = weights
        flat += rows.ravel().tolist()
    return flat + tape.stream


Sweep.scalar_sweep = ScalarSweep
