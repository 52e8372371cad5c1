"""Kernels for groups: one loop nest over the axes, local results in registers.

Entries that may meet have one storage number; cotangents that go to several overlapping views of one storage pass
through a short buffer, so that every loop writes one of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from adpy.kernels.opcodes import arity
from adpy.kernels.table import ADD, BARS, COLUMNS, RENEWED, SET
from adpy.plain import np
from adpy.program.codegen_scalars import LOCAL, MEMORIES, OUTSIDE, second_terms
from adpy.program.formulas import CHEAP, Lines

__all__ = ["GroupBody", "emit_group", "group_body"]

BUFFER = 256
"""Entries of the buffer for one view."""

LONG = 64
"""Entries along the inner axis from which on loops compute several vectors side by side."""


@dataclass(frozen=True)
class GroupBody:
    """What the kernel of a group depends on.

    Attributes
    ----------
    members : tuple of (opcode, mode, result, operands, renewed)
        The result is the number of a view, or None for a local one; an operand is ``(LOCAL, member)`` or
        ``(OUTSIDE, view)``; the way back may compute a ``renewed`` result again.
    views : tuple of (row, operand, stride, storage, active)
        Where the table has the view; its stride along the inner axis: 0, 1 or None for another one.
    long : bool
        Are there many entries along the inner axis?
    """

    members: tuple
    views: tuple
    long: bool

    @property
    def size(self) -> int:
        """Operations in the body."""
        return len(self.members)


def group_body(table: np.ndarray, pc: int, active: int) -> GroupBody | None:
    """The body of the group at a row of the table, or None where its entries meet in ways that no loop nest has."""
    lengths = [int(n) for n in table[pc, 2:5]]
    views: list[list] = []
    keys: dict = {}
    intervals = []
    makers: dict = {}
    members = []

    def view(row, k):
        offset, *strides = [int(x) for x in table[pc + row, 5 + 4 * k : 9 + 4 * k]]
        key = (offset, *[s if n > 1 else 0 for s, n in zip(strides, lengths, strict=True)])
        if key not in keys:
            keys[key] = len(views)
            stride = strides[2] if lengths[2] > 1 else 0
            views.append([row, k, stride if stride in (0, 1) else None, 0, offset < active])
            spans = [(n - 1) * s for s, n in zip(strides, lengths, strict=True)]
            intervals.append((offset + sum(s for s in spans if s < 0), offset + sum(s for s in spans if s > 0)))
        return keys[key]

    for row in range(1, int(table[pc, 1]) + 1):
        op, mode, bits = (int(table[pc + row, c]) for c in (0, 1, 17))
        operands = []
        for k in range(1, 1 + arity(op)):
            place = ("local", int(table[pc + row, 5 + 4 * k])) if bits >> k & 1 else view(row, k)
            operands.append((LOCAL, makers[place]) if place in makers else (OUTSIDE, place))
        out = None if bits & 1 else view(row, 0)
        place = ("local", int(table[pc + row, 5])) if out is None else out
        if place in makers or (OUTSIDE, out) in operands:
            return None
        if mode == SET:
            makers[place] = len(members)
        members.append((op, mode, out, tuple(operands), out is None or bool(bits & RENEWED)))
    written = [member[2] for member in members if member[2] is not None]
    if len(set(written)) < len(written):
        return None
    sizes: dict[int, int] = {}
    numbers: dict[int, int] = {}
    reach = storage = -1
    for number in sorted(range(len(views)), key=intervals.__getitem__):
        low, high = intervals[number]
        storage += low > reach
        reach = max(reach, high)
        views[number][3] = storage
        sizes[storage] = sizes.get(storage, 0) + 1
    if any(sizes[views[out][3]] > 1 for out in written):
        return None
    for v in views:
        v[3] = numbers.setdefault(v[3], len(numbers))  # as they come: equal bodies at other addresses are the same
    return GroupBody(tuple(members), tuple([tuple(v) for v in views]), lengths[2] >= LONG)


class _Writer:
    """Text of one kernel over a group."""

    def __init__(self, name: str, sweep: str, body: GroupBody) -> None:
        self.name, self.sweep, self.body = name, sweep, body
        self.second = sweep == "second"
        self.back = sweep in ("adjoint", "second")
        self.out = Lines(4)
        self.storages = 1 + max([v[3] for v in body.views], default=0)
        self.live: list[bool] = []
        for _, _, _, operands, _ in body.members:
            self.live.append(any(body.views[n][4] if kind == OUTSIDE else self.live[n] for kind, n in operands))
        read = {n for _, _, _, operands, _ in body.members for kind, n in operands if kind == OUTSIDE}
        self.read = sorted(read)
        self.pulled = [v for v in self.read if body.views[v][4]] if self.back else []
        seen: set = set()
        self.buffered = []
        for v in self.pulled:
            _, _, stride, storage, _ = body.views[v]
            if stride != 0:
                if storage in seen:
                    self.buffered.append(v)
                seen.add(storage)

    # ---- access

    def access(self, memory: str, v: int) -> str:
        """Number of the storage of an access."""
        return str(MEMORIES.index(memory) * self.storages + self.body.views[v][3])

    def place(self, memory: str, v: int) -> str:
        """Address of the entry of a view."""
        stride = self.body.views[v][2]
        start = f"b{v} + p{v}" if memory in ("bars", "turns") else f"p{v}"
        return start if stride == 0 else f"{start} + i" if stride == 1 else f"{start} + i * s{v}"

    def load(self, memory: str, v: int) -> str:
        return f"load({memory}, {self.place(memory, v)}, {self.access(memory, v)})"

    def store(self, memory: str, v: int, value: str) -> None:
        self.out.add(f"store({memory}, {self.place(memory, v)}, {value}, {self.access(memory, v)})")

    # ---- parts

    def text(self) -> str:
        """The function."""
        out, body = self.out, self.body
        memories = {"value": "", "tangent": ", dots", "adjoint": ", bars", "second": ", dots, bars, turns"}[self.sweep]
        head = f"def {self.name}(at, table, tables, numbers, memory{memories}):"
        out.add(f"pc = at * {COLUMNS}")
        for v, (row, k, stride, _, _) in enumerate(body.views):
            column = 5 + 4 * k
            for name, c in (("o", column), ("u", column + 1), ("w", column + 2)):
                out.add(f"{name}{v} = table[pc + {row * COLUMNS + c}]")
            if stride is None:
                out.add(f"s{v} = table[pc + {row * COLUMNS + column + 3}]")
            if self.back:
                out.add(f"b{v} = table[pc + {row * COLUMNS + BARS + k}]")
        if self.buffered:
            out.add(f"scratch = buffer({BUFFER * len(self.buffered) * (1 + self.second)})")
        out.add("for i0 in range(table[pc + 2]):")
        out.indent += 4
        out.add("for i1 in range(table[pc + 3]):")
        out.indent += 4
        for v in range(len(body.views)):
            out.add(f"p{v} = o{v} + i0 * u{v} + i1 * w{v}")
        self.constants()
        out.add("n = table[pc + 4]")
        if self.buffered:
            out.add("rest = n")
            out.add("while rest > 0:")
            out.indent += 4
            out.add(f"n = min(rest, {BUFFER})")
        out.add(f"for i in {'many' if body.long else 'range'}(n):")
        out.indent += 4
        out.add("pass")
        values, dots = self.forward()
        if self.back:
            self.backward(values, dots)
        out.indent -= 4
        if self.buffered:
            self.unbuffer()
        self.totals()
        return "\n".join([head, *out.lines, ""])

    def constants(self) -> None:
        """What stays along the inner axis: loaded, or a total begun."""
        body, out = self.body, self.out
        for v in self.read:
            if body.views[v][2] == 0:
                out.add(f"x{v} = {self.load('memory', v)}")
                if self.sweep in ("tangent", "second") and body.views[v][4]:
                    out.add(f"d{v} = {self.load('dots', v)}")
        for v in self.pulled:
            if body.views[v][2] == 0:
                out.add(f"t{v} = 0.0")
                if self.second:
                    out.add(f"g{v} = 0.0")
        for _, mode, result, _, _ in body.members:
            if result is None or body.views[result][2] != 0 or mode != ADD:
                continue
            if not self.back:
                out.add(f"y{result} = 0.0")
                if self.sweep == "tangent":
                    out.add(f"z{result} = 0.0")
            else:
                out.add(f"c{result} = {self.load('bars', result)}")
                if self.second:
                    out.add(f"h{result} = {self.load('turns', result)}")

    def totals(self) -> None:
        """Sums along the inner axis go to memory."""
        body, out = self.body, self.out
        out.indent = 12
        if self.back:
            for v in self.pulled:
                if body.views[v][2] == 0:
                    self.store("bars", v, f"{self.load('bars', v)} + t{v}")
                    if self.second:
                        self.store("turns", v, f"{self.load('turns', v)} + g{v}")
            return
        for _, mode, result, _, _ in body.members:
            if result is not None and body.views[result][2] == 0 and mode == ADD:
                self.store("memory", result, f"{self.load('memory', result)} + y{result}")
                if self.sweep == "tangent":
                    self.store("dots", result, f"{self.load('dots', result)} + z{result}")

    def operand(self, kind: int, n: int, values: list) -> str:
        return values[n] if kind == LOCAL else f"x{n}"

    def dot(self, kind: int, n: int, dots: list) -> str:
        if kind == LOCAL:
            return dots[n]
        return f"d{n}" if self.body.views[n][4] else "0.0"

    def forward(self) -> tuple[list, list]:
        """Values and tangents in registers; results written."""
        body, out = self.body, self.out
        for v in self.read:
            if body.views[v][2] != 0:
                out.add(f"x{v} = {self.load('memory', v)}")
                if self.sweep in ("tangent", "second") and body.views[v][4]:
                    out.add(f"d{v} = {self.load('dots', v)}")
        values: list[str] = []
        dots: list[str] = []
        for op, mode, result, operands, renewed in body.members:
            a, b = [*[self.operand(kind, n, values) for kind, n in operands], "0.0"][:2]
            fetched = self.back and result is not None and mode == SET and not (op in CHEAP and renewed)
            value = self.load("memory", result) if fetched else None
            values.append(out.fresh(value) if fetched else out.compute("value", op, a, b, "")[0])
            dot = "0.0"
            if self.sweep in ("tangent", "second") and self.live[len(dots)]:
                if fetched:
                    dot = out.fresh(self.load("dots", result))
                else:
                    weights = out.compute("weights", op, a, b, values[-1])
                    given = [self.dot(kind, n, dots) for kind, n in operands]
                    dot = out.sum(*[out.product(w, x) for w, x in zip(weights, given, strict=False)])
            dots.append(dot)
            if result is not None and not self.back:
                self.write("memory", "y", mode, result, values[-1])
                if self.sweep == "tangent":
                    self.write("dots", "z", mode, result, dot)
        return values, dots

    def write(self, memory: str, total: str, mode: int, result: int, value: str) -> None:
        """A result, set or added."""
        if mode != ADD:
            self.store(memory, result, value)
        elif self.body.views[result][2] == 0:
            self.out.add(f"{total}{result} = add_up({total}{result}, {value})")
        else:
            self.store(memory, result, f"{self.load(memory, result)} + {value}")

    def backward(self, values: list, dots: list) -> None:
        """Cotangents (and their tangents) in registers, added to those of the views."""
        body, out, second = self.body, self.out, self.second
        local = [["0.0", "0.0"] for _ in body.members]
        outer = {v: ["0.0", "0.0"] for v in self.pulled}
        for j in range(body.size - 1, -1, -1):
            op, mode, result, operands, _ = body.members[j]
            bar, turn = local[j]
            if result is not None:
                bar = out.sum(self.seed("bars", "c", mode, result), bar)
                if second:
                    turn = out.sum(self.seed("turns", "h", mode, result), turn)
            if not self.live[j] or bar == turn == "0.0":
                continue
            a, b = [*[self.operand(kind, n, values) for kind, n in operands], "0.0"][:2]
            found = out.compute("second" if second else "weights", op, a, b, values[j])
            tangents = [*[self.dot(kind, n, dots) for kind, n in operands], "0.0"][:2] if second else ()
            for k, (kind, n) in enumerate(operands):
                if not (body.views[n][4] if kind == OUTSIDE else self.live[n]):
                    continue
                into = outer[n] if kind == OUTSIDE else local[n]
                into[0] = out.sum(into[0], out.product(found[k], bar))
                if second:
                    into[1] = out.sum(into[1], *second_terms(out, found, tangents, k, bar, turn))
        for v, both in outer.items():
            pairs = (("bars", "t", both[0]), ("turns", "g", both[1]))[: 1 + second]
            for number, (memory, total, by) in enumerate(pairs):
                self.pull(memory, total, v, by, number)

    def seed(self, memory: str, total: str, mode: int, result: int) -> str:
        """Cotangent of a result, cleared: another array may have its memory, or it overwrote something."""
        if mode == ADD and self.body.views[result][2] == 0:
            return f"{total}{result}"
        found = self.out.fresh(self.load(memory, result))
        if mode != ADD:
            self.store(memory, result, "0.0")
        return found

    def pull(self, memory: str, total: str, v: int, by: str, number: int) -> None:
        """Add to the cotangent of a view."""
        if self.body.views[v][2] == 0:
            if by != "0.0":
                self.out.add(f"{total}{v} = add_up({total}{v}, {by})")
        elif v in self.buffered:
            place = f"i + {BUFFER * (self.buffered.index(v) + number * len(self.buffered))}"
            self.out.add(f"store(scratch, {place}, {by}, {len(MEMORIES) * self.storages})")
        elif by != "0.0":
            self.store(memory, v, f"{self.load(memory, v)} + {by}")

    def unbuffer(self) -> None:
        """Add the buffers to the cotangents, one loop a view, and go on to the next entries."""
        out = self.out
        for number, memory in enumerate(("bars", "turns")[: 1 + self.second]):
            for v in self.buffered:
                place = f"i + {BUFFER * (self.buffered.index(v) + number * len(self.buffered))}"
                out.add("for i in range(n):")
                out.indent += 4
                self.store(
                    memory, v, f"{self.load(memory, v)} + load(scratch, {place}, {len(MEMORIES) * self.storages})"
                )
                out.indent -= 4
        for v, (_, _, stride, _, _) in enumerate(self.body.views):
            if stride != 0:
                out.add(f"p{v} += n" if stride == 1 else f"p{v} += n * s{v}")
        out.add("rest -= n")


def emit_group(name: str, sweep: str, body: GroupBody) -> str:
    """Source of the kernel of a group for a sweep: ``value``, ``tangent``, ``adjoint`` or ``second``."""
    return _Writer(name, sweep, body).text()
