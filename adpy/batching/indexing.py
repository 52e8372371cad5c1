"""Indices of one lane as indices of all lanes together, and indices that differ from lane to lane."""

from __future__ import annotations

from typing import Any

from adpy.batching.splitting import agreed
from adpy.capture.registry import TRACED_TYPES
from adpy.plain import np
from adpy.traced.dispatch import primal, primals

__all__ = ["data_key", "read_by_lane", "write_by_lane"]

ndarray = np.ndarray
_ONE = frozenset([int, slice, *[np.dtype(c).type for c in "bBhHiIlLqQ"]])


def data_key(frame: Any, ndim: int, key: Any, writing: bool = False) -> tuple[Any, bool]:
    """The index for the values of all lanes; and whether it differs from lane to lane (then the lanes come first)."""
    if type(key) in _ONE:
        if ndim == 0:
            raise IndexError("too many indices for array: array is 0-dimensional, but 1 were indexed")
        return key, False
    consumed, ellipsis, by_lane = 0, False, False
    found, differing = [], []
    for k in key if type(key) is tuple else (key,):
        own = False
        if type(k) in _ONE:
            consumed += 1
        elif k is Ellipsis:
            ellipsis = True
        elif k is not None:
            k, own = _resolved(frame, k)
            by_lane = by_lane or own
            consumed += _consumed(k, own)
        found.append(k)
        differing.append(own)
    if consumed > ndim:
        raise IndexError(f"too many indices for array: array is {ndim}-dimensional, but {consumed} were indexed")
    if by_lane:
        return _by_lane(frame, ndim, found, differing, writing)
    if ellipsis:
        found.append(slice(None))
    return (tuple(found) if type(key) is tuple or ellipsis else found[0]), False


def _consumed(k: Any, own: bool) -> int:
    """Number of axes that an index is for."""
    if not isinstance(k, ndarray):
        return 0 if isinstance(k, bool | np.bool_) else 1
    return k.ndim - own if k.dtype == bool else 1


def _resolved(frame: Any, k: Any) -> tuple[Any, bool]:
    """A plain index, or the indices of all lanes (and True)."""
    kind = type(k)
    if kind is list:
        k = frame.assemble(k) if any(type(i) in TRACED_TYPES for i in k) else np.asarray(k)
        kind = type(k)
        if kind is ndarray and not k.size:
            return k.astype(int), False
    if kind not in TRACED_TYPES:
        return (primals(k) if kind is tuple else k), False
    if not kind._batched:
        return primal(k), False
    data, own = frame.data(k)
    return primal(data), own


def _by_lane(frame: Any, ndim: int, found: list, differing: list, writing: bool) -> tuple[Any, bool]:
    """An index in which something differs from lane to lane."""
    masks = [isinstance(k, ndarray) and k.dtype == bool for k in found]
    if writing and len(found) == 1 and masks[0]:
        return Mask(found[0]), True
    while found and (found[-1] is Ellipsis or (isinstance(found[-1], slice) and found[-1] == slice(None))):
        found, differing, masks = found[:-1], differing[:-1], masks[:-1]
    depths = [k.ndim - own if isinstance(k, ndarray) else 0 for k, own in zip(found, differing, strict=True)]
    depth = max(depths)
    sliced = any(isinstance(k, slice) for k in found)
    if any(masks) or (sliced and depth) or any(k is None or k is Ellipsis for k in found):
        plain = [agreed(frame, k, "An index") if own else k for k, own in zip(found, differing, strict=True)]
        return data_key(frame, ndim, tuple(plain), writing)
    key = [np.arange(frame.size).reshape((-1,) + (1,) * depth)]
    for k, own in zip(found, differing, strict=True):
        if own:
            k = np.moveaxis(k, -1, 0)
            k = k.reshape(k.shape[:1] + (1,) * (depth + 1 - k.ndim) + k.shape[1:])
        key.append(k)
    return tuple(key), True


def read_by_lane(frame: Any, data: Any, key: Any) -> Any:
    """The entries at an index that differs from lane to lane."""
    try:
        return np.moveaxis(np.moveaxis(data, -1, 0)[key], 0, -1)
    except IndexError as error:
        frame.failing(error)
        raise


class Mask:
    """All of an index: a mask that differs from lane to lane."""

    __slots__ = ("data",)

    def __init__(self, data: ndarray) -> None:
        self.data = data


def write_by_lane(frame: Any, data: Any, key: Any, source: Any, laned: bool) -> None:
    """``x[key] = source`` where the index differs from lane to lane; ``data`` are the values of all lanes."""
    if isinstance(key, Mask):
        if getattr(source, "ndim", 0) > laned:
            data[agreed(frame, key.data, "Writing an array through a mask")] = source
            return
        shape = key.data.shape
        if data.shape[: len(shape) - 1] != shape[:-1]:
            raise IndexError("boolean index did not match indexed array")
        mask = key.data.reshape(shape[:-1] + (1,) * (data.ndim - len(shape)) + shape[-1:])
        data[...] = np.where(mask, source, data)
        return
    lanes_first = np.moveaxis(data, -1, 0)
    if laned:
        arrays = [k for k in key if not isinstance(k, slice)]
        rank = len(np.broadcast_shapes(*map(np.shape, arrays))) + lanes_first.ndim - len(arrays)
        source = np.moveaxis(source, -1, 0)
        source = np.reshape(source, source.shape[:1] + (1,) * (rank - source.ndim) + source.shape[1:])
    elif getattr(source, "ndim", 0):
        source = source[..., 0]
    lanes_first[key] = source
