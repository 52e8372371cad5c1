"""``adpy.checkpoint.plan``: the schedule of a loop, before it is run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy.api.trees import flatten
from adpy.capture.registry import TRACED_TYPES
from adpy.checkpoint.body import Body
from adpy.checkpoint.loops import check_args, check_functions
from adpy.checkpoint.planning import Plan
from adpy.checkpoint.problem import Problem
from adpy.checkpoint.schedules import Schedule
from adpy.checkpoint.schedules.base import check_count
from adpy.errors import ArgumentError

__all__ = ["plan"]


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

    A few steps and two adjoints are run for it.  ``print(plan(…).describe())`` tells how many steps a gradient takes,
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
    return Problem(body, steps, Plan(snapshots, memory, None, storage), data).planned(values)
