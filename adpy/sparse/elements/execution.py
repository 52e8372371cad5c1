"""Execution: the kernels of all classes, by NumPy at first where that is quicker than compiling them."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
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
    """Runs kernels: those of many elements compiled at once, the others by NumPy until they have taken their time.

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
        self.kernels = len(kernels)
        self._ways: tuple[list[_Native], _Vectors] = [], _Vectors(kernels)
        self._heat: Heat | None = None
        now = _chosen([kernel for kernel in kernels if kernel.native and _worth(kernel)])
        if now and LIBRARY + LINE * _lines(now) <= WORTH * sum(map(_seconds, now)):
            self._compile(now)
        later = self._later()
        if later and os.environ.get("ADPY_SPECIALIZE") != "never":
            self._heat = Heat(0, self._hot)
            self._heat.limit = LIBRARY + LINE * _lines(later)

    @property
    def compiled(self) -> bool:
        """Is there native code?"""
        return bool(self._ways[0])

    def run(self, x: np.ndarray, data: np.ndarray) -> bool:
        """Add the entries at the inputs ``x`` to the data; do the decisions hold?"""
        natives, vectors = self._ways
        same = all([native.run(x, data) for native in natives])
        if not vectors.kernels:
            return same
        begin = perf_counter()
        same = vectors.run(x, data) and same
        if self._heat is not None:
            self._heat.spend(perf_counter() - begin)
        return same

    def _later(self) -> list[Kernel]:
        """Kernels that are compiled when they are hot."""
        return _chosen([kernel for kernel in self._ways[1].kernels if kernel.native])

    def _hot(self, sweeps: set[str]) -> None:
        with compiling:
            self._compile(self._later())

    def _compile(self, kernels: list[Kernel]) -> None:
        natives, vectors = self._ways
        rest = [kernel for kernel in vectors.kernels if kernel not in kernels]
        self._ways = [*natives, _Native(kernels)], _Vectors(rest)


def _lines(kernels: list[Kernel]) -> int:
    return sum(kernel.size for kernel in kernels)


def _seconds(kernel: Kernel) -> float:
    """What NumPy takes for a kernel, about."""
    return kernel.size * (CALL + ENTRY * kernel.lanes)


def _worth(kernel: Kernel) -> bool:
    """Is a kernel worth its compilation at once?"""
    return LINE * kernel.size <= WORTH * _seconds(kernel)


def _chosen(kernels: list[Kernel]) -> list[Kernel]:
    """Kernels to be compiled, those of most elements first, as far as the lines go."""
    found: list[Kernel] = []
    for kernel in sorted(kernels, key=lambda kernel: -kernel.lanes):
        if _lines(found) + kernel.size <= LONGEST:
            found.append(kernel)
    return found


class _Vectors:
    """Kernels run by NumPy; their functions are made when they are needed."""

    def __init__(self, kernels: list[Kernel]) -> None:
        self.kernels = kernels
        self._functions: list[Callable] | None = None

    def run(self, x: np.ndarray, data: np.ndarray) -> bool:
        """As :meth:`Execution.run`."""
        if self._functions is None:
            self._functions = [vectorised(kernel) for kernel in self.kernels]
        with np.errstate(all="ignore"):
            return all([run(x, data) for run in self._functions])


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
