"""Generated kernels: a program's own loops compiled, where it is asked for.

The instructions become steps: a group or a block of scalar operations is a call of a kernel, and equal bodies share
one.  What has no kernel (too long, or entries that meet) stays with the interpreters.  A kernel is compiled when a
sweep first needs it.
"""

from __future__ import annotations

import threading
import time
import weakref
from typing import Any

from adpy.kernels.table import COLUMNS, GROUP, RUN
from adpy.plain import np
from adpy.program.code import Code
from adpy.program.codegen_groups import GroupBody, emit_group
from adpy.program.codegen_plans import bodies_of_groups
from adpy.program.codegen_scalars import Body, body_of, emit_scalars
from adpy.program.frames import Tables
from adpy.program.heat import compiling, ending, enqueue
from adpy.program.reach import activity, needed
from adpy.program.rolling import LONGEST, roll

__all__ = ["Kernels"]

BUDGET = 700
"""Operations in all bodies of a program together, at most: what compiles in a second or two."""


class Kernels:
    """The steps of a code and their kernels; the sweeps of one direction over a stretch of instructions."""

    def __init__(self, code: Code, background: bool = False, trigger: str = "asked for") -> None:
        self._code, self.background, self.trigger = weakref.ref(code), background, trigger
        self.lock = threading.Lock()
        self.working: set[str] = set()
        self.seconds: dict[str, float] = {}
        self.known: list[Any] = [None]
        self.weights: list[float] = []
        self._numbers: dict[Any, int] = {}
        self.rows: list[list[int]] = []
        planned = self._plan()
        chosen = self._choose()
        self.bodies = [self.known[number] for number in chosen]
        self._segment(self._settle(planned, chosen))
        table = np.concatenate([code.table, np.array(self.rows, np.int64).reshape(-1, COLUMNS)])
        heads = np.concatenate([code.heads, len(code.table) + np.arange(len(self.rows), dtype=np.int64)])
        more = {"steps": self.steps, "tables": self.addresses, "numbers": self.numbers}
        self.tables = Tables(code, table, heads, self.stretches, self.lasting, **more)
        self.libraries: dict[str, Any] = {}

    @property
    def code(self) -> Code:
        """The code; it keeps the kernels, not they it."""
        return self._code()

    # ---- steps

    def _plan(self) -> list[list[tuple[int, int]]]:
        """For each instruction its steps: number of the body, argument; number 0 is the interpreter's."""
        code = self.code
        table, heads = code.table, code.heads
        stream = (code.ops, code.firsts, code.seconds)
        kinds = table[heads, 0]
        planned: list[list[tuple[int, int]]] = [[(0, number)] for number in range(len(heads))]
        groups = np.flatnonzero(kinds == GROUP)
        bodies, which = bodies_of_groups(table, heads[groups], code.active)
        numbers = np.array([0 if body is None else self._number(body) for body in bodies] or [0])[which]
        for number, body, pc in zip(groups.tolist(), numbers.tolist(), heads[groups].tolist(), strict=True):
            if body:
                planned[number] = [(body, pc)]
        work = np.bincount(numbers, np.prod(table[heads[groups], 2:5], axis=1), len(self.known))
        self.weights += (work * [0, *[body.size for body in self.known[1:]]]).tolist()
        runs = [(number, table[heads[number]]) for number in np.flatnonzero(kinds == RUN).tolist()]
        blocks = {number: roll(*stream, int(row[2]), int(row[3])) for number, row in runs}
        stored = needed(code, [block for found in blocks.values() for block in found])
        active = activity(code)
        arguments: list[int] = []
        tables: list[np.ndarray] = []
        placed = 0
        for number, found in blocks.items():
            planned[number] = []
            for block in found:
                if block.period > LONGEST:
                    planned[number].append((0, self._interpreted(block.start, block.stop)))
                    continue
                body, mine, addresses = body_of(stream, block, stored, active, placed)
                known = self._number(body)
                self.weights += [0.0] * (known + 1 - len(self.weights))
                self.weights[known] += block.period * block.count
                planned[number].append((known, len(arguments)))
                arguments += mine
                tables += addresses
                placed += sum(map(len, addresses))
        self.numbers = np.array(arguments or [0], np.int64)
        self.addresses = np.concatenate(tables or [np.zeros(1, np.int64)])
        return planned

    def _number(self, body: Body | GroupBody) -> int:
        """Number of a body among the known ones."""
        if body not in self._numbers:
            self._numbers[body] = len(self.known)
            self.known.append(body)
        return self._numbers[body]

    def _interpreted(self, low: int, high: int) -> int:
        """Number of an instruction of the interpreter's own, for scalar operations."""
        self.rows.append([RUN, 0, low, high, *[0] * (COLUMNS - 4)])
        return len(self.code.heads) + len(self.rows) - 1

    def _choose(self) -> list[int]:
        """The bodies that get kernels: those that most of the work is in, as far as the budget goes."""
        spent = 0
        found = []
        for number in sorted(range(1, len(self.known)), key=self.weights.__getitem__, reverse=True):
            if spent + self.known[number].size <= BUDGET:
                spent += self.known[number].size
                found.append(number)
        return found

    def _settle(self, planned: list[list[tuple[int, int]]], chosen: list[int]) -> list[list[tuple[int, int]]]:
        """Numbers of kernels in the place of those of bodies; the interpreter's where there is no kernel."""
        kernels = {body: number for number, body in enumerate(chosen, 1)}

        def settled(number, body, argument):
            if body in kernels:
                return kernels[body], argument
            if not body:
                return body, argument
            if isinstance(self.known[body], Body):
                start, count = self.numbers[argument : argument + 2].tolist()
                return 0, self._interpreted(start, start + count * self.known[body].size)
            return 0, number

        return [[settled(number, *step) for step in steps] for number, steps in enumerate(planned)]

    def _segment(self, planned: list) -> None:
        """Steps ``(kernel, at, stop)`` of every stretch; kernel 0 leaves instructions to the interpreter."""
        flat: list = []
        self.stretches: list[tuple[int, int, Any]] = []
        self.lasting = 0
        for start, stop, call in self.code.stretches:
            first = len(flat)
            for number, steps in enumerate(planned[start:stop], start + 1):
                for kernel, at in steps:
                    if kernel:
                        flat.append((kernel, at, 0))
                    elif len(flat) > first and not flat[-1][0] and flat[-1][2] == at:
                        flat[-1] = (0, flat[-1][1], at + 1)
                    else:
                        flat.append((0, at, at + 1))
                if number <= self.code.lasting:
                    self.lasting = len(flat)
            self.stretches.append((first, len(flat), call))
        self.steps = np.array(flat, np.int64).reshape(-1, 3)

    # ---- compilation

    def source(self, sweep: str) -> str:
        """The kernels of a sweep."""
        return "\n".join(
            [
                (emit_scalars if isinstance(body, Body) else emit_group)(f"kernel_{number}", sweep, body)
                for number, body in enumerate(self.bodies, 1)
            ]
        )

    def _compile(self, sweep: str) -> None:
        from adpy.kernels.assemble import assembled

        begin = time.perf_counter()
        self.libraries[sweep], address = assembled(sweep, self.source(sweep))
        self.seconds[sweep] = time.perf_counter() - begin
        self.tables.add(sweep, address)

    def ready(self, sweeps: tuple[str, ...]) -> bool:
        """Are the kernels of these sweeps there?  Without ``background``, they are compiled now."""
        if self.tables.sweeps.keys() >= set(sweeps):
            return True
        if not self.background:
            self.build(sweeps)
            return True
        with self.lock:
            started = not self.working.isdisjoint(sweeps)
            self.working.update(sweeps)
        if not started:
            enqueue(lambda: self.build(sweeps))
        return False

    def build(self, sweeps: tuple[str, ...]) -> None:
        """Compile the kernels of sweeps."""
        with compiling:
            for sweep in sweeps:
                if sweep not in self.tables.sweeps and not ending():
                    self._compile(sweep)

    def stats(self) -> dict[str, Any]:
        """What was generated, and the seconds that compiling each sweep took."""
        pending = sorted(self.working - set(self.tables.sweeps))
        return {
            "state": "compiling" if pending else "compiled" if self.seconds else "waiting for the first call",
            "trigger": self.trigger,
            "count": len(self.bodies),
            "operations": sum(body.size for body in self.bodies),
            "pieces left to the interpreter": int(np.count_nonzero(self.steps[:, 0] == 0)),
            "compiled": {sweep: round(seconds, 3) for sweep, seconds in self.seconds.items()},
            "compiling": pending,
        }
