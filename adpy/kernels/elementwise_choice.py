"""A choice between two numbers, for the generated formulas."""

from __future__ import annotations

import numba

__all__ = ["where"]


@numba.njit(cache=True)
def where(condition, a, b):
    """Either of two numbers."""
    return a if condition else b
