"""Accumulation of Jacobians by elimination on children and weights; knows compressed rows, no tape."""

from adpy.accumulation.elimination import Accumulated, accumulate, count, count_modes
from adpy.accumulation.graph import Graph
from adpy.accumulation.orderings import ORDERINGS, Ordering
from adpy.accumulation.sweeps import columns, rows

__all__ = [
    "ORDERINGS",
    "Accumulated",
    "Graph",
    "Ordering",
    "accumulate",
    "columns",
    "count",
    "count_modes",
    "rows",
]
