"""The plain function: the unit of all ratios."""

from __future__ import annotations

from typing import Any

from benchmarks.programs.case import Case
from benchmarks.programs.contestants import Run

__all__ = ["CONTESTANTS", "SAMPLE", "warm_up"]

SAMPLE = 50
"""Lanes that are run one after the other; more would take what they take."""


def warm_up() -> None:
    """Nothing to import."""


def plain(case: Case, args: tuple[Any, ...]) -> Run:
    """The value, or the values in some lanes."""
    function = case.problem.function
    if not case.in_axes:
        return Run(lambda: function(*args))
    rows = [case.lane(args, i) for i in range(SAMPLE)]
    return Run(lambda: [function(*row) for row in rows], lambda: {"lanes": SAMPLE})


CONTESTANTS = {"plain": plain}
