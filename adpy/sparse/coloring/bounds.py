"""Lower bounds: how many colors a symmetric matrix takes at least."""

from __future__ import annotations

from adpy.plain import np
from adpy.sparse.pattern import Pattern

__all__ = ["fewest_symmetric"]


def fewest_symmetric(pattern: Pattern) -> tuple[float, float]:
    """Lower bounds of the number of colors of acyclic and of star colorings.

    Two classes of ``a`` and ``b`` vertices induce a forest, of at most ``a + b - 1`` edges; so ``k`` classes of all
    ``n`` vertices ``(k - 1) n - k (k - 1) / 2``.  Two colors are enough for nothing but stars.
    """
    n = pattern.shape[0]
    off = pattern.rows != pattern.indices
    edges = int(off.sum()) // 2
    if pattern.nnz - 2 * edges < n:
        return 0.0, 0.0  # vertices without a diagonal entry may be neutral
    acyclic = 0
    while (acyclic - 1) * n - acyclic * (acyclic - 1) // 2 < edges:
        acyclic += 1
    degrees = np.diff(pattern.indptr) - 1
    inner = (degrees[pattern.rows] > 1) & (degrees[pattern.indices] > 1) & off
    return float(acyclic), float(max(acyclic, 3 if inner.any() else 0))
