"""Dead code: what no result and no decision depends on is not computed.

Decisions keep what they read alive, and so do rows that may raise an error or whose results may change their shape,
and rules of the user's own.
"""

from __future__ import annotations

from typing import Any

from adpy.kernels.opcodes import BINARY, HOLE
from adpy.plain import np
from adpy.program.nodes import Assembled, Operation, Rearranged
from adpy.program.passes.draft import Draft, references
from adpy.reverse.nodes import BlockNode, Cast, Copy, Flush, Gather, Increment, Pack, Part, Rearrangement, Take, Write

__all__ = ["remove_dead_code"]

QUIET = frozenset(
    [
        *(np.sum, np.mean, np.prod, np.max, np.min, np.amax, np.amin, np.var, np.std, np.ptp, np.cumsum, np.cumprod),
        *(np.matmul, np.dot, np.vdot, np.inner, np.outer, np.tensordot, np.einsum, np.kron, np.trace, np.cross),
        *[(ufunc, "reduce") for ufunc in (np.add, np.multiply, np.maximum, np.minimum)],
        *[(ufunc, "accumulate") for ufunc in (np.add, np.multiply, np.maximum, np.minimum)],
    ]
)
"""Functions of block rows that raise no errors for values, and whose results have the shape that operands give them."""

_PURE = frozenset([Operation, Rearranged, Assembled, Gather, Take, Copy, Cast, Write, Increment, Pack, Rearrangement])


def remove_dead_code(draft: Draft) -> None:
    """Mark from the end to the beginning what is read; number the scalars that are left anew."""
    from adpy.kernels import simplifying

    homes, arrays = draft.owners()
    numbers = np.array([draft.number.get(node, -1) for node in arrays], np.int64)
    marked = np.zeros(draft.count, bool)
    reached = np.zeros(len(draft.nodes) + 1, bool)
    outlets = draft.recorder.outlets
    number, same, before = draft.number, draft.same, draft.before

    def read(reference: tuple) -> None:
        target = reference[0]
        if type(target) is not int:
            reached[number.get(target, -1)] = True
        elif target >= 0:
            marked[same[target]] = True

    def scan(start: int, stop: int) -> int:
        columns = draft.ops, draft.firsts, draft.seconds
        simplifying.live(*columns, BINARY, marked, homes, numbers, reached, start, stop)
        return start

    for reference in draft.outputs:
        read(reference)
    marked[draft.addresses([a for a, _ in draft.guards])] = True
    done = draft.count
    for k in range(len(draft.nodes) - 1, -1, -1):
        node = draft.nodes[k]
        if type(node) is Flush or node in draft.dead:
            continue
        if not reached[k] and _is_pure(node):
            if node in outlets or (node.extra is not None and node.extra.home is not None):
                done = scan(draft.positions[k], done) if draft.positions[k] < done else done
                address = draft.outlet(node)
                reached[k] |= address is not None and marked[address]
            if not reached[k]:
                draft.dead.add(node)
                continue
        reached[k] = True
        if node in draft.names:
            read(draft.names[node])
            continue
        for reference in references(node):
            read(reference)
        if type(node) is Part:
            reached[number[node.block]] = True
        previous = before.get(node)
        if previous is not None and not (type(node) is Write and node.path is None):
            reached[number.get(previous, -1)] = True
    scan(0, done)
    _compact(draft, marked)


def _is_pure(node: Any) -> bool:
    return type(node) in _PURE or (type(node) is BlockNode and node.parts is None and node.saved[0].function in QUIET)


def _compact(draft: Draft, marked: np.ndarray) -> None:
    """Number scalars anew: first what is filled from outside, then operations, in order."""
    holes = draft.ops == HOLE
    operations = marked & ~holes
    count = int(np.count_nonzero(operations))
    kept = marked & holes
    kept[0] = True
    for target, _, _, _ in draft.recorder.inputs:
        if type(target) is int:
            kept[target] = True
    for node, address in draft.recorder.outlets.items():
        kept[address] |= node not in draft.dead
    kept &= draft.same == np.arange(draft.same.size)
    order = np.concatenate([np.flatnonzero(kept), np.flatnonzero(operations)])
    place = np.zeros(draft.count, np.int32)
    place[order] = np.arange(order.size)
    counts = np.concatenate([[0], np.cumsum(operations)]) + order.size - count
    draft.positions = counts[draft.positions].tolist()
    for name in ("ops", "firsts", "seconds", "values", "fixed"):
        setattr(draft, name, getattr(draft, name)[order])
    for column in (draft.firsts, draft.seconds):
        inside = column >= 0
        column[inside] = place[column[inside]]
    draft.same = place[draft.same]
    draft.count, draft.begin = order.size, order.size - count
