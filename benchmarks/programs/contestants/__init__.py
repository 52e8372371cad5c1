"""Who takes gradients in the benchmark of programs; one module for each tool.

Each has ``warm_up()``, which imports what it needs, and ``CONTESTANTS``: for a name what makes a :class:`Run` of a
case and its arguments.  It raises :class:`NotApplicable` where it has nothing to offer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.problem import flatten

__all__ = ["NAMES", "NotApplicable", "Run"]

NAMES = {
    "plain": ("plain",),
    "ours": ("adpy.grad", "adpy recorded", "adpy specialised"),
    "by_hand": ("by hand",),
    "with_casadi": ("casadi VM", "casadi C"),
    "with_jax": ("jax", "jax rewritten"),
    "with_torch": ("torch", "torch.compile"),
    "with_autograd": ("autograd",),
}
"""Modules and their contestants."""


class NotApplicable(Exception):
    """There is no way to take this gradient with this tool."""


@dataclass(frozen=True)
class Run:
    """A gradient.

    Attributes
    ----------
    gradient : callable
        Of no arguments; from NumPy arrays to NumPy arrays.
    facts : callable
        What else there is to say, once the first gradient is there; ``lanes`` where only as many are run.
    """

    gradient: Callable[[], Any]
    facts: Callable[[], dict[str, Any]] = dict

    def sent(self, gradient: Any) -> np.ndarray:
        """All entries in one row."""
        return flatten(gradient)
