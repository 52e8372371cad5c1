"""Rules of products with sparse matrices of ``scipy.sparse``, and of solutions of sparse linear systems.

A matrix takes part as a constant, kept as it was when it was used.  Where its entries are traced, its product is that
of a constant matrix of ones with the products of the entries.
"""

from __future__ import annotations

import copy
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as ssl

from adpy.errors import MissingRuleError
from adpy.rules.fft import real_like
from adpy.rules.linalg_tools import call, is_traced
from adpy.rules.outside import outside
from adpy.rules.scipy_rows import scipy_block
from adpy.rules.table import METHODS, composite

__all__ = ["matrix_product"]


# constant matrices


def matrix_product(matrix, x):
    """``matrix @ x`` with a constant matrix in compressed rows or columns."""
    return matrix @ x


product = scipy_block(matrix_product, "x")


@product.defjvp
def product_jvp(dots, y, x, matrix):
    return call(matrix_product, matrix, dots[0])


@product.defvjp
def product_vjp(bar, y, needs, x, matrix):
    return (real_like(call(matrix_product, _adjoint(matrix), bar), x),)


def matrix_solution(matrix, b, permc_spec=None, use_umfpack=True):
    """``scipy.sparse.linalg.spsolve`` with a constant matrix in compressed rows or columns."""
    return ssl.spsolve(matrix, b, permc_spec, use_umfpack)


solution = scipy_block(matrix_solution, "b")


@solution.defjvp
def solution_jvp(dots, y, b, matrix, **static):
    return call(matrix_solution, matrix, dots[0], **static)


@solution.defvjp
def solution_vjp(bar, y, needs, b, matrix, **static):
    found = call(matrix_solution, _adjoint(matrix), bar, **static)
    return (real_like(np.reshape(found, np.shape(b)), b),)


def _adjoint(matrix: Any) -> Any:
    """The conjugate transpose."""
    return matrix.T.conj() if matrix.dtype.kind == "c" else matrix.T


class _Kept:
    """Matrices as they were when they were used, one copy for all uses between two changes."""

    def __init__(self) -> None:
        self._copies: dict[int, tuple[weakref.ref, Any]] = {}

    def __call__(self, matrix: Any) -> Any:
        """A copy in compressed rows or columns, which nobody changes."""
        key = id(matrix)
        known, kept = self._copies.get(key, (None, None))
        with outside():
            plain = matrix if matrix.format in ("csr", "csc") else matrix.tocsr()
            if known is None or known() is not matrix or not _same(plain, kept):
                kept = plain.copy()
                self._copies[key] = weakref.ref(matrix, lambda _: self._copies.pop(key, None)), kept
        return kept


def _same(a: Any, b: Any) -> bool:
    """Are two matrices stored alike?"""
    return (
        a.format == b.format
        and a.shape == b.shape
        and all(
            x.dtype == y.dtype and x.tobytes() == y.tobytes()
            for x, y in zip((a.data, a.indices, a.indptr), (b.data, b.indices, b.indptr), strict=True)
        )
    )


_kept = _Kept()


# products in whatever form


def _product(matrix: Any, other: Any, method: Callable) -> Any:
    """``matrix @ other``; what is no product of a matrix with a vector or a matrix is left to SciPy's ``method``."""
    other = _dense(other)
    if not is_traced(other) and not isinstance(other, np.ndarray):
        return method(matrix, other)
    if other.ndim == 0:
        return matrix.multiply(other)
    if matrix.ndim != 2 or other.ndim > 2 or other.shape[0] != matrix.shape[1]:
        return method(matrix, np.empty(other.shape)) if other.ndim <= 2 else method(matrix, other)
    matrix = _constant(matrix)
    if is_traced(getattr(matrix, "data", None)):
        return _active_product(matrix.tocoo(), other)
    return call(matrix_product, _kept(matrix), other)


def _constant(matrix: Any) -> Any:
    """A matrix whose arrays are buffers of a trace, into which nothing traced was written, with plain arrays."""
    arrays = vars(matrix)
    plain = {name: _untraced(array) for name, array in arrays.items()}
    if all(plain[name] is array for name, array in arrays.items()):
        return matrix
    found = copy.copy(matrix)
    vars(found).update(plain)
    return found


def _untraced(array: Any) -> Any:
    if isinstance(array, tuple):
        found = tuple([_untraced(x) for x in array])
        return array if all(a is b for a, b in zip(found, array, strict=True)) else found
    while is_traced(array) and not array.active:
        array = array._value
    return array


def _dense(other: Any) -> Any:
    """Lists, with traced values in them, as arrays."""
    return np.stack([_dense(x) for x in other]) if isinstance(other, list | tuple) else other


def _active_product(matrix: Any, x: Any) -> Any:
    """The product of a matrix whose entries are traced."""
    rows, columns = matrix.coords
    with outside():
        sums = sp.csr_array((np.ones(len(rows)), (rows, np.arange(len(rows)))), shape=(matrix.shape[0], len(rows)))
    entries = matrix.data if x.ndim == 1 else matrix.data[:, None]
    return call(matrix_product, sums, entries * x[columns])


def _of_rows(method: Callable) -> Callable:
    def implementation(self, other):
        return _product(self, other, method)

    return implementation


def _of_columns(method: Callable) -> Callable:
    def implementation(self, other):
        other = _dense(other)
        if np.ndim(other) == 0 or self.ndim != 2 or np.ndim(other) > 2:
            return _product(self, other, method)
        if other.shape[-1] != self.shape[0]:
            return method(self, np.empty(other.shape))
        product = _product(self.T, other.T, method)
        return product.T

    return implementation


for _kind in (sp.csr_array, sp.coo_array):
    for _class in _kind.__mro__:
        for _name, _made in (("matmul", _of_rows), ("rmatmul", _of_columns)):
            _method = vars(_class).get(f"_{_name}_dispatch")
            if _method is not None and _method.__name__ not in METHODS.setdefault(_class, ()):
                METHODS[_class] += (_method.__name__,)
                composite(_method, name=f"scipy.sparse.sparray.__{_name}__")(_made(_method))


# linear systems


@composite(ssl.spsolve)
def spsolve(A, b, permc_spec=None, use_umfpack=True):
    A = _constant(A) if sp.issparse(A) else A
    if is_traced(getattr(A, "data", A)) or not sp.issparse(A):
        raise MissingRuleError("scipy.sparse.linalg.spsolve with a traced or dense A", advice=DENSE)
    return call(matrix_solution, _kept(A), _dense(b), permc_spec, use_umfpack)


DENSE = "Use numpy.linalg.solve, or give adpy.custom_linear_solve the product with the matrix."
