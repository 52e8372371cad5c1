"""Stand-in for the C helper by which NumPy's own implementations turn their arguments into arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adpy.capture.frames import FRAME
from adpy.capture.registry import TRACED_TYPES, contains_traced

__all__ = ["CONVERTER", "converter"]

CONVERTER: Callable | None = getattr(np._core._multiarray_umath, "_array_converter", None)

_asarray, _asanyarray, _result_type = np.asarray, np.asanyarray, np.result_type


def converter(original: Callable) -> Callable:
    """The replacement of ``_array_converter``."""

    def _array_converter(*inputs):
        frame = FRAME.get()
        if frame is None or not contains_traced(inputs):
            return original(*inputs)
        return _Converter(frame, inputs)

    return _array_converter


class _Converter:
    """What NumPy's converter offers, for arguments some of which are traced."""

    def __init__(self, frame: Any, inputs: tuple) -> None:
        self.scalar_input = tuple(
            getattr(type(x), "immutable", False) if type(x) in TRACED_TYPES else np.isscalar(x) for x in inputs
        )
        self._inputs = inputs
        self._arrays = [self._array(frame, x) for x in inputs]

    @staticmethod
    def _array(frame: Any, x: Any) -> Any:
        if type(x) in TRACED_TYPES:
            return frame.assemble(x) if getattr(type(x), "immutable", False) else x
        return frame.assemble(x) if contains_traced(x) else _asanyarray(x)

    def __len__(self) -> int:
        return len(self._arrays)

    def __getitem__(self, index: Any) -> Any:
        return tuple(self._arrays)[index]

    def as_arrays(self, subok: bool = True, pyscalars: str = "convert_if_no_array") -> tuple:
        """The arguments as arrays."""
        arrays = self._arrays if subok else [x if type(x) in TRACED_TYPES else _asarray(x) for x in self._arrays]
        if pyscalars == "convert" or all(self.scalar_input):
            return tuple(arrays)
        return tuple([x if type(x) in (int, float, complex) else a for x, a in zip(self._inputs, arrays, strict=True)])

    def result_type(self, extra_dtype: Any = None, ensure_inexact: bool = False) -> np.dtype:
        """``numpy.result_type`` of the arguments."""
        kinds = [
            x if type(x) in (int, float, complex) else a.dtype for x, a in zip(self._inputs, self._arrays, strict=True)
        ]
        if extra_dtype is not None:
            kinds.append(extra_dtype)
        return _result_type(*kinds, 0.0) if ensure_inexact else _result_type(*kinds)

    def wrap(self, array: Any, to_scalar: bool | None = None) -> Any:
        """Results need no wrapping; 0-d ones become scalars if all arguments were."""
        if to_scalar is None:
            to_scalar = all(self.scalar_input)
        return array[()] if to_scalar and array.ndim == 0 else array
