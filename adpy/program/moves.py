"""Moves: arrays whose entries are elsewhere already stay there, as pieces, until somebody needs them in one place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from adpy.kernels.opcodes import COPY, opcode_of
from adpy.kernels.table import SET
from adpy.plain import np
from adpy.program.code import View
from adpy.program.instructions import CONSTANTS, Instructions
from adpy.program.nodes import Assembled, Check, Operation, Rearranged
from adpy.program.passes.draft import Draft
from adpy.program.pieces import LARGEST, MOST, Pieces, boxes, refine
from adpy.program.views import c_strides, strides_of
from adpy.reverse.nodes import Copy, Gather, Increment, Take, Write
from adpy.reverse.paths import resolve

__all__ = ["Moves", "part"]

DEEPEST = 48
"""Nodes that may wait for one another: more than a group holds do not profit."""
_MOVERS = (Assembled, Copy, Gather, Increment, Rearranged, Take, Write)
"""Nodes that may stay in pieces."""


@dataclass(frozen=True)
class Waiting:
    """An elementwise node that is emitted when it is known in which boxes it is read.

    Attributes
    ----------
    operands : list
        Pieces, and nodes that wait themselves.
    depth : int
        How many nodes wait for one another.
    """

    op: int
    node: Any
    operands: list
    cuts: tuple
    depth: int


class Moves(Instructions):
    """Instructions with nodes in pieces.

    Attributes
    ----------
    pieces : dict
        Nodes that have no memory of their own → their pieces.
    now : int
        Number of the node that is lowered.
    waiting : dict
        Nodes whose instructions are not emitted yet.
    last : dict
        Nodes → number of the last node that reads them.
    whole : set
        Nodes that others than elementwise instructions read.
    drawn : set
        Elementwise nodes that wait, because others read them together with nodes in pieces.
    pending : dict
        Number of a storage that is going to be overwritten → nodes that have pieces of it.
    """

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft)
        self.pieces: dict[Any, Pieces] = {}
        self.now = 0
        self.pending: dict[int, list[Any]] = {}
        self.waiting: dict[Any, Waiting] = {}
        self.last: dict[Any, int] = {}
        self.whole: set[Any] = set(draft.taken)
        self.drawn: set[Any] = set()

    def count_reads(self, nodes: list) -> None:
        """Note who reads which node last, and which are read together with what may be in pieces."""
        for number, node in enumerate(nodes):
            apart = type(node) in (Write, Increment)
            if type(node) is Operation:
                apart = opcode_of(node.saved[0].function) is not None and len(node.operands) <= 2
            self._count(node.operands, number, apart)
            if type(node) is Check:
                self._count(node.saved[1].values(), number, False)
        for target, *_ in (*self.draft.outputs, *self.draft.names.values()):
            self.last[target] = len(nodes)
            self.whole.add(target)
        self.draw([node for node in nodes if type(node) is not Check])

    def draw(self, nodes: list) -> None:
        """Find the elementwise nodes that others read together with what may be in pieces."""
        tainted = set()
        for node in nodes:
            if type(node) in _MOVERS:
                tainted.add(node)
            elif type(node) is Operation:
                for x in node.operands:
                    if type(x) is tuple and x[0] in tainted and (type(x[0]) is not Operation or self.is_apart(x[0])):
                        tainted.add(node)
        for node in reversed(nodes):
            if type(node) is Operation and (node in tainted or node in self.drawn):
                self.drawn.update(
                    x[0] for x in node.operands if type(x) is tuple and type(x[0]) is Operation and self.is_apart(x[0])
                )

    def _count(self, operands: Any, number: int, apart: bool) -> None:
        """Note who reads which node last, and which are read by others than elementwise instructions."""
        for x in operands:
            if type(x) is list:
                self._count(x, number, False)
            elif type(x) is tuple and len(x) == 4:
                self.last[x[0]] = number
                if not apart or x[1] is not None:
                    self.whole.add(x[0])
            elif type(x) is tuple:
                self._count(x[:1], number, False)

    # ---- nodes in pieces

    def in_pieces(self, node: Any, found: Pieces | None) -> bool:
        """Leave a node in pieces, if that is worth it."""
        if (
            found is None
            or node in self.draft.taken
            or not node.shape
            or not found.pays
            or (node.extra and node.extra.home is not None)
        ):
            return False
        if strides_of(node) != c_strides(node.shape):
            return False
        self.pieces[node] = found
        self.watch(node, found.views.values())
        return True

    def watch(self, node: Any, views: Iterable[View]) -> None:
        """Note that a node has entries that may be overwritten."""
        for view in views:
            place = bisect_right(self.overwritten, view.offset)
            if place % 2 and view.offset < CONSTANTS:
                self.pending.setdefault(place, []).append(node)

    def moved(self, node: Any, sources: np.ndarray) -> None:
        """A node whose entries are at addresses."""
        sources = np.asarray(sources, np.int64).reshape(node.shape)
        wanted = sources.size and "index movement" in self.draft.passes
        found = boxes(sources, self.borders()) if wanted else None
        if self.in_pieces(node, found):
            return
        if found is not None and len(found.views) <= max(4, sources.size // 64):
            self.copied(node, found)
        else:
            self.emit_moves(self.allocate(node), sources)

    def copied(self, node: Any, found: Pieces) -> View:
        """Memory for a node, filled box by box."""
        out = self.allocate(node)
        for box, view in found.boxes():
            self.emit(COPY, SET, view.shape, part(out, box), view, whole=out.offset)
        return out

    def settled(self, node: Any) -> View:
        """Where a node is, in one place that is its own."""
        found = self.pieces.pop(node, None)
        return self.wholes[node] if found is None else self.copied(node, found)

    def view(self, operand: Any) -> View:
        """Where an operand is, in one place."""
        if type(operand) is tuple and operand[0] in self.waiting:
            self.force(operand[0], self.waiting[operand[0]].cuts)
        if type(operand) is tuple and operand[0] in self.pieces:
            target, path, _, _ = operand
            alone = self.pieces[target].alone
            if alone is not None and alone.offset < CONSTANTS and path is None and target.next is None:
                return alone
            self.settled(target)
        return super().view(operand)

    def lasting_view(self, operand: Any) -> View:
        """Where an operand is for as long as it is read: not in the memory of another one that is overwritten."""
        if type(operand) is tuple and operand[0] in self.pieces and operand[0] not in self.waiting:
            alone = self.pieces[operand[0]].alone
            if alone is not None and bisect_right(self.overwritten, alone.offset) % 2:
                self.settled(operand[0])
        return self.view(operand)

    def overwrites(self, address: int) -> None:
        """Nodes with pieces of what is overwritten get memory of their own first, if they are read again."""
        for node in self.pending.pop(bisect_right(self.overwritten, address), ()):
            if node in self.waiting:
                self.force(node, self.waiting[node].cuts)
            elif node in self.pieces and type(node) is not Operation:
                if self.last.get(node, 0) > self.now or node.next is not None:
                    self.settled(node)
                else:
                    del self.pieces[node]
        super().overwrites(address)

    def pieces_of(self, operand: Any) -> Pieces | None:
        """An operand in pieces; None if it is not, or not worth it."""
        if type(operand) is not tuple or operand[0] not in self.pieces:
            return None
        target, path, shape, _ = operand
        if path is None:
            return self.pieces[target]
        found = boxes(np.asarray(resolve(path, self.pieces[target].addresses())), self.borders()) if shape else None
        return found if found is not None and found.pays else None

    def addresses_of(self, operand: Any) -> Any:
        """Addresses of the entries of an operand."""
        if type(operand) is list:
            return [self.addresses_of(x) for x in operand]
        if type(operand) is tuple and operand[0] in self.waiting:
            self.force(operand[0], self.waiting[operand[0]].cuts)
        if type(operand) is tuple and operand[0] in self.pieces:
            return np.asarray(resolve(operand[1], self.pieces[operand[0]].addresses()))
        return self.view(operand).addresses()

    # ---- elementwise instructions over pieces

    def elementwise(self, op: int, node: Any, operands: Sequence) -> bool:
        """An elementwise node box by box, if operands are in pieces; it waits while only such nodes read it."""
        shape = node.shape
        waiting = [x[0] if type(x) is tuple and x[0] in self.waiting else None for x in operands]
        found = [None if w else self.pieces_of(x) for x, w in zip(operands, waiting, strict=True)]
        if not shape or 0 in shape or not (any(waiting) or any(found) or node in self.drawn):
            return False
        given = [w or p or Pieces.of(self.view(x)) for x, w, p in zip(operands, waiting, found, strict=True)]
        cuts = refine(shape, [self.waiting[x].cuts if x in waiting else x.cuts for x in given])
        total = prod(len(cut) - 1 for cut in cuts)
        if total > MOST or (total > 1 and prod(shape) < LARGEST * total):
            return False
        depth = 1 + max([self.waiting[x].depth for x in waiting if x is not None], default=0)
        item = Waiting(op, node, given, cuts, depth)
        if not self.is_apart(node):
            self.evaluate(item, cuts)
        elif depth > DEEPEST:
            self.waiting[node] = item
            self.force(node, cuts)
        else:
            self.waiting[node] = item
            self.watch(node, [view for x in given if type(x) is Pieces for view in x.views.values()])
        return True

    def is_apart(self, node: Any) -> bool:
        """May the boxes of a node have memory of their own?"""
        free = node.next is None and node not in self.whole and node in self.last
        return free and (node.extra is None or (node.extra.home is None and strides_of(node) == c_strides(node.shape)))

    def where(self, node: Any) -> Pieces:
        """The entries of a node."""
        return self.pieces[node] if node in self.pieces else Pieces.of(self.wholes[node])

    def force(self, node: Any, cuts: tuple) -> Pieces:
        """Emit a node that waited; the boxes follow also the cuts of who reads it."""
        item = self.waiting.pop(node)
        cuts = tuple(
            [
                own if own[-1] == 1 else tuple(sorted({*own, *cut}))
                for own, cut in zip(item.cuts, cuts[len(cuts) - len(item.cuts) :], strict=True)
            ]
        )
        return self.evaluate(item, cuts)

    def evaluate(self, item: Waiting, cuts: tuple) -> Pieces | None:
        """Emit a node box by box."""
        node = item.node
        operands = [
            x if type(x) is Pieces else self.force(x, cuts) if x in self.waiting else self.where(x)
            for x in item.operands
        ]
        cuts = refine(node.shape, [cuts, *[x.cuts for x in operands]])  # an operand may have been emitted for others
        apart = self.is_apart(node)
        out = None if apart else self.allocate(node)
        views = {}
        for number in product(*[range(len(cut) - 1) for cut in cuts]):
            box = tuple([slice(cut[i], cut[i + 1]) for cut, i in zip(cuts, number, strict=True)])
            shape = tuple([s.stop - s.start for s in box])
            into = views[number] = part(out, box) if out else self.temporary(shape)
            given = [x.within(box) for x in operands]
            self.emit_operation(item.op, into, *given, whole=out and out.offset)
        if apart:
            self.pieces[node] = Pieces(cuts, views)
            return self.pieces[node]
        return None


def part(whole: View, box: tuple[slice, ...]) -> View:
    """A box of a view."""
    offset = whole.offset + sum(s.start * stride for s, stride in zip(box, whole.strides, strict=True))
    return View(offset, tuple([s.stop - s.start for s in box]), whole.strides)
