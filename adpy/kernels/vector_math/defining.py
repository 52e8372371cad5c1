"""The functions in modules of LLVM: one for a number, and one for several entries, which the loop vectoriser knows.

The vectoriser replaces calls of a function in a loop by calls of its vector variant, which the attribute
``vector-function-abi-variant`` names.  Both compute the same, entry by entry.  Entries beyond the range of a formula
are given to the C library one by one, behind a branch that is hardly ever taken.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from llvmlite import ir

from adpy.kernels.vector_math import exponential, logarithmic, powers, trigonometric
from adpy.kernels.vector_math.special import SPECIAL, TABLE
from adpy.kernels.vector_math.words import Code, Real

__all__ = ["FORMULAS", "Target", "define", "digest", "function", "symbol_of", "target_of"]

_DOUBLE = ir.DoubleType()

FORMULAS: dict[str, tuple[Callable | None, str | int, int]] = {
    name: (getattr(room, name), c_name, 1)
    for room, names in (
        (exponential, {"exp": "exp", "exp2": "exp2", "expm1": "expm1", "sinh": "sinh", "cosh": "cosh", "tanh": ""}),
        (logarithmic, {"log": "log", "log1p": "log1p", "log2": "log2", "log10": "log10"}),
        (logarithmic, {"arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh"}),
        (trigonometric, {"sin": "sin", "cos": "cos", "tan": "tan", "arcsin": "", "arccos": "", "arctan": ""}),
        (powers, {"cbrt": "cbrt"}),
    )
    for name, c_name in names.items()
}
"""By name of NumPy's or SciPy's function: the formula, the function of C for other arguments, the number of operands.

A function of SciPy is given by its place in the table of addresses.
"""
FORMULAS |= {
    "arctan2": (trigonometric.arctan2, "atan2", 2),
    "power": (powers.power, "pow", 2),
    "hypot": (powers.hypot, "hypot", 2),
}
FORMULAS |= {name: (None, number, count) for number, (name, count) in enumerate(SPECIAL.items())}


class Target:
    """What code is written for.

    Parameters
    ----------
    widths : tuple of int
        Lengths of vectors.
    fused : bool
        Does the processor multiply and add with one rounding?
    """

    def __init__(self, widths: tuple[int, ...], fused: bool) -> None:
        self.widths, self.fused = widths, fused


def target_of(context: Any) -> Target:
    """The target of one of Numba's contexts, by the features of the processor that it compiles for."""
    codegen = context.codegen()
    features = str(getattr(codegen, "_tm_features", "")).split(",")
    triple = str(getattr(codegen.target_data, "triple", "")) if hasattr(codegen, "target_data") else ""
    widths = (4, 8) if "+avx512f" in features else (4,) if "+avx" in features else (2,)
    return Target(widths, "+fma" in features or triple.startswith(("aarch64", "arm64")))


@functools.cache
def digest() -> str:
    """Part of the symbols, so that code cached by different versions does not meet."""
    found = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()[:8]


def function(module: ir.Module, name: str, target: Target) -> ir.Function:
    """The function of numbers, declared in a module with its vector variants when first asked for."""
    symbol, count = symbol_of(name, 1), FORMULAS[name][2]
    found = module.globals.get(symbol)
    if found is None:
        variants = [_new(module, symbol_of(name, w), _kind(w, count)) for w in target.widths]
        _keep(module, variants)
        found = _new(module, symbol, _kind(1, count))
        texts = [f"_ZGV_LLVM_N{w}{'v' * count}_{symbol}({symbol_of(name, w)})" for w in target.widths]
        set.add(found.attributes, f'"vector-function-abi-variant"="{",".join(texts)}"')  # llvmlite knows no strings
    return found


def symbol_of(name: str, width: int) -> str:
    """The symbol of a function for a number of entries."""
    return f"adpy.{name}.{digest()}{'' if width == 1 else f'.x{width}'}"


def _kind(width: int, count: int) -> ir.FunctionType:
    item = _DOUBLE if width == 1 else ir.VectorType(_DOUBLE, width)
    return ir.FunctionType(item, [item] * count)


