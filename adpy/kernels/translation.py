"""Translation: functions in a small part of Python put straight into LLVM.

Assignments, arithmetic, loops over ``range`` and ``while``, functions of NumPy, and these calls:

``many(n)``
    As ``range(n)``, where ``n`` is known to be large.
``load(memory, index, storage)``, ``store(memory, index, value, storage)``
    Accesses of entries.  Accesses to different storages (numbers) of one function never meet, and the compiler is told
    so: with many arrays in one memory, its own checks would keep it from vectorising.
``entry_of(table, index)``
    An entry of a table of int64 or int32 that is never written.
``times(weight, bar)``
    A product, zero where ``bar`` is zero.
``choose(condition, a, b)``
    Either of two numbers.
``add_up(total, term)``
    A term of a sum whose order is free.
"""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils

from adpy.kernels.native import F64, I64
from adpy.kernels.vector_math import FORMULAS, target_of
from adpy.kernels.vector_math import function as elementary

__all__ = ["Function"]

INTERLEAVED = 4
_ZERO = ir.Constant(F64, 0.0)
_COMPARISONS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


class Function:
    """One function, statement by statement.

    Parameters
    ----------
    context, module
        Of LLVM.
    tree : ast.FunctionDef
    kinds : list
        Types of the parameters: integers, and pointers to what they are arrays of.

    Attributes
    ----------
    function
        That of LLVM; Numba's own arguments come before the others.
    """

    def __init__(self, context: Any, module: ir.Module, tree: ast.FunctionDef, kinds: list) -> None:
        names = [a.arg for a in tree.args.args]
        kind = context.call_conv.get_function_type(types.float64, ())  # what Numba's own functions expect around them
        kind = ir.FunctionType(kind.return_type, [*kind.args, *kinds])
        self.function = ir.Function(module, kind, module.get_unique_name(f"adpy.{tree.name}"))
        self.function.linkage = "internal"
        self.function.attributes.add("noinline")
        self.context, self.module, self.target = context, module, target_of(context)
        self.builder = ir.IRBuilder(self.function.append_basic_block("entry"))
        self.values: dict[str, Any] = dict(zip(names, self.function.args[2:], strict=True))
        self.slots: dict[str, Any] = {}
        self.name = self.function.name
        stores = [n.args[-1].value for n in ast.walk(tree) if isinstance(n, ast.Call) and _name(n) in ("load", "store")]
        self.storages = 1 + max(stores, default=0)
        changed = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        self.changed = {n for n in changed if changed.count(n) > 1}
        self.changed |= {n.target.id for n in ast.walk(tree) if isinstance(n, ast.AugAssign)}
        self.domain = module.add_metadata([self.name])
        self.scopes = [module.add_metadata([f"{self.name} {k}", self.domain]) for k in range(self.storages)]
        self.marks: dict[int, tuple] = {}
        self.block(tree.body)
        self.builder.ret(ir.Constant(ir.IntType(32), 0))

    # ---- statements

    def block(self, statements: list) -> None:
        """Statements in order."""
        for x in statements:
            getattr(self, f"do_{type(x).__name__}")(x)

    def do_Pass(self, x):
        """Nothing."""

    def do_Assign(self, x):
        self.assign(x.targets[0].id, self.value(x.value))

    def do_AugAssign(self, x):
        self.assign(x.target.id, self.arithmetic(x.op, self.value(ast.Name(x.target.id)), self.value(x.value)))

    def do_Expr(self, x):
        self.value(x.value)

    def do_For(self, x):
        stop, before = self.value(x.iter.args[0]), self.builder.block
        test, body, behind = [self.builder.append_basic_block() for _ in range(3)]
        self.builder.branch(test)
        self.builder.position_at_end(test)
        index = self.values[x.target.id] = self.builder.phi(I64)
        index.add_incoming(ir.Constant(I64, 0), before)
        self.builder.cbranch(self.builder.icmp_signed("<", index, stop), body, behind)
        self.builder.position_at_end(body)
        self.block(x.body)
        index.add_incoming(self.builder.add(index, ir.Constant(I64, 1), flags=("nsw",)), self.builder.block)
        latch = self.builder.branch(test)
        if x.iter.func.id == "many" and any(_name(n) in FORMULAS for n in ast.walk(x) if isinstance(n, ast.Call)):
            latch.set_metadata("llvm.loop", self.interleaved())
        self.builder.position_at_end(behind)

    def interleaved(self) -> Any:
        """Let the compiler compute entries of four vectors side by side: one waits for each of its functions."""
        hint = self.module.add_metadata(["llvm.loop.interleave.count", ir.Constant(ir.IntType(32), INTERLEAVED)])
        found = ir.MDValue(self.module, (hint,), name=str(len(self.module.metadata)))
        found.operands = (found, hint)  # a loop's metadata begins with itself
        return found

    def do_While(self, x):
        test, body, behind = [self.builder.append_basic_block() for _ in range(3)]
        self.builder.branch(test)
        self.builder.position_at_end(test)
        self.builder.cbranch(self.value(x.test), body, behind)
        self.builder.position_at_end(body)
        self.block(x.body)
        self.builder.branch(test)
        self.builder.position_at_end(behind)

    def assign(self, name: str, value: Any) -> None:
        """Give a name a value; names that change have memory, which the compiler makes registers."""
        if name not in self.changed:
            self.values[name] = value
            return
        if name not in self.slots:
            self.slots[name] = cgutils.alloca_once(self.builder, value.type)
        self.builder.store(value, self.slots[name])

    # ---- expressions

    def value(self, x: ast.expr) -> Any:
        """The value of an expression."""
        return getattr(self, f"of_{type(x).__name__}")(x)

    def number(self, x: ast.expr) -> Any:
        """The value of an expression as a float."""
        found = self.value(x)
        return found if found.type == F64 else self.builder.sitofp(found, F64)

    def of_Constant(self, x):
        return ir.Constant(F64 if isinstance(x.value, float) else I64, x.value)

    def of_Name(self, x):
        return self.builder.load(self.slots[x.id]) if x.id in self.slots else self.values[x.id]

    def of_UnaryOp(self, x):
        value = self.value(x.operand)
        return self.builder.fneg(value) if value.type == F64 else self.builder.neg(value)

    def of_BinOp(self, x):
        return self.arithmetic(x.op, self.value(x.left), self.value(x.right))

    def arithmetic(self, op: ast.operator, a: Any, b: Any) -> Any:
        """An operation of integers, or of floats."""
        kind = type(op).__name__
        if kind in ("BitAnd", "BitOr"):
            return (self.builder.and_ if kind == "BitAnd" else self.builder.or_)(a, b)
        if a.type == b.type == I64 and kind != "Div":
            return {"Add": self.builder.add, "Sub": self.builder.sub, "Mult": self.builder.mul}[kind](a, b)
        a, b = [z if z.type == F64 else self.builder.sitofp(z, F64) for z in (a, b)]
        builder = self.builder
        return {"Add": builder.fadd, "Sub": builder.fsub, "Mult": builder.fmul, "Div": builder.fdiv}[kind](a, b)

    def of_Compare(self, x):
        a, b, op = self.value(x.left), self.value(x.comparators[0]), _COMPARISONS[type(x.ops[0])]
        if a.type == b.type == I64:
            return self.builder.icmp_signed(op, a, b)
        a, b = [z if z.type == F64 else self.builder.sitofp(z, F64) for z in (a, b)]
        return self.builder.fcmp_unordered(op, a, b) if op == "!=" else self.builder.fcmp_ordered(op, a, b)

    def of_Subscript(self, x):
        return self.builder.load(self.entry(x.value, x.slice))

    def of_Call(self, x):
        name = _name(x)
        if isinstance(x.func, ast.Name):
            return getattr(self, f"call_{name}")(*x.args)
        arguments = [self.number(a) for a in x.args]
        return self.numpy(name, arguments)

    def numpy(self, name: str, arguments: list) -> Any:
        """A function of NumPy: where there is one, that which vectorises."""
        if name == "sqrt":
            return self.builder.call(self.module.declare_intrinsic("llvm.sqrt", [F64]), arguments)
        if name in FORMULAS:
            return self.builder.call(elementary(self.module, name, self.target), arguments)
        context = self.context
        known = context.typing_context.resolve_value_type(getattr(np, name))
        signature = context.typing_context.resolve_function_type(known, (types.float64,) * len(arguments), {})
        called = context.get_function(known, signature)
        found = called(self.builder, arguments)
        for library in getattr(called, "libs", ()):
            context.active_code_library.add_linking_library(library)
        return found

    def call_min(self, a, b):
        a, b = self.value(a), self.value(b)
        return self.builder.select(self.builder.icmp_signed("<", a, b), a, b)

    def call_load(self, memory, index, storage):
        return self.mark(self.builder.load(self.entry(memory, index)), storage.value)

    def call_store(self, memory, index, value, storage):
        self.mark(self.builder.store(self.number(value), self.entry(memory, index)), storage.value)

    def call_entry_of(self, table, index):
        found = self.builder.load(self.entry(table, index))
        found.set_metadata("invariant.load", self.module.add_metadata([]))
        return found if found.type == I64 else self.builder.sext(found, I64)

    def call_times(self, weight, bar):
        weight, bar = self.number(weight), self.number(bar)
        nothing = self.builder.fcmp_ordered("==", bar, _ZERO)
        return self.builder.select(nothing, _ZERO, self.builder.fmul(weight, bar))

    def call_choose(self, condition, a, b):
        return self.builder.select(self.value(condition), self.number(a), self.number(b))

    def call_add_up(self, total, term):
        return self.builder.fadd(self.number(total), self.number(term), flags=("reassoc", "nsz"))

    def call_buffer(self, size):
        return cgutils.alloca_once(self.builder, F64, size=ir.Constant(I64, size.value))

    # ---- accesses

    def entry(self, memory: ast.Name, index: ast.expr) -> Any:
        """Address of an entry."""
        return self.builder.gep(self.values[memory.id], [self.value(index)], inbounds=True)

    def mark(self, instruction: Any, storage: int) -> Any:
        """Say which storages an access does not touch."""
        if storage not in self.marks:
            others = [s for k, s in enumerate(self.scopes) if k != storage]
            own = self.module.add_metadata([self.scopes[storage]])
            self.marks[storage] = (own, self.module.add_metadata(others) if others else None)
        own, others = self.marks[storage]
        instruction.set_metadata("alias.scope", own)
        if others is not None:
            instruction.set_metadata("noalias", others)
        return instruction


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else call.func.attr
