"""Preparing: pattern, way of evaluation and, where it is needed, coloring of one recording."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from math import prod
from time import perf_counter
from typing import Any

from adpy.errors import ArgumentError, PatternError
from adpy.plain import np
from adpy.program.code import Code
from adpy.program.streams import NoStream
from adpy.program.sweeps import ERRORS
from adpy.sparse.blocks import laid_out
from adpy.sparse.choosing import NAMES, colored, least
from adpy.sparse.coloring import Coloring
from adpy.sparse.constant_rows import with_constant_rows, without_constant_rows
from adpy.sparse.evaluator import Evaluator, Unsuitable
from adpy.sparse.formats import Layout
from adpy.sparse.memory import Memory
from adpy.sparse.nothing import Nothing
from adpy.sparse.pattern import Pattern
from adpy.sparse.settings import Settings

__all__ = ["Plan"]


FULL = 1 << 22
"""Entries up to which a pattern that cannot be found is taken to be full."""


class Plan:
    """How the nonzeros of one recording are computed.

    Parameters
    ----------
    code : Code
    wrt : list of int
        Numbers of the differentiated inputs.
    settings : Settings
    rows : list of Rows, or None
        Of every number or array in the result; for a Hessian, whose rows are inputs, None.
    counts : Counter
        Of the ``"patterns"`` and ``"colorings"`` that are computed.
    known : Plan, optional
        Of a recording with the same structure: its pattern, coloring and way of evaluation are taken over.

    Attributes
    ----------
    shown : Pattern
        With the empty rows of constant results.
    method : str
    trusted : bool
        Has what the user gave been verified?
    memory : Memory
        For nonzeros on the way to a result.
    seconds : dict of str to float
        What was spent for what.
    operations : dict of str to float
        Estimates of one evaluation by each way that was looked at.
    """

    trusted = False
    _by_elements = False  # was the pattern found by elements?

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
            self._pattern = self._given()
            self.evaluator = self._chosen()
        else:
            self._take_over(known)
        self._finish()

    def _finish(self) -> None:
        """What follows from pattern and evaluation."""
        self.shown = with_constant_rows(self.pattern, self.rows)
        kind = self._kind(self.evaluator)
        self.method = NAMES[self.coloring.kind] if kind == "compressed" else kind
        self.memory = Memory(self.pattern.nnz)

    @classmethod
    def restored(
        cls, code: Code, wrt: list[int], settings: Settings, rows: list | None, counts: Counter, saved: dict
    ) -> Plan:
        """A plan whose pattern, coloring and way of evaluation are known from a file."""
        plan = cls.__new__(cls)
        plan.code, plan.wrt, plan.settings, plan.rows, plan._counts = code, wrt, settings, rows, counts
        plan.seconds, plan.operations, plan._layouts = {}, {}, {}
        plan._lock, plan._evaluating = threading.Lock(), threading.Lock()
        plan._pattern, plan._coloring = saved["pattern"], saved["coloring"]
        plan._by_elements = saved["by elements"]
        plan.evaluator = plan._built(saved["kind"])
        plan._finish()
        return plan

    def saved(self) -> dict:
        """What :meth:`restored` needs, besides the code."""
        found = {"pattern": self.pattern, "coloring": self._coloring, "kind": self._kind(self.evaluator)}
        return found | {"by elements": self._by_elements}

    def _timed(self, what: str, function: Callable, *args: Any) -> Any:
        begin = perf_counter()
        try:
            return function(*args)
        finally:
            self.seconds[what] = self.seconds.get(what, 0.0) + perf_counter() - begin

    # ---- pattern and coloring

    @property
    def guarded(self) -> bool:
        """May the function decide otherwise than it was recorded?"""
        code = self.code
        return code.guards[0].size > 0 or any(not call.outs for call in code.calls.values())

    @property
    def symmetric(self) -> bool:
        return self.settings.what == "hessian"

    def _given(self) -> Pattern | None:
        """The pattern that the user gave."""
        given = self.settings.pattern
        if given is None:
            return None
        columns = sum(prod(self.code.inputs[k].shape) for k in self.wrt)
        rows = columns if self.symmetric else sum(row.count for row in self.rows)
        if given.shape != (rows, columns):
            raise ArgumentError("pattern", f"one of shape {(rows, columns)}", f"shape {given.shape}")
        return without_constant_rows(given, self.rows)

    @property
    def pattern(self) -> Pattern:
        """Of the results of the code; found when it is asked for."""
        if self._pattern is None:
            from adpy.sparse.detection import hessian_pattern, jacobian_pattern

            self._counts["patterns"] += 1
            found = hessian_pattern if self.symmetric else jacobian_pattern
            try:
                self._pattern = self._timed("pattern", found, self.code, self.wrt)
            except NoStream as reason:
                self._pattern = self._full(str(reason))
        return self._pattern

    def _full(self, reason: str) -> Pattern:
        """The pattern with all entries, for a function that is too much for index sets."""
        columns = sum(prod(self.code.inputs[k].shape) for k in self.wrt)
        rows = columns if self.symmetric else sum(prod(view.shape) for view in self.code.outputs)
        if rows * columns > FULL:
            raise ArgumentError("pattern", f"one to be given, as it cannot be found here ({reason})", "none")
        return Pattern.of(np.ones((rows, columns), bool))

    @property
    def coloring(self) -> Coloring:
        """The coloring; computed when it is asked for."""
        with self._lock:
            if self._coloring is None:
                self._counts["colorings"] += 1
                self._coloring = self._timed("coloring", colored, self.pattern, self.settings)
            return self._coloring

    @property
    def has_coloring(self) -> bool:
        """Has the coloring been computed?"""
        return self._coloring is not None

    # ---- evaluation

    def _chosen(self) -> Evaluator:
        """The evaluation that takes the fewest operations."""
        mode = self.settings.mode
        if mode == "elements":
            try:
                return self._timed("evaluation", self._elements)
            except Unsuitable as reason:
                if not self.code.outputs:
                    return self._compressed()
                raise ArgumentError("mode", f"another one for this function ({reason})", "'elements'") from None
        if mode != "auto" or self.settings.coloring is not None:
            return self._compressed()
        found = self._built("elements")
        if self._kind(found) != "elements":
            return found
        self.operations["elements"] = found.operations
        bound = least(self.code, self.pattern, self.symmetric)
        if found.operations <= bound:
            self.operations["compressed, at least"] = bound
            return found
        compressed = self._compressed()
        return found if found.operations <= compressed.operations else compressed

    def _built(self, kind: str) -> Evaluator:
        """An evaluator of a known kind; another one where it does not fit."""
        if kind == "elements":
            try:
                return self._timed("evaluation", self._elements)
            except Unsuitable:
                pass
        return self._compressed()

    @staticmethod
    def _kind(evaluator: Evaluator) -> str:
        """What an evaluator goes by."""
        if isinstance(evaluator, Nothing):
            return "nothing"
        return "compressed" if hasattr(evaluator, "coloring") else "elements"

    def _elements(self) -> Evaluator:
        """An evaluation by elements; it finds the pattern where none is known."""
        from adpy.sparse.elements.evaluators import ElementHessian, ElementJacobian

        made = ElementHessian if self.symmetric else ElementJacobian
        try:
            found = made(self.code, self.wrt, self._pattern)
        except PatternError:
            raise Unsuitable("entries that the pattern does not have") from None
        if self._pattern is None:
            self._counts["patterns"] += 1
            self._pattern, self._by_elements = found.pattern, True
        return found

    def _compressed(self) -> Evaluator:
        if not self.pattern.nnz and self.settings.coloring is None:
            return Nothing(self.code, self.pattern, self.guarded)
        from adpy.sparse.compression.hessian import CompressedHessian
        from adpy.sparse.compression.jacobian import CompressedJacobian

        made = CompressedHessian if self.symmetric else CompressedJacobian
        found = self._timed("evaluation", made, self.code, self.wrt, self.pattern, self.coloring)
        self.operations["compressed"] = found.operations
        return found

    def _take_over(self, known: Plan) -> None:
        """Pattern, coloring and kind of evaluation of a code that differs in constants.

        Elements leave out what a constant makes zero, so that theirs may be another pattern; detected ones hold for
        all constants.
        """
        self._pattern, self._coloring, self._layouts = known.pattern, known._coloring, known._layouts
        self._by_elements, self.operations = known._by_elements, dict(known.operations)
        kind, found = self._kind(known.evaluator), None
        if kind == "elements":
            found = self._timed("evaluation", known.evaluator.rebound, self.code)
        elif not self._by_elements or self._covered():
            found = self._built(kind)
        if found is None:
            self._pattern, self._coloring, self._layouts = self._given(), self.settings.coloring, {}
            found = self._chosen()
        self.evaluator = found

    def _covered(self) -> bool:
        """Has the pattern all entries that elements find with these constants?"""
        try:
            self._timed("evaluation", self._elements)
        except Unsuitable:
            return False
        return True

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
