"""Formats: the nonzeros of a result, in the order of its pattern, as one of SciPy's sparse arrays."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.sparse.memory import Memory
from adpy.sparse.pattern import Pattern

__all__ = ["Columns", "Layout", "Rows", "Triplets", "described", "protected"]


def described(value: Any) -> str:
    """What a value is, for messages."""
    if hasattr(value, "tocsr"):
        return f"a {type(value).__name__} of shape {value.shape} with {value.nnz} entries, {value.dtype}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}, {value.dtype}"
    return type(value).__name__


def protected(array: np.ndarray) -> np.ndarray:
    """An array that nobody can write to: results share it."""
    array.flags.writeable = False
    return array


def same(found: Any, wanted: np.ndarray) -> bool:
    """Has an array the entries of one of ours?  Mostly it is ours."""
    if found is wanted:
        return True
    if found.__array_interface__["data"][0] == wanted.__array_interface__["data"][0] and found.size == wanted.size:
        return found.dtype == wanted.dtype
    return np.array_equal(found, wanted)


class Layout(ABC):
    """How nonzeros become a result.

    Parameters
    ----------
    pattern : Pattern

    Attributes
    ----------
    direct : bool
        Are the data of a result the nonzeros themselves, in their order?
    """

    direct = False

    def __init__(self, pattern: Pattern) -> None:
        self.pattern = pattern
        self.memory = Memory(self.size)
        self._hollow: Any = None

    @property
    def size(self) -> int:
        """Length of the data of a result."""
        return self.pattern.nnz

    @abstractmethod
    def place(self, values: np.ndarray, data: np.ndarray) -> None:
        """Write nonzeros to the data of a result."""

    @abstractmethod
    def made(self, data: np.ndarray) -> Any:
        """A result with these data, as SciPy makes it."""

    def shaped(self, data: np.ndarray) -> np.ndarray:
        """The data of a result in its shape."""
        return data

    def result(self, data: np.ndarray) -> Any:
        """A result with these data: a copy of the first one, for SciPy's checks take longer than small derivatives."""
        if self._hollow is None:
            hollow = self.made(data)
            hollow.data = None
            self._hollow = hollow
        kind = type(self._hollow)
        found = kind.__new__(kind)
        vars(found).update(vars(self._hollow))
        found.data = self.shaped(data)
        return found

    @abstractmethod
    def data_of(self, out: Any) -> np.ndarray:
        """The data of a result to be filled, flat.

        Raises
        ------
        ArgumentError
            If it has another structure, or its data are not float64 that can be written to.
        """

    def _check_data(self, out: Any, data: np.ndarray) -> np.ndarray:
        if data.dtype != np.float64 or not data.flags.c_contiguous or not data.flags.writeable:
            state = "" if data.flags.writeable else ", read-only"
            raise ArgumentError("out", "float64 data that can be written to", described(out) + state)
        return data.reshape(-1)

    def _refuse(self, out: Any, expected: str) -> None:
        raise ArgumentError("out", expected, described(out))


class Rows(Layout):
    """``csr_array``."""

    direct = True
    format = "csr"

    def __init__(self, pattern: Pattern) -> None:
        super().__init__(pattern)
        self._indices, self._indptr = protected(pattern.indices), protected(pattern.indptr)

    def place(self, values: np.ndarray, data: np.ndarray) -> None:
        data[:] = values

    def made(self, data: np.ndarray) -> Any:
        from scipy.sparse import csc_array, csr_array

        made = csr_array if self.format == "csr" else csc_array
        found = made((data, self._indices, self._indptr), shape=self.pattern.shape, copy=False)
        found.has_canonical_format = True
        return found

    def data_of(self, out: Any) -> np.ndarray:
        if getattr(out, "format", None) != self.format or out.shape != self.pattern.shape:
            self._refuse(out, f"a {self.format}_array of shape {self.pattern.shape}")
        if out.nnz != self.pattern.nnz or not (same(out.indices, self._indices) and same(out.indptr, self._indptr)):
            self._refuse(out, f"the structure of the pattern, {self.pattern.nnz} entries (take an earlier result)")
        return self._check_data(out, out.data)


class Columns(Rows):
    """``csc_array``; a symmetric matrix has the same data in it as in rows."""

    format = "csc"

    def __init__(self, pattern: Pattern, symmetric: bool = False) -> None:
        Layout.__init__(self, pattern)
        self.direct = symmetric
        m, n = pattern.shape
        self._order = np.argsort(pattern.indices, kind="stable")
        self._indices = protected(pattern.rows[self._order])
        self._indptr = np.zeros(n + 1, np.int32)
        np.cumsum(np.bincount(pattern.indices, minlength=n), out=self._indptr[1:])
        protected(self._indptr)

    def place(self, values: np.ndarray, data: np.ndarray) -> None:
        np.take(values, self._order, out=data)


class Triplets(Layout):
    """``coo_array``."""

    direct = True

    def __init__(self, pattern: Pattern) -> None:
        super().__init__(pattern)
        self._rows, self._columns = protected(pattern.rows), protected(pattern.indices)

    def place(self, values: np.ndarray, data: np.ndarray) -> None:
        data[:] = values

    def made(self, data: np.ndarray) -> Any:
        from scipy.sparse import coo_array

        found = coo_array((data, (self._rows, self._columns)), shape=self.pattern.shape, copy=False)
        found.has_canonical_format = True
        return found

    def data_of(self, out: Any) -> np.ndarray:
        if getattr(out, "format", None) != "coo" or out.shape != self.pattern.shape or out.nnz != self.pattern.nnz:
            self._refuse(out, f"a coo_array of shape {self.pattern.shape} with {self.pattern.nnz} entries")
        if not (same(out.row, self._rows) and same(out.col, self._columns)):
            self._refuse(out, "the structure of the pattern (take an earlier result)")
        return self._check_data(out, out.data)
