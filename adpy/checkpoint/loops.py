"""``adpy.checkpoint.loop``: a loop of any length, differentiated in bounded memory."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from adpy.api.trees import flatten, map_leaves
from adpy.capture.registry import TRACED_TYPES
from adpy.checkpoint.planning import Plan
from adpy.checkpoint.problem import Problem, solve
from adpy.checkpoint.schedules import Schedule
from adpy.checkpoint.schedules.base import check_count
from adpy.checkpoint.stepping.body import Body, Turn
from adpy.checkpoint.stepping.streams import Streams
from adpy.checkpoint.stepping.verifying import copied, shared
from adpy.custom.structures import shape_of
from adpy.errors import ArgumentError
from adpy.reverse.tape import Tape

__all__ = ["check_args", "check_functions", "loop", "run"]


def loop(
    step: Callable,
    state: Any,
    steps: int,
    *,
    params: Any = None,
    args: Any = None,
    loss: Callable | None = None,
    collect: Callable | None = None,
    snapshots: int | None = None,
    memory: int | str | None = None,
    schedule: Schedule | None = None,
    storage: Any = None,
    callback: Callable | None = None,
    progress: bool | str = False,
) -> Any:
    """Run ``for n in range(steps): state = step(state, n)``, so that transforms around it need bounded memory.

    Outside of transforms it is that plain loop.  In reverse mode a few states are kept as snapshots, from which the
    others are computed again when the sweep comes to them, in the fewest steps that are possible; in forward mode
    tangents go along with the states.  The step is recorded once and replayed compiled, forth and back, where its
    decisions stay the same.

    Parameters
    ----------
    step : callable
        ``step(state, n) -> state``; ``step(state, n, params)``, ``step(state, n, arg)`` or ``step(state, n, params,
        arg)`` if there are such.  It may write into the arrays of ``state``, and must give the same each time: steps
        are run several times.
    state : array, number or tree of them
        The first state.  Leaves that are no floating-point numbers (counters, flags, names) belong to the state, and
        carry no derivative.  It stays as it is.
    steps : int
    params : array, number or tree of them, optional
        What is the same in all steps.  What ``step`` closes over is a parameter as well.
    args : tree of arrays, or callable, optional
        Data of the steps: arrays whose first axis has ``steps`` entries, of which each step gets one; or a function
        ``args(n)`` that gives data, without derivatives.
    loss : callable, optional
        ``loss(state, n)`` (and ``params``, ``arg``, as ``step``) of the state that step ``n`` gives, a number.  The sum
        of all losses is returned.
    collect : callable, optional
        As ``loss``; what it gives for every step, of one structure, shape and kind, is returned along a first axis.
        It is kept in memory.
    snapshots : int, optional
        How many states are kept at a time, the first one included.
    memory : int or str, optional
        How much memory a gradient may take, like ``"2 GB"``; by default a quarter of the machine's.
    schedule : Schedule, optional
        Another schedule than the binomial one.
    storage : path-like or DiskStorage, optional
        A folder for snapshots, which are there as far as they save time, or work that a crash would cost; see
        :func:`adpy.checkpoint.plan`.  A run that was killed goes on from there when it is called again with the same
        arguments, and ends with the same result to the last bit.
    callback : callable, optional
        Is given an :class:`adpy.checkpoint.progress.Event` ten times a second.
    progress : bool or str
        Whether to show a bar of tqdm, or its label.

    Returns
    -------
    state
        The last one; a tuple ``(state, total)``, ``(state, collected)`` or ``(state, total, collected)`` with ``loss``
        and ``collect``.

    Raises
    ------
    ArgumentError
        If an argument is none of these, or both ``snapshots`` and ``memory`` are given.

    References
    ----------
    A. Griewank and A. Walther, "Algorithm 799: revolve", ACM Transactions on Mathematical Software 26 (2000).

    Examples
    --------
    Heat in a rod: the sensitivity of the middle after 1,000 steps to the conductivity, from 10 snapshots.

    >>> import numpy as np, adpy
    >>> def step(u, n, conductivity):
    ...     u[1:-1] += conductivity * (u[2:] - 2 * u[1:-1] + u[:-2])
    ...     return u
    >>> def middle(conductivity):
    ...     u = np.zeros(11)
    ...     u[0] = 1.0
    ...     return adpy.checkpoint.loop(step, u, 1000, params=conductivity, snapshots=10)[5]
    >>> print(f"{adpy.grad(middle)(0.01):.6f}")
    23.191920
    """
    check_functions(step=step, loss=loss, collect=collect)
    plan = Plan(snapshots, memory, schedule, storage, callback, progress)
    body = Body(step, loss, collect, None, params is not None, args is not None)
    return run(body, state, check_count("steps", steps), params, args, plan)


def run(
    body: Body, state: Any, steps: int | None, params: Any, args: Any, plan: Any, inverse: Callable | None = None
) -> Any:
    """A loop of this body, for :func:`loop` and its like; without ``steps`` the condition of the body ends it."""
    data = args if callable(args) and type(args) not in TRACED_TYPES else None
    if data is None and args is not None:
        check_args(args, steps)
    _, loss, collect, condition, _ = body.functions
    first = state if loss is None else (state, 0.0)
    values = first, (params, body.values), None if data is not None else args
    traces = {leaf.frame for _, leaf in flatten(values) if type(leaf) in TRACED_TYPES}
    more = () if params is None else (params,)
    if steps == 0 or (condition is not None and not condition(state, 0, *more)):
        last, collected = first, None
    elif not traces:
        last, collected = _plain(body, values, steps, data)
    else:
        problem = Problem(body, steps, plan, data, inverse=inverse)
        problem.reversible = any(_is_reverse(trace) for trace in traces)
        problem.together = shared(first)
        last, collected = solve(values, problem)
    if condition is not None and collected is not None:
        collected, _ = collected
    found = (last,) if loss is None else last
    return last if loss is None and collect is None else (*found, *(() if collect is None else (collected,)))


def _plain(body: Body, values: tuple, steps: int | None, data: Callable | None) -> tuple[Any, Any]:
    """The loop itself."""
    state, operands, args = values
    streams = Streams(args, data, steps)
    own = {id(leaf): copied(leaf) for _, leaf in flatten(state)}
    state = map_leaves(lambda leaf: own[id(leaf)], state)
    for n in itertools.count() if steps is None else range(steps):
        state, output = body(state, n, operands, streams.argument(n))
        leaves = [leaf for _, leaf in flatten(output)]
        streams.put(n, leaves, output)
        if steps is None and leaves[-1] is Turn.END:
            break
    return state, streams.collected(n + 1)


def _is_reverse(trace: Any) -> bool:
    """Is there a tape that will be swept among this trace and those around it?"""
    while trace is not None:
        if isinstance(trace, Tape) and not trace.guarded:
            return True
        trace = trace.parent
    return False


def check_functions(**functions: Any) -> None:
    """Raise ArgumentError unless all can be called; those but ``step`` may be None."""
    for name, function in functions.items():
        if not callable(function) and not (function is None and name != "step"):
            raise ArgumentError(name, "a function", type(function).__name__)


def check_args(args: Any, steps: int) -> None:
    """Raise ArgumentError unless there is an entry for each step."""
    for path, leaf in flatten(args):
        shape = shape_of(leaf) if hasattr(leaf, "shape") else ()
        if leaf is not None and (not shape or shape[0] != steps):
            got = f"shape {shape}" if shape else type(leaf).__name__
            raise ArgumentError(f"args{path}", f"an array whose first axis has {steps} entries, one a step", got)
