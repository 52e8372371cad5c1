"""The partials of unary ufuncs, found once."""

from __future__ import annotations

from typing import Any

from adpy.plain import np
from adpy.rules import lookup
from adpy.rules.slicing import Partial
from adpy.rules.table import Elementwise

__all__ = ["partial_of"]

_found: dict[Any, Partial | None] = {}


def partial_of(ufunc: Any) -> Partial | None:
    """The partial of a unary ufunc, if its row is a plain one: a function of real numbers that is not constant."""
    try:
        return _found[ufunc]
    except KeyError:
        row = lookup(ufunc)
        fit = type(row) is Elementwise and row.arity == 1 and row.holomorphic and ufunc is not np.conjugate
        partial = row.slices[0] if fit else None
        if partial is not None and (partial.function is None or partial.constant == 0.0):
            partial = None
        if row is not None:  # a row may still be loaded
            _found[ufunc] = partial
        return partial
