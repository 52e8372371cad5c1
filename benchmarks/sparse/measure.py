"""Problems measured: every contestant in a process of its own, verified, then timed in turn."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.programs.worker import Worker, WorkerError
from benchmarks.sparse.cases import CASES
from benchmarks.sparse.contestants import NAMES
from benchmarks.sparse.judge import APPROXIMATE, TOLERANCE, Judge
from benchmarks.sparse.problem import moved
from benchmarks.timing import Plan, interleaved_batches

__all__ = ["Row", "measure"]

NOT_APPLICABLE = "NotApplicable: "


@dataclass
class Row:
    """What a problem came to.

    Attributes
    ----------
    unknowns : int
    rounds : dict of str to list of float
        Seconds of the ``plain`` function and of a derivative.
    first_calls : dict of str to float
        Seconds from the plain function to the first derivative.
    facts : dict of str to dict
        What contestants say of themselves: nonzeros, colors, seconds of patterns and colorings.
    failures, absent : dict of str to str
        Why others have no derivative, or do not take part.
    """

    unknowns: int = 0
    rounds: dict[str, list[float]] = field(default_factory=dict)
    first_calls: dict[str, float] = field(default_factory=dict)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)


def measure(name: str, contestants: Iterable[str], plan: Plan, limit: float) -> Row:
    """Verify and time the contestants; ``limit`` seconds may a first derivative take."""
    problem, chosen = CASES[name], set(contestants)
    args = problem.inputs()
    judge, row = Judge(problem, (moved(args[0]), *args[1:])), Row(len(args[0]))
    workers: dict[str, Worker] = {}
    try:
        for tool, names in NAMES.items():
            for contestant in names:
                if contestant not in chosen and contestant != "plain":
                    continue
                try:
                    worker = workers[contestant] = Worker(tool, plan.clock, __package__)
                    found = worker.prepare(contestant, name, limit)
                    if contestant != "plain":
                        approximate = "approximate" in found.facts
                        wrong = judge.error(found.gradient, APPROXIMATE if approximate else TOLERANCE)
                        if wrong is not None:
                            raise WorkerError(f"wrong: {wrong}")
                        row.first_calls[contestant] = found.seconds
                        row.facts[contestant] = found.facts
                except WorkerError as error:
                    if contestant == "plain":
                        raise RuntimeError(f"{name}: the plain function fails: {error}") from None
                    note(row, contestant, str(error))
                    if contestant in workers:
                        workers.pop(contestant).stop()
        times = interleaved_batches({c: batches(worker, c) for c, worker in workers.items()}, plan)
        row.rounds = {c: list(found.rounds) for c, found in times.items()}
    finally:
        for worker in workers.values():
            worker.stop()
    return row


def batches(worker: Worker, contestant: str) -> Any:
    """What times calls."""
    return lambda calls: worker.batch(contestant, calls)


def note(row: Row, contestant: str, reason: str) -> None:
    """Why there is no derivative."""
    if reason.startswith(NOT_APPLICABLE):
        row.absent[contestant] = reason.removeprefix(NOT_APPLICABLE)
    else:
        row.failures[contestant] = reason
        print(f"  {contestant}: {reason}", file=sys.stderr, flush=True)
