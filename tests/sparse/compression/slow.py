"""Colorings made by trial: slow, and obviously what they claim to be."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import connected_components


@dataclass
class Colors:
    """What evaluators read of a coloring."""

    kind: str
    shape: tuple
    column_colors: np.ndarray | None = None
    row_colors: np.ndarray | None = None

    @property
    def column_count(self):
        return 0 if self.column_colors is None else 1 + int(self.column_colors.max(initial=-1))

    @property
    def row_count(self):
        return 0 if self.row_colors is None else 1 + int(self.row_colors.max(initial=-1))


def by_trial(count, allowed):
    """The first color that is allowed for each number; ``allowed(colors)`` looks at the colors so far."""
    colors = np.full(count, -1, np.int32)
    for v in range(count):
        colors[v] = 0
        while not allowed(colors):
            colors[v] += 1
    return colors


def column_coloring(pattern, kind="column"):
    """No row has two columns of one color."""
    dense = pattern.matrix().toarray() != 0

    def allowed(colors):
        return all(dense[:, colors == c].sum(1).max(initial=0) <= 1 for c in range(colors.max() + 1))

    return Colors(kind, pattern.shape, by_trial(pattern.shape[1], allowed))


def row_coloring(pattern):
    """No column has two rows of one color."""
    colors = column_coloring(pattern.T).column_colors
    return Colors("row", pattern.shape, None, colors)


def bidirectional_coloring(pattern):
    """Rows with many entries have a color each, the columns are colored as if those rows were not there."""
    dense = pattern.matrix().toarray() != 0
    full = dense.sum(1) > max(2, dense.sum(1).mean() if dense.size else 0)
    rows = np.where(full, np.cumsum(full) - 1, -1).astype(np.int32)
    rest = dense & ~full[:, None]

    def allowed(colors):
        return all(rest[:, colors == c].sum(1).max(initial=0) <= 1 for c in range(colors.max() + 1))

    columns = by_trial(pattern.shape[1], allowed)
    unused = ~rest.any(0)
    columns[unused] = -1
    used, columns[~unused] = np.unique(columns[~unused], return_inverse=True)
    return Colors("bidirectional", pattern.shape, columns, rows)


def symmetric_coloring(pattern, kind):
    """A star (no path of four vertices with two colors) or acyclic (no cycle with two colors) coloring."""
    dense = pattern.matrix().toarray() != 0
    np.fill_diagonal(dense, False)

    def allowed(colors):
        for a in range(colors.max() + 1):
            if dense[np.ix_(colors == a, colors == a)].any():
                return False
            for b in range(a):
                two = np.isin(colors, (a, b))
                edges = dense[np.ix_(two, two)]
                count, tree = connected_components(edges)
                for k in range(count):
                    mine = edges[np.ix_(tree == k, tree == k)]
                    if mine.sum() // 2 >= len(mine) or (kind == "star" and (mine.sum(0) > 1).sum() > 1):
                        return False
        return True

    return Colors(kind, pattern.shape, by_trial(pattern.shape[0], allowed))
