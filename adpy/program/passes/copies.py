"""Copies: a copy is another name for its source as long as neither is written into while the other is read.

``un = u.copy()`` costs nothing if ``un`` is not written into and is read last before ``u`` is written into; and
``v = u.copy()``, which is written into, takes the memory of ``u`` if nobody reads ``u`` afterwards.  Where derivatives
read the values that are then overwritten, or values that are computed again from them, more would have to be saved, so
the copy stays.  An entry of an array that stays as it is need not be copied to the scalars.
"""

from __future__ import annotations

from math import inf
from typing import Any

from adpy.kernels.opcodes import BINARY, COPY
from adpy.plain import np
from adpy.program.code import View
from adpy.program.nodes import Check, Fixed, Operation
from adpy.program.passes.draft import Draft, references
from adpy.program.views import follow, strides_of
from adpy.reverse.nodes import BlockNode, Cast, Copy, Input, Node

__all__ = ["remove_copies"]

_LINEAR = frozenset([np.add, np.subtract, np.negative, np.positive])
_SUMS = frozenset([np.sum, np.mean, (np.add, "reduce")])


def remove_copies(draft: Draft) -> None:
    """Give copies other names; let scalar operations read entries of arrays where they are."""
    copies = [(k, node) for k, node in draft.living() if type(node) in (Copy, Cast)]
    if copies:
        last, needed = _last_reads(draft), _needed(draft)
        again = _read_again(draft, needed)
        for k, node in reversed(copies):
            _alias(draft, k, node, last, needed, again)
    _read_in_place(draft)


def _last_reads(draft: Draft) -> dict[Any, float]:
    """Number of the node that reads a node's entries last, infinity for results."""
    last: dict[Any, float] = {}
    for k, node in enumerate(draft.nodes):
        for target, _, _, _ in references(node):
            last[target] = k
        if node in draft.names:
            last[draft.names[node][0]] = k
    homes, arrays = draft.owners()
    addresses = np.full(len(arrays), -1)
    for operands in (draft.firsts, draft.seconds):
        reads = np.flatnonzero(operands < 0)
        np.maximum.at(addresses, np.searchsorted(homes, operands[reads], "right") - 1, reads)
    between = np.searchsorted(draft.positions, addresses, "right") - 0.5  # after one node, before the next
    for node, k in zip(arrays, between.tolist(), strict=True):
        last[node] = max(last.get(node, -1), k)
    for target, _, _, _ in draft.outputs:
        last[target] = inf
    for node, (target, _, _, _) in reversed(draft.names.items()):
        last[target] = max(last[target], last.get(node, -1))
    return last


def _needed(draft: Draft) -> set:
    """Nodes whose values derivatives read."""
    found: set = set()
    for _, node in draft.living():
        if not _is_linear(node):
            found.add(node)
            found.update([target for target, _, _, _ in references(node)])
    for node, (target, _, _, _) in reversed(draft.names.items()):
        if node in found:
            found.add(target)
    return found


def _read_again(draft: Draft, needed: set) -> set:
    """Nodes from which values that derivatives read may be computed again, on the way back."""
    found = set(needed)
    for _, node in reversed([*draft.living()]):
        if type(node) is Operation and node in found:
            found.update([target for target, _, _, _ in references(node)])
    return found


def _is_linear(node: Any) -> bool:
    """Do the weights of a node depend on no values?"""
    kind = type(node)
    if kind is Operation:
        function = node.saved[0].function
        return function in _LINEAR or (function is np.multiply and any(type(x) is Fixed for x in node.operands))
    if kind is BlockNode:
        return node.saved[0].function in _SUMS
    return kind is not Check


def _alias(draft: Draft, k: int, node: Any, last: dict, needed: set, again: set) -> None:
    """Make a copy another name, if that is safe."""
    reference = node.operands[0]
    source, path = reference[:2]
    if node in draft.taken or not isinstance(source, Node) or not _lies_alike(node, source, path):
        return
    owner = draft.target(source)
    reads = last.get(node, -1)
    following = draft.following(node)
    if following is None:
        successor = draft.following(source)
        free = type(owner) is Input or (
            owner not in draft.taken
            and (successor is None or (reads < draft.number[successor] and node not in again))
            and (owner is source or draft.stays(owner))
        )
    else:
        free = (
            path is None
            and owner is source
            and type(source) is not Input
            and source in draft.number
            and draft.following(source) is None
            and source not in draft.taken
            and last.get(source, -1) <= k
            and node not in needed
            and source not in needed
        )
        if free:
            draft.taken.add(source)
    if free:
        draft.names[node] = reference
        last[source] = max(last.get(source, -1), reads)
        if node in needed:
            needed.add(source)


def _lies_alike(node: Any, source: Any, path: tuple | None) -> bool:
    """Are the entries of the source in the same order in memory as those of its copy, with nothing between them?"""
    strides = strides_of(node)
    if path is None:
        return source.shape == node.shape and strides_of(source) == strides
    found = follow(View(0, source.shape, strides_of(source)), path)
    return found is not None and found.shape == node.shape and found.strides == strides


def _read_in_place(draft: Draft) -> None:
    """Let operations read entries of arrays themselves, not their copies among the scalars."""
    homes, arrays = draft.owners()
    if not arrays:
        return
    copies = np.flatnonzero((draft.ops == COPY) & (draft.firsts < 0))
    owners = np.searchsorted(homes, draft.firsts[copies], "right") - 1
    stays = np.array([draft.stays(node) for node in arrays])
    copies = copies[stays[owners]]
    entry = np.zeros(draft.count, np.int32)
    entry[copies] = draft.firsts[copies]
    for k, operands in enumerate((draft.firsts, draft.seconds)):
        reads = operands >= 0
        reads &= BINARY[draft.ops] if k else draft.ops > COPY
        found = entry[operands[reads]]
        operands[reads] = np.where(found < 0, found, operands[reads])
