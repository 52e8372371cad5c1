"""Functions with complex numbers in them, and the numbers of their arguments and results as real vectors."""

from __future__ import annotations

import copy
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["CASES", "Case", "case", "load", "numbers", "with_numbers"]


@dataclass(frozen=True, eq=False)
class Case:
    """One function as a scientist writes it, and where it is differentiated.

    Parameters
    ----------
    function : callable
        Ordinary NumPy, SciPy and Python code.
    arguments : tuple
        Floats, Python complex numbers, and arrays of either; all are varied.
    single : bool
        Is it also meant for float32 and complex64?  Compiled code of SciPy may not be.
    rtol : float
        How close derivatives are expected to be to the differences.
    """

    function: Callable
    arguments: tuple
    single: bool = True
    rtol: float = 1e-7

    @property
    def name(self) -> str:
        """``module.function``."""
        return f"{self.function.__module__.rpartition('.')[2].removeprefix('functions_')}.{self.function.__name__}"

    def fresh(self) -> tuple:
        """The arguments, copied so that a function may spoil them."""
        return copy.deepcopy(self.arguments)


CASES: dict[str, Case] = {}


def case(*arguments: Any, single: bool = True, rtol: float = 1e-7) -> Callable[[Callable], Callable]:
    """Register the decorated function with the arguments to differentiate it at."""

    def register(function: Callable) -> Callable:
        entry = Case(function, arguments, single, rtol)
        assert entry.name not in CASES, entry.name
        CASES[entry.name] = entry
        return function

    return register


def load() -> dict[str, Case]:
    """Import all modules of functions; return the registry."""
    import tests.complex as package

    for info in pkgutil.iter_modules(package.__path__):
        if info.name.startswith("functions_"):
            importlib.import_module(f"tests.complex.{info.name}")
    return CASES


def _is_complex(leaf: Any) -> bool:
    return np.iscomplexobj(leaf)


def numbers(tree: Any) -> np.ndarray:
    """All numbers of a result or of arguments as one real vector: of each leaf the real, then the imaginary parts."""
    if isinstance(tree, tuple | list):
        return np.concatenate([np.empty(0), *(numbers(leaf) for leaf in tree)])
    leaf = np.asarray(tree)
    parts = [leaf.real.ravel(), leaf.imag.ravel()] if _is_complex(leaf) else [leaf.ravel()]
    return np.concatenate(parts).astype(float)


def with_numbers(tree: Any, vector: np.ndarray) -> Any:
    """The inverse of :func:`numbers`: leaves of the shapes and types of ``tree``."""
    return _taken(tree, list(np.asarray(vector, float)))


def _taken(tree: Any, left: list) -> Any:
    if isinstance(tree, tuple | list):
        return type(tree)([_taken(leaf, left) for leaf in tree])
    size, shape = np.size(tree), np.shape(tree)
    taken = np.array(left[:size])
    del left[:size]
    if _is_complex(tree):
        taken = taken + 1j * np.array(left[:size])
        del left[:size]
    if isinstance(tree, np.ndarray | np.generic):
        return (
            taken.reshape(shape).astype(tree.dtype)[()]
            if isinstance(tree, np.generic)
            else taken.reshape(shape).astype(tree.dtype)
        )
    return taken[0].item()
