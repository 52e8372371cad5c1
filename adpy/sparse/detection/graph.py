"""Graph: a stream with marks on what carries a derivative from the differentiated inputs to the results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.program.code import Code
from adpy.program.streams import NoStream, Stream, scalar_stream
from adpy.sparse.detection.blocks import Groups, groups_of
from adpy.sparse.detection.structure import dependence, table

__all__ = ["Graph", "graph_of"]


@dataclass(eq=False)
class Graph:
    """What sweeps over index sets read.

    Attributes
    ----------
    ops, firsts, seconds, thirds : ndarray of int32
        Operations; of leaves (``HOLE``) ``seconds`` is ``-2 - column``, or ``firsts`` is ``-2 - block``.
    links : ndarray of uint8
        Bits of the operands that matter.
    pointers, members : ndarray
        Operands of blocks in compressed rows, -1 for those that are not active.
    heads : ndarray of int32
        Lowest number among the results of each block.
    bent : ndarray of bool
        Which blocks are not linear.
    uses, set_uses : ndarray of int32
        How often each number, and each block, is read.
    columns : int
    outputs : ndarray of int32
        Number of each row.
    """

    ops: np.ndarray
    firsts: np.ndarray
    seconds: np.ndarray
    thirds: np.ndarray
    links: np.ndarray
    pointers: np.ndarray
    members: np.ndarray
    heads: np.ndarray
    bent: np.ndarray
    uses: np.ndarray
    set_uses: np.ndarray
    columns: int
    outputs: np.ndarray


def graph_of(code: Code, wrt: Sequence[int], refuse: Callable[[Stream], np.ndarray] | None = None) -> Graph:
    """The graph of a code.

    Parameters
    ----------
    code : Code
    wrt : sequence of int
        Numbers of the inputs that are differentiated.
    refuse : callable, optional
        ``refuse(stream)`` gives bits of operands that operations do not depend on, uint8.

    Raises
    ------
    ArgumentError
        Where the code is too large.
    """
    from adpy.sparse.detection.marking import activate, count_uses

    try:
        stream = scalar_stream(code)
    except NoStream as reason:
        raise ArgumentError("function", "one whose scalar operations can be listed", str(reason)) from None
    firsts, seconds, thirds = stream.firsts, stream.seconds, stream.thirds
    refused = np.zeros(0, np.uint8) if refuse is None else refuse(stream)
    groups = [groups_of(call) for call in stream.calls]
    pointers, members, heads, bent = _blocks(groups, firsts)
    columns = 0
    for k in wrt:
        numbers = stream.inputs[k]
        seconds[numbers] = -2 - np.arange(columns, columns + numbers.size, dtype=np.int32)
        columns += numbers.size
    outputs = np.concatenate([*stream.outputs, np.zeros(0, np.int32)])
    ops, links = stream.ops, np.empty(len(stream.ops), np.uint8)
    depends = table(dependence, np.flatnonzero(np.bincount(ops)))
    activate(ops, firsts, seconds, thirds, depends, refused, links, pointers, members)
    uses, set_uses = np.zeros(len(ops), np.int32), np.zeros(len(heads), np.int32)
    np.add.at(uses, outputs, 1)
    count_uses(firsts, seconds, thirds, links, pointers, members, heads, uses, set_uses)
    ends = pointers, members, heads, bent, uses, set_uses, columns, outputs
    return Graph(ops, firsts, seconds, thirds, links, *ends)


def _blocks(groups: list[Groups], firsts: np.ndarray) -> tuple[np.ndarray, ...]:
    """Blocks in compressed rows; the leaves that they make are told which made them."""
    sizes, members, heads, bent = [], [], [], []
    count = 0
    for group in groups:
        n, k = group.operands.shape
        if not group.outs.size:
            continue
        firsts[group.outs] = -2 - np.arange(count, count + n, dtype=np.int32)[:, None]
        sizes.append(np.full(n, k))
        members.append(group.operands.reshape(-1))
        heads.append(group.outs.min(1))
        bent.append(np.full(n, not group.linear))
        count += n
    pointers = np.zeros(count + 1, np.int64)
    np.cumsum(np.concatenate([*sizes, np.zeros(0, np.int64)]), out=pointers[1:])
    kinds = (members, np.int32), (heads, np.int32), (bent, bool)
    return pointers, *[np.concatenate([*parts, np.zeros(0, kind)]).astype(kind) for parts, kind in kinds]
