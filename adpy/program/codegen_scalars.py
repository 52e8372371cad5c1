"""Kernels for blocks of scalar operations: the body once, its results in registers, a loop over the iterations.

An operand from before the iteration is *external*: at a fixed address, at one that advances evenly, or in a table of
addresses.  Results are written to memory where something outside the iteration reads them, or where computing them
again would cost more; the ways back compute the others again.
"""

from __future__ import annotations

from dataclasses import dataclass

from adpy.kernels.opcodes import HOLE, arity
from adpy.plain import np
from adpy.program.formulas import CHEAP, Lines
from adpy.program.rolling import Block

__all__ = ["Body", "addressed", "body_of", "emit_scalars"]

FIXED, ALONG, STRIDE, TABLE = "fixed", "along", "stride", "table"
LOCAL, OUTSIDE = 0, 1
MEMORIES = ("memory", "dots", "bars", "turns")


@dataclass(frozen=True)
class Body:
    """What the kernel of a block depends on.

    Attributes
    ----------
    steps : tuple of (opcode, operands, stored, active)
        For each operation; an operand is ``(LOCAL, position)`` or ``(OUTSIDE, number of the external)``.
    externals : tuple of (kind, number, active)
        ``number`` is the distance from the iteration's first address (``ALONG``) or the step (``STRIDE``).
    loop : bool
        More than one iteration?
    """

    steps: tuple
    externals: tuple
    loop: bool

    @property
    def size(self) -> int:
        """Operations in the body."""
        return len(self.steps)


def body_of(
    stream: tuple, block: Block, stored: np.ndarray, active: np.ndarray, placed: int
) -> tuple[Body, list, list]:
    """The body of a block, the numbers that its kernel is called with, and its tables of addresses.

    Parameters
    ----------
    stream : (ops, firsts, seconds)
    stored : ndarray of bool
        Which scalars something outside their iteration reads.
    active : ndarray of bool
        Which addresses have a cotangent.
    placed : int
        Where the tables begin.
    """
    ops = stream[0]
    period, count, start = block.period, block.count, block.start
    keys: dict = {}
    externals, numbers, tables = [], [], []

    def external(addresses):
        steps = np.diff(addresses)
        step = int(steps[0]) if count > 1 else 0
        even = not steps.size or bool((steps == step).all())
        key = (int(addresses[0]), step) if even else addresses.tobytes()
        if key not in keys:
            keys[key] = len(externals)
            live = bool(active[addresses].any())
            if not even:
                externals.append((TABLE, 0, live))
                numbers.append(placed + sum(map(len, tables)))
                tables.append(addresses)
            elif count > 1 and step == period:
                externals.append((ALONG, int(addresses[0]) - start, live))
                numbers.append(0)
            else:
                externals.append((STRIDE if step else FIXED, step, live))
                numbers.append(int(addresses[0]))
        return OUTSIDE, keys[key]

    steps = []
    for j in range(period):
        op = int(ops[start + j])
        operands = []
        for k in range(arity(op)):
            addresses = stream[1 + k][start + j : start + period * count : period].astype(np.int64)
            place = int(addresses[0]) - start
            if 0 <= place < period and ops[start + place] != HOLE:
                operands.append((LOCAL, place))
            else:
                operands.append(external(addresses))
        mine = slice(start + j, start + period * count, period)
        keep = op != HOLE and (bool(stored[mine].any()) or op not in CHEAP)
        outside = bool(stored[mine].any()) and op != HOLE
        steps.append((op, tuple(operands), keep, outside))
    return Body(tuple(steps), tuple(externals), count > 1), [start, count, *numbers], tables


def addressed(body: Body) -> list[int]:
    """Which of the numbers that the kernel of a body is called with are addresses."""
    return [2 + e for e, (kind, _, _) in enumerate(body.externals) if kind in (FIXED, STRIDE)]


