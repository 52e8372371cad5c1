"""Templates: the first derivatives of a class of elements, written once as straight-line text."""

from __future__ import annotations

from dataclasses import dataclass

from adpy.kernels.opcodes import BINARY, FIRST_SPECIAL
from adpy.program.streams import SELECT
from adpy.sparse.elements.classes import ABSENT, LEAF, ROOT
from adpy.sparse.elements.expressions import Expressions
from adpy.sparse.elements.forms import ACTIVE

__all__ = ["State", "Template", "gradients", "push_bar", "values"]


@dataclass(frozen=True)
class Template:
    """The operations of a class.

    Attributes
    ----------
    steps : tuple of (opcode, first, second, third)
        See :func:`adpy.sparse.elements.classes.unpacked`.
    leaves : tuple of str
        The text of each leaf, in the order of the leaves.
    flat : frozenset of int
        Opcodes whose derivative is zero.
    """

    steps: tuple[tuple[int, int, int, int], ...]
    leaves: tuple[str, ...]
    flat: frozenset[int]

    @property
    def native(self) -> bool:
        """Are there none of SciPy's functions?"""
        return all(op < FIRST_SPECIAL or op >= ROOT for op, *_ in self.steps)

    @property
    def roots(self) -> list[tuple[int, int, int]]:
        """``(result, factor or ABSENT, targets)`` of each element."""
        return [step[1:] for step in self.steps if step[0] == ROOT]


class State:
    """Values of a template's operations, and which are active."""

    def __init__(self, template: Template, out: Expressions) -> None:
        self.template, self.out = template, out
        self.texts: list[str] = []
        self.active: list[bool] = []
        self.columns: dict[int, int] = {}
        leaf = 0
        for op, a, b, c in template.steps:
            if op == ROOT:
                self.texts.append("")
                self.active.append(False)
            elif op == LEAF:
                if a == ACTIVE:
                    self.columns[len(self.texts)] = leaf
                self.texts.append(template.leaves[leaf])
                self.active.append(a == ACTIVE)
                leaf += 1
            else:
                operands = [k for k in (a, b, c) if k != ABSENT]
                self.active.append(op not in template.flat and any(self.active[k] for k in operands))
                self.texts.append(self._value(op, a, b, c))

    def _value(self, op: int, a: int, b: int, c: int) -> str:
        texts = self.texts
        if op == SELECT:
            return self.out.fresh(f"choose({texts[a]} != 0.0, {texts[b]}, {texts[c]})")
        return self.out.value(op, texts[a], texts[b] if BINARY[op] else texts[a])

    def weights(self, k: int) -> list[tuple[int, str]]:
        """Active operands of an operation, with their partials."""
        op, a, b, _ = self.template.steps[k]
        second = b if BINARY[op] else a
        found = self.out.weights(op, self.texts[a], self.texts[second], self.texts[k])
        return [(x, w) for x, w in zip((a, b), found, strict=True) if x != ABSENT and self.active[x] and w != "0.0"]

    def below(self, root: int) -> list[int]:
        """Active operations that a result depends on, the last first."""
        needed = {root}
        for k in range(root, -1, -1):
            op, *operands = self.template.steps[k]
            if k in needed and op not in (LEAF, ROOT):
                needed.update(x for x in operands if x != ABSENT and self.active[x])
        return [k for k in sorted(needed, reverse=True) if self.active[k] and k not in self.columns]


def values(template: Template, out: Expressions) -> list[str]:
    """Values of the results."""
    state = State(template, out)
    return [state.texts[root] for root, _, _ in template.roots]


def gradients(template: Template, out: Expressions) -> list[dict[int, str]]:
    """For each element, the partial derivative by each of its active leaves (numbered among all leaves)."""
    state = State(template, out)
    found = []
    for root, factor, _ in template.roots:
        bars = {root: "1.0" if factor == ABSENT else state.texts[factor]}
        for k in state.below(root):
            bar = bars.pop(k, "0.0")
            if bar != "0.0":
                push_bar(state, bars, k, bar)
        found.append({state.columns[k]: bar for k, bar in bars.items() if k in state.columns})
    return found


def push_bar(state: State, bars: dict[int, str], k: int, bar: str) -> None:
    """Pass a cotangent on to the operands."""
    out = state.out
    op, a, b, c = state.template.steps[k]
    if op == SELECT:
        for x, text in (
            (b, f"choose({state.texts[a]} != 0.0, {bar}, 0.0)"),
            (c, f"choose({state.texts[a]} != 0.0, 0.0, {bar})"),
        ):
            if state.active[x]:
                bars[x] = out.plus(bars.get(x, "0.0"), out.fresh(text))
        return
    for x, weight in state.weights(k):
        bars[x] = out.plus(bars.get(x, "0.0"), out.pulled(weight, bar))