def _keep(module: ir.Module, functions: list[ir.Function]) -> None:
    """Have declarations stay in a module, which nothing names before the vectoriser has run."""
    pointer = ir.IntType(8).as_pointer()
    used = module.globals.get("llvm.compiler.used")
    kept = [f.bitcast(pointer) for f in functions]
    if used is None:
        used = ir.GlobalVariable(module, ir.ArrayType(pointer, 0), "llvm.compiler.used")
        used.linkage, used.section = "appending", "llvm.metadata"
    else:
        kept = [*used.initializer.constant, *kept]
    used.value_type = ir.ArrayType(pointer, len(kept))
    used.initializer = ir.Constant(used.value_type, kept)


def _new(module: ir.Module, symbol: str, kind: ir.FunctionType) -> ir.Function:
    """A function without effects."""
    found = ir.Function(module, kind, symbol)
    for attribute in ("noinline", "nounwind", "readnone"):
        found.attributes.add(attribute)
    set.add(found.attributes, "willreturn")
    return found


def define(module: ir.Module, name: str, width: int, fused: bool) -> ir.Function:
    """Define the function for a number of entries in a module."""
    formula, library, count = FORMULAS[name]
    symbol, kind = f"{symbol_of(name, width)}.definition", _kind(width, count)
    item = kind.return_type
    found = _new(module, symbol, kind)
    found.linkage = "internal"
    builder = ir.IRBuilder(found.append_basic_block())
    code = Code(builder, width, fused)
    if formula is None:
        y, outside = code.real(0.0), code.real(0.0).equals(0.0)
        slow = _by_library(module, symbol, library, item, count)
        builder.ret(builder.call(slow, [*found.args, y.value, outside.value]))
        return found
    y, outside = formula(code, *[Real(code, x) for x in found.args])
    if outside is None:
        builder.ret(y.value)
        return found
    if width == 1:
        rare = outside.value
    else:
        bits = builder.bitcast(outside.value, ir.IntType(width))
        rare = builder.icmp_unsigned("!=", bits, ir.Constant(bits.type, None))
    with builder.if_then(rare, likely=False):
        slow = _by_library(module, symbol, library, item, count)
        builder.ret(builder.call(slow, [*found.args, y.value, outside.value]))
    builder.ret(y.value)
    return found


def _by_library(module: ir.Module, symbol: str, library: str | int, item: Any, count: int) -> ir.Function:
    """A function ``(*arguments, y, outside)``: ``y``, but the C library's results where ``outside`` holds."""
    wide = isinstance(item, ir.VectorType)
    flags = ir.VectorType(ir.IntType(1), item.count) if wide else ir.IntType(1)
    kind = ir.FunctionType(item, [*[item] * (count + 1), flags])
    found = _new(module, f"{symbol}.rare", kind)
    found.linkage = "internal"
    found.attributes.add("cold")
    builder = ir.IRBuilder(found.append_basic_block())
    outer, more = _outer(builder, library, count)
    *arguments, y, outside = found.args
    if not wide:
        builder.ret(builder.call(outer, [*arguments, *more]))
        return found
    for k in range(item.count):
        lane = ir.Constant(ir.IntType(32), k)
        before = builder.block
        with builder.if_then(builder.extract_element(outside, lane)):
            value = builder.call(outer, [*[builder.extract_element(x, lane) for x in arguments], *more])
            changed, inside = builder.insert_element(y, value, lane), builder.block
        merged = builder.phi(item)
        merged.add_incoming(y, before)
        merged.add_incoming(changed, inside)
        y = merged
    builder.ret(y)
    return found


def _outer(builder: ir.IRBuilder, library: str | int, count: int) -> tuple[Any, list]:
    """A function of C or SciPy, and what it wants besides its operands."""
    module = builder.module
    if isinstance(library, str):
        kind = ir.FunctionType(_DOUBLE, [_DOUBLE] * count)
        return module.globals.get(library) or ir.Function(module, kind, library), []
    flag = ir.IntType(32)  # Cython's, which has no meaning here
    pointer = ir.FunctionType(_DOUBLE, [*[_DOUBLE] * count, flag]).as_pointer()
    kind = ir.ArrayType(ir.IntType(64), len(SPECIAL))
    table = module.globals.get(TABLE) or ir.GlobalVariable(module, kind, TABLE)
    place = builder.gep(table, [ir.Constant(flag, 0), ir.Constant(flag, library)], inbounds=True)
    return builder.inttoptr(builder.load(place), pointer), [ir.Constant(flag, 0)]
