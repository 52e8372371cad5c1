"""A process that runs a contestant: it can be stopped when a first call takes too long."""

from __future__ import annotations

import gc
import os
import signal
import warnings
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from time import perf_counter, process_time
from typing import Any

from benchmarks.timing import CLOCKS, batch

__all__ = ["Prepared", "Worker", "WorkerError"]

START_LIMIT = 300.0
"""Seconds for imports, and for compiling what a tool compiles once an installation."""


class WorkerError(Exception):
    """Why a contestant has no gradient."""


@dataclass(frozen=True)
class Prepared:
    """A contestant's first gradient, what it took, and what else it has to say.

    Attributes
    ----------
    gradient : ndarray
        All of it, in one row; or what else the contestant sends.
    seconds : float
        From the plain function to the gradient: recording, compiling, running.
    facts : dict
        Among them, ``lanes`` where only as many have been run.
    """

    gradient: Any
    seconds: float
    facts: dict[str, Any]


class Worker:
    """One side of the conversation; the other is :func:`serve`.

    Parameters
    ----------
    tool : str
        Name of a tool of the package's ``contestants``.
    clock : str
        As of :class:`benchmarks.timing.Plan`.
    package : str
        A benchmark that has ``contestants`` and ``cases`` as this one.
    """

    def __init__(self, tool: str, clock: str, package: str = "benchmarks.programs") -> None:
        context = get_context("spawn")
        self.connection, other = context.Pipe()
        self.process = context.Process(target=serve, args=(other, package, tool, clock))
        self.process.start()
        other.close()
        try:
            self.answer(START_LIMIT)
        except WorkerError:
            self.stop()
            raise

    def prepare(self, name: str, case: str, limit: float) -> Prepared:
        """Ask a contestant for the first gradient of a case.

        Raises
        ------
        WorkerError
            If it fails or takes longer than ``limit`` seconds; in the second case the worker has ended.
        """
        self.connection.send(("prepare", name, case))
        return self.answer(limit)

    def batch(self, name: str, calls: int) -> float:
        """Seconds per call."""
        self.connection.send(("batch", name, calls))
        return self.answer(START_LIMIT)

    def forget(self) -> None:
        """Let the contestants of a case go."""
        self.connection.send(("forget",))
        self.answer(START_LIMIT)

    def answer(self, limit: float) -> Any:
        """What the other side sends."""
        try:
            if not self.connection.poll(limit):
                self.stop()
                raise WorkerError(f"no first gradient in {limit:g} s")
            kind, content = self.connection.recv()
        except (EOFError, ConnectionError):
            self.stop()
            raise WorkerError("the process ended") from None
        if kind == "failed":
            raise WorkerError(content)
        return content

    @property
    def alive(self) -> bool:
        """Is somebody there?"""
        return self.process.is_alive()

    def stop(self) -> None:
        """End the process and those that it started."""
        self.connection.close()
        if not self.alive:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            self.process.kill()
        self.process.join()


def elapsed(clock: str) -> float:
    """Seconds; of the processor, those of compilers in other processes included."""
    if clock == "wall":
        return perf_counter()
    times = os.times()
    return process_time() + times.children_user + times.children_system


def serve(connection: Any, package: str, tool: str, clock: str) -> None:
    """Answer until nobody asks."""
    os.setsid()  # compilers that it starts end with it
    warnings.simplefilter("ignore")
    inputs: dict[str, tuple] = {}
    runs: dict[str, Any] = {}
    contestants: dict[str, Any] = {}

    cases: dict[str, Any] = {}

    def load() -> None:
        module = import_module(f"{package}.contestants.{tool}")
        module.warm_up()
        contestants.update(module.CONTESTANTS)
        cases.update(import_module(f"{package}.cases").CASES)

    def prepare(name: str, case: str) -> Prepared:
        if case not in inputs:
            inputs[case] = cases[case].inputs()
        gc.collect()
        start = elapsed(clock)
        run = contestants[name](cases[case], inputs[case])
        gradient = run.gradient()
        seconds = elapsed(clock) - start
        runs[name] = run.gradient
        return Prepared(run.sent(gradient), seconds, run.facts())

    def measure(name: str, calls: int) -> float:
        gc.collect()
        return batch(runs[name], calls, CLOCKS[clock])

    def forget() -> None:
        inputs.clear()
        runs.clear()

    jobs = {"prepare": prepare, "batch": measure, "forget": forget}
    request: tuple = ("load",)
    while True:
        try:
            result = load() if request[0] == "load" else jobs[request[0]](*request[1:])
            answer = "done", result
        except Exception as error:  # whatever a tool raises is its result
            answer = "failed", f"{type(error).__name__}: {(str(error).splitlines() or [''])[0][:200]}"
        try:
            connection.send(answer)
            request = connection.recv()
        except (EOFError, ConnectionError):
            return
