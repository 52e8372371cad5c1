"""The coloring of fewest colors among those of several kinds and orderings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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

_ORDERS = ("natural", "largest_first", "smallest_last", "incidence_degree", "dynamic_largest_first")
_ORDERING_STEPS = {"natural": 0, "random": 1, "largest_first": 1}
_STEPS_OF_DYNAMIC = 8
_ROUNDS = 3


def choose(
    pattern: Pattern,
    symmetric: bool = False,
    *,
    forward: float = 1.0,
    reverse: float = 1.0,
    substitution: bool = False,
    orders: Sequence[str] = _ORDERS,
    effort: float = 1.5e8,
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
        About how many steps the search may take; those of the default, half a second.

    Returns
    -------
    Coloring
        Among equally cheap ones, that found first: columns before rows before both, star before columns before acyclic.

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
    for kind, least, steps in candidates:
        for order in orders:
            if best is not None and (best.cost(forward, reverse) <= least or steps > effort):
                break
            cost = steps * (1 + _ORDERING_STEPS.get(order, _STEPS_OF_DYNAMIC))
            if best is not None and cost > effort:
                continue
            effort -= cost
            found = _color(kind, pattern, order, forward, reverse)
            rounds = 0 if found.cost(forward, reverse) <= least else int(min(_ROUNDS, max(effort, 0) // steps))
            effort -= rounds * steps
            found = drop_needless(pattern, recolored(pattern, found, rounds))
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


def _general(pattern: Pattern, forward: float, reverse: float) -> Iterator[tuple[str, float, float]]:
    """Kinds, what each costs at least, and about how many steps a coloring takes; the most hopeful ones first."""
    from adpy.sparse.coloring import covering_kernels

    rows = np.diff(pattern.indptr).astype(float)
    columns = np.diff(transposed(pattern)[0]).astype(float)
    kinds = []
    if not np.isinf(forward):
        kinds.append(("column", forward * rows.max(initial=0.0), np.sum(rows * np.minimum(rows, 256)) + 1))
    alike = forward <= reverse and is_symmetric(pattern)  # rows would be colored as columns are
    if not np.isinf(reverse) and not alike:
        kinds.append(("row", reverse * columns.max(initial=0.0), np.sum(columns * np.minimum(columns, 256)) + 1))
    if not np.isinf(forward + reverse):
        graph, _ = bipartite(pattern)
        _, estimate = covering_kernels.cover(
            graph.indptr, graph.indices, pattern.shape[0], float(forward), float(reverse)
        )
        if estimate < min(map(_least, kinds)):
            kinds.append(("bidirectional", estimate, 8.0 * pattern.nnz + 1))
    return iter(sorted(kinds, key=_least))


def _symmetric(pattern: Pattern, substitution: bool) -> Iterator[tuple[str, float, float]]:
    mirrors(pattern)
    rows = np.diff(pattern.indptr).astype(float)
    steps = 4 * float(np.sum(rows * np.minimum(rows, 32))) + 1
    acyclic, star = fewest_symmetric(pattern)
    if substitution:
        yield "acyclic", acyclic, steps
    yield "star", star, steps
    yield "column", rows.max(initial=0.0), np.sum(rows * np.minimum(rows, 256)) + 1


def _least(candidate: tuple[str, float, float]) -> float:
    return candidate[1]


def _color(kind: str, pattern: Pattern, order: str, forward: float, reverse: float) -> Coloring:
    if kind == "column":
        return color_columns(pattern, order)
    if kind == "row":
        return color_rows(pattern, order)
    if kind == "bidirectional":
        return color_bidirectional(pattern, order, forward=forward, reverse=reverse)
    return (color_star if kind == "star" else color_acyclic)(pattern, order)
