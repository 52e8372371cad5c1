"""Decisions on arrays as comparisons of their entries: those of lanes are taken side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy.kernels.opcodes import COMPARISONS, OPCODES
from adpy.plain import np
from adpy.program.code import View

__all__ = ["guards_of"]

_IGNORED = {"axis": (-1, 0, None), "kind": (None,), "order": (None,)}
"""Arguments of sorts and extrema of a vector that change nothing."""


def guards_of(check: Any, entries: Callable, new: Callable) -> tuple[np.ndarray, np.ndarray] | None:
    """Numbers of comparisons and what they must be for a decision to be the recorded one; None where this is not known.

    Parameters
    ----------
    check : Check
    entries : callable
        Gives the numbers of the entries of an operand.
    new : callable
        ``new(opcode, first, second)`` gives the numbers of the results of an operation.
    """
    function, arguments, outcome = check.function, check.arguments, check.outcome
    if function in (np.shape, np.ndim, np.size):
        return np.zeros(0, np.int64), np.zeros(0)  # shapes are those of the recording
    if function in COMPARISONS and not check.kwargs and len(arguments) == 2:
        left, right = (entries(x) for x in arguments)
        found = new(OPCODES[function], *np.broadcast_arrays(left, right))
        return found.reshape(-1), np.broadcast_to(np.asarray(outcome, float), found.shape).reshape(-1)
    if len(arguments) != 1 or type(arguments[0]) is not View or len(arguments[0].shape) != 1:
        return None
    if any(value not in _IGNORED.get(name, ()) for name, value in check.kwargs.items()):
        return None
    numbers = entries(arguments[0])
    less, less_equal = OPCODES[np.less], OPCODES[np.less_equal]
    if function is np.argsort:
        ordered = numbers[np.asarray(outcome)]
        found = new(less, ordered[:-1], ordered[1:])  # equal entries: the order is for the function to say
    elif function is np.argmax or function is np.argmin:
        place = int(outcome)
        chosen = np.full(numbers.shape, numbers[place])
        low, high = (numbers, chosen) if function is np.argmax else (chosen, numbers)
        before = new(less, low[:place], high[:place])
        after = new(less_equal, low[place + 1 :], high[place + 1 :])
        alone = new(OPCODES[np.equal], chosen[:1], chosen[:1])  # not NaN
        found = np.concatenate([before, after, alone])
    else:
        return None
    return found, np.ones(found.size)
