"""CUDA: kernels compiled for a device from the texts of their families, or to PTX without one.

A family is a module with ``NAMES``, ``text(simulated)`` and ``signatures(real)``: ``cuda_lanes`` (a thread a lane),
``cuda_blocks`` (the instructions of a program over all of their entries), ``cuda_levels`` (children and weights, level
by level).  The text is put together there, since device functions that call each other cannot be compiled without a
device.  Numba-CUDA is imported when it is needed.
"""

from __future__ import annotations

import functools
import math
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from adpy.errors import DeviceError, OptionalDependencyError

__all__ = ["FAMILIES", "blocks_for", "compile_ptx", "functions", "kernels", "module", "require_device", "simulated"]

FAMILIES = ("lanes", "blocks", "levels")
MOST_BLOCKS = 1 << 16
"""Blocks of one launch, at most; their threads take further entries in strides."""


def module() -> Any:
    """``numba.cuda``, or a typed error that says what is missing."""
    try:
        from numba import cuda
    except ImportError as error:
        raise OptionalDependencyError("numba-cuda", "cuda") from error
    return cuda


def simulated() -> bool:
    """Do the kernels run in Numba's simulator, on the CPU?"""
    from numba import config

    return bool(config.ENABLE_CUDASIM)


def threads() -> int:
    """Threads of one block; a power of two.  The simulator starts each of them anew in every block."""
    return 8 if simulated() else 128


def require_device() -> Any:
    """``numba.cuda``; raises where there is no device.

    Raises
    ------
    OptionalDependencyError
        If Numba-CUDA is not installed.
    DeviceError
        If there is no driver or no GPU.
    """
    cuda = module()
    if not cuda.is_available():
        if find_spec("numba_cuda") is None:
            raise OptionalDependencyError("numba-cuda", "cuda")
        raise DeviceError("no CUDA device was found: a driver and a GPU are needed; device='cpu' does without")
    return cuda


def functions(source: str, dtype: type, names: tuple[str, ...]) -> dict[str, Any]:
    """Functions of a text of kernels, for memory of ``np.float64`` or ``np.float32``."""
    from adpy.kernels import cuda_formulas

    cuda = module()
    scope: dict[str, Any] = {"cuda": cuda, "math": math, "real": dtype, "THREADS": threads()}
    if simulated():
        from scipy import special

        scope |= {"np": np, "special": special}
    else:
        try:
            scope |= cuda_formulas.library(dtype)
        except ImportError as error:
            raise OptionalDependencyError("numba-cuda", "cuda") from error
    exec(compile(source, "<adpy kernels>", "exec"), scope)
    return {name: scope[name] for name in names}


def _family(name: str) -> Any:
    return import_module(f"adpy.kernels.cuda_{name}")


@functools.cache
def kernels(family: str, dtype: type) -> dict[str, Any]:
    """The kernels of a family for memory of ``np.float64`` or ``np.float32``, compiled when first launched."""
    cuda, found = require_device(), _family(family)
    return {name: cuda.jit(f) for name, f in functions(found.text(simulated()), dtype, found.NAMES).items()}


def blocks_for(entries: int) -> int:
    """Blocks of a launch over so many entries."""
    return max(1, min(MOST_BLOCKS, -(-entries // threads())))


def compile_ptx(family: str, name: str, dtype: type, capability: tuple[int, int]) -> str:
    """PTX of a kernel, compiled without a device.

    Parameters
    ----------
    family : {"lanes", "blocks", "levels"}
    name : str
        One of the family's ``NAMES``.
    dtype : numpy.float64 or numpy.float32
    capability : tuple of int
        As ``(9, 0)``.
    """
    found = _family(family)
    return compiled(found.text(simulated()), name, found.signatures(real_of(dtype))[name], dtype, capability)


def real_of(dtype: type) -> Any:
    """Numba's type of a number."""
    from numba import from_dtype

    return from_dtype(np.dtype(dtype))


def compiled(source: str, name: str, signature: tuple, dtype: type, capability: tuple[int, int]) -> str:
    """PTX of one function of a text."""
    function = functions(source, dtype, (name,))[name]
    ptx, _ = module().compile(function, signature, cc=capability, device=False, abi="numba", output="ptx")
    return ptx if isinstance(ptx, str) else ptx.decode()
