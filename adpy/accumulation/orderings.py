"""Orderings: which vertex is eliminated next.

The next vertex is that of the smallest key: its Markowitz degree (children times parents at that moment), if the rule
looks at it, plus an offset that does not change.  Equal keys: the vertex computed last goes first, as in reverse mode.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from adpy.accumulation.graph import Graph
from adpy.plain import np

__all__ = ["ORDERINGS", "Ordering"]


@dataclass(frozen=True)
class Ordering:
    """One rule for the order of elimination.

    Attributes
    ----------
    offset : callable
        ``offset(graph) -> ndarray of int64``: the part of the key that does not change.
    by_degree : bool
        Does the Markowitz degree count?
    """

    offset: Callable[[Graph], np.ndarray]
    by_degree: bool = True


def _recorded(graph: Graph) -> np.ndarray:
    return np.arange(graph.size)


def _reversed(graph: Graph) -> np.ndarray:
    return -np.arange(graph.size)


def _nothing(graph: Graph) -> np.ndarray:
    return np.zeros(graph.size, np.int64)


def _unavoidable(graph: Graph) -> np.ndarray:
    """Minus what the vertex costs if it goes last: the inputs that reach it times the outputs that it reaches."""
    from adpy.accumulation import cpu

    return -cpu.paths(graph.indptr, graph.children, graph.inputs, graph.outputs)


ORDERINGS: dict[str, Ordering] = {
    "forward": Ordering(_recorded, by_degree=False),
    "reverse": Ordering(_reversed, by_degree=False),
    "markowitz": Ordering(_nothing),
    "relative_markowitz": Ordering(_unavoidable),
}
"""``forward`` and ``reverse`` are the sparse vector modes; ``markowitz`` (Griewank & Reese 1991) takes the cheapest
vertex; ``relative_markowitz`` (Naumann 1999) the cheapest compared with what it costs at least if it stays to the end.
"""
