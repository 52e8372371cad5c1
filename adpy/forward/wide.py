"""Elementwise rows on plain arrays in many directions: few passes over memory, and that memory used again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adpy.forward.tangents import finite
from adpy.plain import np

__all__ = ["combined"]

ndarray = np.ndarray


def combined(arena: Any, operands: Sequence, values: Sequence, y: ndarray, width: int) -> ndarray | None:
    """``sum of partial_i * x_i_dot`` with memory of its own, or None where the general way is needed.

    That is for other dtypes and memory layouts than float64 in C order, and where an infinite weight may have met a
    zero tangent.
    """
    if y.dtype != np.float64 or not y.flags.c_contiguous:
        return None
    shape = (*y.shape, width)
    total, own, finite_weights = None, False, True
    for tangent, partial in operands:
        if type(tangent) is not ndarray or tangent.dtype != np.float64:
            return None
        weight = partial.constant
        if weight is None:
            finite_weights = False
            weight = partial.function(*values, y)
            if type(weight) is ndarray:
                weight = weight[..., None]
            if getattr(weight, "dtype", np.float64) != np.float64 or isinstance(weight, complex):
                return None
        if total is None:
            own = type(weight) is ndarray or weight != 1.0
            total = np.multiply(weight, tangent, arena.empty(shape)) if own else tangent
            continue
        out, own = total if own else arena.empty(shape), True
        if type(weight) is ndarray or weight not in (1.0, -1.0):
            weight, tangent = 1.0, np.multiply(weight, tangent, arena.empty(shape))
        total = (np.add if weight == 1.0 else np.subtract)(total, tangent, out)
    if not own:
        tangent, total = total, arena.empty(shape)
        total[...] = tangent
    return total if finite_weights or finite(total) else None
