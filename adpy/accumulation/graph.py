"""Graph: a linearized program between its inputs and its outputs, ready for elimination."""

from __future__ import annotations

from dataclasses import dataclass

from adpy.plain import np

__all__ = ["Graph"]


@dataclass(frozen=True)
class Graph:
    """Vertices with children and weights in compressed rows; outputs have no parents, and no two edges are parallel.

    Attributes
    ----------
    indptr : ndarray of int64, shape (n + 1,)
        Vertex ``i`` has the children ``children[indptr[i]:indptr[i + 1]]``.
    children : ndarray of int64
        Always smaller than the vertex itself.
    weights : ndarray of float64
        Partial derivatives; none is zero.
    inputs, outputs : ndarray of int64, shape (n_in,) and (n_out,)
        Their vertices.

    References
    ----------
    Griewank & Walther, *Evaluating Derivatives* (2nd ed., SIAM 2008), section 2.2 and chapter 9.
    """

    indptr: np.ndarray
    children: np.ndarray
    weights: np.ndarray
    inputs: np.ndarray
    outputs: np.ndarray

    @classmethod
    def build(cls, indptr, children, weights, inputs, outputs) -> Graph:
        """The graph of rows that may have parallel edges, dead ends, and outputs anywhere.

        An output that is an input, has parents, or is named twice gets a vertex of its own behind it, with weight one.
        Edges of weight zero are left out (they contribute exactly zero), and so is what lies on no path from an input
        to an output.
        """
        from adpy.accumulation import cpu

        indptr, children, inputs, outputs = [np.asarray(x, np.int64) for x in (indptr, children, inputs, outputs)]
        size = len(indptr) - 1
        rows = np.repeat(np.arange(size), np.diff(indptr))
        rows, children, weights = _merged(rows, children, np.asarray(weights, float), size)
        rows, children, weights, outputs, size = _with_sinks(rows, children, weights, inputs, outputs, size)
        active = cpu.reach(_pointers(rows, size), children, inputs, outputs)
        used = active[rows] & active[children]
        rows, children, weights = rows[used], children[used], weights[used]
        return cls(_pointers(rows, size), children, weights, inputs, outputs)

    @property
    def size(self) -> int:
        """Number of vertices."""
        return len(self.indptr) - 1

    @property
    def edges(self) -> int:
        """Number of edges."""
        return len(self.children)

    @property
    def intermediate(self) -> np.ndarray:
        """Which vertices are to be eliminated: those with children that are no outputs."""
        inner = np.diff(self.indptr) > 0
        inner[self.outputs] = False
        return inner


def _merged(rows, children, weights, size):
    """Edges sorted by row, parallel ones added up, those of weight zero left out."""
    used = weights != 0
    rows, children, weights = rows[used], children[used], weights[used]
    keys = rows * size + children
    order = np.argsort(keys, kind="stable")
    keys, weights = keys[order], weights[order]
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else np.zeros(0, np.int64)
    with np.errstate(invalid="ignore", over="ignore"):
        weights = np.add.reduceat(weights, first) if len(keys) else weights
    keys = keys[first]
    used = weights != 0
    return keys[used] // size, keys[used] % size, weights[used]


def _with_sinks(rows, children, weights, inputs, outputs, size):
    """A vertex of its own behind every output that is not simply a last one."""
    shared = np.zeros(size, bool)
    shared[children] = shared[inputs] = True
    found, counts = np.unique(outputs, return_counts=True)
    shared[found[counts > 1]] = True
    behind = np.flatnonzero(shared[outputs])
    sinks = size + np.arange(len(behind))
    targets = outputs.copy()
    targets[behind] = sinks
    rows, children = np.concatenate([rows, sinks]), np.concatenate([children, outputs[behind]])
    return rows, children, np.concatenate([weights, np.ones(len(behind))]), targets, size + len(behind)


def _pointers(rows, size):
    """Row pointers of sorted rows."""
    return np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=size))]).astype(np.int64)
