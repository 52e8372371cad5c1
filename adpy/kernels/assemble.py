"""Generated kernels put straight into LLVM: Numba's own way from source takes ten times as long for long bodies."""

from __future__ import annotations

import ast
import itertools
from typing import Any

from llvmlite import ir
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target

from adpy.kernels.native import F64, I64, SWEEP, Writer, memories, native
from adpy.kernels.translation import Function

__all__ = ["TABLES", "assembled", "called"]

TABLES = ("table", "tables", "numbers")
"""Tables that kernels have beside the memories."""


@global_compiler_lock
def assembled(sweep: str, source: str) -> tuple[Any, int]:
    """A sweep ``(program, frame, first, stop)`` over steps: kernels, and instructions left to the interpreter.

    A step is a row ``(kernel, at, stop)``: the kernel of that number, counted from 1, at its argument, or for 0 the
    interpreter's instructions ``at … stop - 1``.

    Parameters
    ----------
    sweep : {"value", "tangent", "adjoint", "second"}
    source : str
        Functions of ``at``, of :data:`TABLES` of int64 and of memories of float64.

    Returns
    -------
    library, address
        The native code, which goes with the library.
    """
    context = cpu_target.target_context
    context.refresh()
    name = f"adpy.{sweep}.{next(_count)}"
    library = context.codegen().create_library(name)
    module = library.create_ir_module(name)
    kinds = [I64, *[I64.as_pointer()] * len(TABLES), *[F64.as_pointer()] * (1 + len(memories(sweep)))]
    with context.push_code_library(library):
        kernels = [Function(context, module, tree, kinds).function for tree in ast.parse(source).body]
    _steps(module, name, sweep, kernels)
    library.add_ir_module(module)
    library.finalize()
    return library, library.get_pointer_to_function(name)


_count = itertools.count()
_KINDS = {
    "int": I64,
    "ints": I64.as_pointer(),
    "small": ir.IntType(32).as_pointer(),
    "floats": F64.as_pointer(),
}


@global_compiler_lock
def called(source: str) -> tuple[Any, int]:
    """Functions called one after the other, with numbers and addresses of a block.

    Parameters
    ----------
    source : str
        Functions whose parameters say what they are: ``int``, or arrays of int64 (``ints``), int32 (``small``) and
        float64 (``floats``).  ``x`` and ``data`` are those of the call, ``flags`` is one number, zero at first; the
        block holds all others in order.

    Returns
    -------
    library, address
        The native code of ``(block, x, data)``, all pointers; it returns 0 if the flag is still zero.
    """
    context = cpu_target.target_context
    context.refresh()
    name = f"adpy.called.{next(_count)}"
    library = context.codegen().create_library(name)
    module = library.create_ir_module(name)
    kind = ir.FunctionType(I64, [I64.as_pointer(), F64.as_pointer(), F64.as_pointer()])
    whole = ir.Function(module, kind, name)
    builder = ir.IRBuilder(whole.append_basic_block("entry"))
    flags = builder.alloca(F64)
    builder.store(F64(0.0), flags)
    given = {"x": whole.args[1], "data": whole.args[2], "flags": flags}
    place = 0
    with context.push_code_library(library):
        for tree in ast.parse(source).body:
            kinds = [_KINDS[a.annotation.id] for a in tree.args.args]
            function = Function(context, module, tree, kinds).function
            arguments: list[Any] = [ir.Constant(a.type, None) for a in function.args[: len(function.args) - len(kinds)]]
            for parameter, kind in zip(tree.args.args, kinds, strict=True):
                if parameter.arg in given:
                    arguments.append(given[parameter.arg])
                    continue
                field = builder.load(builder.gep(whole.args[0], [I64(place)]))
                arguments.append(field if kind == I64 else builder.inttoptr(field, kind))
                place += 1
            builder.call(function, arguments)
    builder.ret(builder.zext(builder.fcmp_unordered("!=", builder.load(flags), F64(0.0)), I64))
    library.add_ir_module(module)
    library.finalize()
    return library, library.get_pointer_to_function(name)


def _steps(module: ir.Module, name: str, sweep: str, kernels: list) -> None:
    """The loop over steps, in the direction of the sweep."""
    writer = Writer(module, name, SWEEP)
    builder = writer.builder
    first, stop = writer.function.args[2:]
    steps = writer.pointer(writer.of_program("steps"), I64)
    tables = [writer.pointer(writer.of_program(table), I64) for table in TABLES]
    columns = [writer.pointer(writer.of_frame(memory)) for memory in ("memory", *memories(sweep))]
    k, end = writer.loop(builder.sub(stop, first))
    step = builder.sub(builder.sub(stop, I64(1)), k) if sweep in ("adjoint", "second") else builder.add(first, k)
    row = builder.mul(step, I64(3))
    kernel, at, last = [builder.load(builder.gep(steps, [builder.add(row, I64(j))])) for j in range(3)]
    other, done = builder.append_basic_block(), builder.append_basic_block()
    switch = builder.switch(kernel, other)
    for number, function in enumerate(kernels, 1):
        block = builder.append_basic_block()
        switch.add_case(I64(number), block)
        builder.position_at_end(block)
        nothing = [ir.Constant(a.type, None) for a in function.args[:2]]
        builder.call(function, [*nothing, at, *tables, *columns])
        builder.branch(done)
    builder.position_at_end(other)
    interpreter = builder.inttoptr(I64(native().interpreted(sweep)), SWEEP.as_pointer())
    builder.call(interpreter, [writer.program, writer.frame, at, last])
    builder.branch(done)
    builder.position_at_end(done)
    end()
    builder.ret_void()
