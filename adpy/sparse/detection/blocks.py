"""What the results of instructions in Python depend on: groups of entries, each group of the others independent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from adpy.plain import np
from adpy.program import calls
from adpy.program.code import View
from adpy.program.streams import Call

__all__ = ["Groups", "groups_of"]


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of a call: all that ``outs[g]`` names depend on all that ``operands[g]`` names.

    Attributes
    ----------
    operands, outs : ndarray of int32, shapes (groups, …)
        Numbers.
    linear : bool
        Is every second derivative zero?
    """

    operands: np.ndarray
    outs: np.ndarray
    linear: bool


def groups_of(call: Call) -> Groups:
    """The groups of a call; one, of everything, where nothing finer is known."""
    outs = [x.reshape(-1) for x in call.outs]
    if type(call.call) is calls.ElementwiseCall:
        return _elementwise(call)
    operands = [x.reshape(-1) for x in call.operands]
    whole = np.concatenate([*operands, np.zeros(0, np.int32)]), np.concatenate([*outs, np.zeros(0, np.int32)])
    return Groups(whole[0][None], whole[1][None], False)


def _elementwise(call: Call) -> Groups:
    """A row without an opcode."""
    out = call.outs[0]
    numbers = iter(call.operands)
    entries: list[Any] = [next(numbers) if type(x) is View else None for x in call.call.operands]
    read = [
        x
        for x, partial in zip(entries, call.call.row.slices, strict=False)
        if x is not None and partial.constant != 0.0
    ]
    operands = [np.broadcast_to(x, out.shape).reshape(-1) for x in read]
    return Groups(np.stack(operands, 1) if operands else np.zeros((out.size, 0), np.int32), out.reshape(-1, 1), False)
