"""Cases measured: every contestant in a process of its own, verified, then timed in turn."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.programs.case import Case
from benchmarks.programs.contestants import NAMES
from benchmarks.programs.references import judge_of
from benchmarks.programs.worker import Worker, WorkerError
from benchmarks.timing import Plan, interleaved_batches

__all__ = ["Row", "Workshop"]

LIMIT_REACHED = "no first gradient in"
NOT_APPLICABLE = "NotApplicable: "


@dataclass
class Row:
    """What a case came to.

    Attributes
    ----------
    rounds : dict of str to list of float
        Seconds of the ``plain`` function and of a gradient; of a case with lanes, of all of them.
    first_calls : dict of str to float
        Seconds from the plain function to the first gradient.
    facts : dict of str to dict
        What contestants say of themselves.
    failures, absent : dict of str to str
        Why others have no gradient, or do not take part.
    reference : str
        What the gradients were compared with.
    """

    rounds: dict[str, list[float]] = field(default_factory=dict)
    first_calls: dict[str, float] = field(default_factory=dict)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    reference: str = ""


class Workshop:
    """The processes of all contestants.

    Parameters
    ----------
    contestants : iterable of str
    plan : Plan
    limit : float
        Seconds that a first gradient may take.
    """

    def __init__(self, contestants: Iterable[str], plan: Plan, limit: float) -> None:
        chosen = set(contestants)
        self.tools = {
            name: tool for tool, names in NAMES.items() for name in names if name in chosen or tool == "plain"
        }
        self.plan, self.limit = plan, limit
        self.workers: dict[str, Worker] = {}
        self.missing: dict[str, str] = {}
        self.too_slow: dict[str, set[str]] = {}

    def __enter__(self) -> Workshop:
        return self

    def __exit__(self, *error: object) -> None:
        for worker in self.workers.values():
            worker.stop()

    def measure(self, case: Case) -> Row:
        """Verify and time every contestant."""
        row, judge = Row(), judge_of(case)
        row.reference = judge.reference.method
        args = case.problem.inputs()
        lanes = case.lanes(args)
        del args
        scales: dict[str, float] = {}
        for name in self.tools:
            reason = self.excluded(name, case)
            if reason:
                row.absent[name] = reason
                continue
            try:
                found = self.worker(name).prepare(name, case.name, self.limit)
                some = found.facts.get("lanes")
                wrong = None if name == "plain" else judge.error(found.gradient, some)
                if wrong is not None:
                    raise WorkerError(f"wrong: {wrong}")
            except WorkerError as error:
                self.failed(row, name, case, str(error))
                continue
            scales[name] = lanes / some if some else 1.0
            if name != "plain":
                row.first_calls[name] = found.seconds
            row.facts[name] = found.facts | ({"all lanes": lanes} if name == "plain" and lanes else {})
        times = interleaved_batches({name: self.batches(name) for name in scales}, self.plan)
        row.rounds = {name: [t * scales[name] for t in found.rounds] for name, found in times.items()}
        for worker in self.workers.values():
            worker.forget()
        return row

    def excluded(self, name: str, case: Case) -> str | None:
        """Why a contestant does not take part."""
        if name in self.missing:
            return self.missing[name]
        if case.only and name not in (*case.only, "plain"):
            return "as in a smaller case"
        if name in self.too_slow.get(case.after, ()):
            return f"too slow on {case.after}"
        return None

    def failed(self, row: Row, name: str, case: Case, reason: str) -> None:
        """Note why."""
        if reason.startswith(NOT_APPLICABLE):
            row.absent[name] = reason.removeprefix(NOT_APPLICABLE)
            return
        if reason.startswith(LIMIT_REACHED):
            self.too_slow.setdefault(case.name, set()).add(name)
        row.failures[name] = reason
        if name in self.workers and not self.workers[name].alive:
            del self.workers[name]
        if name == "plain":
            raise RuntimeError(f"{case.name}: the plain function fails: {reason}")
        print(f"  {name}: {reason}", file=sys.stderr, flush=True)

    def worker(self, name: str) -> Worker:
        """The process of a contestant, a new one if the last has ended."""
        if name not in self.workers:
            try:
                self.workers[name] = Worker(self.tools[name], self.plan.clock)
            except WorkerError as error:
                self.missing[name] = str(error)
                raise
        return self.workers[name]

    def batches(self, name: str) -> Any:
        """What times calls of a contestant."""
        worker = self.worker(name)
        return lambda calls: worker.batch(name, calls)
