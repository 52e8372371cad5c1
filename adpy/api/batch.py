"""batch: a function of one sample becomes one of many, with the semantics of a loop."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from adpy import capture
from adpy.api.lanes import lanes_above
from adpy.api.running import check_function
from adpy.api.trees import flatten, map_leaves, rebuild
from adpy.batching.running import Piece, run_lanes
from adpy.batching.trace import BatchTrace
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.traced.dispatch import coerce, memory

__all__ = ["batch"]

_MODES = ("auto", "vectorized", "loop")


def batch(function: Callable, in_axes: Any = 0, out_axes: Any = 0, mode: str = "auto") -> Callable:
    """Return a function that applies ``function`` to every sample of its arguments and stacks the results.

    The result is that of a loop, ``np.stack([function(x) for x in X])``, but where all samples take the same way
    through the function its operations are done for all of them at once.  Where samples decide differently (``if``,
    ``while``, an index), the function is run again for each group of samples that decide alike; what cannot be done
    for many samples is done for one after the other.  So ``function`` may be called more than once, and should have no
    effect but its result.

    Parameters
    ----------
    function : callable
        A function of one sample; often a transformed one, as ``adpy.grad(f)`` or ``adpy.jacobian(f)``.  Any result:
        numbers, arrays, or trees of them, of the same shapes for all samples.
    in_axes : int, None, or a tuple of such
        The axis of the samples in every array of an argument; None for an argument that is the same for all samples.
        A tuple has one entry for each positional argument, and each entry may be a tree that is a prefix of its
        argument.  Keyword arguments are the same for all samples.
    out_axes : int, or a tuple of such
        Where the axis of the samples stands in the arrays of the result: one for all, or a prefix of its structure.
    mode : {"auto", "vectorized", "loop"}
        ``"loop"`` is a plain loop, ``"vectorized"`` raises what ``"auto"`` would do lane by lane.

    Returns
    -------
    callable
        Takes the arguments of ``function`` with the axis of the samples added.

    Raises
    ------
    ArgumentError
        If the arguments have no samples, or different numbers of them, or the results of the samples different
        structures or shapes.
    Exception
        What ``function`` raises for a sample, with a note that says which.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> def f(w, x):
    ...     return np.sin(x @ w) if x[0] > 0 else 0.0 * w[0]
    >>> X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 0.0]])
    >>> adpy.batch(adpy.grad(f), in_axes=(None, 0))(np.zeros(2), X)
    array([[0., 0.],
           [1., 0.],
           [2., 0.]])
    """
    check_function(function)
    if mode not in _MODES:
        raise ArgumentError("mode", f"one of {_MODES}", repr(mode))

    @functools.wraps(function, updated=())
    def over_samples(*args, **kwargs):
        samples = Samples(args, kwargs, in_axes)
        outer = lanes_above()
        if outer is None:
            return _merged(run_lanes(function, samples.size, samples.together, samples.alone, mode), out_axes)
        pieces = None
        if mode != "loop":
            samples.outer = outer
            within = outer, np.tile(np.arange(outer.size), samples.size)
            pieces = run_lanes(function, within[1].size, samples.together, None, mode, within)
        if pieces is None:
            return _merged(run_lanes(function, samples.size, samples.together, samples.alone, "loop"), out_axes)
        with capture.lowered(outer.parent):
            merged = _merged(pieces, out_axes, outer)
        return map_leaves(functools.partial(_lane_value, outer), merged)

    return over_samples


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
            self.leaves.append([_Leaf(*item, f"argument {i}", sizes) for item in _with_axes(argument, axis, "in_axes")])
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


def _lane_value(outer: Any, leaf: Any) -> Any:
    """A merged result as a value of the lanes of ``outer``, whose axis is the last."""
    return outer.wrap(leaf, True) if _is_number(leaf) else leaf


def _borrowed(frame: BatchTrace, leaf: Any) -> Any:
    """An array that all samples share."""
    if type(leaf) is np.ndarray and leaf.dtype.kind in "fc":
        return frame.borrow(leaf)
    if type(leaf) in TRACED_TYPES and not type(leaf).immutable and not type(leaf)._batched:
        return frame.lift_borrowed(leaf)
    return leaf


def _with_axes(tree: Any, axes: Any, name: str) -> list[tuple[str, Any, Any]]:
    """Path, leaf and axis of every leaf; ``axes`` is a prefix of the tree."""
    if axes is None or isinstance(axes, int):
        return [(path, leaf, axes) for path, leaf in flatten(tree)]
    children, parts = _children(tree), _children(axes)
    if [key for key, _ in children] != [key for key, _ in parts]:
        raise ArgumentError(name, "the structure of what it is about, or a part of it", repr(axes))
    found = []
    for (key, child), (_, part) in zip(children, parts, strict=True):
        found += [(key + path, leaf, axis) for path, leaf, axis in _with_axes(child, part, name)]
    return found


def _children(tree: Any) -> list[tuple[str, Any]]:
    if isinstance(tree, tuple | list):
        return [(f"[{i}]", item) for i, item in enumerate(tree)]
    if isinstance(tree, dict):
        return [(f"[{key!r}]", item) for key, item in tree.items()]
    return []


# ---- results


def _merged(pieces: list[Piece], out_axes: Any, outer: Any = None) -> Any:
    """The results of all samples, stacked; with the lanes of ``outer`` along the last axis, if there are any."""
    leaves = [flatten(piece.result) for piece in pieces]
    first = leaves[0] if leaves else []
    for piece, found in zip(pieces, leaves, strict=True):
        if [path for path, _ in found] != [path for path, _ in first]:
            raise ArgumentError(
                "results of the samples",
                f"one structure, as of sample {pieces[0].lanes[0]}",
                f"another for sample {piece.lanes[0]}",
            )
    if not pieces:
        raise ArgumentError("arguments", "at least one sample in mode 'loop'", "none")
    axes = [axis for _, _, axis in _with_axes(pieces[0].result, out_axes, "out_axes")]
    taken: list = []
    merged = [
        _stacked([found[i][1] for found in leaves], pieces, axes[i], first[i][0], taken, outer)
        for i in range(len(first))
    ]
    return rebuild(pieces[0].result, iter(merged).__next__)


def _stacked(parts: list, pieces: list[Piece], axis: Any, path: str, taken: list, outer: Any) -> Any:
    """One leaf of the result; ``taken`` are the owners of the memory that other leaves stand in."""
    if not _is_number(parts[0]):
        for part, piece in zip(parts, pieces, strict=True):
            if part is not parts[0] and not (type(part) is type(parts[0]) and part == parts[0]):
                raise ArgumentError(
                    f"results of the samples{path}", f"{parts[0]!r:.40} for all", f"{part!r:.40} for {piece.lanes[0]}"
                )
        return parts[0]
    if not isinstance(axis, int):
        raise ArgumentError("out_axes", "an integer for every number of the result", repr(axis))
    data = [_data(part, piece) for part, piece in zip(parts, pieces, strict=True)]
    for part, piece in zip(data, pieces, strict=True):
        if part.shape[:-1] != data[0].shape[:-1]:
            raise ArgumentError(
                f"results of the samples{path}",
                "one shape",
                f"{data[0].shape[:-1]} for sample {pieces[0].lanes[0]}, {part.shape[:-1]} for {piece.lanes[0]}",
            )
    if len(data) == 1:
        whole = data[0]
        owner = memory(whole)
        while getattr(owner, "base", None) is not None:
            owner = owner.base
        if type(parts[0]) not in TRACED_TYPES or any(owner is other for other in taken):
            whole = whole.copy()
        taken.append(owner)
    else:
        order = np.argsort(np.concatenate([piece.lanes for piece in pieces]))
        whole = np.take(np.concatenate(data, -1), order, -1)
    if outer is not None:
        whole = np.reshape(whole, (*whole.shape[:-1], -1, outer.size))
    ndim = whole.ndim - (outer is not None)
    if not -ndim <= axis < ndim:
        raise ArgumentError("out_axes", f"an axis of results of {ndim} dimensions", str(axis))
    whole = np.moveaxis(whole, -1 if outer is None else -2, axis % ndim)
    return np.ascontiguousarray(whole) if type(whole) is np.ndarray else whole


def _is_number(leaf: Any) -> bool:
    return type(leaf) in TRACED_TYPES or isinstance(leaf, np.ndarray | np.generic | int | float | complex)


def _data(leaf: Any, piece: Piece) -> Any:
    """A result with the samples along its last axis."""
    frame = piece.frame
    if type(leaf) is np.ndarray and leaf.dtype == object:
        leaf = coerce(leaf)
    if frame is not None and type(leaf) in TRACED_TYPES and type(leaf)._batched:
        leaf, laned = frame.data(leaf)
        if laned:
            return leaf
    leaf = leaf if hasattr(leaf, "ndim") else np.asarray(leaf)
    return np.broadcast_to(leaf[..., None], (*leaf.shape, len(piece.lanes)))
