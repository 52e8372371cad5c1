"""Vertex elimination: the Jacobian from a graph, one intermediate vertex after the other taken out."""

from __future__ import annotations

from dataclasses import dataclass

from adpy.accumulation.graph import Graph
from adpy.accumulation.orderings import ORDERINGS
from adpy.errors import ArgumentError
from adpy.plain import np

__all__ = ["Accumulated", "accumulate", "count", "count_modes"]


@dataclass(frozen=True)
class Accumulated:
    """A Jacobian as it comes from elimination.

    Attributes
    ----------
    rows, columns : ndarray of int64
        Numbers of output and input of each nonzero.
    values : ndarray of float64
    shape : tuple of int
        Numbers of outputs and of inputs.
    multiplications, additions : int
        What the elimination took.
    order : ndarray of int64
        The vertices as they were eliminated.
    """

    rows: np.ndarray
    columns: np.ndarray
    values: np.ndarray
    shape: tuple[int, int]
    multiplications: int
    additions: int
    order: np.ndarray

    def dense(self) -> np.ndarray:
        """The Jacobian as an array of ``shape``."""
        matrix = np.zeros(self.shape)
        np.add.at(matrix, (self.rows, self.columns), self.values)
        return matrix


def accumulate(graph: Graph, ordering: str = "markowitz", limit: int | None = None) -> Accumulated | None:
    """Accumulate the Jacobian of a graph by vertex elimination.

    Eliminating a vertex multiplies the weight of each edge into it with that of each edge out of it, and adds the
    product to the edge from that child to that parent (a new one, if there is none).  When no intermediate vertex is
    left, the weights are the Jacobian.  A product with a factor zero is zero.

    Parameters
    ----------
    graph : Graph
    ordering : str
        A name in :data:`~adpy.accumulation.ORDERINGS`.
    limit : int, optional
        Give up, and return None, when that many multiplications are not enough.

    Raises
    ------
    ArgumentError
        If there is no such ordering.

    References
    ----------
    Griewank & Walther, *Evaluating Derivatives* (2nd ed., SIAM 2008), section 9.2; Griewank & Reese, "On the
    calculation of Jacobian matrices by the Markowitz rule" (1991).

    Examples
    --------
    Two inputs, one product of them, and its sine and cosine:

    >>> from adpy.accumulation import Graph, accumulate
    >>> graph = Graph.build([0, 0, 0, 2, 3, 4], [0, 1, 2, 2], [3.0, 2.0, 0.5, -1.0], inputs=[0, 1], outputs=[3, 4])
    >>> found = accumulate(graph)
    >>> found.dense()
    array([[ 1.5,  1. ],
           [-3. , -2. ]])
    >>> found.multiplications
    4
    """
    from adpy.accumulation import cpu

    if ordering not in ORDERINGS:
        raise ArgumentError("ordering", f"one of {tuple(ORDERINGS)}", repr(ordering))
    rule = ORDERINGS[ordering]
    tails, heads, weights, multiplications, additions, order = cpu.eliminate(
        graph.indptr,
        graph.children,
        graph.weights,
        graph.intermediate,
        rule.by_degree,
        rule.offset(graph),
        -np.arange(graph.size),
        np.iinfo(np.int64).max if limit is None else limit,
    )
    if limit is not None and multiplications > limit:
        return None
    position = np.empty(graph.size, np.int64)
    position[graph.inputs] = np.arange(len(graph.inputs))
    columns = position[tails]
    position[graph.outputs] = np.arange(len(graph.outputs))
    shape = len(graph.outputs), len(graph.inputs)
    return Accumulated(position[heads], columns, weights, shape, multiplications, additions, order)


def count(graph: Graph, ordering: str = "markowitz") -> int:
    """Number of multiplications that :func:`accumulate` takes."""
    return accumulate(graph, ordering).multiplications


def count_modes(graph: Graph) -> tuple[int, int]:
    """Numbers of multiplications of the dense forward and reverse modes: edges times inputs, edges times outputs.

    As in Griewank & Walther, an edge out of an input (in forward mode) or into an output (in reverse mode) costs
    nothing, because it only scales a unit vector.
    """
    from_inputs = int(np.isin(graph.children, graph.inputs).sum())
    lengths = np.diff(graph.indptr)
    into_outputs = int(lengths[graph.outputs].sum())
    return (graph.edges - from_inputs) * len(graph.inputs), (graph.edges - into_outputs) * len(graph.outputs)
