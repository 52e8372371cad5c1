"""Rows: results that are constant have rows in the matrix, but none in what is computed."""

from __future__ import annotations

from adpy.plain import np
from adpy.sparse.arguments import Rows
from adpy.sparse.pattern import Pattern

__all__ = ["with_constant_rows", "without_constant_rows"]


def with_constant_rows(pattern: Pattern, rows: list[Rows] | None) -> Pattern:
    """A pattern of the results of a code, with empty rows for those that are constant."""
    if rows is None or all(row.place is not None for row in rows):
        return pattern
    counts, first = [], 0
    per_row = np.diff(pattern.indptr)
    for row in rows:
        if row.place is None:
            counts.append(np.zeros(row.count, np.int32))
        else:
            counts.append(per_row[first : first + row.count])
            first += row.count
    indptr = np.zeros(sum(map(len, counts)) + 1, np.int32)
    np.cumsum(np.concatenate(counts), out=indptr[1:])
    return Pattern((len(indptr) - 1, pattern.shape[1]), indptr, pattern.indices)


def without_constant_rows(pattern: Pattern, rows: list[Rows] | None) -> Pattern:
    """A pattern of all results without the rows of those that are constant."""
    if rows is None or all(row.place is not None for row in rows):
        return pattern
    kept = np.concatenate([np.full(row.count, row.place is not None) for row in rows])
    inside = kept[pattern.rows]
    number = np.cumsum(kept) - 1
    shape = int(np.count_nonzero(kept)), pattern.shape[1]
    return Pattern.from_entries(shape, number[pattern.rows[inside]], pattern.indices[inside])
