"""What operations take at given inputs: the other side of choices, maxima and minima is no operand there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adpy.kernels.opcodes import OPCODES
from adpy.plain import np
from adpy.program.code import Code
from adpy.program.streams import SELECT, Stream
from adpy.sparse.detection.replay import values_at
from adpy.sparse.detection.structure import FIRST, SECOND, THIRD

__all__ = ["not_taken"]


def not_taken(code: Code, stream: Stream, inputs: Sequence[Any]) -> np.ndarray:
    """Bits of the operands that are not taken at these inputs, uint8; where two tie, both are.

    Parameters
    ----------
    code : Code
    stream : Stream
        Its scalar stream.
    inputs : sequence
        Values of the inputs of the code.
    """
    ops = stream.ops
    found = np.zeros(len(ops), np.uint8)
    values = values_at(code, stream, inputs)
    here = np.flatnonzero(ops == SELECT)
    found[here] = np.where(values[stream.firsts[here]] != 0.0, THIRD, SECOND)
    for function in (np.maximum, np.minimum, np.fmax, np.fmin):
        here = np.flatnonzero(ops == OPCODES[function])
        a, b = values[stream.firsts[here]], values[stream.seconds[here]]
        differ = (a != b) & ~(np.isnan(a) & np.isnan(b))
        found[here] = np.where(differ, np.where(values[here] == a, SECOND, FIRST), 0)
        nan = np.isnan(values[here])
        found[here[nan]] = 0
    return found
