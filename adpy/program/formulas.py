"""Formulas of opcodes as text: values, partials and second partials, for the code generator."""

from __future__ import annotations

import ast
import functools
import re
from dataclasses import dataclass

from adpy.kernels import generate
from adpy.kernels.opcodes import COPY, FIRST, UFUNCS, function_of
from adpy.kernels.symbolic import source
from adpy.plain import np

__all__ = ["CHEAP", "Lines", "formula"]

CHEAP = frozenset(
    [COPY]
    + [
        FIRST + i
        for i, function in enumerate(UFUNCS)
        if function in (np.add, np.subtract, np.multiply, np.negative, np.square, np.absolute, np.fabs)
    ]
)
"""Opcodes whose value costs less than fetching it."""

_TOKEN = re.compile(r"\b[abyt]\d*\b")


@dataclass(frozen=True)
class Formula:
    """Shared function calls by name, then the results, all in ``a``, ``b`` and ``y``."""

    shared: tuple[tuple[str, str], ...]
    results: tuple[str, ...]


@functools.cache
def formula(name: str, op: int) -> Formula:
    """Formula of ``value``, ``weights`` or ``second`` for an opcode.

    Parameters
    ----------
    name : str
        ``value`` gives ``y``; ``weights`` gives the partials ``u, v``; ``second`` gives ``u, v, p, q, r``.
    op : int
    """
    if op == COPY:
        return Formula(
            (), ("a",) if name == "value" else ("1.0", "0.0", "0.0", "0.0", "0.0")[: 2 if name == "weights" else 5]
        )
    calls = _Calls()
    texts = []
    for x in generate.results(name, function_of(op)):
        tree = ast.parse(x if isinstance(x, str) else source(x), mode="eval").body
        text = ast.unparse(ast.fix_missing_locations(calls.visit(tree)))
        texts.append(f"{text}.0" if text.lstrip("-").isdigit() else text)
    return Formula(tuple((t, text) for text, t in calls.found.items()), tuple(texts))


class _Calls(ast.NodeTransformer):
    """Takes function calls out, so that each is computed once; choices become instructions without branches."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def visit_Call(self, node):
        self.generic_visit(node)
        if node.func.attr == "where":
            return ast.Call(ast.Name("choose"), node.args, [])
        return ast.Name(self.found.setdefault(ast.unparse(ast.fix_missing_locations(node)), f"t{len(self.found)}"))

    def visit_IfExp(self, node):
        self.generic_visit(node)
        return ast.Call(ast.Name("choose"), [node.test, node.body, node.orelse], [])


class Lines:
    """Code being written: lines with an indent, and fresh names."""

    def __init__(self, indent: int = 4) -> None:
        self.lines: list[str] = []
        self.indent = indent
        self.count = 0

    def add(self, line: str) -> None:
        """A line."""
        self.lines.append(" " * self.indent + line)

    def fresh(self, text: str) -> str:
        """A new name with this value; numbers and names need none."""
        if re.fullmatch(r"-?[\d.]+|[a-z_]\w*", text):
            return text
        self.count += 1
        self.add(f"_{self.count} = {text}")
        return f"_{self.count}"

    def compute(self, name: str, op: int, a: str, b: str, y: str) -> list[str]:
        """Results of a formula at operands."""
        found = formula(name, op)
        names = {"a": a, "b": b, "y": y}

        def put(text):
            return _TOKEN.sub(lambda m: names[m.group()], text)

        for t, text in found.shared:
            names[t] = self.fresh(put(text))
        return [self.fresh(put(text)) for text in found.results]

    def product(self, weight: str, bar: str) -> str:
        """``weight * bar``, exactly zero where ``bar`` is."""
        if "0.0" in (weight, bar):
            return "0.0"
        if weight == "1.0":
            return bar
        return self.fresh(f"-{bar}" if weight == "-1.0" else f"times({weight}, {bar})")

    def sum(self, *terms: str) -> str:
        """A sum of what is not zero."""
        terms = tuple([t for t in terms if t != "0.0"])
        return self.fresh(" + ".join(terms)) if terms else "0.0"
