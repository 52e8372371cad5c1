"""CUDA: kernels compiled for a device from the texts of their families, or to PTX without one.

A family is a module with ``NAMES``, ``text(simulated)`` and ``signatures(real)``: ``cuda_lanes`` (a thread a lane);
``cuda_groups``, ``cuda_moves`` and ``cuda_runs`` (the instructions of a program, each over all of its entries);
``cuda_levels`` (children and weights, level by level).  What opcodes compute, ``cuda_formulas``, are functions of the
device that they call.  Numba-CUDA is imported when it is needed.
"""

from __future__ import annotations

import contextlib
import functools
import math
import re
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from adpy.errors import DeviceError, OptionalDependencyError

__all__ = [
    "FAMILIES",
    "blocks_for",
    "compile_ptx",
    "compiled",
    "functions",
    "kernels",
    "module",
    "real_of",
    "require_device",
    "simulated",
    "threads",
]

FAMILIES = ("lanes", "groups", "moves", "runs", "levels")
MOST_BLOCKS = 1 << 16
"""Blocks of one launch, at most; their threads take further entries in strides."""


def module() -> ModuleType:
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
    _silence()
    return cuda


@functools.cache
def _silence() -> None:
    """No warning of every launch over few entries: programs have many."""
    for name in ("numba.cuda.core.config", "numba.core.config"):  # that of Numba-CUDA, and of Numba's older own
        if not simulated() and find_spec(name.rpartition(".")[0]) is not None:
            with contextlib.suppress(ImportError):
                import_module(name).CUDA_LOW_OCCUPANCY_WARNINGS = 0


def _executed(source: str, dtype: type, names: Iterable[str], **scope: Any) -> dict[str, Any]:
    """Functions of a text, for memory of ``np.float64`` or ``np.float32``."""
    scope |= {"cuda": module(), "math": math, "real": dtype, "THREADS": threads()}
    if simulated():
        from scipy import special

        scope |= {"np": np, "special": special}
    elif dtype is np.float64:
        source = re.sub(r"real\((-?[\d.]+(?:e-?\d+)?)\)", r"\1", source)  # what it is without a cast, typed faster
    exec(compile(source, "<adpy kernels>", "exec"), scope)
    return {name: scope[name] for name in names}


@functools.cache
def formulas(dtype: type, capability: tuple[int, int] | None = None) -> dict[str, Any]:
    """The functions of the device that compute what opcodes say; for PTX, those of one ``capability``."""
    from adpy.kernels import cuda_formulas

    library = {}
    if not simulated():
        try:
            library = cuda_formulas.library(dtype)
        except ImportError as error:
            raise OptionalDependencyError("numba-cuda", "cuda") from error
    names = [f"{name}_of" for name in cuda_formulas.ARGUMENTS]
    found = _executed(cuda_formulas.text(simulated()), dtype, names, **library)
    return {name: module().jit(device=True)(function) for name, function in found.items()} | library


def functions(source: str, dtype: type, names: Iterable[str], capability: Any = None) -> dict[str, Any]:
    """Functions of a text of kernels, which may call the formulas."""
    return _executed(source, dtype, names, **formulas(dtype, capability))


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
    family : str
        One of ``FAMILIES``.
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
    cuda = module()
    from numba.cuda import dispatcher

    function = functions(source, dtype, (name,), capability)[name]
    device = SimpleNamespace(compute_capability=capability)
    asked, dispatcher.get_current_device = dispatcher.get_current_device, lambda: device
    try:  # functions that kernels call are compiled for the current device
        ptx, _ = cuda.compile(function, signature, cc=capability, device=False, abi="numba", output="ptx")
    finally:
        dispatcher.get_current_device = asked
    return ptx if isinstance(ptx, str) else ptx.decode()
