"""Common subexpressions: what was computed before, from the same operands, is not computed again.

Scalars are merged by hashing opcodes and operands, arrays by hashing calls.  Two arrays are one only if neither is
written into; operands are equal if they are the same version of the same storage, or equal constants.
"""

from __future__ import annotations

from typing import Any

from adpy.kernels.opcodes import BINARY
from adpy.plain import np
from adpy.program.nodes import Assembled, Fixed, Operation, Rearranged
from adpy.program.passes.draft import Draft
from adpy.reverse.nodes import BlockNode, Cast, Copy, Gather, Take
from adpy.reverse.paths import Step
from adpy.rules.table import TABLE

__all__ = ["merge_subexpressions"]

SMALL = 1 << 12
"""Bytes up to which constant arrays are compared; larger ones are equal if they are the same object."""


class _Unknown(Exception):
    """Something of which it is not known whether it is equal to anything else."""


def merge_subexpressions(draft: Draft) -> None:
    """Merge scalars, then arrays, then the scalars that arrays gave."""
    _merge_scalars(draft)
    if _merge_arrays(draft):
        _merge_scalars(draft)


def _merge_scalars(draft: Draft) -> None:
    from adpy.kernels import simplifying

    simplifying.merge(draft.ops, draft.firsts, draft.seconds, BINARY, draft.same)
    draft.settle()
    found: dict = {}
    for address, outcome in draft.guards:
        found.setdefault((draft.address(address), repr(outcome)), (address, outcome))
    draft.guards = list(found.values())


def _merge_arrays(draft: Draft) -> bool:
    """Merge nodes; were there any whose results are scalars?"""
    first: dict = {}
    outlets, names, scalars = draft.recorder.outlets, draft.names, False
    keys = _Keys(draft)
    for _, node in draft.living():
        key_of = _KEYS.get(type(node))
        if key_of is None or node.next is not None:
            continue
        try:
            key = key_of(keys, node)
        except _Unknown:
            continue
        if node.extra is not None and node.extra.layout is not None:
            key = (key, node.extra.layout)
        twin = first.setdefault(key, node)
        if twin is node:
            continue
        names[node] = (twin, None, node.shape, True)
        if node in outlets:
            draft.same[outlets[node]] = draft.same[outlets[twin]]
            scalars = True
    return scalars


class _Keys:
    """Keys of operands and constants: hashable, equal only for what is equal to the last bit.

    Arrays are known by their identity, scalars by numbers below zero, everything else by tuples.
    """

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.paths: dict[int, Any] = {}

    def operand(self, x: Any) -> Any:
        """An operand of a node: reference, constant, or a list of them."""
        kind = type(x)
        if kind is tuple:
            target, path = x[0], x[1]
            if type(target) is int:
                return -1 - self.draft.address(target)
            names = self.draft.names
            while target in names:  # other names here are for whole arrays
                target = names[target][0]
            return id(target) if path is None else (id(target), self.path(path))
        if kind is list:
            return (list, *[self.operand(item) for item in x])
        return self.constant(x.value if kind is Fixed else x)

    def path(self, path: tuple) -> Any:
        """How a view is made from its storage."""
        found = self.paths.get(id(path))
        if found is None:
            parent, step, _ = path
            if type(step) is Step:
                key = (id(step.bind), step.part, self.constant(step.static))
            else:
                key = self.constant(step)
            found = self.paths[id(path)] = (None if parent is None else self.path(parent), key)
        return found

    def constant(self, x: Any) -> Any:
        """What does not depend on the inputs."""
        kind = type(x)
        if kind is float:
            return (x,) if x else (x.hex(),)
        if kind in _PLAIN:
            return kind, x
        if kind is slice:
            return kind, self.constant(x.start), self.constant(x.stop), self.constant(x.step)
        if kind is tuple or kind is list:
            return (kind, *[self.constant(item) for item in x])
        if kind is dict:
            return (kind, *[(name, self.constant(value)) for name, value in x.items()])
        if kind is np.ndarray and not x.dtype.hasobject:
            return (x.shape, x.dtype.str, x.tobytes()) if x.nbytes <= SMALL else (np.ndarray, id(x))
        if isinstance(x, np.generic) and not x.dtype.hasobject:
            return kind, x.dtype.str, x.tobytes()
        if isinstance(x, type | np.dtype | np.ufunc) or x is np._NoValue:
            return id(x)
        raise _Unknown

    def operation(self, node: Any) -> tuple:
        """An elementwise row."""
        row, settings, named = node.saved
        operands = tuple([self.operand(x) for x in node.operands])
        if settings or named:
            return id(row), operands, self.constant(settings), self.constant(named)
        return id(row), operands

    def block(self, node: Any) -> tuple:
        """A block row with one result; a rule of the user's may do anything."""
        row, saved, static, _ = node.saved
        if node.parts is not None or TABLE.get(row.function) is not row:
            raise _Unknown
        operands = tuple([self._mixed(r, value) for r, value in zip(node.operands, saved, strict=True)])
        return id(row), operands, self.constant(static)

    def _mixed(self, reference: Any, value: Any) -> Any:
        """An operand of a block, whose constants are apart."""
        if type(reference) is list:
            return (list, *[self._mixed(r, v) for r, v in zip(reference, value, strict=True)])
        return self.constant(value) if reference is None else self.operand(reference)

    def rearranged(self, node: Any) -> tuple:
        """A structural row."""
        bind, static, part = node.saved
        return id(bind), tuple([self.operand(x) for x in node.operands]), self.constant(static), part

    def moved(self, node: Any) -> tuple:
        """Copies of entries."""
        return type(node), tuple([self.operand(x) for x in node.operands]), self.constant(node.saved), node.shape

    def gathered(self, node: Any) -> tuple:
        """Entries by number."""
        sources, total = node.saved
        operands = tuple([(self.operand(reference), start) for reference, start in node.operands])
        return Gather, operands, self.constant(np.asarray(sources)), total


_PLAIN = frozenset([int, bool, str, bytes, type(None), type(Ellipsis)])
_KEYS = {
    Operation: _Keys.operation,
    BlockNode: _Keys.block,
    Rearranged: _Keys.rearranged,
    Assembled: _Keys.moved,
    Take: _Keys.moved,
    Copy: _Keys.moved,
    Cast: _Keys.moved,
    Gather: _Keys.gathered,
}
