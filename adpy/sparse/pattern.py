"""Pattern: which entries of a matrix may differ from zero, in compressed rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from adpy.errors import ArgumentError
from adpy.plain import np

__all__ = ["Pattern"]


@dataclass(frozen=True, eq=False)
class Pattern:
    """The structure of a sparse matrix.

    Attributes
    ----------
    shape : (int, int)
        Rows, columns.
    indptr : ndarray of int32, shape (rows + 1,)
        Row ``i`` has the entries ``indptr[i]`` to ``indptr[i + 1]``.
    indices : ndarray of int32, shape (nnz,)
        Columns of the entries, ascending within each row and none twice.

    Examples
    --------
    >>> import numpy as np
    >>> from adpy.sparse.pattern import Pattern
    >>> pattern = Pattern.of(np.array([[1, 0], [1, 1]]))
    >>> pattern.nnz, pattern.indices
    (3, array([0, 0, 1], dtype=int32))
    """

    shape: tuple[int, int]
    indptr: np.ndarray
    indices: np.ndarray

    @classmethod
    def of(cls, matrix: Any) -> Pattern:
        """The pattern of a dense array (what is not zero), of a SciPy sparse matrix (what is stored), or a pattern.

        Raises
        ------
        ArgumentError
            For anything that is no matrix.
        """
        if isinstance(matrix, Pattern):
            return matrix
        if hasattr(matrix, "tocoo"):
            found = matrix.tocoo()
            return cls.from_entries(found.shape, found.row, found.col)
        array = np.asarray(matrix)
        if array.ndim != 2 or array.dtype == object:
            got = f"shape {array.shape}" if array.dtype != object else type(matrix).__name__
            raise ArgumentError("pattern", "a matrix, dense or of scipy.sparse", got)
        return cls.from_entries(array.shape, *np.nonzero(array))

    @classmethod
    def from_entries(cls, shape: tuple[int, int], rows: np.ndarray, columns: np.ndarray) -> Pattern:
        """The pattern with these entries, in any order; an entry may be there several times."""
        m, n = (int(k) for k in shape)
        keys = np.unique(np.asarray(rows, np.int64) * max(n, 1) + np.asarray(columns, np.int64))
        rows, columns = keys // max(n, 1), keys % max(n, 1)
        indptr = np.zeros(m + 1, np.int32)
        np.cumsum(np.bincount(rows, minlength=m), out=indptr[1:])
        return cls((m, n), indptr, columns.astype(np.int32))

    @property
    def nnz(self) -> int:
        """Number of entries."""
        return len(self.indices)

    @property
    def rows(self) -> np.ndarray:
        """Row of every entry, int32."""
        return np.repeat(np.arange(self.shape[0], dtype=np.int32), np.diff(self.indptr))

    @property
    def T(self) -> Pattern:
        """The pattern of the transpose."""
        m, n = self.shape
        return Pattern.from_entries((n, m), self.indices, self.rows)

    def matrix(self, data: np.ndarray | None = None) -> Any:
        """A ``scipy.sparse.csr_array`` with this structure; ones where no ``data`` are given."""
        from scipy.sparse import csr_array

        data = np.ones(self.nnz) if data is None else data
        found = csr_array((data, self.indices, self.indptr), shape=self.shape, copy=False)
        found.has_canonical_format = True
        return found
