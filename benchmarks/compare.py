"""Side by side: every tool's gradient of every problem, verified, then timed against the plain function."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.problem import Problem, flatten
from benchmarks.timing import Times, interleaved
from benchmarks.tools import TOOLS
from benchmarks.verify import Reference, reference_for

__all__ = ["Outcome", "Row", "compare"]


@dataclass(frozen=True)
class Outcome:
    """What became of one tool on one problem; ``failures`` says how each unsuccessful attempt ended."""

    how: str | None = None
    times: Times | None = None
    ratio: float | None = None
    failures: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A problem, the times of its plain function, and the outcome of every tool."""

    problem: Problem
    plain: Times
    reference: str
    outcomes: dict[str, Outcome]


def compare(problem: Problem, tools: Iterable[str], repeat: int, batch_time: float = 0.02, budget: float = 4.0) -> Row:
    """Verify and time every tool on ``problem``."""
    args = problem.inputs()

    def plain() -> Any:
        return problem.function(*args)

    reference = reference_for(problem, args)
    chosen: dict[str, tuple[str, Callable[[], Any]]] = {}
    failures: dict[str, dict[str, str]] = {}
    agreed = None
    for name in tools:
        how, run, failures[name], gradient = first_right(name, problem, args, reference, agreed)
        if run is not None:
            chosen[name] = (how, run)
            agreed = gradient if agreed is None else agreed
    candidates = {"plain": plain} | {name: run for name, (_, run) in chosen.items()}
    times = interleaved(candidates, repeat, batch_time, budget)
    base = times["plain"].median
    outcomes = {}
    for name, failed in failures.items():
        if name in chosen:
            outcomes[name] = Outcome(chosen[name][0], times[name], times[name].median / base, failed)
        else:
            outcomes[name] = Outcome(failures=failed)
    return Row(problem, times["plain"], reference.method, outcomes)


def first_right(
    name: str, problem: Problem, args: tuple[Any, ...], reference: Reference, agreed: np.ndarray | None
) -> tuple[str, Callable[[], Any] | None, dict[str, str], np.ndarray | None]:
    """The tool's first attempt whose gradient is right, and how the earlier ones failed."""
    failures: dict[str, str] = {}
    for attempt in TOOLS[name].attempts(problem, args):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                gradient = attempt.gradient()
                wrong = reference.error(gradient, agreed)
        except Exception as error:  # whatever a tool raises is its result
            failures[attempt.how] = f"{type(error).__name__}: {str(error).splitlines()[0][:160] if str(error) else ''}"
            continue
        if wrong is None:
            return attempt.how, attempt.gradient, failures, flatten(gradient)
        failures[attempt.how] = f"wrong: {wrong}"
    return "", None, failures, None
