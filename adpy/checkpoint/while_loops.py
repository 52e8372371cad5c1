"""``adpy.checkpoint.while_loop``: a loop that a condition ends, differentiated in bounded memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy.checkpoint.loops import check_functions, run
from adpy.checkpoint.planning import Plan
from adpy.checkpoint.schedules import OnlineSchedule
from adpy.checkpoint.stepping.body import Body
from adpy.errors import ArgumentError

__all__ = ["while_loop"]


def while_loop(
    condition: Callable,
    step: Callable,
    state: Any,
    *,
    params: Any = None,
    loss: Callable | None = None,
    collect: Callable | None = None,
    snapshots: int | None = None,
    memory: int | str | None = None,
    schedule: OnlineSchedule | None = None,
    storage: Any = None,
    callback: Callable | None = None,
    progress: bool | str = False,
) -> Any:
    """Run ``while condition(state, n): state = step(state, n)`` for n = 0, 1, …, in bounded memory.

    As :func:`loop`, for a number of steps that is not known: adaptive time steps, iterations until convergence.  The
    number of steps is what the condition makes it at these values, and has no derivative.

    Parameters
    ----------
    condition : callable
        ``condition(state, n)``, or ``condition(state, n, params)`` if there are such: is there another step?
    step, state, params, loss, collect, memory, storage, callback, progress
        As for :func:`loop`; a run that was killed goes on from ``storage``.
    snapshots : int, optional
        How many states are kept at a time, the first one included; by default as many as ``memory`` allows, up to
        1,000; all on disk, with ``storage``.
    schedule : OnlineSchedule, optional
        Another schedule than :class:`~adpy.checkpoint.schedules.Online`.

    Returns
    -------
    state
        The first one for which the condition does not hold; with ``loss`` and ``collect`` a tuple, as of :func:`loop`
        (None for what was collected, if there was no step).

    Raises
    ------
    ArgumentError
        If an argument is none of these, or both ``snapshots`` and ``memory`` are given.

    References
    ----------
    P. Stumm and A. Walther, "New algorithms for optimal online checkpointing", SIAM Journal on Scientific Computing 32
    (2010).

    Examples
    --------
    The time in which a tank empties, by steps as long as its level allows.

    >>> import adpy
    >>> def step(state, n, area):
    ...     level, time = state
    ...     dt = 0.1 * level**0.5
    ...     return level - dt * area * level**0.5, time + dt
    >>> def full(state, n, area):
    ...     return state[0] > 1e-3
    >>> def emptied(area):
    ...     return adpy.checkpoint.while_loop(full, step, (1.0, 0.0), params=area, snapshots=5)[1]
    >>> print(f"{emptied(0.5):.4f} {adpy.grad(emptied)(0.5):.4f}")
    3.8255 -6.8705
    """
    check_functions(step=step, loss=loss, collect=collect)
    if not callable(condition):
        raise ArgumentError("condition", "a function", type(condition).__name__)
    if schedule is not None and not isinstance(schedule, OnlineSchedule):
        raise ArgumentError("schedule", "an OnlineSchedule: the number of steps is not known", type(schedule).__name__)
    plan = Plan(snapshots, memory, schedule, storage, callback, progress)
    body = Body(step, loss, collect, condition, params is not None)
    return run(body, state, None, params, None, plan)
