"""Arrays of a CUDA device in arguments: found by ``__cuda_array_interface__``, read where they are."""

from __future__ import annotations

from typing import Any

from adpy.errors import ArgumentError
from adpy.plain import np

__all__ = ["adopted", "is_device_array", "on_host", "row_of_entries", "stand_in"]


def is_device_array(x: Any) -> bool:
    """Is it an array of a CUDA device?  (CuPy's, PyTorch's and Numba's are; the simulator has its own.)"""
    if isinstance(x, np.ndarray | np.generic | float | int | str | None):
        return False
    return hasattr(x, "__cuda_array_interface__") or hasattr(x, "__cuda_ndarray__")


def adopted(x: Any) -> Any:
    """An array of any library as Numba's, without a copy."""
    if hasattr(x, "__cuda_ndarray__"):
        return x
    from numba import cuda

    return cuda.as_cuda_array(x)


def on_host(x: Any) -> np.ndarray:
    """A copy of an array of the device, in double precision."""
    return np.asarray(adopted(x).copy_to_host(), np.float64)


def stand_in(x: Any) -> np.ndarray:
    """An array of the host with the shape of one of the device, without memory of its own."""
    return np.broadcast_to(np.zeros(()), tuple(adopted(x).shape))


def row_of_entries(x: Any, count: int) -> Any:
    """An array of the device as one row of ``count`` entries."""
    array = adopted(x)
    if array.size != count:
        raise ArgumentError("array of the device", f"{count} entries", f"shape {tuple(array.shape)}")
    if not array.flags["C_CONTIGUOUS"]:
        raise ArgumentError("array of the device", "C-contiguous memory (make a contiguous copy)", "strides")
    return array.reshape(1, count)
