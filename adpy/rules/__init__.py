"""The rule table and its look-up; rows of optional libraries are loaded when first asked for."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from adpy.rules.table import TABLE, Row

__all__ = ["load_all", "lookup"]

_NUMPY = (
    "elementwise",
    "elementwise_functions",
    "structural",
    "inert",
    "reductions",
    "scans",
    "products",
    "composites",
    "ufunc_methods",
    "linalg",
    "fft",
)
_SCIPY = {
    "scipy.special": "special",
    "scipy.linalg": "scipy_linalg",
    "scipy.fft": "scipy_fft",
    "scipy.sparse": "scipy_sparse",
}
_loaded: set[str] = set()


def lookup(function: Any) -> Row | None:
    """The row of a function, or None; loads the rows of SciPy packages that the user has imported."""
    row = TABLE.get(function)
    if row is None and len(_loaded) < len(_SCIPY):
        for package in _SCIPY:
            if package in sys.modules:
                load(package)
        row = TABLE.get(function)
    return row


def load(package: str) -> None:
    """Load the rows of one SciPy package (once)."""
    if package not in _loaded:
        _loaded.add(package)
        importlib.import_module(f"adpy.rules.{_SCIPY[package]}")


def load_all() -> None:
    """Load every row there is (for tests and documentation)."""
    for package in _SCIPY:
        load(package)


for _module in _NUMPY:
    importlib.import_module(f"adpy.rules.{_module}")
