"""CUDA kernels of lanes: a thread a lane, the instructions the same for all, rows of memory read side by side.

What an opcode computes comes from the rule table, as for the CPU; the text of the kernels is put together here, since
device functions that call each other cannot be compiled without a device.  Numba-CUDA is imported when it is needed.
"""

from __future__ import annotations

import ast
import functools
import os
from importlib.util import find_spec
from typing import Any

import numpy as np

from adpy.errors import DeviceError, OptionalDependencyError
from adpy.kernels import generate
from adpy.kernels.opcodes import FIRST, UFUNCS
from adpy.kernels.symbolic import source

__all__ = ["NAMES", "THREADS", "compile_ptx", "formula", "kernels", "require_device", "text"]

NAMES = ("replay", "adjoint", "load", "store", "spread", "seed")
THREADS = 128
"""Threads of one block."""

_SAME_NAME = frozenset(
    "sqrt exp log sin cos tanh log1p expm1 tan sinh cosh hypot log10 copysign floor ceil trunc fmod isinf isnan".split()
)
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
    "cbrt": "libdevice.cbrt(a)",
    "rint": "libdevice.rint(a)",
    "exp2": "libdevice.exp2(a)",
    "log2": "libdevice.log2(a)",
}

_REPLAY = """
def replay(table, outcomes, memory, same):
    k = cuda.grid(1)
    if k >= same.shape[0]:
        return
    for i in range(table.shape[0]):
        op = table[i, 0]
        a, b = memory[table[i, 2], k], memory[table[i, 3], k]
        if op == -1:
            outcome = outcomes[table[i, 1]]
            if not (a == outcome or (a != a and outcome != outcome)):
                same[k] = 0
            continue
        y = a
{value}
        memory[table[i, 1], k] = y
"""

_ADJOINT = """
def adjoint(table, memory, same):
    k = cuda.grid(1)
    if k >= same.shape[0]:
        return
    for i in range(table.shape[0]):
        op, flags = table[i, 0], table[i, 7]
        a, b, y = memory[table[i, 1], k], memory[table[i, 2], k], memory[table[i, 3], k]
        bar = memory[table[i, 4], k]
        u, v = real(1.0), real(0.0)
{weights}
        if table[i, 5] >= 0:
            term = real(0.0) if bar == 0.0 else u * bar
            memory[table[i, 5], k] = term if flags & 1 else memory[table[i, 5], k] + term
        if table[i, 6] >= 0:
            term = real(0.0) if bar == 0.0 else v * bar
            memory[table[i, 6], k] = term if flags & 2 else memory[table[i, 6], k] + term
"""

_LOAD = """
def load(x, memory, first):
    k = cuda.grid(1)
    if k < x.shape[0]:
        for i in range(x.shape[1]):
            memory[first + i, k] = x[k, i]
"""

_STORE = """
def store(memory, rows, y):
    k = cuda.grid(1)
    if k < y.shape[0]:
        for i in range(y.shape[1]):
            y[k, i] = memory[rows[i], k]
"""

_SPREAD = """
def spread(values, rows, memory):
    k = cuda.grid(1)
    if k < memory.shape[1]:
        for i in range(rows.shape[0]):
            memory[rows[i], k] = values[i]
"""

_SEED = """
def seed(memory, first, stop, rows, lanes):
    k = cuda.grid(1)
    if k < lanes:
        for i in range(first, stop):
            memory[i, k] = 0.0
        for i in range(rows.shape[0]):
            memory[rows[i], k] += real(1.0)
"""


class _Device(ast.NodeTransformer):
    """Functions of NumPy as a device has them, numbers in the precision of the memory."""

    def __init__(self, simulated: bool) -> None:
        self.simulated = simulated

    def visit_Constant(self, node):
        return ast.Call(ast.Name("real"), [node], []) if isinstance(node.value, float) else node

    def visit_Call(self, node):
        arguments = [self.visit(x) for x in node.args]
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        if name == "where":
            return ast.IfExp(*arguments)
        if self.simulated:
            return ast.Call(ast.Attribute(ast.Name("np"), name), arguments, [])
        if name in _FORMULAS:
            tree = ast.parse(_FORMULAS[name], mode="eval").body
            return self._numbers(_Put(dict(zip("ab", arguments, strict=False))).visit(tree))
        name = name if name in _SAME_NAME else _RENAMED[name]
        return ast.Call(ast.Attribute(ast.Name("math"), name), arguments, [])

    def _numbers(self, tree):
        for parent in ast.walk(tree):
            for field, x in ast.iter_fields(parent):
                if isinstance(x, ast.Constant) and isinstance(x.value, float) and not _is_real(parent):
                    setattr(parent, field, self.visit_Constant(x))
        return tree


