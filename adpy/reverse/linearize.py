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
from adpy.reverse.nodes import Flush, Outlet, Part
from adpy.reverse.paths import resolve
from adpy.reverse.storage import layout_of, relayout
from adpy.reverse.sweep import rows_of_stream

__all__ = ["Linearized", "linearize", "local_weights"]


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


def _pull(node, bar) -> _Probe:
    probe = _Probe()
    if isinstance(node, Part):
        raise NotImplementedError
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
            for reference, weight in _pull(node, np.ones(node.shape)).delivered
        ]
    columns: dict[int, tuple[tuple, np.ndarray]] = {}
    for index in np.ndindex(node.shape):
        bar = np.zeros(node.shape)
        bar[index] = 1.0
        probe = _pull(node, bar)
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
        For blocks with several results, and complex tapes.
    """
    if tape.complex or not tape.plain:
        raise NotImplementedError("linearize: complex and nested tapes")
    builder = _Builder(tape)
    for reference in tape.inputs:
        builder.place(reference[0])
    builder.walk()
    return builder.finish(outputs)


class _Builder:
    """Rows under construction: first rows of nodes, rows of scalars and homes."""

    def __init__(self, tape) -> None:
        self.tape = tape
        self.first: dict[Any, int] = {}
        self.scalar_rows: dict[int, int] = {}
        self.rows: list[tuple[np.ndarray, np.ndarray]] = []
        self.homes = sorted(
            (
                (node.extra.home, node)
                for node in [*tape.nodes, *tape.storages]
                if node.extra and node.extra.home is not None
            ),
            key=lambda pair: pair[0],
        )
        self.stream = rows_of_stream(tape)
        self.position = 1

    def place(self, target, count: int | None = None) -> None:
        """Give rows without children to an input or constant."""
        if isinstance(target, int):
            self.scalar_rows[target] = len(self.rows)
            self.rows.append(_EMPTY)
        elif target not in self.first:
            self.first[target] = len(self.rows)
            self.rows.extend([_EMPTY] * int(np.prod(target.shape, dtype=np.int64)))

    def row_of(self, address: int) -> int:
        """Row of a scalar address; negative ones are entries of nodes."""
        if address > 0:
            return self.scalar_rows[address]
        for home, node in self.homes:
            if home <= address < home + int(np.prod(node.shape, dtype=np.int64)):
                self.place(node)
                return self.first[node] + address - home
        raise KeyError(address)

    def rows_of(self, reference) -> np.ndarray:
        """Rows of the entries of an operand, in its shape."""
        target, path, shape, _ = reference
        if isinstance(target, int):
            return np.array(self.row_of(target))
        self.place(target)
        numbers = self.first[target] + np.arange(int(np.prod(target.shape, dtype=np.int64))).reshape(target.shape)
        return resolve(path, relayout(numbers, layout_of(target)) if path is not None else numbers)

    def scalars_up_to(self, position: int) -> None:
        """Add the rows of the scalar stream recorded before ``position``."""
        for address in range(self.position, position):
            if address in self.scalar_rows:
                continue
            first, weight, second, other = self.stream[address]
            pairs = [(self.row_of(int(c)), w) for c, w in ((first, weight), (second, other)) if c]
            self.scalar_rows[address] = len(self.rows)
            self.rows.append((np.array([c for c, _ in pairs], np.int64), np.array([w for _, w in pairs])))
        self.position = max(self.position, position)

    def walk(self) -> None:
        """Rows of all nodes and scalars in the order of recording."""
        base = 0
        for node in self.tape.nodes:
            if isinstance(node, Flush):
                base += node.mark
                continue
            if isinstance(node, Outlet):
                self.scalars_up_to((base + node.mark) // 4 - 1)
                self.scalar_rows[node.address] = len(self.rows)
                self.rows.append((np.array([self.first[node.node]]), np.ones(1)))
                continue
            self.scalars_up_to((base + node.mark) // 4)
            self._node(node)
        self.scalars_up_to(self.tape.count)

    def _node(self, node) -> None:
        if isinstance(node, ELEMENTWISE_NODES):
            parts = local_weights(node)
            operands = [np.broadcast_to(self.rows_of(reference), node.shape).ravel() for reference, _ in parts]
            weights = [weight.ravel() for _, weight in parts]
            self.first[node] = len(self.rows)
            self.rows.extend(zip(np.stack(operands, 1), np.stack(weights, 1), strict=True))
            return
        fresh = []
        for index in np.ndindex(node.shape):
            bar = np.zeros(node.shape)
            bar[index] = 1.0
            probe = _pull(node, bar)
            children = [self.row_of(a) for a, _ in probe.scalars]
            weights = [w for _, w in probe.scalars]
            for reference, weight in probe.delivered:
                weight = np.broadcast_to(weight, reference[2])
                used = weight != 0
                children += np.asarray(self.rows_of(reference))[used].ravel().tolist()
                weights += weight[used].ravel().tolist()
            fresh.append((np.array(children, np.int64), np.array(weights)))
        self.first[node] = len(self.rows)
        self.rows.extend(fresh)

    def finish(self, outputs) -> Linearized:
        """The compressed rows."""
        outs = [self.rows_of(reference) for reference in outputs]
        ins = [self.rows_of((r[0], None, r[2], True)) for r in self.tape.inputs]
        counts = [len(c) for c, _ in self.rows]
        indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        children = np.concatenate([c for c, _ in self.rows] or [np.zeros(0)]).astype(np.int64)
        weights = np.concatenate([w for _, w in self.rows] or [np.zeros(0)]).astype(float)
        return Linearized(indptr, children, weights, ins, outs)


_EMPTY = (np.zeros(0, np.int64), np.zeros(0))
