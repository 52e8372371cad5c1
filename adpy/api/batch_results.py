"""The results of all samples of a batch, stacked."""

from __future__ import annotations

from typing import Any

from adpy.api.batch_samples import with_axes
from adpy.api.results import is_number
from adpy.api.trees import flatten, rebuild
from adpy.batching.running import Piece
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.traced.dispatch import coerce, memory

__all__ = ["stacked"]


def stacked(pieces: list[Piece], out_axes: Any, outer: Any = None) -> Any:
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
    axes = [axis for _, _, axis in with_axes(pieces[0].result, out_axes, "out_axes")]
    taken: list = []
    merged = [
        _leaf([found[i][1] for found in leaves], pieces, axes[i], first[i][0], taken, outer) for i in range(len(first))
    ]
    return rebuild(pieces[0].result, iter(merged).__next__)


def _leaf(parts: list, pieces: list[Piece], axis: Any, path: str, taken: list, outer: Any) -> Any:
    """One leaf of the result; ``taken`` are the owners of the memory that other leaves stand in."""
    if not is_number(parts[0]):
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
