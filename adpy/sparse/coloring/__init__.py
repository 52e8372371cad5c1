"""Colorings of sparse matrices: which columns and rows are added up, and where each nonzero is found again."""

from adpy.sparse.coloring.acyclic import color_acyclic
from adpy.sparse.coloring.bidirectional import color_bidirectional
from adpy.sparse.coloring.choose import choose
from adpy.sparse.coloring.coloring import KINDS, Coloring
from adpy.sparse.coloring.distance2 import color_columns, color_rows
from adpy.sparse.coloring.orderings import ORDERINGS
from adpy.sparse.coloring.postprocessing import drop_needless
from adpy.sparse.coloring.recoloring import recolored
from adpy.sparse.coloring.recovery import Direct, Substitution, recover
from adpy.sparse.coloring.star import color_star

__all__ = [
    "KINDS",
    "ORDERINGS",
    "Coloring",
    "Direct",
    "Substitution",
    "choose",
    "color_acyclic",
    "color_bidirectional",
    "color_columns",
    "color_rows",
    "color_star",
    "drop_needless",
    "recolored",
    "recover",
]
