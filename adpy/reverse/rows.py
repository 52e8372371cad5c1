"""Rows under construction: each node, and each stretch of the scalar stream, becomes rows of children and weights."""

from __future__ import annotations

from math import prod
from typing import Any

from adpy.plain import np
from adpy.reverse.arithmetic import ELEMENTWISE_NODES
from adpy.reverse.linearize import local_weights, pulled
from adpy.reverse.nodes import (
    BlockNode,
    Cast,
    Copy,
    Flush,
    Gather,
    Increment,
    Moved,
    Outlet,
    Pack,
    Rearrangement,
    Take,
    Write,
)
from adpy.reverse.paths import resolve
from adpy.reverse.storage import layout_of, relayout
from adpy.reverse.sweep import rows_of_stream
from adpy.rules.directions import many_directions

__all__ = ["RowBuilder"]

_LARGEST = 1 << 22
"""Entries of a block's Jacobian that are written out at once."""

_MOVEMENTS = (Copy, Gather, Increment, Moved, Rearrangement, Write)
"""Nodes whose weights are 1 and -1."""


class RowBuilder:
    """Turns the nodes of a tape into rows, in the order of recording.

    Attributes
    ----------
    size : int
        Number of rows so far.
    edges : list of (rows, children, weights)
    first : dict
        First row of each node.
    addresses : ndarray of int64
        Row of each scalar address, homes counted from the end; -1 where there is none (yet).
    """

    def __init__(self, tape: Any) -> None:
        self.tape = tape
        self.size = 1  # row 0 stands for all constants
        self.edges: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self.first: dict[Any, int] = {}
        stream = rows_of_stream(tape)
        self.children, self.weights = stream[:, ::2].astype(np.int64), stream[:, 1::2]
        self.addresses = np.full(tape.count - tape.home, -1)
        self.position = 1
        for target, _, _, _ in tape.inputs:
            if isinstance(target, int):
                self.addresses[target] = self.size
                self.size += 1
            else:
                self.place(target)

    # ---- numbering

    def place(self, node: Any) -> int:
        """Give rows to the entries of a node, if it has none, and return the first."""
        if node not in self.first:
            size = prod(node.shape)
            self.first[node] = self.size
            if node.extra is not None and node.extra.home is not None:
                start = len(self.addresses) + node.extra.home
                self.addresses[start : start + size] = self.size + np.arange(size)
            self.size += size
        return self.first[node]

    def rows_of(self, reference: tuple) -> np.ndarray:
        """Rows of the entries of an operand, in its shape."""
        target, path, _, _ = reference
        if isinstance(target, int):
            return self.addresses[target]
        if not target.active:
            return np.zeros(reference[2], np.int64)
        numbers = self.place(target) + np.arange(prod(target.shape)).reshape(target.shape)
        return resolve(path, relayout(numbers, layout_of(target)) if path is not None else numbers)

    def connect(self, rows: np.ndarray, children: np.ndarray, weights: Any) -> None:
        """Add edges; the arguments are broadcast against each other."""
        rows, children, weights = [part.ravel() for part in np.broadcast_arrays(rows, children, weights)]
        if np.any(children < 0):
            raise NotImplementedError("linearize: a scalar that was recorded later")
        used = children > 0
        self.edges.append((rows[used], children[used], weights[used].astype(float)))

    def inputs(self) -> list[np.ndarray]:
        """Rows of the independent variables."""
        return [np.asarray(self.rows_of((target, None, shape, True))) for target, _, shape, _ in self.tape.inputs]

    # ---- walking

    def walk(self) -> None:
        """Rows of all nodes and scalars."""
        base = 0
        for node in self.tape.nodes:
            if isinstance(node, Flush):
                base += node.mark
            elif isinstance(node, Outlet):
                self._scalars((base + node.mark) // 4 - 1)
                self.addresses[node.address] = self.first[node.node]
            else:
                self._scalars((base + node.mark) // 4)
                self._node(node)
        self._scalars(self.tape.count)

    def _scalars(self, end: int) -> None:
        """Rows of the scalars recorded before address ``end``."""
        fresh = np.arange(self.position, end)
        fresh = fresh[self.addresses[fresh] < 0]
        rows = self.size + np.arange(len(fresh))
        self.addresses[fresh] = rows
        self.size += len(fresh)
        self.position = max(self.position, end)
        for slot in range(2):
            children = self.children[fresh, slot]
            used = children != 0
            self.connect(rows[used], self.addresses[children[used]], self.weights[fresh[used], slot])

    def _node(self, node: Any) -> None:
        if isinstance(node, BlockNode) and node.parts is not None:
            return  # its parts have the rows
        rows = self.place(node) + np.arange(prod(node.shape)).reshape(node.shape)
        if isinstance(node, ELEMENTWISE_NODES):
            for reference, weights in local_weights(node):
                self.connect(rows, self.rows_of(reference), weights)
        elif isinstance(node, Cast):
            self.connect(rows, self.rows_of(node.operands[0]), 1.0)
        elif isinstance(node, Take):
            self.connect(rows, self.rows_of(node.operands[0])[node.saved[0]], 1.0)
        elif isinstance(node, Pack):
            self._packed(node, rows)
        elif not (isinstance(node, _MOVEMENTS) and self._moved(node, rows)) and not self._pushed(node, rows):
            self._probed(node, rows)

    def _moved(self, node: Any, rows: np.ndarray) -> bool:
        """Rows of a node that moves entries, by where their numbers go; False if some go to one place together."""
        counts = pulled(node, np.ones(node.shape))
        numbers = pulled(node, rows.astype(float))
        pairs = [
            (self.rows_of(reference), count, number)
            for (reference, count), (_, number) in zip(counts.delivered, numbers.delivered, strict=True)
        ]
        pairs += [
            (self.addresses[address], np.float64(count), np.float64(number))
            for (address, count), (_, number) in zip(counts.scalars, numbers.scalars, strict=True)
        ]
        if any(np.any(np.abs(count) > 1) for _, count, _ in pairs):
            return False
        for children, count, number in pairs:
            children, count, number = np.broadcast_arrays(children, count, number)
            used = count != 0
            self.connect((number[used] * count[used]).astype(np.int64), children[used], count[used])
        return True

    def _packed(self, node: Pack, rows: np.ndarray) -> None:
        """Rows of a version whose entries were written one by one."""
        positions, addresses, previous = node.saved
        rows = rows.ravel()
        children = np.zeros(rows.size, np.int64)
        if previous is not None:
            children = self.rows_of((previous, None, previous.shape, True)).ravel().copy()
        addresses = np.asarray(addresses, np.int64)
        children[positions] = np.where(addresses == 0, 0, self.addresses[addresses])
        self.connect(rows, children, 1.0)

    def _pushed(self, node: Any, rows: np.ndarray) -> bool:
        """Rows of a block whose rule takes all directions in one call; False if that is not so."""
        if not isinstance(node, BlockNode):
            return False
        row, values, static, y = node.saved
        many = many_directions(row)
        operands = node.operands
        if many is None or isinstance(y, tuple) or not all(r is None or isinstance(r, tuple) for r in operands):
            return False
        found = []
        for i, reference in enumerate(operands):
            if reference is not None:
                size = prod(reference[2])
                if size * rows.size > _LARGEST:
                    return False
                unit = np.eye(size).reshape((*reference[2], size))
                dots = tuple([unit if j == i else None for j in range(len(operands))])
                local = many(dots, y, *values, **static)
                if local is None or not np.isfinite(local).all():
                    return False
                found.append((reference, local.reshape(-1, size)))
        for reference, local in found:
            used = np.nonzero(local)
            self.connect(rows.ravel()[used[0]], self.rows_of(reference).ravel()[used[1]], local[used])
        return True

    def _probed(self, node: Any, rows: np.ndarray) -> None:
        """Rows of any node, one pullback an entry."""
        for row, index in zip(rows.ravel(), np.ndindex(node.shape), strict=True):
            bar = np.zeros(node.shape)
            bar[index] = 1.0
            probe = pulled(node, bar)
            for address, weight in probe.scalars:
                self.connect(row, self.addresses[address], weight)
            for reference, weight in probe.delivered:
                children, weight = np.broadcast_arrays(self.rows_of(reference), weight)
                used = weight != 0
                self.connect(row, children[used], weight[used])

    def compressed(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Row pointers, children and weights."""
        empty = np.zeros(0, np.int64)
        rows, children, weights = (np.concatenate([part[i] for part in self.edges] or [empty]) for i in range(3))
        order = np.argsort(rows, kind="stable")
        indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=self.size))]).astype(np.int64)
        return indptr, children[order].astype(np.int64), weights[order].astype(float)
