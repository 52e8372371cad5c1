"""Streams: code taken apart into scalar operations, every value computed once.

Arrays disappear: views, copies, gathers and writes only say which number an address holds.  Sums become balanced trees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from adpy.plain import np
from adpy.program.code import Code
from adpy.program.expansion import LIMIT, SELECT, Call, Expansion, NoStream

__all__ = ["SELECT", "Call", "NoStream", "Stream", "scalar_stream", "stream_of"]


@dataclass(eq=False)
class Stream:
    """Scalar operations.

    Attributes
    ----------
    ops : ndarray of int32
        Opcodes; ``HOLE`` for inputs, constants and results of calls; ``SELECT`` for ``second if first else third``,
        whose first operand is one or zero and without derivative.
    firsts, seconds : ndarray of int
        Numbers of the operands; -1 for none.
    thirds : ndarray of int
        Numbers of the third operands; without entries where no operation has one.
    values : ndarray of float64
        Values of the constants.
    fixed : ndarray of bool
        Which are constants.
    inputs, outputs : list of ndarray
        Numbers of the entries of the inputs and results.
    guards : tuple of (ndarray, ndarray)
        Numbers that decided, and what they decided.
    calls : list of Call
        What stays Python.  For lanes (:func:`stream_of`): rows without an opcode, blocks, stacks, extrema, masks and
        choices.  Else (:func:`scalar_stream`) only blocks (linear algebra, FFT …), rows without an opcode, and
        decisions that are no comparisons.
    """

    ops: np.ndarray
    firsts: np.ndarray
    seconds: np.ndarray
    thirds: np.ndarray
    values: np.ndarray
    fixed: np.ndarray
    inputs: list[np.ndarray]
    outputs: list[np.ndarray]
    guards: tuple[np.ndarray, np.ndarray]
    calls: list[Call]


def stream_of(code: Code) -> Stream:
    """The stream of a code as lanes run it: in an order in which few values wait to be used, numbers in int64.

    Raises
    ------
    NoStream
        Where there is none.
    """
    stream = _gathered(Expansion(code, LIMIT, whole=False), np.int64)
    return stream if stream.calls else _depth_first(stream)


def scalar_stream(code: Code, limit: int = 1 << 28) -> Stream:
    """The stream of a large code, numbers in int32, in the order of the code: one array operation after the other.

    Masks are comparisons (ones and zeros; ``a & b`` is ``a > (b == 0)``, ``a | b`` is ``a >= (b == 0)``), choices are
    ``SELECT``.  Products are multiplications and sums, where zeros of a constant matrix may be left out; from a million
    multiplications on, they stay calls.  A largest or smallest entry is the mean of those
    that equal it, selected one by one: so ties share its derivative as they do in the rule.

    Parameters
    ----------
    code : Code
    limit : int
        Operations, at most.

    Raises
    ------
    NoStream
        Where there is none.
    """
    return _gathered(Expansion(code, limit, whole=True), np.int32)


def _gathered(expansion: Expansion, kind: Any) -> Stream:
    """The stream that an expansion found."""
    inputs, outputs, guards = expansion.run()
    ops, firsts, seconds, thirds, values, fixed = expansion.columns()
    numbers = [x.astype(kind, copy=False) for x in (firsts, seconds, thirds)]
    inputs, outputs = ([x.astype(kind, copy=False) for x in ends] for ends in (inputs, outputs))
    return Stream(ops, *numbers, values, fixed, inputs, outputs, guards, expansion.calls)


def _depth_first(stream: Stream) -> Stream:
    """The same operations in an order in which few values wait to be used."""
    from adpy.kernels.levels import depth_first

    order = np.empty(len(stream.ops), np.int64)
    guards, outcomes = stream.guards
    roots = np.concatenate([guards, *stream.outputs])
    depth_first(stream.ops, stream.firsts, stream.seconds, roots, order)
    moved = np.full(len(order) + 1, -1)
    moved[order] = np.arange(len(order))
    firsts, seconds = moved[stream.firsts[order]], moved[stream.seconds[order]]
    ends = [[moved[numbers] for numbers in ends] for ends in (stream.inputs, stream.outputs)]
    columns = stream.ops[order], firsts, seconds, stream.thirds, stream.values[order], stream.fixed[order]
    return Stream(*columns, *ends, (moved[guards], outcomes), [])
