"""The Jacobian from the graph of recorded children and weights: by elimination or by vector modes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy.accumulation import Graph, accumulate, columns, rows
from adpy.api.blocks import cut
from adpy.api.modes import WALKED_EDGE
from adpy.api.results import is_number
from adpy.api.rows import Record, by_rows
from adpy.plain import np
from adpy.reverse.linearize import linearize

__all__ = ["by_elimination", "by_graph", "graph_of"]

ELIMINATED_VERTEX, ELIMINATED_PRODUCT = 150, 40
"""Nanoseconds that elimination takes for a vertex and for a multiplication."""

WORTH_TRYING = 5_000_000
"""Nanoseconds of walks from which elimination is tried; its kernel takes long to compile, once an installation."""


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
    """As :func:`~adpy.api.rows.by_rows`, by vertex elimination in Markowitz's order."""
    return by_graph(record, inputs, _eliminated)


def by_graph(record: Record, inputs: list, accumulated: Callable[[Graph], np.ndarray] | None = None) -> list:
    """As :func:`~adpy.api.rows.by_rows`, from the graph of the record; by default in the way that takes least.

    Where the graph has no answer, :func:`~adpy.api.rows.by_rows` is asked: where the tape is complex or nested, and
    where infinite weights met, because which of their products count is decided by the cotangents of reverse mode.
    """
    try:
        graph = graph_of(record)
    except NotImplementedError:
        return by_rows(record, inputs)
    jacobian = (accumulated or _cheapest)(graph)
    if not np.isfinite(jacobian).all():
        return by_rows(record, inputs)
    blocks, start = [], 0
    for leaf in record.leaves:
        shape = np.shape(leaf)
        if not is_number(leaf):
            blocks.append(None)
        elif record.is_active(leaf):
            part = jacobian[start : start + leaf.size]
            start += leaf.size
            blocks.append(cut(part.reshape((*shape, part.shape[1])).astype(_dtype(leaf), copy=False), inputs))
        else:
            blocks.append([np.zeros(shape + np.shape(x))[()] for x in inputs])
    return blocks


def _eliminated(graph: Graph) -> np.ndarray:
    return accumulate(graph).dense()


def _cheapest(graph: Graph) -> np.ndarray:
    """The vector mode of fewer seeds, or elimination where this comes to an end in less time."""
    walks = graph.edges * min(len(graph.inputs), len(graph.outputs)) * WALKED_EDGE
    budget = int((walks - ELIMINATED_VERTEX * graph.size) / (2 * ELIMINATED_PRODUCT))
    if walks > WORTH_TRYING and budget > 0:
        found = accumulate(graph, limit=budget)
        if found is not None:
            return found.dense()
    return rows(graph) if len(graph.outputs) <= len(graph.inputs) else columns(graph)


def _dtype(leaf: Any) -> Any:
    return leaf.dtype if hasattr(leaf, "dtype") else float
