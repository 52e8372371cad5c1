"""The coloring of fewest colors among those of several kinds and orderings."""

from __future__ import annotations

from collections.abc import Sequence

from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.sparse.coloring.acyclic import color_acyclic
from adpy.sparse.coloring.bidirectional import color_bidirectional
from adpy.sparse.coloring.bounds import fewest_symmetric
from adpy.sparse.coloring.coloring import Coloring
from adpy.sparse.coloring.distance2 import color_columns, color_rows
from adpy.sparse.coloring.graphs import bipartite, is_symmetric, mirrors, transposed
from adpy.sparse.coloring.orderings import ORDERINGS
from adpy.sparse.coloring.postprocessing import drop_needless
from adpy.sparse.coloring.recoloring import recolored
from adpy.sparse.coloring.star import color_star
from adpy.sparse.pattern import Pattern

__all__ = ["choose"]

_ORDERS = ("natural", "smallest_last", "largest_first", "incidence_degree", "dynamic_largest_first")


def choose(
    pattern: Pattern,
    symmetric: bool = False,
    *,
    forward: float = 1.0,
    reverse: float = 1.0,
    substitution: bool = False,
    orders: Sequence[str] = _ORDERS,
    effort: float = 1e8,
) -> Coloring:
    """The cheapest coloring found with several kinds and orderings.

    The result hangs on nothing but the arguments: what may be tried is limited by an estimate of steps, not by a clock.

    Parameters
    ----------
    pattern : Pattern
        Shape (m, n).
    symmetric : bool, optional
        The matrix is symmetric: star colorings are tried too, and no rows.
    forward, reverse : float, optional
        Cost of a color of columns, and of one of rows; ``inf`` where there are no such sweeps.
    substitution : bool, optional
        Try acyclic colorings of a symmetric matrix.  They take the fewest colors, but rounding errors add up in the
        entries: see :func:`color_acyclic`.
    orders : sequence of str, optional
        Orderings that are tried, the first one of them always.
    effort : float, optional
        About how many steps the search may take; those of the default, half a second or less.

    Returns
    -------
    Coloring
        Among equally cheap ones, that found first.

    Raises
    ------
    ArgumentError
        For a pattern that is not symmetric although ``symmetric`` says so, an unknown ordering, costs or an effort
        that are not positive.

    Examples
    --------
    >>> import numpy as np
    >>> from adpy.sparse.coloring import choose
    >>> from adpy.sparse.pattern import Pattern
    >>> A = np.eye(50)
    >>> A[0, :] = A[:, 0] = 1.0
    >>> choose(Pattern.of(A))
    Coloring(bidirectional, 3 colors, 2 of columns + 1 of rows, 50x50, natural)
    >>> choose(Pattern.of(A), symmetric=True)
    Coloring(star, 2 colors, 50x50, natural)
    """
    _check(forward, reverse, orders, effort)
    if symmetric:
        candidates = _symmetric(pattern, substitution)
        reverse = forward
    else:
        candidates = _general(pattern, forward, reverse)
    best: Coloring | None = None
    for kind, least, steps, rounds in candidates:
        for order in orders:
            if best is not None and best.cost(forward, reverse) <= least:
                break
            cost = steps + _steps_to_order(order, kind, pattern, steps)
            if best is not None and cost > effort:
                continue
            effort -= cost
            found = _color(kind, pattern, order, forward, reverse)
            if found.cost(forward, reverse) > least and effort >= rounds * steps:
                effort -= rounds * steps
                found = recolored(pattern, found, rounds)
            found = drop_needless(pattern, found)
            if best is None or found.cost(forward, reverse) < best.cost(forward, reverse):
                best = found
    return best


def _check(forward: float, reverse: float, orders: Sequence[str], effort: float) -> None:
    for name, value in (("forward", forward), ("reverse", reverse), ("effort", effort)):
        if not value > 0:
            raise ArgumentError(name, "a positive number", repr(value))
    if np.isinf(forward) and np.isinf(reverse):
        raise ArgumentError("reverse", "a finite number, since forward is not", repr(reverse))
    if isinstance(orders, str) or not len(orders):
        raise ArgumentError("orders", "a sequence of names of orderings", repr(orders))
    for order in orders:
        if order not in ORDERINGS:
            raise ArgumentError("orders", f"some of {', '.join(ORDERINGS)}", repr(order))


_Candidate = tuple[str, float, float, int]
"""A kind, what it costs at least, about how many steps a coloring takes, and rounds in which to recolor."""


def _general(pattern: Pattern, forward: float, reverse: float) -> list[_Candidate]:
    """The most hopeful kind first."""
    from adpy.sparse.coloring import covering_kernels

    rows = np.diff(pattern.indptr).astype(float)
    columns = np.diff(transposed(pattern)[0]).astype(float)
    kinds = []
    if not np.isinf(forward):
        kinds.append(("column", forward * rows.max(initial=0.0), _steps(rows, 256), 3))
    alike = forward <= reverse and is_symmetric(pattern)  # rows would be colored as columns are
    if not np.isinf(reverse) and not alike:
        kinds.append(("row", reverse * columns.max(initial=0.0), _steps(columns, 256), 3))
    if not np.isinf(forward + reverse):
        graph, _ = bipartite(pattern)
        _, estimate = covering_kernels.cover(
            graph.indptr, graph.indices, pattern.shape[0], float(forward), float(reverse)
        )
        if estimate < min(least for _, least, _, _ in kinds):
            kinds.append(("bidirectional", estimate, 8 * (_steps(rows, 32) + _steps(columns, 32)), 0))
    return sorted(kinds, key=_promise)


def _symmetric(pattern: Pattern, substitution: bool) -> list[_Candidate]:
    mirrors(pattern)
    rows = np.diff(pattern.indptr).astype(float)
    acyclic, star = fewest_symmetric(pattern)
    kinds = [
        ("star", star, 4 * _steps(rows, 32), 1),
        ("column", rows.max(initial=0.0), _steps(rows, 256), 3),
    ]
    return [("acyclic", acyclic, 4 * _steps(rows, 32), 1), *kinds] if substitution else kinds


def _promise(candidate: _Candidate) -> float:
    """Both sides go first only where they take half of what a single one does: they are more to do for a color."""
    kind, least, _, _ = candidate
    return 2 * least if kind == "bidirectional" else least


def _steps(lengths: np.ndarray, most: int) -> float:
    """Of looking, from each entry of a row, at the others, or where there are more at so many."""
    return float(np.sum(lengths * np.minimum(lengths, most))) + 1


def _steps_to_order(order: str, kind: str, pattern: Pattern, steps: float) -> float:
    if order == "natural":
        return 0.0
    if kind in ("column", "row"):
        return steps if order in ("random", "largest_first") else 8 * steps
    return 8.0 * pattern.nnz


def _color(kind: str, pattern: Pattern, order: str, forward: float, reverse: float) -> Coloring:
    if kind == "column":
        return color_columns(pattern, order)
    if kind == "row":
        return color_rows(pattern, order)
    if kind == "bidirectional":
        return color_bidirectional(pattern, order, forward=forward, reverse=reverse)
    return (color_star if kind == "star" else color_acyclic)(pattern, order)
