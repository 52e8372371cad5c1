"""Linearize: a tape as children and weights, one row an entry.

Every entry of every node gets a row; the weights are local partial derivatives.  A sweep over this form knows no rule
and no node (:func:`adpy.kernels.adjoint_sweep`); it is what elimination, sparsity patterns and further kernels start
from.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

from adpy.plain import np
from adpy.reverse.arithmetic import ELEMENTWISE_NODES
from adpy.reverse.nodes import Part
from adpy.reverse.paths import resolve
from adpy.reverse.storage import layout_of, relayout

__all__ = ["Linearized", "linearize", "local_weights", "pulled"]


@dataclass(frozen=True)
class Linearized:
    """Children and weights of a tape in compressed-row form.

    Attributes
    ----------
    indptr : ndarray of int64, shape (n + 1,)
        Row ``i`` owns ``children[indptr[i]:indptr[i + 1]]``.
    children : ndarray of int64
        Rows of the operands; always smaller than the row itself.
    weights : ndarray of float64
        Partial derivatives.
    inputs : list of ndarray of int64
        Rows of the entries of each independent variable, in its shape.
    outputs : list of ndarray of int64
        Rows of the entries of each result, in its shape.
    """

    indptr: np.ndarray
    children: np.ndarray
    weights: np.ndarray
    inputs: list
    outputs: list

    @property
    def size(self) -> int:
        """Number of rows."""
        return len(self.indptr) - 1

    def adjoints(self, bars: list) -> list:
        """Cotangents of the inputs for cotangents ``bars`` of the results, by the compiled sweep.

        Each bar has the shape of its result, or that shape followed by one axis of seeds.
        """
        from adpy import kernels

        seeds = max([np.ndim(bar) - rows.ndim for bar, rows in zip(bars, self.outputs, strict=True)], default=0)
        count = next((np.shape(b)[-1] for b, r in zip(bars, self.outputs, strict=True) if np.ndim(b) > r.ndim), 1)
        adjoints = np.zeros((self.size, count))
        for bar, rows in zip(bars, self.outputs, strict=True):
            np.add.at(adjoints, rows.ravel(), np.reshape(bar, (rows.size, -1)))
        kernels.adjoint_sweep(self.indptr, self.children, self.weights, adjoints)
        results = [adjoints[rows] for rows in self.inputs]
        return results if seeds else [result[..., 0] for result in results]


class _Probe:
    """Stands in for a sweep: collects what one node delivers."""

    careful = True
    safe = False
    complex = False

    def __init__(self) -> None:
        self.delivered: list[tuple[tuple, Any]] = []
        self.scalars: list[tuple[int, float]] = []

    def add(self, reference, bar, own):
        self.delivered.append((reference, np.array(bar)))

    def product(self, weight, bar):
        return weight * bar

    def lowered(self):
        return contextlib.nullcontext()

    def scatter(self, sources, bar, total):
        return np.bincount(sources.ravel(), bar.reshape(-1), total)

    def scatter_scalars(self, addresses, bars):
        self.scalars += [(a, float(b)) for a, b in zip(addresses, bars, strict=True) if a]

    def add_at(self, reference, key, bar, unique):
        target, path, shape, real = reference
        spread = np.zeros(shape)
        np.add.at(spread, key, bar)
        self.add(reference, spread, True)

    def pass_on(self, node, bar):
        self.add((node, None, node.shape, True), bar, True)

    def own(self, bar):
        return np.array(bar)

    def copy(self, region):
        return np.array(region)

    def layout(self, bar, node):
        return np.array(bar) if layout_of(node) is None else relayout(np.array(bar), layout_of(node))

    def clear(self, path, bar):
        parent, step, _ = path
        holder = resolve(parent, bar)
        if hasattr(step, "bind"):
            step(holder)[...] = 0
        else:
            holder[step] = 0


def pulled(node: Any, bar: np.ndarray) -> _Probe:
    """What a node delivers for ``bar``: pairs of reference and bar, and of scalar address and bar."""
    probe = _Probe()
    if isinstance(node, Part):
        node.block.parts[node.position] = bar
        node, bar = node.block, None
    node.pull(bar, probe)
    return probe


def local_weights(node: Any) -> list[tuple[tuple, np.ndarray]]:
    """Operand references of a node with its weights.

    For an elementwise node the weights have the result's shape; for others they are Jacobians, result's shape followed
    by the operand's.
    """
    if isinstance(node, ELEMENTWISE_NODES):
        return [
            (reference, np.broadcast_to(weight, node.shape))
            for reference, weight in pulled(node, np.ones(node.shape)).delivered
        ]
    columns: dict[int, tuple[tuple, np.ndarray]] = {}
    for index in np.ndindex(node.shape):
        bar = np.zeros(node.shape)
        bar[index] = 1.0
        probe = pulled(node, bar)
        for slot, (reference, weight) in enumerate(probe.delivered):
            shape = reference[2]
            _, jacobian = columns.setdefault(slot, (reference, np.zeros(node.shape + shape)))
            jacobian[index] += np.broadcast_to(weight, shape)
    return list(columns.values())


def linearize(tape: Any, outputs: list[tuple]) -> Linearized:
    """Linearize a tape of float64 values.

    Parameters
    ----------
    tape : Tape
    outputs : list of reference
        References of the results.

    Raises
    ------
    NotImplementedError
        For complex and nested tapes.
    """
    if tape.complex or not tape.plain:
        raise NotImplementedError("linearize: complex and nested tapes")
    from adpy.reverse.rows import RowBuilder

    builder = RowBuilder(tape)
    builder.walk()
    ins, outs = builder.inputs(), [builder.rows_of(reference) for reference in outputs]
    return Linearized(*builder.compressed(), ins, outs)
