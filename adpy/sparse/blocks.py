"""Blocks and bands: results as dense arrays, diagonals, small dense blocks, or one matrix for each pair of leaves."""

from __future__ import annotations

from typing import Any

from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.sparse.formats import Columns, Layout, Rows, Triplets, described, protected, same
from adpy.sparse.pattern import Pattern

__all__ = ["Banded", "Blocks", "Dense", "Diagonals", "bandwidths", "laid_out", "split"]


def bandwidths(pattern: Pattern) -> tuple[int, int]:
    """How many diagonals below and above the main one hold entries: ``(lower, upper)``.

    Examples
    --------
    >>> import numpy as np
    >>> from adpy.sparse.blocks import bandwidths
    >>> from adpy.sparse.pattern import Pattern
    >>> bandwidths(Pattern.of(np.array([[1, 0, 1], [1, 1, 0], [0, 1, 1]])))
    (1, 2)
    """
    if not pattern.nnz:
        return 0, 0
    offsets = pattern.indices - pattern.rows
    return max(0, -int(offsets.min())), max(0, int(offsets.max()))


class _Scattered(Layout):
    """Results with places that the pattern does not have; those are zero."""

    shape: tuple[int, ...]
    places: np.ndarray

    @property
    def size(self) -> int:
        return int(np.prod(self.shape))

    def place(self, values: np.ndarray, data: np.ndarray) -> None:
        data[:] = 0.0
        data[self.places] = values

    def made(self, data: np.ndarray) -> Any:
        return self.shaped(data)

    def shaped(self, data: np.ndarray) -> np.ndarray:
        return data.reshape(self.shape)

    def data_of(self, out: Any) -> np.ndarray:
        if not isinstance(out, np.ndarray) or out.shape != self.shape:
            raise ArgumentError("out", f"an array of shape {self.shape}", described(out))
        return self._check_data(out, out)


class _Array(_Scattered):
    """Results that are plain arrays."""

    def result(self, data: np.ndarray) -> Any:
        return self.shaped(data)


class Dense(_Array):
    """An array of shape ``(rows, columns)``."""

    def __init__(self, pattern: Pattern) -> None:
        self.shape = pattern.shape
        self.places = pattern.rows.astype(np.int64) * pattern.shape[1] + pattern.indices
        super().__init__(pattern)


class Banded(_Array):
    """The band storage of LAPACK, as :func:`scipy.linalg.solve_banded` takes it: ``ab[upper + i - j, j] = a[i, j]``.

    An array of shape ``(lower + upper + 1, columns)``.
    """

    def __init__(self, pattern: Pattern) -> None:
        lower, upper = bandwidths(pattern)
        n = pattern.shape[1]
        self.shape = lower + upper + 1, n
        self.places = (upper + pattern.rows.astype(np.int64) - pattern.indices) * n + pattern.indices
        super().__init__(pattern)


class Diagonals(_Scattered):
    """``dia_array``."""

    def __init__(self, pattern: Pattern) -> None:
        offsets, number = np.unique(pattern.indices - pattern.rows, return_inverse=True)
        n = pattern.shape[1]
        self._offsets = protected(offsets.astype(np.int32))
        self.shape = len(offsets), n
        self.places = number.astype(np.int64) * n + pattern.indices
        super().__init__(pattern)

    def made(self, data: np.ndarray) -> Any:
        from scipy.sparse import dia_array

        return dia_array((data.reshape(self.shape), self._offsets), shape=self.pattern.shape, copy=False)

    def data_of(self, out: Any) -> np.ndarray:
        fits = getattr(out, "format", None) == "dia" and out.shape == self.pattern.shape
        if not fits or not same(out.offsets, self._offsets) or out.data.shape != self.shape:
            raise ArgumentError(
                "out", f"a dia_array with {self.shape[0]} diagonals (an earlier result)", described(out)
            )
        return self._check_data(out, out.data)


class Blocks(_Scattered):
    """``bsr_array``: small dense blocks.

    Parameters
    ----------
    pattern : Pattern
    blocksize : (int, int)
        Rows and columns of a block; they divide those of the matrix.

    Raises
    ------
    ArgumentError
        If they do not.
    """

    def __init__(self, pattern: Pattern, blocksize: tuple[int, int]) -> None:
        (m, n), (r, c) = pattern.shape, blocksize
        if r < 1 or c < 1 or m % r or n % c:
            raise ArgumentError("blocksize", f"divisors of the shape {pattern.shape}", repr(blocksize))
        rows = pattern.rows
        coarse = Pattern.from_entries((m // r, n // c), rows // r, pattern.indices // c)
        self._indices, self._indptr = protected(coarse.indices), protected(coarse.indptr)
        self.shape = coarse.nnz, r, c
        wide = max(coarse.shape[1], 1)
        keys = coarse.rows.astype(np.int64) * wide + coarse.indices
        number = np.searchsorted(keys, (rows // r).astype(np.int64) * wide + pattern.indices // c)
        self.places = (number * r + rows % r) * c + pattern.indices % c
        super().__init__(pattern)

    def made(self, data: np.ndarray) -> Any:
        from scipy.sparse import bsr_array

        parts = (data.reshape(self.shape), self._indices, self._indptr)
        return bsr_array(parts, shape=self.pattern.shape, blocksize=self.shape[1:], copy=False)

    def data_of(self, out: Any) -> np.ndarray:
        fits = getattr(out, "format", None) == "bsr" and out.shape == self.pattern.shape
        fits = fits and out.data.shape == self.shape
        if not fits or not (same(out.indices, self._indices) and same(out.indptr, self._indptr)):
            raise ArgumentError("out", f"a bsr_array with {self.shape[0]} blocks (an earlier result)", described(out))
        return self._check_data(out, out.data)


def laid_out(pattern: Pattern, symmetric: bool, format: str, blocksize: Any = None) -> Layout:
    """How results of a format are put together."""
    if format == "bsr":
        return Blocks(pattern, blocksize)
    if format == "csc":
        return Columns(pattern, symmetric)
    made = {"csr": Rows, "coo": Triplets, "dia": Diagonals, "banded": Banded, "dense": Dense}
    return made[format](pattern)


def split(matrix: Any, rows: list[tuple[str, int]], columns: list[tuple[str, int]]) -> dict[tuple[str, str], Any]:
    """The parts of a matrix that have entries, by the names of their rows and columns, which come with their counts."""
    found, low = {}, 0
    for row, height in rows:
        band, left = matrix[low : low + height], 0
        for column, width in columns:
            part = band[:, left : left + width]
            if part.nnz if hasattr(part, "nnz") else part.any():
                found[row, column] = part
            left += width
        low += height
    return found
