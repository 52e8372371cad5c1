"""Straight-line kernels of lanes: a short program's own, values and gradient in one pass, all between in registers.

The instructions of a plan become statements, a row of its memory a variable.  What lanes differ in is read from rows of
memory when it is first used; results and cotangents go to rows of memory.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from adpy.kernels.cuda_formulas import statements
from adpy.plain import np
from adpy.program.device_arrays import is_device_array, row_of_entries
from adpy.program.device_lanes import DevicePlan
from adpy.program.lanes import Plan

__all__ = ["ALWAYS", "LONGEST", "StraightPlan", "plan_on_device", "straight_text"]

ALWAYS, LONGEST = 256, 2000
"""Instructions up to which a program gets a kernel of its own: without being asked (it compiles in about a second), and
where :meth:`adpy.Program.specialize` asked for one (some ten seconds)."""

GUARD = -1
_TOKEN = re.compile(r"\b(?:[aby]|t\d+_\d+)\b")


class _Writer:
    """Text of one kernel."""

    def __init__(self, sources: dict[int, str]) -> None:
        self.lines: list[str] = []
        self.sources, self.known = sources, set()
        self.count = 0

    def add(self, line: str) -> None:
        """A statement."""
        self.lines.append("    " + line)

    def row(self, number: int) -> str:
        """The variable of a row; what comes from memory is read at its first use."""
        if number not in self.known and number in self.sources:
            self.add(f"r{number} = {self.sources[number]}")
        self.known.add(number)
        return f"r{number}"

    def computed(self, name: str, op: int, a: str, b: str, y: str) -> list[str]:
        """Results of a formula."""
        self.count += 1
        names = {"a": a, "b": b, "y": y}

        def put(text):
            return _TOKEN.sub(lambda m: names[m.group()], text)

        shared, results = statements(name, op, _simulated())
        for t, text in shared:
            self.add(f"t{self.count}_{t.split('_')[1]} = {put(text)}")
            names[t] = f"t{self.count}_{t.split('_')[1]}"
        return [put(text) for text in results]


def _simulated() -> bool:
    from adpy.kernels import cuda

    return cuda.simulated()


def straight_text(
    table: np.ndarray,
    back: np.ndarray,
    outcomes: np.ndarray,
    sources: dict[int, str],
    pinned: Sequence[int],
    seeds: Sequence[int],
    results: Sequence[int],
) -> str:
    """Source of the kernel ``straight(given, shared, found, same)``.

    Parameters
    ----------
    table, back : ndarray of int64
        Instructions, and those of the way back, see :mod:`adpy.kernels.streams`.
    outcomes : ndarray of float64
        What guards expect.
    sources : dict of int to str
        What the rows hold that no instruction writes.
    pinned, seeds : sequence of int
        Rows of cotangents that are zero at first, and to which one is added.
    results : sequence of int
        Rows that are results.
    """
    out = _Writer(sources)
    for op, y, a, b in table.tolist():
        a, b = out.row(a), out.row(b)
        if op == GUARD:
            c = _number(outcomes[y])
            out.add(f"same_here = same_here & {f'({a} != {a})' if outcomes[y] != outcomes[y] else f'({a} == {c})'}")
            continue
        value = out.computed("value", op, a, b, "")[0]
        out.known.add(y)
        out.add(f"r{y} = {value}")
    for row in pinned:
        out.known.add(row)
        out.add(f"r{row} = real({float(list(seeds).count(row))})")
    for op, a, b, y, bar, into_a, into_b, flags in back.tolist():
        weights = out.computed("weights", op, out.row(a), out.row(b), out.row(y))
        for weight, into, fresh in ((weights[0], into_a, flags & 1), (weights[1], into_b, flags & 2)):
            if into < 0:
                continue
            term = _product(weight, out.row(bar))
            out.add(f"r{into} = {term}" if fresh else f"r{into} = {out.row(into)} + {term}")
            out.known.add(into)
    head = [
        "def straight(given, shared, found, same):",
        "    k = cuda.grid(1)",
        "    if k >= same.shape[0]:",
        "        return",
        "    same_here = k >= 0",
    ]
    for j, row in enumerate(results):
        out.add(f"found[{j}, k] = {out.row(row)}")
    return "\n".join([*head, *out.lines, "    if not same_here:", "        same[k] = 0", ""])


def _product(weight: str, bar: str) -> str:
    """``weight * bar``, exactly zero where ``bar`` is."""
    if weight == "real(1.0)":
        return bar
    if weight == "-real(1.0)":
        return f"-{bar}"
    return f"cuda.selp({bar} == real(0.0), real(0.0), real(({weight}) * {bar}))"


def _number(value: float) -> str:
    if value != value:
        return "real(math.nan)"
    return f"real({'-' if value < 0 else ''}math.inf)" if np.isinf(value) else f"real({float(value)!r})"


def plan_on_device(plan: Plan, dtype: type, asked: bool) -> DevicePlan:
    """The plan on the device: with a kernel of its own if it is short, or where one was ``asked`` for."""
    count = len(plan.table) + len(plan.back)
    return (StraightPlan if count <= (LONGEST if asked else ALWAYS) else DevicePlan)(plan, dtype)


class StraightPlan(DevicePlan):
    """A plan on the device that has kernels of its own, one for each choice of inputs that lanes share."""

    def __init__(self, plan: Plan, dtype: type) -> None:
        super().__init__(plan, dtype)
        self.results = np.concatenate(
            [plan.row_of[n].reshape(-1) for n in plan.outputs]
            + [plan.bar_of[plan.inputs[k]].reshape(-1) for k in plan.sources or ()]
            + [np.zeros(0, np.int64)]
        )
        counts = [n.size for n in plan.outputs] + [plan.inputs[k].size for k in plan.sources or ()]
        stops = np.cumsum([0, *counts])
        places = [self._sent(np.arange(a, b)) for a, b in zip(stops, stops[1:], strict=False)]
        self.output_rows, self.source_rows = places[: len(plan.outputs)], places[len(plan.outputs) :]
        self.made: dict[tuple, Any] = {}

    def source(self, shared: tuple[bool, ...]) -> tuple[str, int]:
        """Source of the kernel where these inputs are shared, and how many entries the lanes differ in."""
        plan = self.plan
        rows, values = plan.constants
        sources = dict(zip(rows.tolist(), map(_number, values.tolist()), strict=True))
        counts = [0, 0]
        for numbers, alike in zip(plan.inputs, shared, strict=True):
            for row in plan.row_of[numbers].tolist():
                sources[row] = f"shared[{counts[1]}]" if alike else f"given[{counts[0]}, k]"
                counts[alike] += 1
        pinned = range(plan.pinned.start, plan.pinned.stop) if plan.sources is not None else ()
        seeds = plan.seeds.tolist() if plan.sources is not None else ()
        tables = self.instructions_of
        return straight_text(*tables, plan.stream.guards[1], sources, pinned, seeds, self.results.tolist()), counts[0]

    def kernel(self, shared: tuple[bool, ...]) -> tuple[Any, int]:
        """The kernel where these inputs are shared, compiled when it is first launched."""
        from adpy.kernels import cuda

        if shared not in self.made:
            text, entries = self.source(shared)
            function = cuda.functions(text, self.dtype.type, ("straight",))["straight"]
            self.made[shared] = self.cuda.jit(function), entries
        return self.made[shared]

    def memory(self, shared: Sequence[Any], lanes: int) -> Any:
        """Memory of a block of lanes, what they share, and the kernel."""
        kernel, entries = self.kernel(tuple([x is not None for x in shared]))
        width = min(self.span, -(-lanes // self.threads) * self.threads)
        given = self.cuda.device_array((max(1, entries), width), self.dtype)
        found = self.cuda.device_array((max(1, self.results.size), width), self.dtype)
        alike = [x for x in shared if x is not None]
        return SimpleNamespace(kernel=kernel, given=given, found=found, shared=self._together(alike))

    def _together(self, arrays: list) -> Any:
        """One vector of what lanes share."""
        sizes = [int(np.prod(x.shape)) if hasattr(x, "shape") else 1 for x in arrays]
        vector = self.cuda.device_array(max(1, sum(sizes)), self.dtype)
        start = 0
        for x, size in zip(arrays, sizes, strict=True):
            if size and is_device_array(x):
                row = row_of_entries(x, size)
                self.kernels["load"][(-(-1 // self.tile), -(-size // self.tile)), self.threads](
                    row, 0, self._none, 1, vector.reshape(vector.shape[0], 1), start
                )
            elif size:
                vector[start : start + size].copy_to_device(np.reshape(np.asarray(x), -1).astype(self.dtype))
            start += size
        return vector

    @functools.cached_property
    def _none(self) -> Any:
        """No numbers of lanes."""
        return self._sent(np.zeros(1, np.int64))

    def replay(self, memory: Any, inputs: dict[int, Any], lanes: np.ndarray) -> Any:
        """Values and cotangents of at most ``span`` lanes; as of :class:`DevicePlan`."""
        n, start = len(lanes), 0
        for k, x in inputs.items():
            size = self.plan.inputs[k].size
            if size:
                self.load(x, lanes, size, memory.given, start)
            start += size
        same = self.cuda.to_device(np.ones(n, np.uint8))
        blocks = -(-n // self.threads)
        memory.kernel[blocks, self.threads](memory.given, memory.shared, memory.found, same)
        return same

    def adjoint(self, memory: Any, n: int) -> None:
        """Cotangents: the values brought them along."""

    def store(self, memory: Any, *arguments: Any) -> None:
        """As of :class:`DevicePlan`."""
        super().store(memory.found, *arguments)

    def total(self, memory: Any, *arguments: Any) -> np.ndarray:
        """As of :class:`DevicePlan`."""
        return super().total(memory.found, *arguments)
