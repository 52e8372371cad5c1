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
from adpy.program.codegen_groups import emit_group, group_body
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
        self.weights: dict = {}
        self.rows: list[list[int]] = []
        planned = self._plan()
        self.bodies = self._choose()
        self._segment(self._settle(planned))
        table = np.concatenate([code.table, np.array(self.rows, np.int64).reshape(-1, COLUMNS)])
        heads = np.concatenate([code.heads, len(code.table) + np.arange(len(self.rows), dtype=np.int64)])
        more = {"steps": self.steps, "tables": self.addresses, "numbers": self.numbers}
        self.tables = Tables(code, table, heads, self.stretches, **more)
        self.libraries: dict[str, Any] = {}

    @property
    def code(self) -> Code:
        """The code; it keeps the kernels, not they it."""
        return self._code()

    # ---- steps

    def _plan(self) -> list[list]:
        """For each instruction its steps ``(body, argument)``; kernel 0 is the interpreter's."""
        code = self.code
        stream = (code.ops, code.firsts, code.seconds)
        runs = [(n, code.table[pc]) for n, pc in enumerate(code.heads) if code.table[pc, 0] == RUN]
        blocks = {n: roll(*stream, int(row[2]), int(row[3])) for n, row in runs}
        stored = needed(code, [block for found in blocks.values() for block in found])
        active = activity(code)
        numbers: list[int] = []
        tables: list[np.ndarray] = []
        planned: list[list] = []
        for number, pc in enumerate(code.heads):
            steps: list = []
            for block in blocks.get(number, ()):
                if block.period > LONGEST:
                    steps.append((0, self._interpreted(block.start, block.stop)))
                    continue
                body, found, addresses = body_of(stream, block, stored, active, sum(map(len, tables)))
                self.weights[body] = self.weights.get(body, 0) + block.period * block.count
                steps.append((body, len(numbers)))
                numbers += found
                tables += addresses
            row = code.table[pc]
            if row[0] == GROUP:
                body = group_body(code.table, int(pc), code.active)
                steps.append((0, number) if body is None else (body, int(pc)))
                if body is not None:
                    self.weights[body] = self.weights.get(body, 0) + body.size * int(np.prod(row[2:5]))
            elif row[0] != RUN:
                steps.append((0, number))
            planned.append(steps)
        self.numbers = np.array(numbers or [0], np.int64)
        self.addresses = np.concatenate(tables or [np.zeros(1, np.int64)])
        return planned

    def _interpreted(self, low: int, high: int) -> int:
        """Number of an instruction of the interpreter's own, for scalar operations."""
        self.rows.append([RUN, 0, low, high, *[0] * (COLUMNS - 4)])
        return len(self.code.heads) + len(self.rows) - 1

    def _choose(self) -> list:
        """The bodies that get kernels: those that most of the work is in, as far as the budget goes."""
        spent = 0
        found = []
        for body in sorted(self.weights, key=self.weights.__getitem__, reverse=True):
            if spent + body.size <= BUDGET:
                spent += body.size
                found.append(body)
        return found

    def _settle(self, planned: list[list]) -> list[list[tuple[int, int]]]:
        """Numbers of kernels in the place of bodies; the interpreter's where there is no kernel."""
        kernels = {body: number for number, body in enumerate(self.bodies, 1)}

        def settled(number, body, argument):
            if isinstance(body, int):
                return body, argument
            if body in kernels:
                return kernels[body], argument
            if isinstance(body, Body):
                start, count = self.numbers[argument : argument + 2].tolist()
                return 0, self._interpreted(start, start + count * body.size)
            return 0, number

        return [[settled(number, *step) for step in steps] for number, steps in enumerate(planned)]

    def _segment(self, planned: list) -> None:
        """Steps ``(kernel, at, stop)`` of every stretch; kernel 0 leaves instructions to the interpreter."""
        flat: list = []
        self.stretches: list[tuple[int, int, Any]] = []
        for start, stop, call in self.code.stretches:
            first = len(flat)
            for steps in planned[start:stop]:
                for kernel, at in steps:
                    if kernel:
                        flat.append((kernel, at, 0))
                    elif len(flat) > first and not flat[-1][0] and flat[-1][2] == at:
                        flat[-1] = (0, flat[-1][1], at + 1)
                    else:
                        flat.append((0, at, at + 1))
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
