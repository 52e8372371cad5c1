"""Values of everything in a stream at given inputs, calls in Python included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adpy.plain import np
from adpy.program import calls
from adpy.program.code import Code
from adpy.program.streams import SELECT, Call, Stream

__all__ = ["values_at"]


def values_at(code: Code, stream: Stream, inputs: Sequence[Any]) -> np.ndarray:
    """Value of every number of a stream.

    Parameters
    ----------
    code : Code
    stream : Stream
        What :func:`~adpy.program.streams.scalar_stream` gives for it.
    inputs : sequence
        Values of the inputs of the code.

    Returns
    -------
    ndarray of float64
    """
    from adpy.sparse.detection.evaluating import evaluate

    values = stream.values.copy()
    for numbers, x in zip(stream.inputs, inputs, strict=True):
        values[numbers] = np.reshape(x, -1)
    columns = stream.ops, stream.firsts, stream.seconds, stream.thirds, SELECT, values
    memory, start = code.take_memory(), 0
    for call in stream.calls:
        evaluate(*columns, start, call.position)
        _replay(call, memory, values)
        start = call.position
    evaluate(*columns, start, len(values))
    code.give_memory(memory)
    return values


def _replay(call: Call, memory: np.ndarray, values: np.ndarray) -> None:
    """Run an instruction in Python between the memory of its code and the values of a stream."""
    for view, numbers in zip(calls.views_in(call.call.operands), call.operands, strict=True):
        view.of(memory)[...] = values[numbers]
    call.call.replay(memory)
    for view, numbers in zip([v for v in call.call.outs if v is not None], call.outs, strict=True):
        values[numbers] = view.of(memory)
