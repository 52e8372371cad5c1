"""``adpy.checkpoint.checkpoint``: a block of code that is run again in the reverse sweep instead of being kept."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from adpy.api.trees import flatten
from adpy.capture.registry import TRACED_TYPES
from adpy.checkpoint.stepping.body import active, with_active
from adpy.checkpoint.stepping.eager import pulled_back
from adpy.custom.closures import Closure
from adpy.custom.following import follow
from adpy.custom.primitive import primitive
from adpy.custom.trees import pushed
from adpy.errors import ArgumentError

__all__ = ["checkpoint"]


def checkpoint(function: Callable) -> Callable:
    """Have a function keep nothing but its arguments for reverse mode, and be run again when the sweep comes to it.

    The memory of a gradient is then that of the largest block, and of the arguments of all; each block is run once
    more.  Blocks within blocks halve the memory again and again: a recursion that splits n steps in two needs
    memory for log n states, and log n times as many steps.  In forward mode nothing changes.

    Parameters
    ----------
    function : callable
        From numbers, arrays and trees of them to such; it gives the same each time, and does not write into its
        arguments.  What it closes over is an argument as well.

    Returns
    -------
    callable
        As ``function``.  This can be a decorator.

    Raises
    ------
    ArgumentError
        If ``function`` cannot be called.

    See Also
    --------
    adpy.checkpoint.loop : for loops, with the fewest steps for the memory that there is.

    References
    ----------
    T. Chen, B. Xu, C. Zhang and C. Guestrin, "Training deep nets with sublinear memory cost" (2016), section 3.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> @adpy.checkpoint.checkpoint
    ... def layer(x, w):
    ...     return np.tanh(w @ x) + x
    >>> def network(ws, x):
    ...     for w in ws:
    ...         x = layer(x, w)
    ...     return np.sum(x)
    >>> ws = [np.eye(2) * 0.1, np.ones((2, 2))]
    >>> print(adpy.grad(network)(ws, np.array([1.0, 2.0]))[1].round(4))
    [[0.006 0.012]
     [0.006 0.012]]
    """
    if not callable(function):
        raise ArgumentError("function", "a function", type(function).__name__)

    @functools.wraps(function, updated=())
    def block(*args: Any, **kwargs: Any) -> Any:
        closure = Closure(function)
        values = args, kwargs, closure.values
        if not any(type(leaf) in TRACED_TYPES for _, leaf in flatten(values)):
            return function(*args, **kwargs)
        return _again(values, closure)

    return block


def _run(values: tuple, closure: Closure) -> Any:
    args, kwargs, closed = values
    return follow(closure.over(closed)[0], *args, **kwargs)


@primitive(static="closure", name="checkpoint")
def _again(values: tuple, closure: Closure) -> Any:
    return _run(values, closure)


@_again.defjvp
def _again_jvp(primals: tuple, tangents: tuple, y: Any, closure: Closure) -> Any:
    (values,), (dots,) = primals, tangents
    return pushed(lambda values: _run(values, closure), values, dots)


@_again.defvjp
def _again_vjp(primals: tuple, y: Any, y_bar: Any, closure: Closure) -> tuple:
    (values,) = primals
    _, pullback = pulled_back(lambda values: _run(values, closure), values)
    return (with_active(values, pullback(active(y_bar))),)
