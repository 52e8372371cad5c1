"""Expansion: the number of the scalar value that each address of a code holds, instruction by instruction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from adpy.kernels.opcodes import ADDITION, BINARY, COPY, HOLE, NEGATIVE, SUBTRACT
from adpy.kernels.table import ADD, FILL, GATHER, GROUP, RUN, SAVE, SAVE_AT, SCATTER
from adpy.plain import np
from adpy.program.code import Code, View

__all__ = ["LIMIT", "SELECT", "Call", "Expansion", "NoStream"]

LIMIT = 1 << 21
"""Operations of a stream of lanes, at most: larger functions have arrays that are worth a sweep of their own."""
SELECT = 127
"""Opcode of a choice between two values; only streams have it."""


class NoStream(Exception):
    """The code has something that streams do not know."""


@dataclass(eq=False)
class Call:
    """An instruction in Python, after ``position`` numbers: numbers of the entries of its operands and results."""

    call: Any
    position: int
    operands: list[np.ndarray]
    outs: list[np.ndarray]


class Expansion:
    """State of one expansion.

    Parameters
    ----------
    code : Code
    limit : int
        Operations, at most.
    whole : bool
        Are masks, choices, stacks and extrema taken apart too?
    """

    def __init__(self, code: Code, limit: int, whole: bool) -> None:
        self.code, self.limit, self.whole = code, limit, whole
        self.numbers = np.full(code.size, -1, np.int32)
        self.count = 0
        self.ops, self.firsts, self.seconds = (np.empty(1024, np.int32) for _ in range(3))
        self.thirds: list[tuple[int, np.ndarray]] = []
        self.known: list[tuple[int, np.ndarray]] = []
        self.locals: dict[int, np.ndarray] = {}
        self.calls: list[Call] = []
        self.guards: list[tuple[np.ndarray, np.ndarray]] = []

    def run(self) -> tuple[list, list, tuple]:
        """Expand everything; numbers of inputs and results, and the guards."""
        from adpy.program.expanded_calls import expand_call

        code = self.code
        scalars = np.flatnonzero(code.ops == HOLE)
        self.numbers[scalars] = self.constants(code.scalars[scalars])
        for start, values in code.constants:
            self.numbers[start : start + values.size] = self.constants(values.reshape(-1))
        self.zero = int(self.constants(np.zeros(1))[0])
        inputs = []
        for view in code.inputs:
            fresh = self.fresh(int(np.prod(view.shape)))
            self.held(view)[...] = fresh.reshape(view.shape)
            inputs.append(fresh)
        for position, pc in enumerate(code.heads):
            op = int(code.table[pc, 0])
            if position in code.calls:
                expand_call(self, code.calls[position])
            elif op in _EXPAND:
                _EXPAND[op](self, int(pc))
            else:
                raise NoStream(f"instruction {op}")
        addresses, outcomes = code.guards
        self.guards.append((self.at(addresses), outcomes))
        guards = tuple([np.concatenate(column) for column in zip(*self.guards, strict=True)])
        return inputs, [self.entries(view).reshape(-1) for view in code.outputs], guards

    def columns(self) -> tuple[np.ndarray, ...]:
        """Opcodes, operands (third ones only where there are any), values of constants, which are constants."""
        n = self.count
        self.numbers = None
        values, fixed = np.zeros(n), np.zeros(n, bool)  # pages that are never written take no memory
        for start, known in self.known:
            values[start : start + known.size] = known
            fixed[start : start + known.size] = True
        thirds = np.empty(0, np.int32)
        if self.thirds:
            thirds = np.full(n, -1, np.int32)
            for start, third in self.thirds:
                thirds[start : start + third.size] = third
        return self.ops[:n], self.firsts[:n], self.seconds[:n], thirds, values, fixed

    # ---- numbers

    def reserve(self, count: int) -> slice:
        """Room for more numbers."""
        start, stop = self.count, self.count + count
        if stop > self.limit:
            raise NoStream("too many operations")
        if stop > len(self.ops):
            for name in ("ops", "firsts", "seconds"):
                old = getattr(self, name)
                grown = np.empty(max(stop, 2 * len(old)), np.int32)
                grown[:start] = old[:start]
                setattr(self, name, grown)
        self.count = stop
        return slice(start, stop)

    def append(self, op: int, a: Any, b: Any, shape: tuple[int, ...]) -> np.ndarray:
        """Numbers of new values, as an array of a shape; operands are broadcast."""
        place = self.reserve(int(np.prod(shape)))
        self.ops[place] = op
        self.firsts[place].reshape(shape)[...] = a
        self.seconds[place].reshape(shape)[...] = b
        return np.arange(place.start, place.stop, dtype=np.int32).reshape(shape)

    def constants(self, values: np.ndarray) -> np.ndarray:
        """Numbers of constants."""
        found = self.fresh(len(values))
        self.known.append((self.count - len(values), values))
        return found

    def fresh(self, count: int) -> np.ndarray:
        """Numbers of values that come from outside."""
        return self.append(HOLE, -1, -1, (count,))

    def new(self, op: int, a: np.ndarray, b: np.ndarray | None = None) -> np.ndarray:
        """Numbers of the results of an operation."""
        if op == COPY:
            return a
        if b is None or not BINARY[op]:
            return self.append(op, a, -1, np.shape(a))
        return self.append(op, a, b, np.broadcast_shapes(np.shape(a), np.shape(b)))

    def select(self, mask: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Numbers of choices."""
        shape = np.broadcast_shapes(np.shape(mask), np.shape(a), np.shape(b))
        found = self.append(SELECT, mask, a, shape)
        self.thirds.append((self.count - found.size, np.broadcast_to(b, shape).reshape(-1).astype(np.int32)))
        return found

    def total(self, op: int, terms: np.ndarray) -> np.ndarray:
        """Numbers of what is left of the first axis, taken in pairs, in pairs of pairs …"""
        while len(terms) > 1:
            even = len(terms) // 2 * 2
            pairs = self.new(op, terms[0:even:2], terms[1:even:2])
            terms = pairs if even == len(terms) else np.concatenate([pairs, terms[-1:]])
        return terms[0]

    # ---- what addresses hold

    def at(self, addresses: np.ndarray) -> np.ndarray:
        """What is at addresses."""
        return _present(self.numbers[addresses])

    def held(self, view: View) -> np.ndarray:
        """What is where a view is, to be read or written."""
        return np.ndarray(view.shape, np.int32, self.numbers, 4 * view.offset, [4 * s for s in view.strides])

    def entries(self, x: Any) -> np.ndarray:
        """Numbers of the entries of a view or of a constant."""
        if type(x) is View:
            return _present(self.held(x)).copy()
        x = np.asarray(x, np.float64)
        return self.constants(x.reshape(-1)).reshape(x.shape)

    def region(self, pc: int, column: int) -> View:
        """Where the operand in ``column`` of an instruction at ``pc`` is."""
        row = self.code.table[pc].tolist()
        return View(row[column], tuple(row[2:5]), tuple(row[column + 1 : column + 4]))

    # ---- instructions

    def scalars(self, pc: int) -> None:
        """Scalar operations."""
        from adpy.kernels.expanding import number

        code = self.code
        low, high = code.table[pc, 2:4].tolist()
        start = self.reserve(high - low).start
        columns = self.ops, self.firsts, self.seconds
        found = number(code.ops, code.firsts, code.seconds, BINARY, self.numbers, low, high, start, *columns)
        if found < 0:
            raise NoStream("an operand without a value")
        self.count = found

    def fill(self, pc: int) -> None:
        """Zeros."""
        self.held(self.region(pc, 5))[...] = self.zero

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
        a = self.operand(pc, 1)
        b = None if row[13] < 0 else self.operand(pc, 2)
        if bits & 1:
            self.locals[int(row[5])] = a.copy() if op == COPY else self.new(op, a, b)
            return
        into = self.region(pc, 5)
        if mode != ADD:
            self.held(into)[...] = self.new(op, a, b)
        elif op == NEGATIVE:
            self.accumulate(into, a, SUBTRACT)
        else:
            self.accumulate(into, self.new(op, a, b), ADDITION)

    def operand(self, pc: int, k: int) -> np.ndarray:
        """Numbers of the entries of an operand."""
        row = self.code.table[pc]
        if row[17] >> k & 1:
            return self.locals[int(row[5 + 4 * k])]
        return _present(self.held(self.region(pc, 5 + 4 * k)))

    # ---- sums

    def accumulate(self, into: View, terms: np.ndarray, op: int) -> None:
        """Add to the entries of a view, or subtract from them; along axes with stride zero, terms are summed first."""
        reduced = [k for k, (n, s) in enumerate(zip(into.shape, into.strides, strict=True)) if s == 0 and n > 1]
        kept = [k for k in range(len(into.shape)) if k not in reduced]
        if not _separate([(abs(into.strides[k]), into.shape[k]) for k in kept]):
            self.increase(into.addresses(), terms, op)
            return
        out = View(into.offset, tuple([into.shape[k] for k in kept]), tuple([into.strides[k] for k in kept]))
        if reduced:
            terms = np.broadcast_to(terms, into.shape).transpose(*reduced, *kept)
            terms = self.total(ADDITION, terms.reshape(-1, *out.shape))
        held = self.held(out)
        held[...] = self.added(_present(held), terms, op)

    def increase(self, addresses: np.ndarray, terms: np.ndarray, op: int) -> None:
        """Add to entries, or subtract from them, whose addresses may occur several times; their terms are summed."""
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
        self.numbers[addresses] = self.added(self.at(addresses), terms, op)

    def added(self, before: np.ndarray, terms: np.ndarray, op: int) -> np.ndarray:
        """Numbers of sums or differences; what was filled with zeros begins with the terms."""
        if op != ADDITION:
            return self.new(op, before, terms)
        begun = before != self.zero
        if begun.all():
            return self.new(op, before, terms)
        found = terms.copy()
        found[begun] = self.new(op, before[begun], terms[begun])
        return found


def _present(numbers: np.ndarray) -> np.ndarray:
    """Numbers, all of which are there."""
    if numbers.size and numbers.min() < 0:
        raise NoStream("an entry without a value")
    return numbers


def _separate(axes: list[tuple[int, int]]) -> bool:
    """Have all entries of a view addresses of their own?  Given strides and lengths of its axes."""
    span = 0
    for stride, n in sorted(axes):
        if n > 1 and stride <= span:
            return False
        span += stride * (n - 1)
    return True


_EXPAND = {
    RUN: Expansion.scalars,
    FILL: Expansion.fill,
    GATHER: Expansion.gather,
    SCATTER: Expansion.scatter,
    SAVE: Expansion.saved,
    SAVE_AT: Expansion.saved,
    GROUP: Expansion.group,
}
