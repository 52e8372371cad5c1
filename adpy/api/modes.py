"""Which mode of :func:`adpy.jacobian` costs least: estimates from what one call of the function recorded.

The constants are nanoseconds on one core, measured by ``benchmarks/jacobian_modes.py``; only their ratios matter.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

from adpy.api.rows import Record
from adpy.capture.keys import key_of
from adpy.reverse.nodes import BlockNode, Flush, Outlet
from adpy.rules.directions import many_directions

__all__ = ["Size", "cheapest", "is_forward", "remember_forward", "size_of", "tape_limit", "width_of"]

WIDEST = 512
"""Directions in one forward pass at most."""

ENTRIES = 1 << 18
"""Numbers in the tangent of the inputs at most, unless that makes passes narrower than :data:`NARROWEST`."""

NARROWEST = 64

CALL = 40_000
"""A call of the function, traced: entering and leaving."""

PUSHED_SCALAR, PUSHED_NODE, PUSHED_ENTRY = 4_000, 15_000, 0.7
"""A scalar operation, an array operation, and one entry of it in one direction, in a forward pass."""

SWEPT_ROW, SWEPT_SCALAR, SWEPT_NODE, SWEPT_ENTRY = 8_000, 150, 4_000, 2
"""A sweep for one row, and in it a scalar operation, an array operation and one entry of it."""

GRAPH, GRAPH_SCALAR, GRAPH_NODE, GRAPH_EDGE, GRAPH_PROBE = 250_000, 300, 50_000, 150, 30_000
"""Turning a tape into a graph, and in it a scalar operation, an array operation, an edge, and a pullback of a block."""

WALKED_EDGE = 0.8
"""One edge in one of the seeds of a vector mode on the graph."""

LOADING = 600_000_000
"""Loading Numba and the kernels."""

_missed = 0.0

LARGEST_TAPE = 1 << 28
"""Bytes of the record that is made to choose, where one forward pass is enough."""

LARGEST_GRAPH = 1 << 22
"""Edges of a graph at most: beyond, memory decides."""


@dataclass(frozen=True)
class Size:
    """What a call recorded.

    Attributes
    ----------
    scalars, nodes, entries : int
        Scalar operations, array operations, entries of the results of these.
    edges, probes : int
        Edges that a graph of it would have, about; pullbacks of blocks that are needed to know them.
    inputs, outputs, width : int
        Numbers that go in and come out, and directions in one forward pass.
    """

    scalars: int
    nodes: int
    entries: int
    edges: int
    probes: int
    inputs: int
    outputs: int
    width: int

    @property
    def by_columns(self) -> float:
        """Nanoseconds for forward passes."""
        passes = -(-self.inputs // self.width)
        one = CALL + self.scalars * PUSHED_SCALAR + self.nodes * PUSHED_NODE
        return passes * one + self.entries * self.inputs * PUSHED_ENTRY

    @property
    def by_rows(self) -> float:
        """Nanoseconds for one sweep a row."""
        one = SWEPT_ROW + self.scalars * SWEPT_SCALAR + self.nodes * SWEPT_NODE + self.entries * SWEPT_ENTRY
        return self.outputs * one

    @property
    def by_graph(self) -> float:
        """Nanoseconds for a graph and the vector mode of fewer seeds on it."""
        made = GRAPH + self.scalars * GRAPH_SCALAR + self.nodes * GRAPH_NODE + self.edges * GRAPH_EDGE
        walked = self.edges * min(self.inputs, self.outputs) * WALKED_EDGE
        return made + self.probes * GRAPH_PROBE + walked


def size_of(record: Record, inputs: int, width: int) -> Size:
    """The size of a record of a function of so many numbers, which forward mode pushes ``width`` at a time."""
    tape = record.tape
    nodes = entries = edges = probes = 0
    for node in tape.nodes:
        if isinstance(node, Flush | Outlet):
            continue
        size = prod(node.shape)
        nodes += 1
        entries += size
        if isinstance(node, BlockNode):
            operands = sum(prod(reference[2]) for reference in node.operands if isinstance(reference, tuple))
            edges += size * operands
            probes += size if many_directions(node.saved[0]) is None else 1
        else:
            edges += 2 * size
    scalars = tape.count
    outputs = sum(leaf.size for leaf in record.active)
    return Size(scalars, nodes, entries, edges + 2 * scalars, probes, inputs, outputs, width)


def cheapest(size: Size, graph: bool = True, columns: bool = True) -> str:
    """``"columns"``, ``"rows"`` or ``"graph"``; the first and the last only if allowed."""
    other = min(size.by_columns, size.by_rows) if columns else size.by_rows
    if graph and size.edges <= LARGEST_GRAPH and _pays(other - size.by_graph):
        return "graph"
    return "columns" if columns and size.by_columns < size.by_rows else "rows"


def _pays(saved: float) -> bool:
    """Do compiled walks pay that would save so many nanoseconds?  Until they are loaded, what was missed adds up."""
    global _missed
    if saved <= 0 or "adpy.accumulation.sweeps_cpu" in sys.modules:
        return saved > 0
    _missed += saved
    return _missed > LOADING


def width_of(inputs: int) -> int:
    """Directions in one forward pass: as many as memory likes, in passes of about the same width."""
    widest = max(NARROWEST, min(WIDEST, ENTRIES // max(inputs, 1)))
    passes = -(-max(inputs, 1) // widest)
    return -(-max(inputs, 1) // passes)


def tape_limit(inputs: int, width: int) -> int | None:
    """Bytes that a record may take; any number of them where forward mode would take several passes."""
    return LARGEST_TAPE if inputs <= width else None


_KEPT = 512
_forward: dict[tuple, list] = {}


def is_forward(function: Callable, inputs: int) -> bool:
    """Was forward mode found to be the cheapest for this code and so many numbers of input?"""
    return bool(_forward) and (inputs, *key_of(function)) in _forward


def remember_forward(function: Callable, inputs: int) -> None:
    """Spare the record next time."""
    anchors: list[Any] = []
    key = (inputs, *key_of(function, anchors))
    if len(_forward) >= _KEPT:
        _forward.clear()
    _forward[key] = anchors
