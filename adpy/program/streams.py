"""Streams: code taken apart into scalar operations, every value computed once.

Arrays disappear: views, copies, gathers and writes only say which number an address holds.  Sums become balanced trees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from adpy.kernels.opcodes import ADDITION, BINARY, COPY, HOLE, MULTIPLY, NEGATIVE, SUBTRACT
from adpy.kernels.table import ADD, FILL, GATHER, GROUP, RUN, SAVE, SAVE_AT, SCATTER
from adpy.plain import np
from adpy.program import calls, choices, stacks
from adpy.program.code import Code, View
from adpy.program.decisions import guards_of

__all__ = ["Call", "NoStream", "Stream", "stream_of"]

_CHOICES = choices.Decide, choices.Select
LIMIT = 1 << 21
"""Operations of a stream, at most: larger functions have arrays that are worth a sweep of their own."""


class NoStream(Exception):
    """The code has something that streams do not know."""


@dataclass(eq=False)
class Call:
    """An instruction in Python, after ``position`` numbers: numbers of the entries of its operands and results."""

    call: Any
    position: int
    operands: list[np.ndarray]
    outs: list[np.ndarray]


@dataclass(eq=False)
class Stream:
    """Scalar operations.

    Attributes
    ----------
    ops : ndarray of int32
        Opcodes; ``HOLE`` for inputs, constants and results of calls.
    firsts, seconds : ndarray of int64
        Numbers of the operands; -1 for none.
    values : ndarray of float64
        Values of the constants.
    fixed : ndarray of bool
        Which are constants.
    inputs, outputs : list of ndarray
        Numbers of the entries of the inputs and results.
    guards : tuple of (ndarray, ndarray)
        Numbers that decided, and what they decided.
    calls : list of Call
    """

    ops: np.ndarray
    firsts: np.ndarray
    seconds: np.ndarray
    values: np.ndarray
    fixed: np.ndarray
    inputs: list[np.ndarray]
    outputs: list[np.ndarray]
    guards: tuple[np.ndarray, np.ndarray]
    calls: list[Call]


def stream_of(code: Code) -> Stream:
    """The stream of a code; raises :class:`NoStream` where there is none."""
    stream = _Expansion(code).run()
    return stream if stream.calls else _depth_first(stream)


def _depth_first(stream: Stream) -> Stream:
    """The same operations in an order in which few values wait to be used."""
    from adpy.kernels.levels import depth_first

    order = np.empty(len(stream.ops), np.int64)
    guards, outcomes = stream.guards
    roots = np.concatenate([guards, *stream.outputs])
    depth_first(stream.ops, stream.firsts, stream.seconds, roots, order)
    moved = np.full(len(order) + 1, -1)
    moved[order] = np.arange(len(order))
    firsts, seconds = moved[stream.firsts[order]], moved[stream.seconds[order]]
    ends = [[moved[numbers] for numbers in ends] for ends in (stream.inputs, stream.outputs)]
    columns = stream.ops[order], firsts, seconds, stream.values[order], stream.fixed[order]
    return Stream(*columns, *ends, (moved[guards], outcomes), [])


class _Expansion:
    """State of one expansion: the number that each address holds, -1 for none."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.numbers = np.full(code.size, -1, np.int64)
        self.count = 0
        self.ops: list[np.ndarray] = []
        self.firsts: list[np.ndarray] = []
        self.seconds: list[np.ndarray] = []
        self.values: list[np.ndarray] = []
        self.fixed: list[np.ndarray] = []
        self.locals: dict[int, np.ndarray] = {}
        self.calls: list[Call] = []
        self.guards: list[tuple[np.ndarray, np.ndarray]] = []

    def run(self) -> Stream:
        """Expand everything."""
        code = self.code
        scalars = np.flatnonzero(code.ops == HOLE)
        self.numbers[scalars] = self.constants(code.scalars[scalars])
        for start, values in code.constants:
            self.numbers[start : start + values.size] = self.constants(values.reshape(-1))
        self.zero = int(self.constants(np.zeros(1))[0])
        inputs = []
        for view in code.inputs:
            fresh = self.fresh(int(np.prod(view.shape))).reshape(view.shape)
            self.numbers[view.addresses()] = fresh
            inputs.append(fresh.reshape(-1))
        for position, pc in enumerate(code.heads):
            op = int(code.table[pc, 0])
            if position in code.calls:
                self.call(code.calls[position])
            elif op in _EXPAND:
                _EXPAND[op](self, int(pc))
            else:
                raise NoStream(f"instruction {op}")
            if self.count > LIMIT:
                raise NoStream("too many operations")
        columns = [np.concatenate(x) for x in (self.ops, self.firsts, self.seconds, self.values, self.fixed)]
        addresses, outcomes = code.guards
        self.guards.append((self.at(addresses), outcomes))
        guards = tuple([np.concatenate(column) for column in zip(*self.guards, strict=True)])
        return Stream(
            *(*columns, inputs),
            *([self.at(view.addresses()).reshape(-1) for view in code.outputs], guards, self.calls),
        )

    # ---- numbers

    def append(self, op: Any, a: Any, b: Any, count: int, value: Any = np.nan, fixed: bool = False) -> np.ndarray:
        """Numbers of new values."""
        self.ops.append(np.full(count, op, np.int32))
        self.firsts.append(np.full(count, a, np.int64))
        self.seconds.append(np.full(count, b, np.int64))
        self.values.append(np.full(count, value, np.float64))
        self.fixed.append(np.full(count, fixed))
        self.count += count
        return np.arange(self.count - count, self.count)

    def constants(self, values: np.ndarray) -> np.ndarray:
        """Numbers of constants."""
        return self.append(HOLE, -1, -1, len(values), values, True)

    def fresh(self, count: int) -> np.ndarray:
        """Numbers of values that come from outside."""
        return self.append(HOLE, -1, -1, count)

    def new(self, op: int, a: np.ndarray, b: np.ndarray | None) -> np.ndarray:
        """Numbers of the results of an operation."""
        if op == COPY:
            return a
        a, b = (a, np.full(a.shape, -1)) if b is None or not BINARY[op] else np.broadcast_arrays(a, b)
        return self.append(op, a.reshape(-1), b.reshape(-1), a.size).reshape(a.shape)

    def at(self, addresses: np.ndarray) -> np.ndarray:
        """What is at addresses."""
        found = self.numbers[addresses]
        if found.size and found.min() < 0:
            raise NoStream("an entry without a value")
        return found

    # ---- instructions

    def scalars(self, pc: int) -> None:
        """Scalar operations."""
        code = self.code
        low, high = code.table[pc, 2:4].tolist()
        ops = code.ops[low:high]
        places = low + np.flatnonzero(ops > COPY)
        copies = (low + np.flatnonzero(ops == COPY)).tolist()
        self.numbers[places] = np.arange(self.count, self.count + places.size)
        for place in copies:
            self.numbers[place] = self.numbers[code.firsts[place]]
        ops = code.ops[places]
        first = self.at(code.firsts[places])
        second = np.where(BINARY[ops], self.numbers[code.seconds[places]], -1)
        if (second[BINARY[ops]] < 0).any():
            raise NoStream("an operand without a value")
        self.append(ops, first, second, places.size)

    def region(self, pc: int, column: int) -> np.ndarray:
        """Addresses along the three axes of an instruction at ``pc``, of the operand in ``column``."""
        row = self.code.table[pc]
        i0, i1, i2 = np.ogrid[: row[2], : row[3], : row[4]]
        return row[column] + i0 * row[column + 1] + i1 * row[column + 2] + i2 * row[column + 3]

    def fill(self, pc: int) -> None:
        """Zeros."""
        self.numbers[self.region(pc, 5)] = self.zero

    def gather(self, pc: int) -> None:
        """Entries from addresses."""
        n, o, a = self.code.table[pc, [4, 5, 9]].tolist()
        self.numbers[o : o + n] = self.numbers[self.code.places[a : a + n]]

    def scatter(self, pc: int) -> None:
        """Entries to addresses."""
        n, a, b = self.code.table[pc, [4, 9, 13]].tolist()
        places = self.code.places
        self.numbers[places[b : b + n]] = self.numbers[places[a : a + n]]

    def saved(self, pc: int) -> None:
        """What is overwritten has a number of its own here: nothing to save."""

    def group(self, pc: int) -> None:
        """Elementwise operations, one after the other."""
        table = self.code.table
        for row in range(pc + 1, pc + 1 + int(table[pc, 1])):
            self.elementwise(row)
        self.locals.clear()

    def elementwise(self, pc: int) -> None:
        """One elementwise operation."""
        row = self.code.table[pc]
        op, mode, bits = int(row[0]), int(row[1]), int(row[17])
        shape = tuple(row[2:5])
        a = self.operand(pc, 1, shape)
        b = None if row[13] < 0 else self.operand(pc, 2, shape)
        if bits & 1:
            self.locals[int(row[5])] = self.new(op, a, b)
            return
        addresses = self.region(pc, 5)
        if mode == ADD:
            if op == NEGATIVE:
                self.increase(addresses, a, SUBTRACT)
            else:
                self.increase(addresses, self.new(op, a, b), ADDITION)
            return
        self.numbers[addresses] = self.new(op, a, b)

    def operand(self, pc: int, k: int, shape: tuple[int, ...]) -> np.ndarray:
        """Numbers of the entries of an operand."""
        row = self.code.table[pc]
        if row[17] >> k & 1:
            return self.locals[int(row[5 + 4 * k])]
        return np.broadcast_to(self.at(self.region(pc, 5 + 4 * k)), shape)

    def increase(self, addresses: np.ndarray, terms: np.ndarray, op: int) -> None:
        """Add to entries, or subtract from them; terms of one entry are summed in pairs, in pairs of pairs …"""
        addresses, terms = np.broadcast_arrays(addresses, terms)
        order = np.argsort(addresses, axis=None, kind="stable")
        addresses, terms = addresses.reshape(-1)[order], terms.reshape(-1)[order]
        while True:
            starts = np.flatnonzero(np.diff(addresses, prepend=-1))
            rank = np.arange(addresses.size) - np.repeat(starts, np.diff(starts, append=addresses.size))
            left = np.flatnonzero((rank % 2 == 0) & (np.diff(addresses, append=-1) == 0))
            if not left.size:
                break
            terms[left] = self.new(ADDITION, terms[left], terms[left + 1])
            kept = rank % 2 == 0
            addresses, terms = addresses[kept], terms[kept]
        before = self.at(addresses)
        begun = before != self.zero
        if op == ADDITION:
            terms = terms.copy()
            terms[begun] = self.new(op, before[begun], terms[begun])
        else:
            terms = self.new(op, before, terms)
        self.numbers[addresses] = terms

    # ---- instructions in Python

    def call(self, call: Any) -> None:
        """An instruction in Python: those that are arithmetic become so."""
        if type(call) is calls.IncrementAt:
            terms = self.entries(call.source)
            self.increase(call.targets, terms, ADDITION if call.sign > 0 else SUBTRACT)
        elif type(call) is calls.Product:
            self.product(call)
        elif type(call) is calls.Check and (guards := guards_of(call, self.entries, self.new)) is not None:
            self.guards.append(guards)
        elif type(call) in (
            calls.ElementwiseCall,
            calls.BlockCall,
            calls.Check,
            stacks.Stack,
            stacks.Extremum,
            *_CHOICES,
        ):
            operands = [self.at(view.addresses()) for view in calls.views_in(call.operands)]
            outs = []
            position = self.count
            for view in call.outs:
                if view is not None:
                    fresh = self.fresh(int(np.prod(view.shape))).reshape(view.shape)
                    self.numbers[view.addresses()] = fresh
                    outs.append(fresh)
            self.calls.append(Call(call, position, operands, outs))
        else:
            raise NoStream(type(call).__name__)

    def entries(self, x: Any) -> np.ndarray:
        """Numbers of the entries of a view or of a constant."""
        if type(x) is View:
            return self.at(x.addresses())
        x = np.asarray(x, np.float64)
        return self.constants(x.reshape(-1)).reshape(x.shape)

    def product(self, call: Any) -> None:
        """``left @ right``."""
        left, right = self.entries(call.left), self.entries(call.right)
        ranks = left.ndim, right.ndim
        if max(ranks) > 2:
            raise NoStream("a stack of matrices")
        left = left.reshape(-1, left.shape[-1])
        right = right.reshape(right.shape[0], -1)
        if left.size * right.shape[1] > LIMIT:
            raise NoStream("a large product")
        terms = self.new(MULTIPLY, left[:, :, None], right[None])
        addresses = call.out.addresses().reshape(left.shape[0], 1, right.shape[1])
        self.numbers[addresses] = self.zero
        self.increase(addresses, terms, ADDITION)


_EXPAND = {
    RUN: _Expansion.scalars,
    FILL: _Expansion.fill,
    GATHER: _Expansion.gather,
    SCATTER: _Expansion.scatter,
    SAVE: _Expansion.saved,
    SAVE_AT: _Expansion.saved,
    GROUP: _Expansion.group,
}
