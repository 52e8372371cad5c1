"""Arguments of batches of a program checked: the axis of the lanes in each, and the device."""

from __future__ import annotations

from typing import Any

from adpy.errors import ArgumentError
from adpy.plain import np

__all__ = ["check_device", "device_of", "leaf_of"]


def check_device(device: str) -> None:
    """Is it a device, and is it there?"""
    if device not in ("cpu", "cuda"):
        raise ArgumentError("device", "'cpu' or 'cuda'", repr(device))
    if device == "cuda":
        from adpy.kernels import cuda

        cuda.require_device()


def device_of(program: Any, device: str | None) -> tuple[str, type]:
    """Where the lanes of a program run, and in which precision."""
    found = program._device if device is None else (device, np.float64)
    check_device(found[0])
    return found


def leaf_of(name: str, path: str, value: Any, axis: Any) -> tuple[str, Any, int | None]:
    """A leaf, its axis checked; counts and flags in containers are shared."""
    if axis is None:
        return path, value, None
    if not isinstance(value, np.ndarray):
        if path and not isinstance(value, float | complex):
            return path, value, None
        got = f"{type(value).__name__} {value!r:.40}"
        raise ArgumentError(name + path, "an array with an axis of lanes (in_axes=None if all lanes share it)", got)
    if not isinstance(axis, int) or isinstance(axis, bool):
        raise ArgumentError("in_axes", "integers, None, or a structure of them", repr(axis))
    if not -value.ndim <= axis < value.ndim:
        raise ArgumentError(name + path, f"an array with an axis {axis} for the lanes", f"shape {tuple(value.shape)}")
    return path, value, axis % value.ndim
