"""Who takes gradients of loops in the benchmark; one module for each tool.

Each has ``warm_up()``, which imports what it needs, and ``CONTESTANTS``: for a name what makes a :class:`Run` of a
problem and its arguments.  It raises :class:`NotApplicable` where it has nothing to offer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.checkpoint.memory import peak
from benchmarks.checkpoint.problem import flat
from benchmarks.programs.contestants import NotApplicable

__all__ = ["LONG", "NAMES", "NotApplicable", "Run", "block_length"]

NAMES = {
    "plain": ("plain",),
    "ours": ("adpy",),
    "by_hand": ("by hand",),
    "with_jax": ("jax scan", "equinox", "diffrax"),
    "with_torch": ("torch",),
    "with_pyadjoint": ("pyadjoint",),
}
"""Modules and their contestants."""
LONG = 20_000
"""Steps beyond which tools that take a fraction of a millisecond a step do not take part, nor are steps counted."""


def block_length(steps: int, snapshots: int) -> int:
    """Steps of each block where a loop is cut into blocks that are run again: the first divisor that suffices."""
    return next(length for length in range(-(-steps // snapshots), steps + 1) if steps % length == 0)


def nothing(*_: Any) -> dict[str, Any]:
    """No facts."""
    return {}


@dataclass(frozen=True)
class Run:
    """A gradient.

    Attributes
    ----------
    gradient : callable
        Of no arguments; from NumPy arrays to NumPy arrays.
    more : callable
        What else there is to say, once the first gradient is there: ``forward`` steps that were run, counted.
    bare : callable
        Seconds ``bare`` of all those steps and adjoints on their own; compiles, and comes after memory was measured.
    """

    gradient: Callable[[], Any]
    more: Callable[[], dict[str, Any]] = nothing
    bare: Callable[[dict[str, Any]], dict[str, Any]] = nothing

    def facts(self) -> dict[str, Any]:
        """These, and the memory that another gradient takes."""
        found = self.more()
        found |= peak(self.gradient)
        return found | self.bare(found)

    def sent(self, gradient: Any) -> np.ndarray:
        """All entries in one row."""
        return flat(gradient).astype(np.float64)
