"""Products of constant sparse matrices: instructions between stretches of compiled ones, in the memory itself."""

from __future__ import annotations

import sys
from functools import cached_property
from typing import Any

from adpy.plain import np
from adpy.program.code import View

__all__ = ["SparseProduct", "is_sparse_product"]


def is_sparse_product(function: Any) -> bool:
    """Is it the function whose row is that of products with sparse matrices?"""
    rules = sys.modules.get("adpy.rules.scipy_sparse")
    return rules is not None and function is rules.matrix_product


class SparseProduct:
    """``matrix @ x`` with a vector or a matrix ``x``; the sparse matrix is constant.

    Parameters
    ----------
    data : ndarray of float64, shape (nnz,)
    indices, indptr : ndarray of int
        The matrix in compressed rows.
    columns : int
        How many columns the matrix has.
    x, out : View
    """

    def __init__(
        self, data: np.ndarray, indices: np.ndarray, indptr: np.ndarray, columns: int, x: View, out: View
    ) -> None:
        self.data, self.indices, self.indptr, self.columns = data, indices, indptr, columns
        self.x, self.out = x, out
        self.operands, self.outs = [x], [out]

    @classmethod
    def of(cls, matrix: Any, x: View, out: View) -> SparseProduct:
        """The product of a matrix of ``scipy.sparse``."""
        rows = matrix.tocsr()
        data = np.ascontiguousarray(rows.data, np.float64)
        return cls(data, rows.indices, rows.indptr, rows.shape[1], x, out)

    @cached_property
    def _transposed(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        order = np.argsort(self.indices, kind="stable")
        rows = np.repeat(np.arange(self.indptr.size - 1, dtype=self.indices.dtype), np.diff(self.indptr))
        indptr = np.zeros(self.columns + 1, self.indptr.dtype)
        np.cumsum(np.bincount(self.indices, minlength=self.columns), out=indptr[1:])
        return indptr, rows[order], self.data[order]

    def _push(self, memory: np.ndarray) -> None:
        self._multiply((self.indptr, self.indices, self.data), memory, self.x, self.out, False)

    def _pull(self, memory: np.ndarray) -> None:
        self._multiply(self._transposed, memory, self.out, self.x, True)

    @staticmethod
    def _multiply(matrix: tuple, memory: np.ndarray, x: View, y: View, add: bool) -> None:
        from adpy.kernels.compressed_rows import multiply

        columns = x.shape[1] if len(x.shape) == 2 else 1
        places = [place for view in (x, y) for place in (view.offset, *(*view.strides, 0)[:2])]
        multiply(*matrix, memory, *places, columns, add)

    def replay(self, memory: np.ndarray) -> None:
        """Values."""
        self._push(memory.reshape(-1, 1))

    def tangent(self, memory: np.ndarray, dots: np.ndarray) -> None:
        """Values and tangents."""
        self.replay(memory)
        self._push(dots)

    def adjoint(self, memory: np.ndarray, bars: np.ndarray) -> None:
        """Cotangents of the operand."""
        self._pull(bars)

    def second_order(self, memory: np.ndarray, dots: np.ndarray, bars: np.ndarray, bar_dots: np.ndarray) -> None:
        """Cotangents of the operand and their tangents."""
        self._pull(bars)
        self._pull(bar_dots)
