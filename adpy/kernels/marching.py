"""Marching: a program run over and over in native code, its results being its next inputs, forth and back.

A *script* is a table of what one step does, ``(operation, to, from, count, to_step, from_step)``: copies and sums of
entries between addresses that move by so many bytes from one step to the next, and sweeps of the program.  The
*actions* of a schedule, ``(action, first, second)``, say which scripts run for which steps.
"""

from __future__ import annotations

import ctypes
import functools
import threading
from typing import Any

from llvmlite import binding, ir

from adpy.kernels.native import BLOCK, F64, I64, WHOLE, Writer, native

__all__ = ["ACTIONS", "FIELDS", "OPERATIONS", "march"]

OPERATIONS = {name: number for number, name in enumerate(("copy", "add", "clear", "number", "evaluate", "adjoint"))}
"""What a row of a script does.  ``evaluate`` ends the script where decisions are not those of the recording."""

ACTIONS = {name: number for number, name in enumerate(("forward", "store", "restore", "reverse", "restore last"))}
"""``forward`` from one step to another, ``store`` in a slot, ``restore`` from a slot (``restore last`` as well),
``reverse`` one step."""

_BYTE = ir.IntType(8)
_SCRIPT = ir.FunctionType(I64, [BLOCK, BLOCK, BLOCK, I64, I64])
_MARCH = ir.FunctionType(I64, [BLOCK, BLOCK, BLOCK, BLOCK, I64])

# The block of a march: rows and length of the scripts, and what the slots are.
FIELDS = {
    name: number
    for number, name in enumerate(
        ("step", "step rows", "back", "back rows", "leaves", "states", "sizes", "slots", "filled", "at")
    )
}
"""What the block of a march holds.  ``states`` and ``sizes``: addresses and bytes of the leaves of the state;
``slots``: for each slot the addresses of its leaves; ``filled``: for each slot whether its contents can be used here;
``at``: the step before which the march stopped, or -1."""


def _script(module: ir.Module, evaluate: int) -> ir.Function:
    """One run of a script for a step: 1, or 0 where decisions are others."""
    writer = Writer(module, "adpy.script", _SCRIPT)
    builder = writer.builder
    rows, count, n = writer.function.args[2:]
    copy = module.declare_intrinsic("llvm.memmove", [_BYTE.as_pointer(), _BYTE.as_pointer(), I64])
    clear = module.declare_intrinsic("llvm.memset", [_BYTE.as_pointer(), I64])
    r, end = writer.loop(count)
    at = builder.mul(r, I64(6))
    op, to, source, size, to_step, from_step = [
        builder.load(builder.gep(rows, [builder.add(at, I64(i))])) for i in range(6)
    ]
    to = builder.add(to, builder.mul(n, to_step))
    moved = builder.add(source, builder.mul(n, from_step))
    given = [builder.inttoptr(x, _BYTE.as_pointer()) for x in (to, moved)]
    entries = builder.mul(size, I64(8))
    behind = builder.append_basic_block()
    cases = {name: builder.append_basic_block(name) for name in OPERATIONS}
    switch = builder.switch(op, behind)
    for name, block in cases.items():
        switch.add_case(I64(OPERATIONS[name]), block)

    def done():
        builder.branch(behind)

    builder.position_at_end(cases["copy"])
    builder.call(copy, [*given, entries, ir.IntType(1)(0)])
    done()
    builder.position_at_end(cases["add"])
    into, values = writer.pointer(to), writer.pointer(moved)
    i, end_entries = writer.loop(size)
    place = builder.gep(into, [i])
    builder.store(builder.fadd(builder.load(place), builder.load(builder.gep(values, [i]))), place)
    end_entries()
    done()
    builder.position_at_end(cases["clear"])
    builder.call(clear, [given[0], _BYTE(0), entries, ir.IntType(1)(0)])
    done()
    builder.position_at_end(cases["number"])
    builder.store(builder.sitofp(n, F64), writer.pointer(to))
    done()
    builder.position_at_end(cases["evaluate"])
    same = builder.call(builder.inttoptr(I64(evaluate), WHOLE.as_pointer()), [writer.program, writer.frame])
    with builder.if_then(builder.icmp_signed("==", same, I64(0))):
        builder.ret(I64(0))
    done()
    builder.position_at_end(cases["adjoint"])
    writer.sweep("adjoint")
    done()
    builder.position_at_end(behind)
    end()
    builder.ret(I64(1))
    return writer.function


