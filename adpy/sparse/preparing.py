"""Preparing: pattern, way of evaluation and, where it is needed, coloring of one recording."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.program.code import Code
from adpy.program.sweeps import ERRORS
from adpy.sparse.blocks import laid_out
from adpy.sparse.coloring import Coloring
from adpy.sparse.evaluator import Evaluator, Unsuitable
from adpy.sparse.formats import Layout
from adpy.sparse.memory import Memory
from adpy.sparse.pattern import Pattern
from adpy.sparse.settings import KINDS, Settings

__all__ = ["Plan", "with_constant_rows", "without_constant_rows"]

NAMES = {
    "column": "compressed forward",
    "row": "compressed reverse",
    "bidirectional": "compressed bidirectional",
    "star": "compressed second order, direct",
    "acyclic": "compressed second order, substitution",
}
"""What evaluations by colorings are called."""


class Plan:
    """How the nonzeros of one recording are computed.

    Parameters
    ----------
    code : Code
    wrt : list of int
        Numbers of the differentiated inputs.
    settings : Settings
    rows : list of (int or None, int)
        For every number or array in the result its output (None for a constant) and how many rows it has; for a
        Hessian, whose rows are inputs, None.
    counts : Counter
        Of the ``"patterns"`` and ``"colorings"`` that are computed.
    known : Plan, optional
        Of a recording with the same structure: its pattern, coloring and way of evaluation are taken over.

    Attributes
    ----------
    pattern : Pattern
        Of the results of the code.
    shown : Pattern
        With the empty rows of constant results.
    method : str
    guarded : bool
        May the function decide otherwise than it was recorded?
    memory : Memory
        For nonzeros on the way to a result.
    seconds : dict of str to float
        What was spent for what.
    operations : dict of str to float
        Estimates of one evaluation by each way that was looked at.
    """

    def __init__(
        self,
        code: Code,
        wrt: list[int],
        settings: Settings,
        rows: list | None,
        counts: Counter,
        known: Plan | None = None,
    ) -> None:
        self.code, self.wrt, self.settings, self.rows, self._counts = code, wrt, settings, rows, counts
        self.seconds: dict[str, float] = {}
        self.operations: dict[str, float] = {}
        self._layouts: dict[Any, Layout] = {}
        self._lock, self._evaluating = threading.Lock(), threading.Lock()
        if known is None:
            self._coloring: Coloring | None = settings.coloring
            self.pattern = self._timed("pattern", self._found_pattern)
            self.shown = with_constant_rows(self.pattern, rows)
            self.evaluator = self._chosen()
        else:
            self._take_over(known)
        self._finish()

    def _finish(self) -> None:
        """What follows from pattern and evaluation."""
        self.method = self._method()
        self.memory = Memory(self.pattern.nnz)
        checks = any(not call.outs for call in self.code.calls.values())
        self.guarded = checks or self.code.guards[0].size > 0

    @classmethod
    def restored(
        cls, code: Code, wrt: list[int], settings: Settings, rows: list | None, counts: Counter, saved: dict
    ) -> Plan:
        """A plan whose pattern, coloring and way of evaluation are known from a file."""
        plan = cls.__new__(cls)
        plan.code, plan.wrt, plan.settings, plan.rows, plan._counts = code, wrt, settings, rows, counts
        plan.seconds, plan.operations, plan._layouts = {}, {}, {}
        plan._lock, plan._evaluating = threading.Lock(), threading.Lock()
        plan.pattern, plan._coloring = saved["pattern"], saved["coloring"]
        plan.shown = with_constant_rows(plan.pattern, rows)
        plan.evaluator = plan._built(saved["elements"])
        plan._finish()
        return plan

    def saved(self) -> dict:
        """What :meth:`restored` needs, besides the code."""
        elements = self._is_elements(self.evaluator)
        return {"pattern": self.pattern, "coloring": self._coloring, "elements": elements}

    def _timed(self, what: str, function: Callable, *args: Any) -> Any:
        begin = perf_counter()
        try:
            return function(*args)
        finally:
            self.seconds[what] = self.seconds.get(what, 0.0) + perf_counter() - begin

    # ---- pattern and coloring

    @property
    def symmetric(self) -> bool:
        return self.settings.what == "hessian"

    def _found_pattern(self) -> Pattern:
        given = self.settings.pattern
        columns = sum(int(np.prod(self.code.inputs[k].shape)) for k in self.wrt)
        rows = columns if self.symmetric else sum(count for _, count in self.rows)
        if given is not None:
            if given.shape != (rows, columns):
                raise ArgumentError("pattern", f"one of shape {(rows, columns)}", f"shape {given.shape}")
            return without_constant_rows(given, self.rows)
        self._counts["patterns"] += 1
        from adpy.sparse.detection import hessian_pattern, jacobian_pattern

        return (hessian_pattern if self.symmetric else jacobian_pattern)(self.code, self.wrt)

    @property
    def coloring(self) -> Coloring:
        """The coloring; computed when it is asked for."""
        with self._lock:
            if self._coloring is None:
                self._coloring = self._timed("coloring", self._colored)
            return self._coloring

    @property
    def has_coloring(self) -> bool:
        """Has the coloring been computed?"""
        return self._coloring is not None

    def _colored(self) -> Coloring:
        from adpy.sparse import coloring

        self._counts["colorings"] += 1
        kind = KINDS.get(self.settings.mode)
        ordering = {} if self.settings.ordering is None else {"order": self.settings.ordering}
        if kind is None:
            return coloring.choose(self.pattern, symmetric=self.symmetric, **ordering)
        functions = {
            "column": coloring.color_columns,
            "row": coloring.color_rows,
            "bidirectional": coloring.color_bidirectional,
            "star": coloring.color_star,
            "acyclic": coloring.color_acyclic,
        }
        return functions[kind](self.pattern, **ordering)

    # ---- evaluation

    def _chosen(self) -> Evaluator:
        """The evaluation that takes the fewest operations."""
        mode = self.settings.mode
        if mode == "elements":
            try:
                return self._timed("evaluation", self._elements)
            except Unsuitable as reason:
                raise ArgumentError("mode", f"another one for this function ({reason})", "'elements'") from None
        if mode != "auto" or self.settings.coloring is not None:
            return self._compressed()
        elements = self._built(True)
        if not self._is_elements(elements):
            return elements
        self.operations["elements"] = elements.operations
        least = self._least()
        if elements.operations <= least:
            self.operations["compressed, at least"] = least
            return elements
        compressed = self._compressed()
        return elements if elements.operations <= compressed.operations else compressed

    def _built(self, elements: bool) -> Evaluator:
        """An evaluator of a known kind; another one where it does not fit."""
        if elements:
            try:
                return self._timed("evaluation", self._elements)
            except Unsuitable:
                pass
        return self._compressed()

    def _elements(self) -> Evaluator:
        from adpy.sparse.elements import ElementHessian, ElementJacobian

        return (ElementHessian if self.symmetric else ElementJacobian)(self.code, self.wrt, self.pattern)

    def _compressed(self) -> Evaluator:
        from adpy.sparse.compression import CompressedHessian, CompressedJacobian

        made = CompressedHessian if self.symmetric else CompressedJacobian
        found = self._timed("evaluation", made, self.code, self.wrt, self.pattern, self.coloring)
        self.operations["compressed"] = found.operations
        return found

    @staticmethod
    def _is_elements(evaluator: Evaluator) -> bool:
        return not hasattr(evaluator, "coloring")

    def _method(self) -> str:
        return "elements" if self._is_elements(self.evaluator) else NAMES[self.coloring.kind]

    def _least(self) -> float:
        """Operations that a compressed evaluation takes at least, told without a coloring."""
        from adpy.sparse.compression import work_of

        m, n = self.pattern.shape
        if self.symmetric:
            colors = 1 + (self.pattern.nnz - n) // max(2 * n, 1)
            return work_of(self.code, max(colors, 1), max(colors, 1))
        by_row = np.sort(np.diff(self.pattern.indptr))[::-1]
        by_column = np.sort(np.bincount(self.pattern.indices, minlength=n))[::-1]
        found = [
            work_of(self.code, int(by_row.max(initial=0)), 0),
            work_of(self.code, 0, int(by_column.max(initial=0))),
        ]
        for k in (1, 2, 4, 8):
            if k < m:
                found.append(work_of(self.code, int(by_row[k]), k))
            if k < n:
                found.append(work_of(self.code, k, int(by_column[k])))
        return min(found)

    def _take_over(self, known: Plan) -> None:
        self.pattern, self.shown, self._coloring = known.pattern, known.shown, known._coloring
        self.operations = dict(known.operations)
        self._layouts = known._layouts
        rebound = getattr(known.evaluator, "rebound", None)
        found = None if rebound is None else self._timed("evaluation", rebound, self.code)
        self.evaluator = self._built(self._is_elements(known.evaluator)) if found is None else found

    def evaluate(self, inputs: Sequence[Any], data: np.ndarray) -> bool:
        """Write the nonzeros; False where the function decides otherwise than it was recorded."""
        with self._evaluating:
            try:
                return self.evaluator.evaluate(inputs, data)
            except ERRORS:
                return False  # an error in a branch that does not hold is none

    # ---- results

    def layout(self, format: str, blocksize: Any = None) -> Layout:
        """How results of a format are put together."""
        key = format, blocksize
        found = self._layouts.get(key)
        if found is None:
            found = self._layouts[key] = laid_out(self.shown, self.symmetric, format, blocksize)
        return found


def with_constant_rows(pattern: Pattern, rows: list | None) -> Pattern:
    """A pattern of the results of a code, with empty rows for those that are constant."""
    if rows is None or all(place is not None for place, _ in rows):
        return pattern
    counts, first = [], 0
    per_row = np.diff(pattern.indptr)
    for place, count in rows:
        if place is None:
            counts.append(np.zeros(count, np.int32))
        else:
            counts.append(per_row[first : first + count])
            first += count
    indptr = np.zeros(sum(map(len, counts)) + 1, np.int32)
    np.cumsum(np.concatenate(counts), out=indptr[1:])
    return Pattern((len(indptr) - 1, pattern.shape[1]), indptr, pattern.indices)


def without_constant_rows(pattern: Pattern, rows: list | None) -> Pattern:
    """A pattern of all results without the rows of those that are constant."""
    if rows is None or all(place is not None for place, _ in rows):
        return pattern
    kept = np.concatenate([np.full(count, place is not None) for place, count in rows])
    inside = kept[pattern.rows]
    number = np.cumsum(kept) - 1
    shape = int(np.count_nonzero(kept)), pattern.shape[1]
    return Pattern.from_entries(shape, number[pattern.rows[inside]], pattern.indices[inside])
