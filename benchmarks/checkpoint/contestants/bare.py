"""Bare steps: what the compiled step and its adjoint take alone, over and over in native code on one state."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Any

import numba

from benchmarks.checkpoint.problem import Problem

__all__ = ["recorded", "timed"]


def timed(run: Callable[..., Any], *args: Any) -> float:
    """Seconds of one of many; ``run(count, *args)`` runs them."""
    run(1, *args)
    start = process_time()
    run(20, *args)
    count = max(int(20 * 0.05 / max(process_time() - start, 1e-9)), 20)
    rounds = []
    for _ in range(5):
        start = process_time()
        run(count, *args)
        rounds.append((process_time() - start) / count)
    return median(rounds)


def recorded(problem: Problem, state: Any, params: tuple[float, ...]) -> tuple[float, float]:
    """Seconds of the step and of its adjoint, by adpy's kernels for the recording that the loop uses."""
    from adpy.checkpoint.stepping.body import Body
    from adpy.checkpoint.stepping.machine import Machine
    from adpy.checkpoint.stepping.steps import StepProgram
    from adpy.checkpoint.stepping.streams import Streams
    from adpy.program import sweeps
    from adpy.program.specialized import specialize

    body = Body(problem.step, params=True)
    machine = Machine(body, StepProgram(body, [problem.step]), (params, []), Streams(None, None, 2))
    machine.start(state)
    machine.advance(0, 2)
    (link,) = machine.links
    specialize(link.code).build(("value", "adjoint"))
    tables = sweeps.tables_for(link.code, 1, "value", "adjoint")
    link.ends_of_bars()
    evaluate, adjoint = tables.evaluate, tables.sweeps["adjoint"]
    block, frame = tables.address, link.frame.address
    ((start, stop, _),) = tables.stretches

    @numba.njit
    def forward(count):
        for _ in range(count):
            evaluate(block, frame)

    @numba.njit
    def back(count):
        for _ in range(count):
            adjoint(block, frame, start, stop)

    return timed(forward), timed(back)