def _marching(module: ir.Module, script: ir.Function) -> None:
    """Actions one after the other; the number of those that were done."""
    writer = Writer(module, "adpy.march", _MARCH)
    builder = writer.builder
    block, actions, count = writer.function.args[2:]
    copy = module.declare_intrinsic("llvm.memmove", [_BYTE.as_pointer(), _BYTE.as_pointer(), I64])

    def field(name):
        return writer.field(block, FIELDS[name])

    def pointer(name):
        return builder.inttoptr(field(name), BLOCK)

    def run(name, n):
        """Run a script; where it fails, end with the number of the step noted."""
        same = builder.call(script, [writer.program, writer.frame, pointer(name), field(f"{name} rows"), n])
        with builder.if_then(builder.icmp_signed("==", same, I64(0))):
            builder.store(n, builder.gep(block, [I64(FIELDS["at"])]))
            builder.ret(a)

    def move(slot, out):
        leaves, states, sizes = field("leaves"), pointer("states"), pointer("sizes")
        base = builder.mul(slot, leaves)
        slots = pointer("slots")
        i, end = writer.loop(leaves)
        state = builder.inttoptr(builder.load(builder.gep(states, [i])), _BYTE.as_pointer())
        kept = builder.inttoptr(builder.load(builder.gep(slots, [builder.add(base, i)])), _BYTE.as_pointer())
        given = (kept, state) if out else (state, kept)
        builder.call(copy, [*given, builder.load(builder.gep(sizes, [i])), ir.IntType(1)(0)])
        end()

    a, end = writer.loop(count)
    at = builder.mul(a, I64(3))
    action, first, second = [builder.load(builder.gep(actions, [builder.add(at, I64(i))])) for i in range(3)]
    behind, other = builder.append_basic_block(), builder.append_basic_block("other")
    cases = {name: builder.append_basic_block(name) for name in ACTIONS if name != "restore last"}
    cases["restore last"] = cases["restore"]
    switch = builder.switch(action, other)
    for name, target in cases.items():
        switch.add_case(I64(ACTIONS[name]), target)
    builder.position_at_end(cases["forward"])
    k, end_steps = writer.loop(builder.sub(second, first))
    run("step", builder.add(first, k))
    end_steps()
    builder.branch(behind)
    builder.position_at_end(cases["store"])
    move(first, True)
    builder.store(I64(1), builder.gep(pointer("filled"), [first]))
    builder.branch(behind)
    builder.position_at_end(cases["restore"])
    usable = builder.load(builder.gep(pointer("filled"), [first]))
    with builder.if_then(builder.icmp_signed("==", usable, I64(0))):
        builder.store(I64(-1), builder.gep(block, [I64(FIELDS["at"])]))
        builder.ret(a)
    move(first, False)
    builder.branch(behind)
    builder.position_at_end(cases["reverse"])
    run("back", first)
    builder.branch(behind)
    builder.position_at_end(other)
    builder.store(I64(-1), builder.gep(block, [I64(FIELDS["at"])]))
    builder.ret(a)
    builder.position_at_end(behind)
    end()
    builder.ret(count)


class _Marching:
    def __init__(self) -> None:
        evaluate = ctypes.cast(native().whole["evaluate"], ctypes.c_void_p).value
        module = ir.Module("adpy.marching")
        _marching(module, _script(module, evaluate))
        parsed = binding.parse_assembly(str(module))
        machine = binding.Target.from_default_triple().create_target_machine(opt=2)
        self._engine = binding.create_mcjit_compiler(parsed, machine)
        self._engine.finalize_object()
        self.march = _CALL(self._engine.get_function_address("adpy.march"))


_CALL = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_int64] * 5)
_lock = threading.Lock()


@functools.cache
def _made() -> _Marching:
    return _Marching()


def march() -> Any:
    """The native function ``(program, frame, block, actions, count)``, which gives how many actions were done."""
    with _lock:
        return _made().march
