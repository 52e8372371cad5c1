"""Disjoint sets in an array of parents: Numba kernels, compiled into those that call them."""

from __future__ import annotations

import numba

__all__ = ["find", "unite"]


@numba.njit(cache=True, error_model="numpy", nogil=True)
def find(parents, member):
    """The representative of the set that a member is in; paths are halved on the way."""
    while parents[member] != member:
        parents[member] = parents[parents[member]]
        member = parents[member]
    return member


@numba.njit(cache=True, error_model="numpy", nogil=True)
def unite(parents, one, other):
    """Make the sets of two members one; the smaller number represents it."""
    one, other = find(parents, one), find(parents, other)
    if one < other:
        parents[other] = one
    else:
        parents[one] = other
