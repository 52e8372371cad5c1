"""``adpy.checkpoint.reversible_loop``: steps that have inverses need no snapshots."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy.checkpoint.driving.mirror import Drift, MirrorPlan
from adpy.checkpoint.loops import check_functions, run
from adpy.checkpoint.progress import Progress, is_logged
from adpy.checkpoint.schedules.base import check_count
from adpy.checkpoint.stepping.body import Body
from adpy.custom.following import follow
from adpy.errors import ArgumentError

__all__ = ["reversible_loop"]


class Inverse:
    """The inverse of a body: ``(state, n, operands, arg) -> (state before, None)``.

    Parameters
    ----------
    body : Body
        Made with the inverse of its step.
    """

    def __init__(self, body: Body) -> None:
        self.body = body

    def __call__(self, state: Any, n: Any, operands: Any, arg: Any) -> tuple[Any, Any]:
        body = self.body
        params, values = operands
        _, loss, _, _, inverse = body.closure.over(values) if values else body.functions
        more = (*((params,) if body.params else ()), *((arg,) if body.args else ()))
        if loss is None:
            return follow(inverse, state, n, *more), None
        state, total = state
        total = total - follow(loss, state, n, *more)
        return (follow(inverse, state, n, *more), total), None


def reversible_loop(
    step: Callable,
    inverse: Callable,
    state: Any,
    steps: int,
    *,
    params: Any = None,
    args: Any = None,
    loss: Callable | None = None,
    collect: Callable | None = None,
    tolerance: float | None = None,
    report: Callable[[Drift], Any] | None = None,
    callback: Callable | None = None,
    progress: bool | str = False,
) -> Any:
    """Run ``for n in range(steps): state = step(state, n)`` with a step that can be undone.

    In reverse mode the states are computed again from the last one, by the inverse of the step: no snapshots are kept,
    memory does not depend on the number of steps, and each step runs twice and its inverse once.  The derivative is
    that of ``step``; ``inverse`` only says where it is taken.

    What the inverses lose to rounding is measured at each step and at the first state.  Where errors grow from step to
    step in both directions, as in chaotic motion over long times, use :func:`adpy.checkpoint.loop`.

    Parameters
    ----------
    step : callable
        As for :func:`adpy.checkpoint.loop`.
    inverse : callable
        ``inverse(step(state, n), n)`` is ``state``, up to rounding.  It is called with the same further arguments as
        ``step``, and may write into the arrays that it is given.
    state, steps, params, args, loss, collect, callback, progress
        As for :func:`adpy.checkpoint.loop`.
    tolerance : float, optional
        How much states may differ from what they should be, relative to the largest entry that the array has had; the
        square root of the precision of the array by default.
    report : callable, optional
        Takes a :class:`adpy.checkpoint.driving.mirror.Drift`: how large the differences were.

    Returns
    -------
    state
        The last one; a tuple ``(state, total)``, ``(state, collected)`` or ``(state, total, collected)`` with ``loss``
        and ``collect``.

    Raises
    ------
    ArgumentError
        If an argument is none of these.
    InverseError
        If the inverse does not invert the step.

    References
    ----------
    E. Hairer, C. Lubich and G. Wanner, "Geometric Numerical Integration", 2nd ed., Springer (2006), ch. V (reversible
    methods).
    P. Kidger, J. Foster, X. Li and T. Lyons, "Efficient and accurate gradients for neural SDEs", NeurIPS 34 (2021),
    Algorithms 1 and 2 (reversible Heun).

    Examples
    --------
    A pendulum by the leapfrog scheme: its last angle, differentiated by the first one.

    >>> import numpy as np, adpy
    >>> def kick(x, v, dt):
    ...     return v - dt * np.sin(x)
    >>> def step(state, n, dt):
    ...     x, v = state
    ...     x = x + dt / 2 * v
    ...     v = kick(x, v, dt)
    ...     return x + dt / 2 * v, v
    >>> def inverse(state, n, dt):
    ...     x, v = state
    ...     x = x - dt / 2 * v
    ...     v = kick(x, v, -dt)
    ...     return x - dt / 2 * v, v
    >>> def last(x):
    ...     return adpy.checkpoint.reversible_loop(step, inverse, (x, 0.0), 1000, params=0.01)[0]
    >>> print(f"{adpy.grad(last)(1.0):.6f}")
    -0.943537
    """
    check_functions(step=step, loss=loss, collect=collect)
    if not callable(inverse):
        raise ArgumentError("inverse", "a function", type(inverse).__name__)
    if report is not None and not callable(report):
        raise ArgumentError("report", "a function or None", type(report).__name__)
    if tolerance is not None and not (isinstance(tolerance, float | int) and tolerance >= 0.0):
        raise ArgumentError("tolerance", "a number that is not negative", repr(tolerance))
    Progress(None, callback=callback)  # refuses what cannot be called

    def listeners(steps: int) -> Progress | None:
        if callback is None and not progress and not is_logged():
            return None
        return Progress(steps, steps, callback=callback, bar=progress)

    body = Body(step, loss, collect, None, params is not None, args is not None, inverse)
    plan = MirrorPlan(tolerance, report, listeners)
    return run(body, state, check_count("steps", steps), params, args, plan, Inverse(body))
