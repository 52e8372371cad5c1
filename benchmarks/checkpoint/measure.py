"""Problems measured: every contestant in a process of its own, verified, then timed in turn."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from benchmarks.checkpoint.cases import CASES
from benchmarks.checkpoint.contestants import LONG, NAMES
from benchmarks.checkpoint.judge import Judge
from benchmarks.programs.worker import Worker, WorkerError
from benchmarks.timing import Plan, interleaved_batches

__all__ = ["Row", "measure"]

NOT_APPLICABLE = "NotApplicable: "


@dataclass
class Row:
    """What a problem came to.

    Attributes
    ----------
    rounds : dict of str to list of float
        Seconds of the ``plain`` loop and of a gradient.
    first_calls : dict of str to float
        Seconds from the plain function to the first gradient.
    facts : dict of str to dict
        Of contestants: ``forward`` steps, seconds of the ``bare`` steps and adjoints, ``peak`` and ``growth`` in bytes.
    failures, absent : dict of str to str
        Why others have no gradient, or do not take part.
    """

    rounds: dict[str, list[float]] = field(default_factory=dict)
    first_calls: dict[str, float] = field(default_factory=dict)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)


def measure(name: str, contestants: Iterable[str], plan: Plan, limit: float) -> Row:
    """Verify and time the contestants; ``limit`` seconds may a first gradient and its counting take."""
    problem, chosen, row = CASES[name], set(contestants), Row()
    judge = Judge(problem, problem.inputs(), 1 if problem.steps > LONG else 2)
    workers: dict[str, Worker] = {}
    try:
        for contestant, tool in ((name, tool) for tool, names in NAMES.items() for name in names):
            if contestant not in chosen and contestant != "plain":
                continue
            try:
                worker = workers[contestant] = Worker(tool, plan.clock, __package__)
                found = worker.prepare(contestant, name, limit)
                row.facts[contestant] = found.facts
                if contestant != "plain":
                    wrong = judge.error(found.gradient)
                    if wrong is not None:
                        raise WorkerError(f"wrong: {wrong}")
                    row.first_calls[contestant] = found.seconds
            except WorkerError as error:
                if contestant == "plain":
                    raise RuntimeError(f"{name}: the plain loop fails: {error}") from None
                note(row, contestant, str(error))
                if contestant in workers:
                    workers.pop(contestant).stop()
        times = interleaved_batches({c: partial(worker.batch, c) for c, worker in workers.items()}, plan)
        row.rounds = {c: list(found.rounds) for c, found in times.items()}
    finally:
        for worker in workers.values():
            worker.stop()
    return row


def note(row: Row, contestant: str, reason: str) -> None:
    """Why there is no gradient."""
    if reason.startswith(NOT_APPLICABLE):
        row.absent[contestant] = reason.removeprefix(NOT_APPLICABLE)
    else:
        row.failures[contestant] = reason
        print(f"  {contestant}: {reason}", file=sys.stderr, flush=True)
