"""The arguments of a batch: which axis of each array is that of the samples, and the arguments of some samples."""

from __future__ import annotations

import functools
from typing import Any

from adpy import capture
from adpy.api.trees import flatten, map_leaves, rebuild
from adpy.batching.trace import BatchTrace
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.traced.dispatch import coerce

__all__ = ["Samples", "with_axes"]


class Samples:
    """The arguments of a batch.

    Attributes
    ----------
    size : int
        Number of samples.
    """

    def __init__(self, args: tuple, kwargs: dict, in_axes: Any) -> None:
        self.args, self.kwargs, self.outer = args, kwargs, None
        axes = in_axes if isinstance(in_axes, tuple) else (in_axes,) * len(args)
        if len(axes) != len(args):
            raise ArgumentError(
                "in_axes", f"one entry for each of the {len(args)} positional arguments", f"{len(axes)}"
            )
        self.leaves = []
        sizes: dict[int, str] = {}
        for i, (argument, axis) in enumerate(zip(args, axes, strict=True)):
            self.leaves.append([_Leaf(*item, f"argument {i}", sizes) for item in with_axes(argument, axis, "in_axes")])
        if not sizes:
            raise ArgumentError("in_axes", "an axis for at least one array among the arguments", repr(in_axes))
        if len(sizes) > 1:
            got = " and ".join(f"{size} in {name}" for size, name in sizes.items())
            raise ArgumentError("arguments", "the same number of samples in all of them", got)
        self.size = next(iter(sizes))

    def together(self, frame: BatchTrace, lanes: np.ndarray) -> tuple[tuple, dict]:
        """The arguments of some samples, as values of ``frame``."""
        every = lanes.size == self.size * (1 if self.outer is None else self.outer.size)
        with capture.lowered(frame.parent):
            args = []
            for argument, leaves in zip(self.args, self.leaves, strict=True):
                found = iter([leaf.together(frame, lanes, every, self.outer) for leaf in leaves])
                args.append(rebuild(argument, found.__next__))
        kwargs = self.kwargs
        if frame.level:
            kwargs = {name: map_leaves(functools.partial(_borrowed, frame), x) for name, x in kwargs.items()}
        return tuple(args), kwargs

    def alone(self, lane: int) -> tuple[tuple, dict]:
        """The plain arguments of one sample."""
        args = []
        for argument, leaves in zip(self.args, self.leaves, strict=True):
            args.append(rebuild(argument, iter([leaf.alone(lane) for leaf in leaves]).__next__))
        return tuple(args), self.kwargs


class _Leaf:
    """A leaf of an argument, and the axis of its samples (None: it is the same for all)."""

    __slots__ = ("axis", "value")

    def __init__(self, path: str, value: Any, axis: Any, name: str, sizes: dict[int, str]) -> None:
        self.value, self.axis = value, axis
        if axis is None:
            return
        name += path
        if type(value) is np.ndarray and value.dtype == object:
            value = self.value = coerce(value)
        if not isinstance(value, np.ndarray):
            if path and not isinstance(value, float | complex):
                self.axis = None  # names, counts and flags in a container
                return
            got = f"{type(value).__name__} {value!r:.40}"
            raise ArgumentError(name, "an array with an axis of samples (in_axes=None if all samples share it)", got)
        if not isinstance(axis, int) or isinstance(axis, bool):
            raise ArgumentError("in_axes", "integers, None, or a structure of them", repr(axis))
        if not -value.ndim <= axis < value.ndim:
            raise ArgumentError(name, f"an array with an axis {axis} for the samples", f"shape {tuple(value.shape)}")
        sizes.setdefault(value.shape[axis], name)

    def together(self, frame: BatchTrace, lanes: np.ndarray, every: bool, outer: Any) -> Any:
        """The value of some samples; in each lane of the enclosing batch ``outer``, if there is one."""
        value = self.value
        if self.axis is None:
            return _borrowed(frame, value) if frame.level or type(value) in TRACED_TYPES else value
        if outer is not None:
            data = _in_all_lanes(value, self.axis % value.ndim, outer)
            return frame.wrap(data if every else np.take(data, lanes, -1), True)
        if type(value) not in TRACED_TYPES:
            value = np.asarray(value)
        data = np.moveaxis(value.copy("K") if every else np.take(value, lanes, self.axis), self.axis, -1)
        return frame.wrap(data, True)

    def alone(self, lane: int) -> Any:
        """The plain value of one sample."""
        if self.axis is None:
            return self.value
        value = self.value[(slice(None),) * (self.axis % self.value.ndim) + (lane,)]
        return value.copy() if value.ndim else value


def _in_all_lanes(value: Any, axis: int, outer: Any) -> Any:
    """The samples of every lane of ``outer``, one after the other along the last axis."""
    data, laned = outer.data(value)
    data = np.moveaxis(data, axis, -2 if laned else -1)
    if not laned:
        data = np.broadcast_to(data[..., None], (*data.shape, outer.size))
    data = np.reshape(data, (*data.shape[:-2], -1))
    return data if type(data) in TRACED_TYPES or data.flags.writeable else data.copy()


def _borrowed(frame: BatchTrace, leaf: Any) -> Any:
    """An array that all samples share."""
    if type(leaf) is np.ndarray and leaf.dtype.kind in "fc":
        return frame.borrow(leaf)
    if type(leaf) in TRACED_TYPES and not type(leaf).immutable and not type(leaf)._batched:
        return frame.lift_borrowed(leaf)
    return leaf


def with_axes(tree: Any, axes: Any, name: str) -> list[tuple[str, Any, Any]]:
    """Path, leaf and axis of every leaf; ``axes`` is a prefix of the tree."""
    if axes is None or isinstance(axes, int):
        return [(path, leaf, axes) for path, leaf in flatten(tree)]
    children, parts = _children(tree), _children(axes)
    if [key for key, _ in children] != [key for key, _ in parts]:
        raise ArgumentError(name, "the structure of what it is about, or a part of it", repr(axes))
    found = []
    for (key, child), (_, part) in zip(children, parts, strict=True):
        found += [(key + path, leaf, axis) for path, leaf, axis in with_axes(child, part, name)]
    return found


def _children(tree: Any) -> list[tuple[str, Any]]:
    if isinstance(tree, tuple | list):
        return [(f"[{i}]", item) for i, item in enumerate(tree)]
    if isinstance(tree, dict):
        return [(f"[{key!r}]", item) for key, item in tree.items()]
    return []
