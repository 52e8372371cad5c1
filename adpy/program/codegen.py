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
from adpy.program.formulas import LIBRARY
from adpy.program.reach import activity, needed
from adpy.program.rolling import LONGEST, roll

__all__ = ["Kernels"]

BUDGET = 700
"""Operations in all bodies of a program together, at most: what compiles in a second or two."""

MEMORIES = {"value": "", "tangent": ", dots", "adjoint": ", bars", "second": ", dots, bars, turns"}


class Kernels:
    """The steps of a code and their kernels; the sweeps of one direction over a stretch of instructions."""

    def __init__(self, code: Code, background: bool = False) -> None:
        self._code, self.background = weakref.ref(code), background
        self.lock = threading.Lock()
        self.functions: dict[str, Any] = {}
        self.working: set[str] = set()
        self.seconds: dict[str, float] = {}
        self.weights: dict = {}
        self.rows: list[list[int]] = []
        planned = self._plan()
        self.bodies = self._choose()
        self._segment(self._settle(planned))
        self.table = np.concatenate([code.table, np.array(self.rows, np.int64).reshape(-1, COLUMNS)])
        self.heads = np.concatenate([code.heads, len(code.table) + np.arange(len(self.rows), dtype=np.int64)])

    @property
    def code(self) -> Code:
        """The code; it keeps the kernels, not they it."""
        return self._code()

    # ---- steps

    def _plan(self) -> list[list]:
        """For each instruction its steps ``(body, argument)``; kernel 0 moves entries, -1 is the interpreter's."""
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
                    steps.append((-1, self._interpreted(block.start, block.stop)))
                    continue
                body, found, addresses = body_of(stream, block, stored, active, sum(map(len, tables)))
                self.weights[body] = self.weights.get(body, 0) + block.period * block.count
                steps.append((body, len(numbers)))
                numbers += found
                tables += addresses
            row = code.table[pc]
            if row[0] == GROUP:
                body = None if _is_a_chain(code.table, int(pc)) else group_body(code.table, int(pc), code.active)
                steps.append((-1, number) if body is None else (body, int(pc)))
                if body is not None:
                    self.weights[body] = self.weights.get(body, 0) + body.size * int(np.prod(row[2:5]))
            elif row[0] != RUN:
                steps.append((0, int(pc)))
            planned.append(steps)
        self.numbers = np.array(numbers or [0], np.int64)
        self.tables = np.concatenate(tables or [np.zeros(1, np.int64)])
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
                return -1, self._interpreted(start, start + count * body.size)
            return -1, number

        return [[settled(number, *step) for step in steps] for number, steps in enumerate(planned)]

    def _segment(self, planned: list) -> None:
        """Steps of every stretch, cut where the interpreter takes over: ``(interpreted, first, stop)``."""
        flat: list = []
        self.segments: dict[tuple[int, int], list] = {}
        for start, stop, _ in self.code.stretches:
            found: list = []
            for steps in planned[start:stop]:
                for kernel, argument in steps:
                    if kernel < 0:
                        found.append((True, argument, argument + 1))
                        continue
                    if found and not found[-1][0]:
                        found[-1] = (False, found[-1][1], len(flat) + 1)
                    else:
                        found.append((False, len(flat), len(flat) + 1))
                    flat.append((kernel, argument))
            self.segments[start, stop] = found
        self.steps = np.array(flat, np.int64).reshape(-1, 2)

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
        import numba

        from adpy.kernels import interpreter
        from adpy.kernels.assemble import dispatcher
        from adpy.kernels.vector_math import FUNCTIONS

        begin = time.perf_counter()
        more = MEMORIES[sweep]
        back = sweep in ("adjoint", "second")
        flat = "".join([f", {name}.reshape(-1)" for name in more.split(", ")[1:]])
        lines = [
            f"def run(steps, table, places, tables, numbers, memory{more}, first, stop):",
            "    for k in range(stop - 1, first - 1, -1):" if back else "    for k in range(first, stop):",
            "        kernel, at = steps[k, 0], steps[k, 1]",
            "        if kernel:",
            f"            call(kernel, at, (table, tables, numbers, memory{flat}))",
            "            continue",
            *["        " + line for line in _MOVES[sweep]],
        ]
        scope = {name: getattr(interpreter, name) for name in ("move", "pull_moved", "restore")}
        scope |= {"call": dispatcher(self.source(sweep), FUNCTIONS), "SAVE": -5, "SAVE_AT": -6}
        exec(compile("\n".join(lines), f"<adpy {sweep}>", "exec"), scope)
        run = numba.njit(error_model="numpy", nogil=True)(scope["run"])
        columns = [np.zeros((1, 1))] * more.count(",")
        run(self.steps, self.table, self.code.places, self.tables, self.numbers, np.zeros(1), *columns, 0, 0)
        self.seconds[sweep] = time.perf_counter() - begin
        self.functions[sweep] = run

    def ready(self, *sweeps: str) -> bool:
        """Are the kernels of these sweeps there?  Without ``background``, they are compiled now."""
        if all(sweep in self.functions for sweep in sweeps):
            return True
        if not self.background:
            self._build(sweeps)
            return True
        with self.lock:
            started = not self.working.isdisjoint(sweeps)
            self.working.update(sweeps)
        if not started:
            threading.Thread(target=self._build, args=(sweeps,), daemon=True).start()
        return False

    def _build(self, sweeps: tuple) -> None:
        with _compiling:
            for sweep in sweeps:
                if sweep not in self.functions:
                    self._compile(sweep)

    # ---- sweeps

    def sweep(
        self, name: str, interpreted: Any, start: int, stop: int, memory: np.ndarray, *columns: np.ndarray
    ) -> None:
        """Run the instructions ``start … stop - 1``; ``interpreted`` is the interpreter's function."""
        code, run = self.code, self.functions[name]
        segments = self.segments[start, stop]
        for other, first, last in segments if name in ("value", "tangent") else reversed(segments):
            if other:
                scalars = (code.ops, code.firsts, code.seconds)
                tables = (self.table, self.heads, code.places, *scalars)
                interpreted(*tables, memory, *columns, code.scratch, code.tile, first, last)
            else:
                run(self.steps, self.table, code.places, self.tables, self.numbers, memory, *columns, first, last)

    def stats(self) -> dict[str, Any]:
        """What was generated, and the seconds that compiling each sweep took."""
        return {
            "count": len(self.bodies),
            "operations": sum(body.size for body in self.bodies),
            "pieces left to the interpreter": sum(other for found in self.segments.values() for other, _, _ in found),
            "compiled": {sweep: round(seconds, 3) for sweep, seconds in self.seconds.items()},
            "compiling": sorted(self.working - set(self.functions)),
        }


_compiling = threading.RLock()

CHAIN = 4
"""Library functions in one group from which on the interpreter is faster: it calls one of them for many entries."""


def _is_a_chain(table: np.ndarray, pc: int) -> bool:
    """Is a long group mostly calls of library functions?"""
    ops = table[pc + 1 : pc + 1 + table[pc, 1], 0].tolist()
    return table[pc, 4] >= 64 and sum(op in LIBRARY for op in ops) > CHAIN


_MOVES = {
    "value": ("move(table, places, memory.reshape(-1, 1), at)",),
    "tangent": ("move(table, places, memory.reshape(-1, 1), at)", "move(table, places, dots, at)"),
    "adjoint": ("pull_moved(table, places, memory, bars, at)",),
    "second": (
        "pull_moved(table, places, memory, bars, at)",
        "if table[at, 0] == SAVE or table[at, 0] == SAVE_AT:",
        "    restore(table, places, dots, at)",
        "else:",
        "    pull_moved(table, places, memory, turns, at)",
    ),
}
