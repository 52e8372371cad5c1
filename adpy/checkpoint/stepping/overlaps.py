"""Which arrays share memory, and spans of memory without others."""

from __future__ import annotations

from collections.abc import Sequence

from adpy.plain import np

__all__ = ["address", "overlap", "same", "without"]


def address(array: np.ndarray) -> int:
    """Of the first entry."""
    return array.__array_interface__["data"][0]


def overlap(arrays: Sequence, others: Sequence | None = None) -> bool:
    """Do arrays share memory with one another, or with those in other places?"""
    return any(
        np.may_share_memory(a, b)
        for i, a in enumerate(arrays)
        for j, b in enumerate(arrays if others is None else others)
        if i != j
    )


def same(a: np.ndarray, b: np.ndarray) -> bool:
    """Are two arrays the same entries of one memory?"""
    return address(a) == address(b) and a.shape == b.shape and a.strides == b.strides


def without(spans: Sequence, holes: list) -> list[tuple[int, int]]:
    """Spans without the parts in holes."""
    found = []
    for low, stop in spans:
        for first, last in sorted(holes):
            if last <= low or first >= stop:
                continue
            if first > low:
                found.append((low, first))
            low = max(low, last)
        if low < stop:
            found.append((low, stop))
    return found
