"""Versions in pieces: what is written stands in new memory, in the place of fills, copies and saves."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any

from adpy.kernels.opcodes import ADDITION, SUBTRACT
from adpy.kernels.table import SET
from adpy.plain import np
from adpy.program.moves import part
from adpy.program.nodes import Buffer
from adpy.program.pieces import LARGEST, MOST, Pieces, boxes, refine
from adpy.program.views import c_strides, strides_of
from adpy.reverse.nodes import Write
from adpy.reverse.paths import resolve

__all__ = ["written"]


def written(lowering: Any, node: Any, previous: Any) -> bool:
    """A version of a storage that is in pieces, if it stays so, or else a copy of much of it would be saved."""
    found = _region(lowering, node, previous)
    if found is None:
        return False
    base, region = found
    if type(node) is Write:
        addresses = lowering.addresses_of(node.operands[0] if node.operands else node.saved[0])
        region[...] = addresses.reshape(addresses.shape[max(0, addresses.ndim - region.ndim) :])
    else:
        _advance(lowering, node, region)
    found = boxes(base, lowering.borders())
    if not lowering.in_pieces(node, found):
        if found is None:
            lowering.emit_moves(lowering.allocate(node), base)
        else:
            lowering.copied(node, found)
    return True


def _region(lowering: Any, node: Any, previous: Any) -> tuple[np.ndarray, np.ndarray] | None:
    """Addresses of the entries before a write, and of those among them that are written; None to write in place."""
    if strides_of(node) != c_strides(node.shape) or prod(node.shape) < LARGEST:
        return None
    if node.extra is not None and node.extra.home is not None:
        return None
    if previous in lowering.wholes:
        whole = lowering.wholes[previous]
        target = whole if node.path is None else lowering.follow(whole, node.path)
        if 4 * prod(target.shape) < prod(node.shape) or not lowering.is_needed(*target.interval):
            return None
        base = whole.addresses()
    elif previous in lowering.pieces:
        base = lowering.pieces[previous].addresses()
    elif type(previous) is Buffer and previous.initial is not None:
        flat = previous.initial.reshape(-1)
        if flat.tobytes() != flat[:1].tobytes() * flat.size:
            return None
        base = np.full(node.shape, lowering.constant(float(flat[0])).offset)
    else:
        return None
    region = resolve(node.path, base)
    if type(region) is not np.ndarray or not np.may_share_memory(region, base) or 4 * region.size < base.size:
        return None
    return base, region


def _advance(lowering: Any, node: Any, region: np.ndarray) -> None:
    """Entries incremented in new memory, whose addresses replace theirs."""
    op = ADDITION if node.sign > 0 else SUBTRACT
    operand = node.operands[0] if node.operands else node.saved[0]
    source = lowering.pieces_of(operand) or Pieces.of(lowering.view(operand))
    before = boxes(region, lowering.borders())
    cuts = None if before is None else refine(region.shape, [before.cuts, source.cuts])
    if cuts is None or prod(len(cut) - 1 for cut in cuts) > MOST:
        copy = lowering.temporary(region.shape)
        lowering.emit_moves(copy, region)
        before, source = Pieces.of(copy), Pieces.of(lowering.view(operand))
        cuts = before.cuts
    out = lowering.temporary(region.shape)
    for number in product(*[range(len(cut) - 1) for cut in cuts]):
        box = tuple([slice(cut[i], cut[i + 1]) for cut, i in zip(cuts, number, strict=True)])
        into = part(out, box)
        lowering.emit(op, SET, into.shape, into, before.within(box), source.within(box), whole=out.offset)
    region[...] = out.addresses()
