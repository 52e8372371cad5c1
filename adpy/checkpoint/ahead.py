"""``adpy.checkpoint.plan``: the schedule of a loop, before it is run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import Any

from adpy.api.trees import flatten
from adpy.capture.registry import TRACED_TYPES
from adpy.checkpoint.driving.driver import Driver
from adpy.checkpoint.loops import check_args, check_functions
from adpy.checkpoint.measuring import adjoint_seconds, step_seconds
from adpy.checkpoint.planning import Plan
from adpy.checkpoint.problem import Problem
from adpy.checkpoint.schedules import Binomial, Costs, Schedule
from adpy.checkpoint.schedules.base import check_count
from adpy.checkpoint.stepping.body import Body, active
from adpy.checkpoint.storage import MemoryStorage, Places
from adpy.errors import ArgumentError
from adpy.plain import np

__all__ = ["plan"]

TRIALS = {2: 3.0, 8: 0.3, 32: 0.02, 128: 0.02, 512: 0.0}
"""Steps of gradients that tell what an adjoint takes, and the seconds from which one is the last; the first compile."""


def plan(
    step: Callable,
    state: Any,
    steps: int,
    *,
    params: Any = None,
    args: Any = None,
    loss: Callable | None = None,
    snapshots: int | None = None,
    memory: int | str | None = None,
    storage: Any = None,
) -> Schedule:
    """The schedule that :func:`loop` would follow with these arguments, with its costs measured.

    For it the first steps are run, and reversed.  ``print(plan(…).describe())`` tells how many steps a gradient takes,
    what memory and disk, and about how long; ``loop(…, schedule=plan(…))`` follows it.

    Parameters
    ----------
    step, state, steps, params, args, loss, snapshots, memory, storage
        As for :func:`loop`.  If a killed run left something in ``storage``, the schedule is the one that it goes
        on with.

    Returns
    -------
    Schedule

    Raises
    ------
    ArgumentError
        If an argument is none of these, or is traced.
    ResumeError
        If there are snapshots of another problem in ``storage``.

    See Also
    --------
    adpy.checkpoint.schedules.plan : from numbers, for your own drivers

    Examples
    --------
    >>> import numpy as np, adpy
    >>> def step(u, n, rate):
    ...     return u + rate * np.sin(u)
    >>> schedule = adpy.checkpoint.plan(step, np.ones(10_000), 1000, params=0.1, snapshots=24)
    >>> schedule.places, schedule.forward_steps
    ({'ram': 24}, 3649)
    """
    check_functions(step=step, loss=loss)
    if check_count("steps", steps) == 0:
        raise ArgumentError("steps", "at least one", "0")
    data = args if callable(args) else None
    if data is None and args is not None:
        check_args(args, steps)
    body = Body(step, loss, None, None, params is not None, args is not None)
    values = state if loss is None else (state, 0.0), (params, body.values), None if data is not None else args
    if any(type(leaf) in TRACED_TYPES for _, leaf in flatten(values)):
        raise ArgumentError("state, params and args", "plain values", "traced ones")
    return _measured(Problem(body, steps, Plan(snapshots, memory, None, storage), data), values)


def _measured(problem: Problem, values: tuple) -> Schedule:
    """The schedule of a problem, with what its steps and adjoints take."""
    machine, places, steps = problem.machine(values), problem.plan.places(), problem.steps

    def first():
        return values[0]

    try:
        found = problem.schedule(values, machine, places)
        costs = found.setting.costs or Costs(step=step_seconds(machine, first, steps))
        if "disk" in places.places:
            costs = replace(costs, adjoint=adjoint_seconds(machine, first))
            if not places["disk"].steps():
                places["disk"].finish()
        else:
            costs = replace(costs, **_in_a_trial(problem, values, found.places.get("ram", 1), costs.step))
    finally:
        places.close()
        machine.close()
    found.setting = replace(found.setting, costs=costs)
    return found


def _in_a_trial(problem: Problem, values: tuple, snapshots: int, step: float) -> dict[str, float]:
    """What a step and its adjoint take in gradients of the first steps, in memory."""
    best = float("inf")
    for count, enough in TRIALS.items():
        machine = problem.machine(values)
        machine.repeats = True
        trial = Binomial(min(count, problem.steps), snapshots)
        driver = Driver(machine, trial, Places(ram=MemoryStorage()))
        begin = perf_counter()
        driver.forward()
        driver.reverse([np.zeros(np.shape(x), np.result_type(x)) for x in active(machine.state)])
        taken = perf_counter() - begin
        step = min(step, taken / (trial.forward_steps + trial.steps))
        best = min(best, (taken - trial.forward_steps * step) / trial.steps)
        if trial.steps == problem.steps or taken > enough:
            break
    return {"step": step, "adjoint": best}
