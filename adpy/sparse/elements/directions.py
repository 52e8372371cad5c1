"""Directions: second derivatives of a template, the tangents of its cotangents leaf by leaf.

The way down is the same for all; for each active leaf the tangents of what depends on it go up, and those of the
cotangents down again, as far as leaves are whose derivative is not known by symmetry.

References
----------
A. Griewank, A. Walther, *Evaluating Derivatives*, 2nd ed., SIAM 2008, section 5.2 (second-order adjoints).
"""

from __future__ import annotations

from adpy.kernels.opcodes import BINARY
from adpy.program.streams import SELECT
from adpy.sparse.elements.classes import ABSENT
from adpy.sparse.elements.expressions import Expressions
from adpy.sparse.elements.templates import State, Template, push_bar

__all__ = ["hessians"]


def hessians(template: Template, out: Expressions) -> list[dict[tuple[int, int], str]]:
    """For each element, the second derivative by each pair of active leaves, the higher number first."""
    state = State(template, out)
    found = []
    for root, factor, _ in template.roots:
        down = _Down(state, root, "1.0" if factor == ABSENT else state.texts[factor])
        pairs = {}
        for leaf in sorted(down.leaves):
            for other, text in down.turned(leaf).items():
                pairs[state.columns[other], state.columns[leaf]] = text
        found.append(pairs)
    return found


class _Down:
    """The operations below a result, with their cotangents and partials."""

    def __init__(self, state: State, root: int, seed: str) -> None:
        self.state, self.root = state, root
        self.order = state.below(root)
        self.bars = {root: seed}
        self.seconds: dict[int, list[str]] = {}
        bars = {root: seed}
        for k in self.order:
            self.bars[k] = bar = bars.pop(k, "0.0")
            if bar != "0.0":
                push_bar(state, bars, k, bar)
        steps = state.template.steps
        operands = {x for k in self.order for x in steps[k][1:] if x != ABSENT}
        self.leaves = [k for k in (operands | {root}) & state.columns.keys()]
        self.highest: dict[int, int] = {k: k for k in self.leaves}
        for k in reversed(self.order):
            below = [self.highest[x] for x in steps[k][1:] if x in self.highest]
            if below:
                self.highest[k] = max(below)

    def turned(self, leaf: int) -> dict[int, str]:
        """Tangents of the cotangents of the leaves from this one on, in its direction."""
        dots = self._tangents(leaf)
        turns: dict[int, str] = {}
        for k in self.order:
            turn = turns.pop(k, "0.0")
            if turn == "0.0" and (self.bars[k] == "0.0" or k not in dots):
                continue
            self._pass_on(k, leaf, dots, turn, turns)
        return {x: text for x, text in turns.items() if x in self.state.columns and x >= leaf and text != "0.0"}

    def _tangents(self, leaf: int) -> dict[int, str]:
        """Tangents of everything that depends on a leaf."""
        out, state = self.state.out, self.state
        dots = {leaf: "1.0"}
        for k in reversed(self.order):
            op, a, b, c = state.template.steps[k]
            if op == SELECT:
                if b in dots or c in dots:
                    first, second = (dots.get(x, "0.0") for x in (b, c))
                    dots[k] = out.fresh(f"choose({state.texts[a]} != 0.0, {first}, {second})")
                continue
            terms = [out.times(w, dots[x]) for x, w in self._weights(k) if x in dots]
            if terms:
                total = "0.0"
                for term in terms:
                    total = out.plus(total, term)
                dots[k] = total
        return {k: text for k, text in dots.items() if text != "0.0"}

    def _partials(self, k: int) -> list[str]:
        """Partials and second partials of an operation, written once."""
        if k not in self.seconds:
            op, a, b, _ = self.state.template.steps[k]
            texts = self.state.texts
            self.seconds[k] = self.state.out.second(op, texts[a], texts[b if BINARY[op] else a], texts[k])
        return self.seconds[k]

    def _weights(self, k: int) -> list[tuple[int, str]]:
        """Active operands of an operation and its partials."""
        _, a, b, _ = self.state.template.steps[k]
        active = self.state.active
        return [(x, w) for x, w in zip((a, b), self._partials(k), strict=False) if x != ABSENT and active[x]]

    def _pass_on(self, k: int, leaf: int, dots: dict[int, str], turn: str, turns: dict[int, str]) -> None:
        """Hand the tangent of a cotangent to the operands that reach a leaf from this one on."""
        out, state, bar = self.state.out, self.state, self.bars[k]
        op, a, b, c = state.template.steps[k]
        wanted = [x for x in (a, b, c) if self.highest.get(x, -1) >= leaf]
        if op == SELECT:
            for x, sides in ((b, f"{turn}, 0.0"), (c, f"0.0, {turn}")):
                if x in wanted and turn != "0.0":
                    text = out.fresh(f"choose({state.texts[a]} != 0.0, {sides})")
                    turns[x] = out.plus(turns.get(x, "0.0"), text)
            return
        u, v, p, q, r = self._partials(k)
        for x, weight, curvatures in ((a, u, (p, q)), (b, v, (q, r))):
            if x == ABSENT or x not in wanted or not state.active[x]:
                continue
            bent = "0.0"
            for y, curvature in zip((a, b), curvatures, strict=True):
                if y in dots and y != ABSENT:
                    bent = out.plus(bent, out.times(curvature, dots[y]))
            text = out.plus(out.pulled(weight, turn), out.pulled(bent, bar))
            turns[x] = out.plus(turns.get(x, "0.0"), text)
