"""Execution: the kernels of all classes, by NumPy at first where that is quicker than compiling them."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from adpy.plain import np
from adpy.program.heat import Heat, compiling
from adpy.sparse.elements.emission import emit
from adpy.sparse.elements.kernel import Kernel
from adpy.sparse.elements.lanes import lanes_of
from adpy.sparse.elements.vectors import vectorised

__all__ = ["Execution"]

LINE, LIBRARY = 1.5e-3, 5e-2
"""Seconds to compile a line, and anything at all, about."""
CALL, ENTRY = 1.5e-6, 2e-9
"""Seconds of NumPy for an operation, and for an entry, about."""
LONGEST = 3000
"""Lines that are compiled at most."""
WORTH = 300
"""Evaluations that compiling may cost before the first one."""


class Execution:
    """Runs kernels.

    Parameters
    ----------
    kernels : list of Kernel
        They are let go when there is native code.

    Attributes
    ----------
    kernels : int
        How many there are.
    """

    def __init__(self, kernels: list[Kernel]) -> None:
        self._kernels, self.kernels = kernels, len(kernels)
        self._native: _Native | None = None
        self._vectors: Sequence[Callable] | None = None
        self._heat: Heat | None = None
        lines = sum(kernel.lines for kernel in kernels)
        seconds = LIBRARY + LINE * lines
        each = sum(kernel.lines * (CALL + ENTRY * kernel.lanes) for kernel in kernels)
        if not kernels or lines > LONGEST or not all(kernel.native for kernel in kernels):
            return
        if seconds <= WORTH * each:
            self._compile()
        elif os.environ.get("ADPY_SPECIALIZE") != "never":
            self._heat = Heat(0, self._hot)
            self._heat.limit = seconds

    @property
    def compiled(self) -> bool:
        """Is there native code?"""
        return self._native is not None

    def run(self, x: np.ndarray, data: np.ndarray) -> bool:
        """Add the entries at the inputs ``x`` to the data; do the decisions hold?"""
        if self._native is not None:
            return self._native.run(x, data)
        begin = perf_counter()
        if self._vectors is None:
            self._vectors = [vectorised(kernel) for kernel in self._kernels]
        with np.errstate(all="ignore"):
            same = all([run(x, data) for run in self._vectors])
        if self._heat is not None:
            self._heat.spend(perf_counter() - begin)
        return same

    def _hot(self, sweeps: set[str]) -> None:
        with compiling:
            self._compile()

    def _compile(self) -> None:
        self._native = _Native(self._kernels)
        self._kernels, self._vectors = [], None


class _Native:
    """Native code of kernels, and the block of its arguments."""

    def __init__(self, kernels: list[Kernel]) -> None:
        texts, block = [], []
        self._keep: list[Any] = []
        for kernel in kernels:
            for lanes, which in lanes_of(kernel.addresses):
                texts.append(emit(f"kernel_{len(texts)}", kernel, lanes))
                arrays = lanes.runs, lanes.table, np.ascontiguousarray(kernel.constants[:, which])
                self._keep += arrays
                count = len(lanes.runs) if lanes.steps is not None else lanes.count
                block += [count, lanes.count, *[array.ctypes.data for array in arrays]]
        self._block = np.array(block, np.int64)
        self._at = self._block.ctypes.data
        library, address = _native("\n".join(texts))
        self._keep.append(library)
        self._run = _KIND(address)

    def run(self, x: np.ndarray, data: np.ndarray) -> bool:
        """As :meth:`Execution.run`."""
        return not self._run(self._at, x.__array_interface__["data"][0], data.__array_interface__["data"][0])


_KIND = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
_known: dict[str, tuple[Any, int]] = {}
_KNOWN = 64


def _native(text: str) -> tuple[Any, int]:
    """The native code of a text, made once."""
    from adpy.kernels.assemble import called

    if text not in _known:
        while len(_known) >= _KNOWN:
            _known.pop(next(iter(_known)))
        _known[text] = called(text)
    return _known[text]
