"""The plain loop: the unit of all ratios."""

from __future__ import annotations

from typing import Any

from benchmarks.checkpoint.contestants import Run
from benchmarks.checkpoint.problem import Problem, plain

__all__ = ["CONTESTANTS", "warm_up"]


def warm_up() -> None:
    """Nothing to import."""


def loop(problem: Problem, args: tuple[Any, tuple[float, ...]]) -> Run:
    """The functional."""
    return Run(lambda: plain(problem, *args))


CONTESTANTS = {"plain": loop}