class _Writer:
    """Text of one kernel over a body."""

    def __init__(self, name: str, sweep: str, body: Body) -> None:
        self.name, self.sweep, self.body = name, sweep, body
        self.out = Lines(4)
        memories = {"value": "", "tangent": ", dots", "adjoint": ", bars", "second": ", dots, bars, turns"}[sweep]
        self.head = f"def {name}(at, table, tables, numbers, memory{memories}):"
        self.live: list[bool] = []
        for _, operands, _, _ in body.steps:
            self.live.append(any(body.externals[n][2] if kind == OUTSIDE else self.live[n] for kind, n in operands))

    def text(self) -> str:
        """The function."""
        out, body = self.out, self.body
        out.add("low = numbers[at]")
        back = self.sweep in ("adjoint", "second")
        for e, (kind, _, live) in enumerate(body.externals):
            if kind != ALONG:
                out.add(f"e{e} = numbers[at + {2 + e}]")
            if kind == FIXED:
                out.add(f"x{e} = {self.load('memory', f'e{e}')}")
                if live and self.sweep in ("tangent", "second"):
                    out.add(f"d{e} = {self.load('dots', f'e{e}')}")
                if live and back:
                    out.add(f"b{e} = 0.0")
                if live and self.sweep == "second":
                    out.add(f"g{e} = 0.0")
        if body.loop:
            out.add("count = numbers[at + 1]")
            out.add("for k in range(count):")
            out.indent += 4
            out.add("m = count - 1 - k" if back else "m = k")
            out.add(f"p = low + m * {body.size}")
        else:
            out.add("p = low")
        self.fetch()
        values, dots = self.forward()
        if back:
            self.backward(values, dots)
        out.indent = 4
        if back:
            for e, (kind, _, live) in enumerate(body.externals):
                if kind == FIXED and live:
                    self.increase("bars", f"e{e}", f"b{e}")
                    if self.sweep == "second":
                        self.increase("turns", f"e{e}", f"g{e}")
        return "\n".join([self.head, *out.lines, ""])

    def load(self, memory: str, place: str) -> str:
        return f"load({memory}, {place}, {MEMORIES.index(memory)})"

    def store(self, memory: str, place: str, value: str) -> None:
        self.out.add(f"store({memory}, {place}, {value}, {MEMORIES.index(memory)})")

    def increase(self, memory: str, place: str, by: str) -> None:
        self.store(memory, place, f"{self.load(memory, place)} + {by}")

    def place(self, e: int) -> str:
        """Address of an external."""
        kind, number, _ = self.body.externals[e]
        return {ALONG: f"p + {number}", FIXED: f"e{e}", STRIDE: f"q{e}", TABLE: f"q{e}"}[kind]

    def fetch(self) -> None:
        """Values (and tangents) of the externals of an iteration."""
        for e, (kind, number, live) in enumerate(self.body.externals):
            if kind == FIXED:
                continue
            if kind == STRIDE:
                self.out.add(f"q{e} = e{e} + m * {number}")
            elif kind == TABLE:
                self.out.add(f"q{e} = tables[e{e} + m]")
            self.out.add(f"x{e} = {self.load('memory', self.place(e))}")
            if live and self.sweep in ("tangent", "second"):
                self.out.add(f"d{e} = {self.load('dots', self.place(e))}")

    def forward(self) -> tuple[list, list]:
        """Values and tangents of the body in registers, written where they are kept."""
        values: list[str] = []
        dots: list[str] = []
        for j, (op, operands, keep, _) in enumerate(self.body.steps):
            if op == HOLE:
                values.append("0.0")
                dots.append("0.0")
                continue
            a, b = [*[f"x{n}" if kind == OUTSIDE else values[n] for kind, n in operands], "0.0"][:2]
            recompute = self.sweep in ("value", "tangent") or not (keep and op not in CHEAP)
            if recompute:
                values.append(self.out.compute("value", op, a, b, "")[0])
            else:
                values.append(self.out.fresh(self.load("memory", f"p + {j}")))
            if keep and self.sweep in ("value", "tangent"):
                self.store("memory", f"p + {j}", values[j])
            if self.sweep not in ("tangent", "second"):
                dots.append("0.0")
                continue
            if not self.live[j]:
                dots.append("0.0")
            elif recompute:
                weights = self.out.compute("weights", op, a, b, values[j])
                terms = [
                    self.out.product(w, self.dot(kind, n, dots))
                    for w, (kind, n) in zip(weights, operands, strict=False)
                ]
                dots.append(self.out.sum(*terms))
            else:
                dots.append(self.out.fresh(self.load("dots", f"p + {j}")))
            if keep and self.sweep == "tangent":
                self.store("dots", f"p + {j}", dots[j])
        return values, dots

    def dot(self, kind: int, n: int, dots: list) -> str:
        """Tangent of an operand."""
        if kind == LOCAL:
            return dots[n]
        return f"d{n}" if self.body.externals[n][2] else "0.0"

    def backward(self, values: list, dots: list) -> None:
        """Cotangents (and their tangents) of the body in registers, added to those of the externals."""
        body, second = self.body, self.sweep == "second"
        local = [["0.0", "0.0"] for _ in body.steps]
        outer = [["0.0", "0.0"] for _ in body.externals]
        for j in range(body.size - 1, -1, -1):
            op, operands, _, outside = body.steps[j]
            if not self.live[j]:
                continue
            bar, turn = local[j]
            if outside:
                bar = self.out.sum(self.out.fresh(self.load("bars", f"p + {j}")), bar)
                if second:
                    turn = self.out.sum(self.out.fresh(self.load("turns", f"p + {j}")), turn)
            if bar == turn == "0.0":
                continue
            a, b = [*[f"x{n}" if kind == OUTSIDE else values[n] for kind, n in operands], "0.0"][:2]
            found = self.out.compute("second" if second else "weights", op, a, b, values[j])
            tangents = [*[self.dot(kind, n, dots) for kind, n in operands], "0.0"][:2] if second else ()
            for k, (kind, n) in enumerate(operands):
                if not (body.externals[n][2] if kind == OUTSIDE else self.live[n]):
                    continue
                into = outer[n] if kind == OUTSIDE else local[n]
                into[0] = self.out.sum(into[0], self.out.product(found[k], bar))
                if second:
                    into[1] = self.out.sum(into[1], *second_terms(self.out, found, tangents, k, bar, turn))
        for e, (kind, _, live) in enumerate(body.externals):
            for memory, register, by in (("bars", "b", outer[e][0]), ("turns", "g", outer[e][1])):
                if not live or by == "0.0":
                    continue
                if kind == FIXED:
                    self.out.add(f"{register}{e} += {by}")
                else:
                    self.increase(memory, self.place(e), by)


def second_terms(out: Lines, found: list, tangents: list, k: int, bar: str, turn: str) -> list[str]:
    """What an operation adds to the tangent of the cotangent of its operand ``k``."""
    own, other = (found[2], found[4])[k], found[3]
    change = out.sum(out.product(own, tangents[k]), out.product(other, tangents[1 - k]))
    return [out.product(found[k], turn), out.product(change, bar)]


def emit_scalars(name: str, sweep: str, body: Body) -> str:
    """Source of the kernel of a body for a sweep: ``value``, ``tangent``, ``adjoint`` or ``second``."""
    return _Writer(name, sweep, body).text()
