"""What opcodes compute on a CUDA device, as text: values, partials and second partials from the rule table.

Of the functions of SciPy a device has those that CUDA's library knows, see :data:`FUNCTIONS`.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from adpy.errors import DeviceError
from adpy.kernels import generate
from adpy.kernels.opcodes import COPY, FIRST, FIRST_SPECIAL, SPECIAL, UFUNCS, opcode_of
from adpy.kernels.symbolic import source

__all__ = ["FUNCTIONS", "LIBRARY", "check_opcodes", "formula", "library", "statements", "text"]

_SPECIAL = (special.erf, special.erfc, special.erfinv, special.erfcinv, special.erfcx, special.ndtr, special.logit)

FUNCTIONS: dict[int, Callable] = dict(enumerate(UFUNCS, FIRST)) | {opcode_of(f): f for f in _SPECIAL}
"""What a device has, by opcode."""

ARGUMENTS = {"value": "a, b", "weights": "a, b, y", "second": "a, b, y"}
RESULTS = {"value": 1, "weights": 2, "second": 5}

_SAME_NAME = frozenset("sqrt exp log sin cos tanh log1p expm1 tan sinh cosh hypot log10 copysign fmod erf erfc".split())
_RENAMED = {
    **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan", "tan2", "sinh", "cosh", "tanh")},
    "absolute": "fabs",
    "fabs": "fabs",
    "power": "pow",
}
_FORMULAS = {
    "maximum": "(a if a >= b or a != a else b)",
    "minimum": "(a if a <= b or a != a else b)",
    "fmax": "(a if a >= b or b != b else b)",
    "fmin": "(a if a <= b or b != b else b)",
    "sign": "(1.0 if a > 0.0 else -1.0 if a < 0.0 else 0.0 if a == 0.0 else a)",
    "deg2rad": "(a * 0.017453292519943295)",
    "rad2deg": "(a * 57.29577951308232)",
    "logaddexp": "(a + 0.6931471805599453 if a == b"
    " else (a if a > b else b) + math.log1p(math.exp(-math.fabs(a - b))))",
    "remainder": "(math.fmod(a, b) + b if math.fmod(a, b) != 0.0 and (math.fmod(a, b) < 0.0) != (b < 0.0)"
    " else math.fmod(a, b))",
    "ndtr": "(0.5 * math.erfc(-0.7071067811865476 * a))",
    "logit": "math.log(a / (1.0 - a))",
}
LIBRARY = ("cbrt", "rint", "exp2", "log2", "floor", "ceil", "trunc", "erfinv", "erfcinv", "erfcx")
"""Functions that are taken from CUDA's own library, where those of single precision have an ``f`` behind the name."""


def check_opcodes(ops: np.ndarray) -> None:
    """Raise :class:`~adpy.errors.DeviceError` where a device lacks a function, and name it."""
    missing = [op for op in np.unique(ops).tolist() if op >= FIRST_SPECIAL and op not in FUNCTIONS]
    if missing:
        names = [SPECIAL[op - FIRST_SPECIAL] for op in missing]
        raise DeviceError(f"{', '.join(names)} have no CUDA kernel: use device='cpu' for this program")


def library(dtype: type) -> dict[str, Any]:
    """What the names of :data:`LIBRARY` mean on a device, in one precision."""
    from numba.cuda import libdevice

    suffix = "f" if dtype is np.float32 else ""
    return {f"library_{name}": getattr(libdevice, name + suffix) for name in LIBRARY}


class _Device(ast.NodeTransformer):
    """Functions of NumPy as a device has them, numbers in the precision of the memory."""

    def __init__(self, simulated: bool) -> None:
        self.simulated = simulated

    def visit_Constant(self, node):
        return ast.Call(ast.Name("real"), [ast.Constant(float(node.value))], [])

    def visit_Call(self, node):
        arguments = [self.visit(x) for x in node.args]
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        if name == "where":
            return ast.IfExp(*arguments)
        if name in ("isinf", "isnan"):
            return ast.Call(ast.Attribute(ast.Name("math"), name), arguments, [])
        if self.simulated:
            return ast.Call(ast.Attribute(ast.Name("np" if hasattr(np, name) else "special"), name), arguments, [])
        if name in LIBRARY:
            return ast.Call(ast.Name(f"library_{name}"), arguments, [])
        if name in _FORMULAS:
            return _Put(dict(zip("ab", arguments, strict=False))).visit(ast.parse(_FORMULAS[name], mode="eval").body)
        name = name if name in _SAME_NAME else _RENAMED[name]
        return ast.Call(ast.Attribute(ast.Name("math"), name), arguments, [])


class _Put(ast.NodeTransformer):
    """Puts expressions for names; numbers are those of the formula."""

    def __init__(self, names: dict[str, ast.expr]) -> None:
        self.names = names

    def visit_Name(self, node):
        return self.names.get(node.id, node)

    def visit_Constant(self, node):
        return ast.Call(ast.Name("real"), [node], [])


def _trees(name: str, op: int, simulated: bool) -> list[ast.expr]:
    """Expressions of a device for ``value``, ``weights`` or ``second`` of an opcode."""
    found = []
    for x in generate.results(name, FUNCTIONS[op]):
        tree = ast.parse(x if isinstance(x, str) else source(x), mode="eval").body
        found.append(_Device(simulated).visit(tree))
    return found


def formula(name: str, op: int, simulated: bool = False) -> list[str]:
    """What a device computes for an opcode: ``value``, ``weights`` or ``second``, in ``a``, ``b`` and ``y``."""
    return [source(tree) for tree in _trees(name, op, simulated)]


class _Shared(ast.NodeTransformer):
    """Takes function calls out of expressions: each is computed once."""

    def __init__(self, op: int) -> None:
        self.op = op
        self.found: dict[str, str] = {}

    def visit_Call(self, node):
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "real":
            return node
        return ast.Name(self.found.setdefault(source(node), f"t{self.op}_{len(self.found)}"))


def statements(name: str, op: int, simulated: bool = False) -> tuple[list[tuple[str, str]], list[str]]:
    """As :func:`formula`: calls that are shared, with their names, and the results."""
    if op == COPY:
        return [], ["a"] if name == "value" else ["real(1.0)", *["real(0.0)"] * (RESULTS[name] - 1)]
    shared = _Shared(op)
    results = [source(shared.visit(tree)) for tree in _trees(name, op, simulated)]
    return [(t, text) for text, t in shared.found.items()], results


@functools.cache
def text(simulated: bool) -> str:
    """Source of ``value_of(op, a, b)``, ``weights_of(op, a, b, y)`` and ``second_of(op, a, b, y)``."""
    lines = []
    for name, arguments in ARGUMENTS.items():
        lines.append(f"def {name}_of(op, {arguments}):")
        for op in FUNCTIONS:
            lines.append(f"    if op == {op}:")
            shared, results = statements(name, op, simulated)
            lines += [f"        {t} = {text}" for t, text in shared]
            lines.append(f"        return {', '.join(map(_as_real, results))}")
        lines.append(f"    return {', '.join(statements(name, COPY)[1])}\n\n")
    return "\n".join(lines)


def _as_real(x: str) -> str:
    """An expression in the precision of the memory, whatever a function of NumPy makes of it."""
    return x if re.fullmatch(r"-?real\([^()]*\)", x) else f"real({x})"
