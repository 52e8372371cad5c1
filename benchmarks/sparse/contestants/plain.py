"""The plain function: the unit of all ratios."""

from __future__ import annotations

from typing import Any

from benchmarks.sparse.contestants import Run
from benchmarks.sparse.problem import Problem, moved

__all__ = ["CONTESTANTS", "warm_up"]


def warm_up() -> None:
    """Nothing to import."""


def plain(problem: Problem, args: tuple[Any, ...]) -> Run:
    """Its value."""
    args = (moved(args[0]), *args[1:])
    return Run(lambda: problem.function(*args), no_matrix)


def no_matrix(value: Any) -> None:
    """There is none."""


CONTESTANTS = {"plain": plain}
