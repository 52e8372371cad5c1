"""Work: an estimate of the arithmetic operations of sweeps over a code."""

from __future__ import annotations

from math import prod

from adpy.kernels.table import GROUP
from adpy.plain import np
from adpy.program.calls import views_in
from adpy.program.code import Code

__all__ = ["operations_of", "work_of"]

TANGENT, COTANGENT, SECOND = 2.0, 3.0, 6.0
"""Operations of a direction for one operation of the code."""


def operations_of(code: Code) -> float:
    """Arithmetic operations of one replay: scalars, entries of elementwise instructions, entries that calls touch."""
    groups = code.table[code.heads[code.table[code.heads, 0] == GROUP]]
    entries = int((groups[:, 1] * groups[:, 2] * groups[:, 3] * groups[:, 4]).sum())
    calls = sum(_size(call) for call in code.calls.values())
    return float(np.count_nonzero(code.ops) + entries + calls)


def _size(call: object) -> float:
    """Operations of a call: about the product of the sizes of what a matrix product reads, else entries."""
    return float(sum(prod(view.shape) for view in [*views_in(call.operands), *views_in(call.outs)]))


def work_of(code: Code, tangents: int, cotangents: int) -> float:
    """Operations of a replay with so many tangents and cotangents."""
    return operations_of(code) * (1.0 + TANGENT * tangents + COTANGENT * cotangents)
