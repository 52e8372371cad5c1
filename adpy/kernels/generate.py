"""Write ``elementwise.py``: values, partials and second partials of every opcode, from the rule table.

Run ``python -m adpy.kernels.generate`` after a rule changed; a test says when the file is out of date.
"""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np

from adpy.kernels.opcodes import COMPARISONS, FIRST, UFUNCS
from adpy.kernels.symbolic import ZERO, partials_of, second_partials_of, source
from adpy.rules import lookup

__all__ = ["PATH", "generate"]

PATH = Path(__file__).with_name("elementwise.py")

_HEAD = '''"""Values, partials and second partials by opcode, generated from the rule table by ``adpy.kernels.generate``.

``a`` and ``b`` are the operands (``b`` is anything for a function of one), ``y`` the result.  Functions on tiles take
contiguous arrays and the number of entries.
"""

# ruff: noqa: E501

from __future__ import annotations

import numba
import numpy as np

__all__ = [
    "second",
    "second_tile",
    "value",
    "value_tile",
    "weights",
    "weights_tile",
]


@numba.njit(cache=True)
def where(condition, a, b):
    """Either of two numbers."""
    return a if condition else b
'''

_SYMBOLS = {
    np.add: "a + b",
    np.subtract: "a - b",
    np.multiply: "a * b",
    np.divide: "a / b",
    np.negative: "-a",
    np.square: "a * a",
    np.reciprocal: "1.0 / a",
    np.less: "1.0 if a < b else 0.0",
    np.less_equal: "1.0 if a <= b else 0.0",
    np.greater: "1.0 if a > b else 0.0",
    np.greater_equal: "1.0 if a >= b else 0.0",
    np.equal: "1.0 if a == b else 0.0",
    np.not_equal: "1.0 if a != b else 0.0",
}

_FUNCTIONS = {
    "value": (("a", "b"), ("y",), "y, or a copy of ``a``, for an opcode"),
    "weights": (("a", "b", "y"), ("u", "v"), "the partials"),
    "second": (("a", "b", "y"), ("u", "v", "p", "q", "r"), "the partials ``u, v`` and second partials ``p, q, r``"),
}


def _results(name: str, ufunc: np.ufunc) -> list[str | ast.expr]:
    """What a function computes for an opcode."""
    if name == "value":
        arguments = "a, b" if ufunc.nin == 2 else "a"
        return [_SYMBOLS.get(ufunc, f"np.{ufunc.__name__}({arguments})")]
    if ufunc in COMPARISONS:
        return [ZERO] * len(_FUNCTIONS[name][1])
    row = lookup(ufunc)
    first = partials_of(row)
    found = [*first, ZERO][:2]
    if name == "second":
        second = second_partials_of(row)
        found += [second[0][0], ZERO, ZERO] if len(first) == 1 else [second[0][0], second[0][1], second[1][0]]
    return found


class _Shared(ast.NodeTransformer):
    """Takes function calls out of expressions: each is computed once."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def visit_Call(self, node):
        self.generic_visit(node)
        if node.func.attr == "where":
            return ast.Call(ast.Name("where"), node.args, [])
        return ast.Name(self.found.setdefault(source(node), f"t{len(self.found)}"))


def _statements(results: list, targets: tuple[str, ...]) -> list[str]:
    """Code that assigns the results to the targets."""
    shared = _Shared()
    texts = [x if isinstance(x, str) else source(shared.visit(ast.parse(source(x), mode="eval").body)) for x in results]
    lines = [f"{name} = {text}" for text, name in shared.found.items()]
    return lines + [f"{target} = {_real(text)}" for target, text in zip(targets, texts, strict=True)]


def _real(text: str) -> str:
    """Whole numbers as floats, so that all branches have one type."""
    return f"{text}.0" if text.lstrip("-").isdigit() else text


def _function(name: str) -> str:
    """Source of the function at numbers, and of the one on tiles."""
    arguments, targets, title = _FUNCTIONS[name]
    arrays = {x: f"{x}_" for x in (*arguments, *targets)}
    scalar = [f"def {name}(op, {', '.join(arguments)}):", f'    """Return {title} at numbers."""']
    tile = [f"def {name}_tile(op, {', '.join(arrays.values())}, n):", f'    """As :func:`{name}`, entry by entry."""']
    for i, ufunc in enumerate(UFUNCS):
        head = f"    {'if' if i == 0 else 'elif'} op == {FIRST + i}:  # {ufunc.__name__}"
        body = _statements(_results(name, ufunc), targets)
        scalar += [head, *_indent(body, 8), f"        return {', '.join(targets)}"]
        tile += [head, *_loop(arguments, targets, arrays, body)]
    copied = ["y = a"] if name == "value" else [f"{t} = {float(i == 0)}" for i, t in enumerate(targets)]
    scalar += [*_indent(copied, 4), f"    return {', '.join(targets)}"]
    tile += ["    else:", *_loop(arguments, targets, arrays, copied)]
    decorator = '@numba.njit(cache=True, error_model="numpy", nogil=True)'
    return "\n\n\n".join(["\n".join([decorator, *lines]) for lines in (scalar, tile)])


def _loop(arguments: tuple, targets: tuple, arrays: dict, body: list[str]) -> list[str]:
    """A loop over the entries of a tile."""
    reads = {n.id for line in body for n in ast.walk(ast.parse(line)) if isinstance(n, ast.Name)}
    lines = [f"{x} = {arrays[x]}[i]" for x in arguments if x in reads and x not in targets]
    return [
        "        for i in range(n):",
        *_indent([*lines, *body, *[f"{arrays[t]}[i] = {t}" for t in targets]], 12),
    ]


def _indent(lines: list[str], by: int) -> list[str]:
    return [" " * by + line for line in lines]


def generate() -> str:
    """The text of ``elementwise.py``."""
    return "\n\n".join([_HEAD, *[_function(name) + "\n" for name in _FUNCTIONS]])


if __name__ == "__main__":
    PATH.write_text(generate(), encoding="utf-8")
