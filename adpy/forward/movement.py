"""Structural rows in forward mode: the function that moved the primals moves the tangents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adpy import capture
from adpy.capture.registry import TRACED_TYPES
from adpy.forward.carrying import Carrying
from adpy.forward.tangents import leaves, storage
from adpy.plain import np

__all__ = ["moved"]

ndarray = np.ndarray
_SEQUENCES = (list, tuple)


class Step:
    """A structural function that made a view of one of its operands."""

    __slots__ = ("bind", "part", "position", "static", "values")

    def __init__(self, bind: Any, values: tuple, static: dict, position: int, part: int | None) -> None:
        self.bind, self.values, self.static, self.position, self.part = bind, values, static, position, part

    def __call__(self, tangent: Any, frame: Any) -> Any:
        """The same view of a tangent of that operand."""
        return frame.joined([self._applied(layer) for layer in frame.layers(tangent, True)])

    def _applied(self, layer: Any) -> Any:
        items = iter(range(len(leaves(self.values))))
        result = self.bind.apply(_replaced(self.values, items, self.position, layer), self.static)
        return result if self.part is None else result[self.part]


def _replaced(nested: Any, numbers: Any, position: int, leaf: Any) -> Any:
    """``nested`` with the leaf at ``position`` replaced."""
    if type(nested) in _SEQUENCES:
        return type(nested)([_replaced(item, numbers, position, leaf) for item in nested])
    return leaf if next(numbers) == position else nested


def moved(frame: Any, bind: Callable, operands: Sequence, values: tuple, static: dict, y: Any) -> Any:
    """Return the results of a structural function with their tangents.

    A result is a view of an operand exactly if its tangent is one of the operand's.
    """
    several = isinstance(y, list | tuple)
    parts = y if several else (y,)
    dtype = next((part.dtype for part in parts if getattr(part, "dtype", np.dtype(bool)).kind in "fc"), None)
    if dtype is None:
        return y
    sources, given = leaves(operands), leaves(values)
    owners = [storage(x) for x in given]
    active = [x.frame is frame and x.active if type(x) in TRACED_TYPES else False for x in sources]
    positions = [_owner(part, owners) for part in parts]
    tangents = [None] * len(parts)
    if any(active):
        views = any(position is not None and active[position] for position in positions)
        tangents = _pushed(frame, bind, operands, static, dtype, views)
        tangents = list(zip(*tangents, strict=True)) if several else [tangents]
    results = []
    for i, (part, position) in enumerate(zip(parts, positions, strict=True)):
        if position is None:
            results.append(_fresh(frame, part, tangents[i]))
        elif part is given[position]:  # squeeze with nothing to squeeze: the operand itself
            results.append(sources[position])
        elif active[position]:
            results.append(frame.wrap(part, frame.joined(tangents[i])))
        elif isinstance(sources[position], Carrying) and sources[position].frame is frame:
            step = Step(bind, values, static, position, i if several else None)
            results.append(frame.array(part, None, frame, (sources[position], step, sources[position].shape)))
        else:
            results.append(part)
    return type(y)(results) if several else results[0]


def _pushed(frame, bind, operands, static, dtype, views):
    """The function applied to the tangents: the results of each layer."""
    if frame.width is not None and "dtype" in static:
        static = {name: x for name, x in static.items() if name != "dtype"}
    with capture.lowered(frame.parent):
        columns = [_layers(frame, x, dtype, views) for x in operands]
        return [bind.apply(tuple([_chosen(c, i) for c in columns]), static) for i in range(frame.depth)]


def _layers(frame, x, dtype, views):
    """The tangent of an operand in layers; zero for a constant."""
    if type(x) in _SEQUENCES:
        return [_layers(frame, item, dtype, views) for item in x], type(x)
    if type(x) in TRACED_TYPES and x.frame is frame:
        tangent = x.carried()
        if tangent is not None:
            if type(tangent) is not float and tangent.dtype != dtype:
                tangent = tangent.astype(dtype)
            return frame.layers(tangent, views)
    if x is None or x is np._NoValue:
        return [x] * frame.depth
    return [frame.blank(np.shape(x), dtype)] * frame.depth


def _chosen(layers, i):
    """Layer ``i`` of an operand, which may be a sequence."""
    if type(layers) is tuple:
        items, kind = layers
        return kind([_chosen(item, i) for item in items])
    return layers[i]


def _owner(part: Any, owners: list) -> int | None:
    """Position of the operand that a result is a view of."""
    if type(part) is not ndarray and not (type(part) in TRACED_TYPES and not type(part).immutable):
        return None
    mine = storage(part)
    return next((i for i, owner in enumerate(owners) if mine is owner), None)


def _fresh(frame, y, tangent):
    """A result with memory of its own, whose tangent must have that too."""
    if tangent is None or getattr(y, "dtype", np.dtype(bool)).kind not in "fc":
        return frame.lift(y)
    return frame.wrap(y, frame.owned(tangent, y))
