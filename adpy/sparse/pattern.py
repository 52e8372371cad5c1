"""Pattern: which entries of a matrix may differ from zero, in compressed rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from adpy.errors import ArgumentError, PatternError
from adpy.plain import np

__all__ = ["Pattern"]


@dataclass(frozen=True, eq=False, repr=False)
class Pattern:
    """The structure of a sparse matrix.

    Two patterns are equal if they have the same shape and entries.

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
    >>> pattern
    <Pattern of shape (2, 2) with 3 entries>
    >>> pattern.indices
    array([0, 0, 1], dtype=int32)
    >>> (0, 1) in pattern, pattern == pattern.T, (pattern | pattern.T).nnz
    (False, False, 4)
    """

    shape: tuple[int, int]
    indptr: np.ndarray
    indices: np.ndarray

    # ---- made from

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
        keys = np.sort(np.asarray(rows, np.int64) * max(n, 1) + np.asarray(columns, np.int64))  # np.unique hashes: slow
        keys = keys[np.flatnonzero(np.diff(keys, prepend=-1))]
        return cls._from_sorted((m, n), keys // max(n, 1), keys % max(n, 1))

    @classmethod
    def symmetric(cls, size: int, rows: np.ndarray, columns: np.ndarray) -> Pattern:
        """The symmetric pattern with these entries and their transposes."""
        rows, columns = np.asarray(rows, np.int64), np.asarray(columns, np.int64)
        return cls.from_entries((size, size), np.concatenate([rows, columns]), np.concatenate([columns, rows]))

    @classmethod
    def _from_sorted(cls, shape: tuple[int, int], rows: np.ndarray, columns: np.ndarray) -> Pattern:
        """The pattern with these entries, ascending, each of them once."""
        indptr = np.zeros(shape[0] + 1, np.int32)
        np.cumsum(np.bincount(rows, minlength=shape[0]), out=indptr[1:])
        return cls(shape, indptr, columns.astype(np.int32))

    # ---- what it consists of

    @property
    def nnz(self) -> int:
        """Number of entries."""
        return len(self.indices)

    @property
    def rows(self) -> np.ndarray:
        """Row of every entry, int32."""
        return np.repeat(np.arange(self.shape[0], dtype=np.int32), np.diff(self.indptr))

    @property
    def keys(self) -> np.ndarray:
        """Row times number of columns plus column of every entry, ascending, int64."""
        return self.rows * np.int64(max(self.shape[1], 1)) + self.indices

    def __contains__(self, entry: tuple[int, int]) -> bool:
        row, column = entry
        if not (0 <= row < self.shape[0] and 0 <= column < self.shape[1]):
            return False
        low, high = self.indptr[row], self.indptr[row + 1]
        place = low + np.searchsorted(self.indices[low:high], column)
        return bool(place < high and self.indices[place] == column)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Pattern):
            return NotImplemented
        return (
            self.shape == other.shape
            and np.array_equal(self.indptr, other.indptr)
            and np.array_equal(self.indices, other.indices)
        )

    __hash__ = None

    def __repr__(self) -> str:
        return f"<Pattern of shape {self.shape} with {self.nnz} entries>"

    # ---- others from it

    @property
    def T(self) -> Pattern:
        """The pattern of the transpose."""
        m, n = self.shape
        order = np.argsort(self.indices, kind="stable")
        return Pattern._from_sorted((n, m), self.indices[order], self.rows[order])

    @property
    def lower(self) -> Pattern:
        """The entries on and below the diagonal."""
        rows = self.rows
        kept = self.indices <= rows
        return Pattern._from_sorted(self.shape, rows[kept], self.indices[kept])

    def __or__(self, other: Pattern) -> Pattern:
        """The entries of both.

        Raises
        ------
        ArgumentError
            For another shape.
        """
        if not isinstance(other, Pattern):
            return NotImplemented
        self._check_shape(other)
        keys = np.union1d(self.keys, other.keys)
        n = max(self.shape[1], 1)
        return Pattern._from_sorted(self.shape, keys // n, keys % n)

    def matrix(self, data: np.ndarray | None = None) -> Any:
        """A ``scipy.sparse.csr_array`` with this structure; ones where no ``data`` are given."""
        from scipy.sparse import csr_array

        data = np.ones(self.nnz) if data is None else data
        found = csr_array((data, self.indices, self.indptr), shape=self.shape, copy=False)
        found.has_canonical_format = True
        return found

    # ---- comparisons

    @property
    def is_symmetric(self) -> bool:
        """Is every entry there with its transpose?"""
        return self.shape[0] == self.shape[1] and self == self.T

    def covers(self, other: Pattern) -> bool:
        """Are all entries of another pattern entries of this one?

        Raises
        ------
        ArgumentError
            For another shape.
        """
        self._check_shape(other)
        return not self._missing(other).size

    def check_covers(self, other: Pattern) -> None:
        """Raise unless all entries of another pattern are entries of this one.

        Raises
        ------
        PatternError
            Names the first entry that is missing, in C order.
        ArgumentError
            For another shape.

        Examples
        --------
        >>> import numpy as np, adpy
        >>> from adpy.sparse.pattern import Pattern
        >>> given, found = Pattern.of(np.eye(3)), Pattern.of(np.tri(3))
        >>> try:
        ...     given.check_covers(found)
        ... except adpy.errors.PatternError as error:
        ...     print(error.row, error.column, error.missing)
        1 0 3
        """
        self._check_shape(other)
        missing = self._missing(other)
        if missing.size:
            row, column = divmod(int(missing[0]), max(self.shape[1], 1))
            raise PatternError(row, column, missing.size)

    def _missing(self, other: Pattern) -> np.ndarray:
        """Keys of the entries of another pattern that are none of this one."""
        mine, keys = self.keys, other.keys
        if not mine.size:
            return keys
        places = np.minimum(np.searchsorted(mine, keys), mine.size - 1)
        return keys[mine[places] != keys]

    def _check_shape(self, other: Pattern) -> None:
        if self.shape != other.shape:
            raise ArgumentError("pattern", f"shape {self.shape}", f"shape {other.shape}")
