"""Known: what a prepared derivative tells of its recordings."""

from __future__ import annotations

from typing import Any

from adpy.errors import ArgumentError
from adpy.sparse.blocks import bandwidths
from adpy.sparse.coloring import Coloring
from adpy.sparse.evaluator import Evaluator
from adpy.sparse.pattern import Pattern
from adpy.sparse.preparing import Plan

__all__ = ["Known"]


class Known:
    """What a :class:`~adpy.sparse.prepared.Prepared` has of this."""

    @property
    def pattern(self) -> Pattern:
        """The pattern of the recording used last."""
        return self._plan().shown

    @property
    def coloring(self) -> Coloring | None:
        """The coloring of the recording used last; None where none was needed."""
        plan = self._plan()
        return plan.coloring if plan.has_coloring else None

    @property
    def method(self) -> str:
        """How the recording used last is evaluated: ``"elements"``, ``"compressed forward"`` and the like."""
        return self._plan().method

    @property
    def evaluator(self) -> Evaluator:
        """What computes the nonzeros of the recording used last."""
        return self._plan().evaluator

    @property
    def bandwidths(self) -> tuple[int, int]:
        """How many diagonals below and above the main one hold entries, as :func:`scipy.linalg.solve_banded` asks."""
        return bandwidths(self.pattern)

    def color(self) -> Coloring:
        """The coloring of the recording used last, computed if none was needed."""
        return self._plan().coloring

    def _plan(self) -> Plan:
        if self._last is None:
            raise ArgumentError(type(self).__name__, "a recording: call prepare(x) first", "none")
        return self._last

    def stats(self) -> dict[str, Any]:
        """What was prepared.

        Returns
        -------
        dict
            ``hits`` and ``misses`` of recordings, ``recordings``: how many are kept, ``patterns`` and ``colorings``:
            how many were computed, ``eager``: why some arguments are not recorded; and of the recording used last
            ``shape``, ``nnz``, ``method``, ``colors`` (None without a coloring), ``seconds`` (recording, pattern,
            coloring, evaluation: making it ready) and ``operations`` (estimates for each way of evaluation).
        """
        with self._lock:
            plans = [b.plan for found in self._branches.values() for b in found if b.plan is not None]
        found: dict[str, Any] = {
            "hits": self._hits,
            "misses": self._misses,
            "recordings": len(plans),
            "patterns": self._counts["patterns"],
            "colorings": self._counts["colorings"],
            "eager": sorted(set(self._eager.values())),
        }
        plan = self._last
        if plan is not None:
            found |= {
                "shape": plan.shown.shape,
                "nnz": plan.shown.nnz,
                "method": plan.method,
                "colors": plan.coloring.count if plan.has_coloring else None,
                "seconds": dict(plan.seconds),
                "operations": dict(plan.operations),
            }
        return found
