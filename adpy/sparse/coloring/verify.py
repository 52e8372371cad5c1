"""Slow and obvious checks of colorings, straight from the definitions: for tests, and for colorings from elsewhere."""

from __future__ import annotations

import itertools

from adpy.plain import np
from adpy.sparse.coloring.coloring import KINDS, Coloring
from adpy.sparse.pattern import Pattern

__all__ = [
    "determines_matrix",
    "is_acyclic",
    "is_coloring",
    "is_star",
    "is_star_bicoloring",
    "is_structurally_orthogonal",
]


def is_coloring(pattern: Pattern, coloring: Coloring) -> bool:
    """Does the coloring keep the rules of its kind, and use all its colors from 0?

    For small matrices: it goes over all paths of four vertices.

    Examples
    --------
    >>> import numpy as np
    >>> from adpy.sparse.coloring import color_columns
    >>> from adpy.sparse.coloring.verify import is_coloring
    >>> from adpy.sparse.pattern import Pattern
    >>> pattern = Pattern.of(np.tri(4))
    >>> is_coloring(pattern, color_columns(pattern))
    True
    """
    if coloring.kind not in KINDS or coloring.shape != pattern.shape:
        return False
    for colors, count in ((coloring.column_colors, coloring.column_count), (coloring.row_colors, coloring.row_count)):
        used = set() if colors is None else set(colors.tolist()) - {-1}
        if used != set(range(count)):
            return False
    columns, rows = _list(coloring.column_colors), _list(coloring.row_colors)
    if coloring.kind == "column":
        return is_structurally_orthogonal(pattern, columns)
    if coloring.kind == "row":
        return is_structurally_orthogonal(pattern.T, rows)
    if coloring.kind == "bidirectional":
        return is_star_bicoloring(pattern, rows, columns)
    return (is_star if coloring.kind == "star" else is_acyclic)(pattern, columns)


def is_structurally_orthogonal(pattern: Pattern, colors: list[int]) -> bool:
    """Has every row at most one entry in the columns of a color, and every column with entries a color?"""
    for row in _rows(pattern):
        seen = [colors[j] for j in row]
        if -1 in seen or len(set(seen)) < len(seen):
            return False
    return True


def is_star(pattern: Pattern, colors: list[int]) -> bool:
    """Is it a star coloring, some of whose vertices may be neutral?

    Of neighbours at least one is colored, and both differently.  A path of three vertices with a neutral one in the
    middle has two colors at its ends, and a path of four colored vertices has three colors.  A vertex with a diagonal
    entry is colored.
    """
    neighbors = _rows(pattern)
    return _well_colored(neighbors, colors) and not _two_colored_path(neighbors, colors)


def is_acyclic(pattern: Pattern, colors: list[int]) -> bool:
    """Is it an acyclic coloring, some of whose vertices may be neutral?

    As :func:`is_star`, but instead of the paths of four: no cycle of colored vertices has two colors.
    """
    neighbors = _rows(pattern)
    if not _well_colored(neighbors, colors):
        return False
    for pair in itertools.combinations(sorted(set(colors) - {-1}), 2):
        vertices = [v for v, c in enumerate(colors) if c in pair]
        edges = sum(1 for v in vertices for w in neighbors[v] if v < w and colors[w] in pair)
        if edges != len(vertices) - _components(vertices, neighbors, colors, pair):
            return False
    return True


def is_star_bicoloring(pattern: Pattern, rows: list[int], columns: list[int]) -> bool:
    """Is it a star bicoloring: a star coloring of rows and columns as the vertices of a bipartite graph?

    Colors of rows are others than those of columns, whatever their numbers.
    """
    m, n = pattern.shape
    neighbors = [[m + j for j in row] for row in _rows(pattern)] + [[] for _ in range(n)]
    for i in range(m):
        for w in neighbors[i]:
            neighbors[w].append(i)
    shift = max(rows, default=-1) + 1
    colors = rows + [c + shift if c >= 0 else -1 for c in columns]
    return _well_colored(neighbors, colors) and not _two_colored_path(neighbors, colors)


def determines_matrix(pattern: Pattern, coloring: Coloring) -> bool:
    """Do the compressed columns and rows determine every nonzero?

    They are linear in the nonzeros: the matrix of that map has full rank if they do.  It is dense: for small ones.
    For symmetric kinds an entry and the mirrored one are one unknown.
    """
    rows, columns = pattern.rows.tolist(), pattern.indices.tolist()
    symmetric = coloring.kind in ("star", "acyclic")
    names = [(min(i, j), max(i, j)) if symmetric else (i, j) for i, j in zip(rows, columns)]
    unknowns = {name: number for number, name in enumerate(sorted(set(names)))}
    equations: dict[tuple, set[int]] = {}
    for i, j, name in zip(rows, columns, names):
        if coloring.column_colors is not None and coloring.column_colors[j] >= 0:
            equations.setdefault(("columns", i, int(coloring.column_colors[j])), set()).add(unknowns[name])
        if coloring.row_colors is not None and coloring.row_colors[i] >= 0:
            equations.setdefault(("rows", int(coloring.row_colors[i]), j), set()).add(unknowns[name])
    system = np.zeros((len(equations), len(unknowns)))
    for number, terms in enumerate(equations.values()):
        system[number, sorted(terms)] = 1.0
    return not unknowns or (len(equations) > 0 and np.linalg.matrix_rank(system) == len(unknowns))


def _list(colors: np.ndarray | None) -> list[int] | None:
    return None if colors is None else colors.tolist()


def _rows(pattern: Pattern) -> list[list[int]]:
    starts = pattern.indptr.tolist()
    entries = pattern.indices.tolist()
    return [entries[a:b] for a, b in itertools.pairwise(starts)]


def _well_colored(neighbors: list[list[int]], colors: list[int]) -> bool:
    for v, around in enumerate(neighbors):
        for w in around:
            if v == w:
                if colors[v] == -1:
                    return False
            elif colors[v] == colors[w]:
                return False
        ends = [colors[w] for w in around if colors[w] >= 0]
        if colors[v] == -1 and len(set(ends)) < len(ends):
            return False
    return True


def _two_colored_path(neighbors: list[list[int]], colors: list[int]) -> bool:
    for b, around in enumerate(neighbors):
        for a, c in itertools.permutations([w for w in around if w != b and colors[w] >= 0], 2):
            if colors[b] == -1 or colors[a] != colors[c]:
                continue
            for d in neighbors[c]:
                if d not in (a, b, c) and colors[d] == colors[b]:
                    return True
    return False


def _components(vertices: list[int], neighbors: list[list[int]], colors: list[int], pair: tuple[int, int]) -> int:
    unseen = set(vertices)
    count = 0
    while unseen:
        count += 1
        stack = [unseen.pop()]
        while stack:
            for w in neighbors[stack.pop()]:
                if w in unseen and colors[w] in pair:
                    unseen.remove(w)
                    stack.append(w)
    return count
