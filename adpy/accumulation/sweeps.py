"""The vector modes on a graph: all rows by reverse sweeps, or all columns by forward sweeps."""

from __future__ import annotations

from adpy.accumulation.graph import Graph
from adpy.plain import np

__all__ = ["columns", "rows"]


def rows(graph: Graph) -> np.ndarray:
    """The Jacobian by reverse sweeps, with several rows in each walk over the edges.

    References
    ----------
    Griewank & Walther, *Evaluating Derivatives* (2nd ed., SIAM 2008), section 3.2 (vector reverse mode).
    """
    from adpy.accumulation import sweeps_cpu

    jacobian = np.empty((len(graph.outputs), len(graph.inputs)))
    sweeps_cpu.pull_rows(graph.indptr, graph.children, graph.weights, graph.inputs, graph.outputs, jacobian)
    return jacobian


def columns(graph: Graph) -> np.ndarray:
    """The Jacobian by forward sweeps, with several columns in each walk over the edges (ibid., section 3.1)."""
    from adpy.accumulation import sweeps_cpu

    jacobian = np.empty((len(graph.outputs), len(graph.inputs)))
    sweeps_cpu.push_columns(graph.indptr, graph.children, graph.weights, graph.inputs, graph.outputs, jacobian)
    return jacobian
