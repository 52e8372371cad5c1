"""Coefficients: those of order 1, 2, … of a truncated Taylor series, which stand where forward mode has a tangent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from adpy.plain import np

__all__ = ["Coefficients"]


class Coefficients:
    """The coefficients of order 1 to K of ``x(t) = x_0 + x_1 t + … + x_K t**K``.

    Each is an array (or number) of the shape, dtype and memory layout of the primal ``x_0``, so that whatever indexes,
    views or overwrites the primal does the same to each of them.

    Parameters
    ----------
    terms : iterable
        ``x_1, …, x_K``.
    """

    __slots__ = ("terms",)

    def __init__(self, terms: Iterable) -> None:
        self.terms = list(terms)

    def __getitem__(self, key):
        return Coefficients([term[key] for term in self.terms])

    def __setitem__(self, key, source):
        if type(source) is Coefficients:
            for term, other in zip(self.terms, source.terms, strict=True):
                term[key] = other
        else:
            for term in self.terms:
                term[key] = source

    def __iadd__(self, other):
        for term, change in zip(self.terms, other.terms, strict=True):
            term += change
        return self

    def __isub__(self, other):
        for term, change in zip(self.terms, other.terms, strict=True):
            term -= change
        return self

    @property
    def dtype(self) -> np.dtype:
        """Dtype of every coefficient."""
        return self.terms[0].dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of every coefficient."""
        return self.terms[0].shape

    def reshape(self, shape: tuple[int, ...]) -> Coefficients:
        """Views in another shape."""
        return Coefficients([term.reshape(shape) for term in self.terms])

    @property
    def flags(self):
        """Memory layout flags of the coefficients."""
        return self.terms[0].flags

    @property
    def real(self) -> Coefficients:
        """Real parts (views, for arrays)."""
        return Coefficients([term.real for term in self.terms])

    @property
    def imag(self) -> Coefficients:
        """Imaginary parts (views, for arrays)."""
        return Coefficients([term.imag for term in self.terms])

    def astype(self, dtype: Any) -> Coefficients:
        """Copies in another dtype."""
        return Coefficients([term.astype(dtype) for term in self.terms])

    def setflags(self, **flags: Any) -> None:
        """As ``numpy.ndarray.setflags``."""
        for term in self.terms:
            term.setflags(**flags)
