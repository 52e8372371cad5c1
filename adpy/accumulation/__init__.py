"""Accumulation of Jacobians by elimination on children and weights; knows compressed rows, no tape."""

from adpy.accumulation.elimination import Accumulated, accumulate, count, count_modes
from adpy.accumulation.graph import Graph
from adpy.accumulation.orderings import ORDERINGS, Ordering

__all__ = ["ORDERINGS", "Accumulated", "Graph", "Ordering", "accumulate", "count", "count_modes"]
