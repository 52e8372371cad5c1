"""Draft: a recording as passes see and change it, before it is lowered.

The nodes themselves stay as they are.  A pass says which of them are dead, and which are another name for (a view of)
an earlier value; scalar operations are columns that passes rewrite.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from adpy.kernels.opcodes import HOLE
from adpy.plain import np
from adpy.program.nodes import Check
from adpy.reverse.nodes import Flush, Gather, Input, Pack, Part

__all__ = ["Draft", "references"]


class Draft:
    """The scalar operations and nodes of a recording, with what passes found out.

    Attributes
    ----------
    ops, firsts, seconds : ndarray of int32
        Scalar operations; operands below zero are entries of arrays.
    count, begin : int
        Number of scalars; operations are among those from ``begin`` on.
    values : ndarray of float64
        Values of the scalars in the recording.
    fixed : ndarray of bool
        Which scalars are constants.
    same : ndarray of int32
        Which address stands for each that was recorded.
    positions : list of int
        For each node the address of the first scalar operation after it.
    outputs : sequence
        References of the results.
    guards : list of (int, float)
        Addresses that decided, as recorded, and what they decided.
    number : dict
        Position of each node among the nodes.
    before : dict
        The version before each version.
    names : dict
        Reference of the earlier value that a node is another name for.
    dead : set
        Nodes that nobody reads.
    taken : set
        Nodes whose memory becomes that of a copy, which is written into.
    removed : dict
        What each pass removed: counts of scalar operations and of array operations.
    """

    def __init__(self, recorder: Any, outputs: Sequence, passes: frozenset) -> None:
        self.recorder, self.outputs, self.passes = recorder, outputs, passes
        self.ops, self.firsts, self.seconds, self.values = recorder.table()
        self.count, self.begin = self.ops.size, 0
        self.fixed = np.zeros(self.count, bool)
        self.fixed[list(recorder.constants.values())] = True
        self.same = np.arange(self.count, dtype=np.int32)
        self.nodes = [node for node in recorder.nodes if node not in recorder.undecided]
        self.positions: list[int] = []
        base = 0
        for node in self.nodes:
            self.positions.append((base + node.mark) // 4)
            if type(node) is Flush:
                base += node.mark
        self.guards = list(recorder.guards)
        self.number = {node: k for k, node in enumerate(self.nodes)}
        storages = (*recorder.storages, *recorder.buffers, *self.nodes)
        self.before = {node.next: node for node in storages if node.next is not None}
        self.homes = sorted([(x.extra.home, x) for x in storages if x.extra is not None and x.extra.home], key=_home)
        self.names: dict[Any, tuple] = {}
        self.dead: set = set()
        self.taken: set = set()
        self.removed: dict[str, tuple[int, int]] = {}

    # ---- scalars

    def address(self, recorded: int) -> int:
        """Address of a scalar, given that in the recording."""
        return int(self.same[recorded]) if recorded >= 0 else recorded

    def addresses(self, recorded: Sequence[int]) -> np.ndarray:
        """As :meth:`address`, for many."""
        found = np.array(recorded, np.int64)
        inside = found >= 0
        found[inside] = self.same[found[inside]]
        return found

    def outlet(self, node: Any) -> int | None:
        """Address of a result that is a scalar."""
        found = self.recorder.outlets.get(node)
        return None if found is None else int(self.same[found])

    def settle(self) -> None:
        """Operations that another stands for, through all passes: one step from each address to it."""
        self.same = self.same[self.same]

    def report(self) -> dict[str, tuple[int, int] | None]:
        """What every pass that is wanted removed."""
        return {name: self.removed.get(name) for name in sorted(self.passes)}

    def operations(self) -> int:
        """How many scalar operations there are."""
        return int(np.count_nonzero(self.ops != HOLE))

    def owners(self) -> tuple[np.ndarray, list]:
        """First addresses of the entries of arrays, ascending, and whose they are."""
        return np.array([start for start, _ in self.homes], np.int64), [node for _, node in self.homes]

    # ---- arrays

    def target(self, node: Any) -> Any:
        """The node whose memory a node's entries are in, as far as it is another name."""
        while node in self.names:
            node = self.names[node][0]
        return node

    def following(self, node: Any) -> Any:
        """The version that replaced a version, unless nobody reads it."""
        return None if node.next in self.dead else node.next

    def stays(self, node: Any) -> bool:
        """Do the entries of a node stay in memory to the end?  The memory of an input is never written into."""
        node = self.target(node)
        return type(node) is Input or (self.following(node) is None and node not in self.taken)

    def living(self) -> Iterator[tuple[int, Any]]:
        """Nodes that have instructions, with their numbers."""
        for k, node in enumerate(self.nodes):
            if node not in self.dead and node not in self.names and type(node) is not Flush:
                yield k, node

    def array_operations(self) -> int:
        """How many nodes have instructions."""
        return sum(type(node) is not Part for _, node in self.living())


def _home(pair: tuple) -> int:
    return pair[0]


def references(node: Any) -> Iterator[tuple]:
    """References of all operands of a node, the version before it not included."""
    kind = type(node)
    if kind is Gather:
        yield from [reference for reference, _ in node.operands]
        return
    yield from _within(node.operands)
    if kind is Check:
        yield from _within(node.saved[1].values())
    elif kind is Pack:
        yield from [(int(address), None, (), True) for address in node.saved[1]]


def _within(operands: Any) -> Iterator[tuple]:
    for x in operands:
        if type(x) is tuple:
            yield x
        elif type(x) is list:
            yield from _within(x)
