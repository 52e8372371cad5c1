"""Who takes sparse derivatives in the benchmark; one module for each tool.

Each has ``warm_up()``, which imports what it needs, and ``CONTESTANTS``: for a name what makes a :class:`Run` of a
problem and its arguments.  It raises :class:`NotApplicable` where it has nothing to offer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from benchmarks.programs.contestants import NotApplicable

__all__ = ["DENSE_LIMIT", "NAMES", "NotApplicable", "Run"]

NAMES = {
    "plain": ("plain",),
    "ours": ("adpy", "adpy compressed"),
    "by_hand": ("by hand",),
    "with_casadi": ("casadi SX", "casadi MX"),
    "with_asdex": ("asdex",),
    "with_sparsejac": ("sparsejac",),
    "with_scipy": ("scipy differences",),
    "with_jax": ("jax dense",),
    "with_torch": ("torch dense",),
    "with_autograd": ("autograd dense",),
}
"""Modules and their contestants."""
DENSE_LIMIT = 4096
"""Unknowns of which dense derivatives are taken: of twice as many, a matrix has half a gigabyte."""


@dataclass(frozen=True)
class Run:
    """A derivative.

    Attributes
    ----------
    gradient : callable
        Of no arguments; all that is timed.
    matrix : callable
        Makes a SciPy sparse matrix of its result.
    facts : callable
        What else there is to say, once the first derivative is there: seconds of ``pattern`` and ``coloring``,
        ``colors``, ``nnz``; ``approximate`` of differences.
    """

    gradient: Callable[[], Any]
    matrix: Callable[[Any], Any]
    facts: Callable[[], dict[str, Any]] = dict

    def sent(self, result: Any) -> Any:
        """The result as the judge takes it; None from the plain function."""
        matrix = self.matrix(result)
        return None if matrix is None else csr_array(matrix).astype(np.float64)
