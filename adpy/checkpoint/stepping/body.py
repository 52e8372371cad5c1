"""Bodies: what one step of a loop does, as a function of plain trees; and what it does together with tangents."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from typing import Any

from adpy.api.forward_mode import jvp
from adpy.api.trees import flatten, rebuild
from adpy.checkpoint.stepping.verifying import copied
from adpy.custom.closures import Closure
from adpy.custom.following import follow
from adpy.custom.structures import is_active_kind
from adpy.plain import np

__all__ = ["Body", "Pushed", "Turn", "active", "innermost", "with_active"]


class Turn(enum.Enum):
    """What a condition said after a step; a leaf of the output of the step."""

    ON = "go on"
    END = "end"


def active(tree: Any) -> list:
    """The leaves that carry derivatives."""
    return [leaf for _, leaf in flatten(tree) if is_active_kind(leaf)]


def with_active(tree: Any, leaves: Sequence) -> Any:
    """A tree with these leaves in the place of those that carry derivatives.

    Others are copied: transforms may call a step twice.
    """
    found = iter(leaves)
    every = [next(found) if is_active_kind(leaf) else copied(leaf) for _, leaf in flatten(tree)]
    return rebuild(tree, iter(every).__next__)


class Body:
    """One step: ``(state, n, operands, arg) -> (state, output)``.

    Operands are what is the same in all steps: the parameters, and traced values that the functions close over.

    Parameters
    ----------
    step : callable
        ``step(state, n, params, arg) -> state``, without those of the last two that there are none of.
    loss, collect, condition : callable or None
        Called as ``step`` with the new state and the same other arguments (``condition`` with the next number).  If
        there is a loss, the state is a pair with the sum of losses.  What ``collect`` gives is the output of the step,
        with a condition the first of two: the second is a :class:`Turn`.
    params, args : bool
        Are there such?
    inverse : callable or None
        Of the step, called like it.
    """

    def __init__(
        self,
        step: Callable,
        loss: Callable | None = None,
        collect: Callable | None = None,
        condition: Callable | None = None,
        params: bool = False,
        args: bool = False,
        inverse: Callable | None = None,
    ) -> None:
        self.functions = step, loss, collect, condition, inverse
        self.closure = Closure(*self.functions)
        self.params, self.args = params, args

    @property
    def values(self) -> list:
        """Traced values that the functions close over."""
        return self.closure.values

    def __call__(self, state: Any, n: Any, operands: Any, arg: Any) -> tuple[Any, Any]:
        params, values = operands
        step, loss, collect, condition, _ = self.closure.over(values) if values else self.functions
        more = (*((params,) if self.params else ()), *((arg,) if self.args else ()))
        total = None
        if loss is not None:
            state, total = state
        state = follow(step, state, n, *more)
        output = None if collect is None else follow(collect, state, n, *more)
        if loss is not None:
            value = follow(loss, state, n, *more)
            # 0.0 at some steps only leaves the total of one kind, so that states have one form
            total = total + (np.float64(value) if type(value) in (int, float) else value)
        if condition is not None:
            goes_on = follow(condition, state, n + 1, *more)
            output = output, Turn.ON if goes_on else Turn.END
        return (state if loss is None else (state, total)), output


class Pushed:
    """A body with tangents: state, operands, argument and output are pairs of a tree and its tangents.

    Tangents are a list with one for each leaf that carries derivatives.
    """

    def __init__(self, body: Any) -> None:
        self.body = body

    def __call__(self, state: Any, n: Any, operands: Any, arg: Any) -> tuple[Any, Any]:
        trees = state[0], operands[0], arg[0]
        dots = [*state[1], *operands[1], *arg[1]]
        leaves = active(trees)

        def along(leaves):
            state, operands, arg = with_active(trees, leaves)
            return self.body(state, n, operands, arg)

        if not leaves:
            state, output = along([])
            return (state, []), (output, [])
        y, y_dot = jvp(along, (leaves,), (dots,))
        pairs = zip(flatten(y), flatten(y_dot), strict=True)
        found = [dot for (_, leaf), (_, dot) in pairs if is_active_kind(leaf)]
        state, output = y
        size = len(active(state))
        return (state, found[:size]), (output, found[size:])


def innermost(body: Any, state: Any, n: Any, operands: Any, arg: Any) -> tuple:
    """A body and its arguments without tangents."""
    while isinstance(body, Pushed):
        body, state, operands, arg = body.body, state[0], operands[0], arg[0]
    return body, state, n, operands, arg
