"""Edges: second derivatives of a template by edge pushing, which keeps what is symmetric once.

It takes fewer operations than :mod:`adpy.sparse.elements.directions` where elements have many variables, but second
derivatives of intermediate results that are nearly equal cancel late: iterations inside of elements lose digits.

References
----------
R. M. Gower, M. P. Mello, "A new framework for the computation of Hessians", *Optim. Methods Softw.* 27 (2012),
algorithm 4.2 (edge_pushing).
"""

from __future__ import annotations

from collections.abc import Sequence

from adpy.kernels.opcodes import BINARY
from adpy.program.streams import SELECT
from adpy.sparse.elements.classes import ABSENT
from adpy.sparse.elements.expressions import Expressions
from adpy.sparse.elements.templates import State, Template

__all__ = ["hessians"]


def hessians(template: Template, out: Expressions) -> list[dict[tuple[int, int], str]]:
    """For each element, the second derivative by each pair of active leaves, the higher number first."""
    state = State(template, out)
    found = []
    for root, factor, _ in template.roots:
        edges = _Edges(state)
        edges.bars[root] = "1.0" if factor == ABSENT else state.texts[factor]
        for k in state.below(root):
            edges.eliminate(k)
        columns = state.columns
        found.append(
            {(columns[i], columns[j]): text for i, row in edges.rows.items() for j, text in row.items() if i >= j}
        )
    return found


class _Edges:
    """Second derivatives by pairs of operations, and first ones: the state of edge pushing."""

    def __init__(self, state: State) -> None:
        self.state, self.out = state, state.out
        self.bars: dict[int, str] = {}
        self.rows: dict[int, dict[int, str]] = {}

    def add(self, i: int, j: int, text: str) -> None:
        """Add to the second derivative by a pair."""
        if text != "0.0":
            total = self.out.plus(self.rows.get(i, {}).get(j, "0.0"), text)
            self.rows.setdefault(i, {})[j] = total
            self.rows.setdefault(j, {})[i] = total

    def eliminate(self, k: int) -> None:
        """Express everything by the operands of an operation instead of its result."""
        out, state = self.out, self.state
        row, bar = self.rows.pop(k, {}), self.bars.pop(k, "0.0")
        for other in row:
            if other != k:
                del self.rows[other][k]
        op, a, b, c = state.template.steps[k]
        if op == SELECT:
            self._select(row, bar, k)
            return
        second = b if BINARY[op] else a
        texts = state.texts
        u, v, p, q, r = out.second(op, texts[a], texts[second], texts[k])
        operands = [(x, w) for x, w in ((a, u), (b, v)) if x != ABSENT and state.active[x]]
        self._push(row, k, operands)
        known = {(0, 0): p, (0, 1): q, (1, 1): r}
        for (m, n), curvature in known.items():
            x, y = (a, b)[m], (a, b)[n]
            if ABSENT in (x, y) or not (state.active[x] and state.active[y]):
                continue
            text = out.pulled(curvature, bar)
            self.add(x, y, out.times("2.0", text) if m != n and x == y else text)
        for x, weight in operands:
            self.bars[x] = out.plus(self.bars.get(x, "0.0"), out.pulled(weight, bar))

    def _push(self, row: dict[int, str], k: int, operands: Sequence[tuple[int, str]]) -> None:
        """Hand the edges of an operation to its operands."""
        out = self.out
        for other, h in row.items():
            if other != k:
                for x, weight in operands:
                    text = out.pulled(weight, h)
                    self.add(x, other, out.times("2.0", text) if x == other else text)
                continue
            for m, (x, weight) in enumerate(operands):
                half = out.pulled(weight, h)
                self.add(x, x, out.pulled(weight, half))
                for y, other_weight in operands[m + 1 :]:
                    text = out.pulled(other_weight, half)
                    self.add(x, y, out.times("2.0", text) if x == y else text)

    def _select(self, row: dict[int, str], bar: str, k: int) -> None:
        """A choice is linear in what it takes."""
        _, a, b, c = self.state.template.steps[k]
        mask = self.state.texts[a]
        sides = [
            (x, f"choose({mask} != 0.0, {{}}, 0.0)" if first else f"choose({mask} != 0.0, 0.0, {{}})")
            for x, first in ((b, True), (c, False))
            if self.state.active[x]
        ]
        for other, h in row.items():
            for x, text in sides:
                target = x if other == k else other
                taken = self.out.fresh(text.format(h))
                self.add(x, target, self.out.times("2.0", taken) if other != k and x == other else taken)
        for x, text in sides:
            self.bars[x] = self.out.plus(self.bars.get(x, "0.0"), self.out.fresh(text.format(bar)))
