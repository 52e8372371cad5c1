"""The Jacobian by vertex elimination on the recorded children and weights."""

from __future__ import annotations

from typing import Any

from adpy.accumulation import Graph, accumulate
from adpy.api.blocks import cut
from adpy.api.results import is_number
from adpy.api.rows import Record, by_rows
from adpy.plain import np
from adpy.reverse.linearize import linearize

__all__ = ["by_elimination", "graph_of"]


def graph_of(record: Record) -> Graph:
    """The graph from the entries of all inputs to those of all active result leaves.

    Raises
    ------
    NotImplementedError
        For complex and nested tapes.
    """
    flat = linearize(record.tape, [leaf.reference() for leaf in record.active])
    inputs, outputs = [np.concatenate([np.zeros(0, int), *map(np.ravel, rows)]) for rows in (flat.inputs, flat.outputs)]
    return Graph.build(flat.indptr, flat.children, flat.weights, inputs, outputs)


def by_elimination(record: Record, inputs: list) -> list:
    """As :func:`~adpy.api.rows.by_rows`, which is asked where elimination has no answer.

    That is where the tape is complex or nested, and where infinite weights met: which of their products count is
    decided by the cotangents of reverse mode.
    """
    try:
        graph = graph_of(record)
    except NotImplementedError:
        return by_rows(record, inputs)
    jacobian = accumulate(graph).dense()
    if not np.isfinite(jacobian).all():
        return by_rows(record, inputs)
    blocks, start = [], 0
    for leaf in record.leaves:
        shape = np.shape(leaf)
        if not is_number(leaf):
            blocks.append(None)
        elif record.is_active(leaf):
            rows = jacobian[start : start + leaf.size]
            start += leaf.size
            blocks.append(cut(rows.reshape((*shape, rows.shape[1])).astype(_dtype(leaf), copy=False), inputs))
        else:
            blocks.append([np.zeros(shape + np.shape(x))[()] for x in inputs])
    return blocks


def _dtype(leaf: Any) -> Any:
    return leaf.dtype if hasattr(leaf, "dtype") else float