def _is_real(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name)


class _Put(ast.NodeTransformer):
    """Puts expressions for names."""

    def __init__(self, names: dict[str, ast.expr]) -> None:
        self.names = names

    def visit_Name(self, node):
        return self.names.get(node.id, node)


def formula(name: str, op: int, simulated: bool = False) -> list[str]:
    """What a device computes for an opcode: ``value`` or ``weights``, in ``a``, ``b`` and ``y``."""
    texts = []
    for x in generate.results(name, UFUNCS[op - FIRST]):
        tree = ast.parse(x if isinstance(x, str) else source(x), mode="eval").body
        texts.append(source(_Device(simulated).visit(tree)))
    return texts


def _branches(name: str, targets: str, simulated: bool) -> str:
    """The opcodes, one branch each."""
    lines = []
    for i in range(len(UFUNCS)):
        lines.append(f"        {'elif' if i else 'if'} op == {FIRST + i}:")
        found = formula(name, FIRST + i, simulated)
        lines += [f"            {t} = real({x})" for t, x in zip(targets, found, strict=True)]
    return "\n".join(lines)


@functools.cache
def text(simulated: bool) -> str:
    """Source of the kernels."""
    replay = _REPLAY.format(value=_branches("value", "y", simulated))
    return replay + _ADJOINT.format(weights=_branches("weights", "uv", simulated)) + _LOAD + _STORE + _SPREAD + _SEED


def _module() -> Any:
    """``numba.cuda``, or a typed error that says what is missing."""
    try:
        from numba import cuda
    except ImportError as error:
        raise OptionalDependencyError("numba-cuda", "cuda") from error
    return cuda


def _functions(dtype: type) -> dict[str, Any]:
    cuda = _module()
    simulated = os.environ.get("NUMBA_ENABLE_CUDASIM") == "1"
    scope: dict[str, Any] = {"cuda": cuda, "np": np, "real": dtype}
    if not simulated:
        import math

        try:
            from numba.cuda import libdevice
        except ImportError as error:
            raise OptionalDependencyError("numba-cuda", "cuda") from error
        scope |= {"math": math, "libdevice": libdevice}
    exec(compile(text(simulated), "<adpy kernels>", "exec"), scope)
    return {name: scope[name] for name in NAMES}


@functools.cache
def kernels(dtype: type) -> Any:
    """The kernels for memory of ``np.float64`` or ``np.float32``, compiled when first launched."""
    cuda = require_device()
    return {name: cuda.jit(function) for name, function in _functions(dtype).items()}


def require_device() -> Any:
    """``numba.cuda``; raises where there is no device."""
    cuda = _module()
    if not cuda.is_available():
        if find_spec("numba_cuda") is None:
            raise OptionalDependencyError("numba-cuda", "cuda")
        raise DeviceError("no CUDA device was found: a driver and a GPU are needed; device='cpu' does without")
    return cuda


def compile_ptx(name: str, dtype: type, capability: tuple[int, int]) -> str:
    """PTX of a kernel, compiled without a device.

    Parameters
    ----------
    name : one of NAMES
    dtype : numpy.float64 or numpy.float32
    capability : tuple of int
        As ``(9, 0)``.
    """
    from numba import from_dtype, int64, types

    cuda = _module()
    real = from_dtype(np.dtype(dtype))
    table, memory, same = types.Array(int64, 2, "C"), types.Array(real, 2, "C"), types.Array(types.uint8, 1, "C")
    vector, rows = types.Array(types.float64, 1, "C"), types.Array(int64, 1, "C")
    signatures = {
        "replay": (table, vector, memory, same),
        "adjoint": (table, memory, same),
        "load": (memory, memory, int64),
        "store": (memory, rows, memory),
        "spread": (types.Array(real, 1, "C"), rows, memory),
        "seed": (memory, int64, int64, rows, int64),
    }
    function = _functions(dtype)[name]
    ptx, _ = cuda.compile(function, signatures[name], cc=capability, device=False, abi="numba", output="ptx")
    return ptx if isinstance(ptx, str) else ptx.decode()
