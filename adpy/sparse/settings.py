"""Settings: what the user chose of patterns, colorings, evaluation and the form of results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.sparse.coloring import ORDERINGS, Coloring
from adpy.sparse.pattern import Pattern

__all__ = ["FORMATS", "MODES", "Settings"]

FORMATS = ("csr", "csc", "coo", "bsr", "dia", "banded", "dense")

MODES = {
    "jacobian": ("auto", "elements", "compressed", "forward", "reverse", "bidirectional"),
    "hessian": ("auto", "elements", "compressed", "star", "acyclic"),
}
KINDS = {"forward": "column", "reverse": "row", "bidirectional": "bidirectional", "star": "star", "acyclic": "acyclic"}
"""Which kind of coloring a mode needs."""


@dataclass(frozen=True, eq=False)
class Settings:
    """What the user chose; for the fields see :func:`adpy.sparse.jacobian`.

    Raises
    ------
    ArgumentError
        For names that do not exist, a pattern that is no matrix, one of a Hessian that is not symmetric, and a
        coloring of another kind or shape.
    """

    what: str
    pattern: Pattern | None = None
    coloring: Coloring | None = None
    mode: str = "auto"
    ordering: str | None = None
    format: str = "csr"
    blocksize: tuple[int, int] | None = None
    verify: bool = True

    @classmethod
    def of(cls, what: str, pattern: Any = None, coloring: Any = None, **others: Any) -> Settings:
        """Settings with what was given made into patterns and colorings."""
        pattern = None if pattern is None else Pattern.of(pattern)
        mode = others.get("mode", "auto")
        if mode not in MODES[what]:
            raise ArgumentError("mode", f"one of {', '.join(MODES[what])}", repr(mode))
        if others.get("format", "csr") not in FORMATS:
            raise ArgumentError("format", f"one of {', '.join(FORMATS)}", repr(others["format"]))
        ordering = others.get("ordering")
        if ordering is not None and ordering not in ORDERINGS:
            raise ArgumentError("ordering", f"one of {', '.join(ORDERINGS)}", repr(ordering))
        _check_blocksize(others.get("format", "csr"), others.get("blocksize"))
        if what == "hessian" and pattern is not None:
            check_symmetric(pattern)
        if coloring is not None:
            _check_coloring(what, coloring, mode)
        return cls(what, pattern, coloring, **others)


def _check_blocksize(format: str, blocksize: Any) -> None:
    if format != "bsr":
        if blocksize is not None:
            raise ArgumentError("blocksize", "None unless format='bsr'", repr(blocksize))
        return
    fits = isinstance(blocksize, tuple | list) and len(blocksize) == 2
    if not fits or not all(isinstance(k, int | np.integer) and k > 0 for k in blocksize):
        raise ArgumentError("blocksize", "two positive whole numbers, rows and columns of a block", repr(blocksize))


def check_symmetric(pattern: Pattern) -> None:
    """Raise ArgumentError unless a pattern may be that of a Hessian."""
    m, n = pattern.shape
    if m != n:
        raise ArgumentError("pattern", "that of a square matrix, for a Hessian", f"shape {pattern.shape}")
    rows, columns = pattern.rows.astype(np.int64), pattern.indices.astype(np.int64)
    alone = np.setdiff1d(rows * n + columns, columns * n + rows)
    if alone.size:
        row, column = divmod(int(alone[0]), n)
        got = f"({row}, {column}) without ({column}, {row})"
        raise ArgumentError("pattern", "a symmetric one, for a Hessian", got)


def _check_coloring(what: str, coloring: Any, mode: str) -> None:
    if not isinstance(coloring, Coloring):
        raise ArgumentError("coloring", "a Coloring (adpy.sparse.color_columns and its like)", type(coloring).__name__)
    kinds = [KINDS[name] for name in MODES[what] if name in KINDS] + ["column"] * (what == "hessian")
    if coloring.kind not in kinds:
        raise ArgumentError("coloring", f"of a kind that serves a {what}: {', '.join(kinds)}", f"{coloring.kind!r}")
    if mode not in ("auto", "compressed") and KINDS.get(mode) != coloring.kind:
        raise ArgumentError("mode", f"one that goes with a coloring of kind {coloring.kind!r}", repr(mode))
