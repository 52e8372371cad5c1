"""Lanes: a code at many points side by side, instruction by instruction along all of them.

A plan is a stream simplified, with a row of memory for every value and cotangent; lanes are swept in blocks whose
memory stays in the cache.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Sequence

from adpy.kernels.opcodes import COMPARISONS, HOLE, function_of
from adpy.plain import np
from adpy.program.code import Code
from adpy.program.lane_calls import LaneCalls
from adpy.program.streams import Stream, stream_of

__all__ = ["Plan"]

GUARD = -1
CACHE = 1 << 19
"""Bytes of the memory of one block of lanes, about."""
WIDEST, NARROWEST = 512, 64
BLOCKS = 16
"""Blocks that are swept without coming back to Python."""


@functools.cache
def _reads(op: int) -> tuple[frozenset[str], frozenset[str]]:
    """What the two partials of an opcode read: ``a``, ``b`` (operands), ``y`` (result)."""
    from adpy.kernels.symbolic import partials_of
    from adpy.rules import lookup

    ufunc = function_of(op)
    if ufunc in COMPARISONS:
        return frozenset(), frozenset()
    names = [frozenset(n.id for n in ast.walk(x) if isinstance(n, ast.Name)) for x in partials_of(lookup(ufunc))]
    return (names[0], names[1] if len(names) > 1 else frozenset())


class Plan(LaneCalls):
    """How lanes of a code are swept.

    Parameters
    ----------
    code : Code
    sources : sequence of int or None
        Numbers of the inputs that are differentiated; None for values alone.

    Attributes
    ----------
    rows : int
        Rows of the memory.
    """

    def __init__(self, code: Code, sources: Sequence[int] | None) -> None:
        self.code, self.sources = code, sources
        self._simplify(stream_of(code))
        self._mark()
        self._allocate()

    # ---- preparation

    def _simplify(self, stream: Stream) -> None:
        """Constants folded, operations that occur twice done once."""
        from adpy.kernels import streams

        same = np.empty(len(stream.ops), np.int64)
        streams.simplify(stream.ops, stream.firsts, stream.seconds, stream.values, stream.fixed, same)
        self.stream = stream
        self.inputs = stream.inputs
        self.outputs = [same[numbers] for numbers in stream.outputs]
        self.guards = same[stream.guards[0]]
        for call in stream.calls:
            call.operands = [same[numbers] for numbers in call.operands]

    def _mark(self) -> None:
        """What is needed, what depends on the sources, what a sweep back reads."""
        from adpy.kernels import streams

        s = self.stream
        marked = np.zeros(len(s.ops), bool)
        for numbers in (*self.outputs, self.guards):
            marked[numbers] = True
        for call in s.calls:
            for numbers in (*call.operands, *call.outs):
                marked[numbers] = True
        streams.live(s.ops, s.firsts, s.seconds, marked)
        self.marked = marked
        kept = s.ops == HOLE
        for numbers in self.outputs:
            kept[numbers] = True
        for call in s.calls:
            for numbers in call.operands:
                kept[numbers] = True
        self.active = self._active()
        if self.sources is not None:
            self._keep(kept)
        self.kept = kept

    def _active(self) -> np.ndarray:
        """Which values depend on the sources."""
        s = self.stream
        active = np.zeros(len(s.ops), bool)
        for k in self.sources or ():
            active[self.inputs[k]] = True
        from adpy.kernels import streams

        start = 0
        for call in s.calls:
            streams.depend(s.ops, s.firsts, s.seconds, active, start, call.position)
            if any(active[numbers].any() for numbers in call.operands):
                for numbers in call.outs:
                    active[numbers] = True
            start = call.position
        streams.depend(s.ops, s.firsts, s.seconds, active, start, len(s.ops))
        return active & self.marked

    def _keep(self, kept: np.ndarray) -> None:
        """Keep the values that partials read."""
        s, active = self.stream, self.active
        for op in np.unique(s.ops[active]):
            if op == HOLE:
                continue
            here = np.flatnonzero(active & (s.ops == op))
            firsts, seconds = s.firsts[here], s.seconds[here]
            for reads, operands in zip(_reads(int(op)), (firsts, seconds), strict=True):
                pulled = (operands >= 0) & active[operands]
                for name, numbers in (("a", firsts), ("b", seconds), ("y", here)):
                    if name in reads:
                        kept[numbers[pulled]] = True

    def _allocate(self) -> None:
        """Rows and tables."""
        from adpy.kernels import streams

        s = self.stream
        rows = np.full(len(s.ops), -1, np.int64)
        holes = np.flatnonzero(self.marked & (s.ops == HOLE))
        for numbers in self.inputs:
            rows[numbers] = 0
        holes = np.union1d(holes, np.flatnonzero(rows == 0))
        rows[holes] = np.arange(holes.size)
        constants = holes[s.fixed[holes]]
        self.constants = rows[constants], s.values[constants]
        table, begins = np.empty((2 * len(s.ops), 4), np.int64), np.empty(len(s.ops) + 1, np.int64)
        guards = np.full(len(s.ops), -1, np.int64)
        guards[self.guards] = np.arange(self.guards.size)
        top, done = streams.allocate_values(
            s.ops, s.firsts, s.seconds, self.marked, self.kept, guards, rows, holes.size, table, begins
        )
        self.table, self.row_of = table[:done].copy(), rows
        self.before = [int(begins[call.position]) for call in s.calls]
        if self.sources is not None:
            top = self._allocate_bars(top)
        else:
            self.bar_of, self.back, self.pinned = rows, np.zeros((0, 8), np.int64), slice(0, 0)
        self.scratch, self.rows = top, top + 2
        fitting = CACHE // (8 * self.rows) // 8 * 8
        self.width = max(NARROWEST, min(WIDEST, fitting))
        self.span = self.width * BLOCKS
        self.seeds = np.concatenate([self.bar_of[n[self.active[n]]] for n in self.outputs] or [np.zeros(0, np.int64)])
        self.output_rows = np.concatenate([rows[n] for n in self.outputs] or [np.zeros(0, np.int64)])

    def _allocate_bars(self, top: int) -> int:
        """Rows of cotangents and the table of the way back; return the number of rows."""
        from adpy.kernels import streams

        s = self.stream
        pinned = np.zeros(len(s.ops), bool)
        for k in self.sources:
            pinned[self.inputs[k]] = True
        for numbers in self.outputs:
            pinned[numbers] = True
        for call in s.calls:
            for numbers in (*call.operands, *call.outs):
                pinned[numbers] = True
        pinned &= self.active
        for k in self.sources:
            pinned[self.inputs[k]] = True
        bars = np.full(len(s.ops), -1, np.int64)
        numbers = np.flatnonzero(pinned)
        bars[numbers] = np.arange(top, top + numbers.size)
        self.pinned = slice(top, top + numbers.size)
        table = np.empty((len(s.ops), 8), np.int64)
        owners = np.empty(len(s.ops), np.int64)
        top, done = streams.allocate_bars(
            s.ops, s.firsts, s.seconds, self.active, pinned, self.row_of, bars, top + numbers.size, table, owners
        )
        self.back = table[:done].copy()
        self.bar_of = bars
        self.back_after = [int(np.count_nonzero(owners[:done] >= call.position)) for call in s.calls]
        return top

    # ---- sweeps

    def memory(self, shared: Sequence[np.ndarray | None], lanes: int) -> np.ndarray:
        """Memory of a block (of ``lanes`` at most), with the constants and the inputs that all lanes share."""
        memory = np.empty((self.rows, self.width))
        rows, values = self.constants
        memory[rows] = values[:, None]
        for numbers, x in zip(self.inputs, shared, strict=True):
            if x is not None:
                memory[self.row_of[numbers]] = np.reshape(x, (-1, 1))
        return memory

    def run(self, memory: np.ndarray, inputs: dict[int, np.ndarray]) -> tuple[np.ndarray, list, list]:
        """Sweep at most ``span`` lanes.

        Parameters
        ----------
        memory : ndarray
        inputs : dict of int to ndarray
            The inputs that differ between lanes, one row a lane.

        Returns
        -------
        same : ndarray of bool
            Which lanes decide as the recording did?
        outputs, bars : list of ndarray
            Results, and cotangents of the sources, one row a lane; only those of lanes that decide alike are right.
        """
        from adpy.kernels import lanes

        n = len(next(iter(inputs.values())))
        flat = [x.reshape(n, -1) for x in inputs.values()]
        x = np.ascontiguousarray(flat[0] if len(flat) == 1 else np.concatenate(flat, axis=1), np.float64)
        x_rows = np.concatenate([self.row_of[self.inputs[k]] for k in inputs])
        bar_rows = np.concatenate([np.zeros(0, np.int64), *[self.bar_of[self.inputs[k]] for k in self.sources or ()]])
        y, bars, same = np.empty((n, self.output_rows.size)), np.empty((n, bar_rows.size)), np.ones(n, bool)
        places = x, x_rows, y, self.output_rows, bars, bar_rows
        if self.stream.calls:
            self._run_with_calls(memory, places, same)
        else:
            tables = self.table, self.back, memory.reshape(-1), self.width, self.scratch, self.stream.guards[1]
            lanes.sweep(*tables, *places, (self.pinned.start, self.pinned.stop), self.seeds, same)
        code = self.code
        return (
            same,
            _parts(y, [view.shape for view in code.outputs]),
            _parts(bars, [code.inputs[k].shape for k in self.sources or ()]),
        )

    def _run_with_calls(self, memory: np.ndarray, places: tuple, same: np.ndarray) -> None:
        """As the compiled sweep, with instructions in Python."""
        x, x_rows, y, y_rows, bars, bar_rows = places
        for first in range(0, len(x), self.width):
            block = slice(first, first + self.width)
            n = len(x[block])
            memory[x_rows, :n] = x[block].T
            self._replay(memory, n, same[block])
            y[block] = memory[y_rows, :n].T
            if bar_rows.size:
                self._adjoint(memory, n, same[block])
                bars[block] = memory[bar_rows, :n].T

    def _replay(self, memory: np.ndarray, n: int, same: np.ndarray) -> None:
        """Values of ``n`` lanes."""
        from adpy.kernels import lanes

        flat, start = memory.reshape(-1), 0
        for call, stop in zip(self.stream.calls, self.before, strict=True):
            lanes.replay(self.table, flat, self.width, n, self.stream.guards[1], same, start, stop)
            self._call(call, memory, n, same)
            start = stop
        lanes.replay(self.table, flat, self.width, n, self.stream.guards[1], same, start, len(self.table))

    def _adjoint(self, memory: np.ndarray, n: int, same: np.ndarray) -> None:
        """Cotangents of ``n`` lanes; the cotangent of every result is one."""
        from adpy.kernels import lanes

        memory[self.pinned, :n] = 0.0
        np.add.at(memory[:, :n], self.seeds, 1.0)
        flat, start = memory.reshape(-1), 0
        for call, stop in zip(reversed(self.stream.calls), reversed(self.back_after), strict=True):
            lanes.adjoint(self.back, flat, self.width, n, self.scratch, start, stop)
            self._pull(call, memory, n, same)
            start = stop
        lanes.adjoint(self.back, flat, self.width, n, self.scratch, start, len(self.back))


def _parts(flat: np.ndarray, shapes: list[tuple[int, ...]]) -> list[np.ndarray]:
    """Columns of a matrix as arrays of these shapes, one row a lane."""
    stops = np.cumsum([int(np.prod(shape)) for shape in shapes])
    return [
        flat[:, stop - int(np.prod(shape)) : stop].reshape(len(flat), *shape)
        for shape, stop in zip(shapes, stops.tolist(), strict=True)
    ]
