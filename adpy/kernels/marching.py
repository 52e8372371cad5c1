"""Marching: a program run over and over in native code, its results being its next inputs, forth and back.

A *script* is a table of what one step does, ``(operation, to, from, count, to_step, from_step)``: copies and sums of
entries between addresses that move by so many bytes from one step to the next, and sweeps of the program.  The
*actions* of a schedule, ``(action, first, second)``, say which scripts run for which steps.

There are two programs, the second of which has inputs and results in each other's places, and every script is there
for both.  The *side* of a state says which program's inputs it is among; a step, with the program of that side, leads
to the other side.  Likewise cotangents before a step are on the side of the program that took them back, and the other
program takes them on.  A snapshot is restored to the side from which its steps lead to where that program wants them.
"""

from __future__ import annotations

import ctypes
import functools
import threading
from typing import Any

from llvmlite import binding, ir

from adpy.kernels.native import BLOCK, F64, I64, WHOLE, Writer, native

__all__ = ["ACTIONS", "FIELDS", "OPERATIONS", "march"]

OPERATIONS = {
    name: number
    for number, name in enumerate(
        ("copy", "add", "take", "add at", "clear", "number", "evaluate", "prepare", "adjoint")
    )
}
"""What a row of a script does.  ``take`` copies entries that do not follow one another: at the address ``from_step``
are numbers that say how far each is from the first; ``add at`` adds to such, with ``to_step``.  ``evaluate``, and
``prepare`` for what the way back reads, end the script where decisions are not those of the recording."""

ACTIONS = {name: number for number, name in enumerate(("forward", "store", "restore", "reverse", "restore last"))}
"""``forward`` from one step to another, ``store`` in a slot, ``restore`` from a slot (``restore last`` as well),
``reverse`` one step."""

_BYTE = ir.IntType(8)
_SCRIPT = ir.FunctionType(I64, [BLOCK, BLOCK, BLOCK, I64, I64])
_MARCH = ir.FunctionType(I64, [BLOCK, BLOCK, BLOCK, I64])
_SIDES = ("program", "step", "step rows", "back", "back rows", "across", "across rows", "states")
_ONES = ("home", "home rows", "leaves", "sizes", "slots", "filled", "at")

FIELDS = {name: 2 * number for number, name in enumerate(_SIDES)}
FIELDS |= {name: 2 * len(_SIDES) + number for number, name in enumerate(_ONES)}
"""What the block of a march holds.  For either side, one after the other: the program and its scripts, rows and length,
for a ``step`` forth and ``back``, to bring a state ``across``, and ``states``, addresses of the leaves of the state.
Once: the script that brings cotangents ``home`` to the first side; ``leaves`` and their ``sizes`` in bytes; ``slots``:
for each slot the addresses of its leaves; ``filled``: for each slot whether its contents can be used here; ``at``: the
step before which the march stopped, or -1."""


def _script(module: ir.Module, forward: dict[str, int]) -> ir.Function:
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
    first = to
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
    for name, base, table, other in (("take", source, from_step, to), ("add at", first, to_step, moved)):
        builder.position_at_end(cases[name])
        apart, places, row = writer.pointer(base), writer.pointer(table, I64), writer.pointer(other)
        i, end_entries = writer.loop(size)
        place, entry = builder.gep(apart, [builder.load(builder.gep(places, [i]))]), builder.gep(row, [i])
        if name == "take":
            builder.store(builder.load(place), entry)
        else:
            builder.store(builder.fadd(builder.load(place), builder.load(entry)), place)
        end_entries()
        done()
    builder.position_at_end(cases["clear"])
    builder.call(clear, [given[0], _BYTE(0), entries, ir.IntType(1)(0)])
    done()
    builder.position_at_end(cases["number"])
    builder.store(builder.sitofp(n, F64), writer.pointer(to))
    done()
    for name, address in forward.items():
        builder.position_at_end(cases[name])
        same = builder.call(builder.inttoptr(I64(address), WHOLE.as_pointer()), [writer.program, writer.frame])
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


class _March(Writer):
    """Actions one after the other; the number of those that were done."""

    def __init__(self, module: ir.Module, script: ir.Function) -> None:
        super().__init__(module, "adpy.march", _MARCH)
        self.script = script
        self.frame, self.block, self.actions, self.count = self.function.args
        self.copy = module.declare_intrinsic("llvm.memmove", [_BYTE.as_pointer(), _BYTE.as_pointer(), I64])
        self.side, self.bars_side = self.builder.alloca(I64), self.builder.alloca(I64)

    def of_block(self, name: str, side: Any = None) -> Any:
        """A number of the block."""
        place = I64(FIELDS[name])
        return self.entry(self.block, place if side is None else self.builder.add(place, side))

    def entry(self, block: Any, number: Any) -> Any:
        return self.builder.load(self.builder.gep(block, [number], inbounds=True))

    def numbers(self, name: str, side: Any = None) -> Any:
        """An array of numbers that the block has."""
        return self.builder.inttoptr(self.of_block(name, side), BLOCK)

    def run(self, name: str, side: Any, n: Any) -> Any:
        """Run the script of a side, 0 where it fails."""
        given = [
            self.numbers("program", side),
            self.frame,
            self.numbers(name, side),
            self.of_block(f"{name} rows", side),
        ]
        return self.builder.call(self.script, [*given, n])

    def go_home(self) -> None:
        """Have state and cotangents on the first side."""
        builder = self.builder
        side = builder.load(self.side)
        with builder.if_then(builder.icmp_signed("==", side, I64(1))):
            self.run("across", side, I64(0))
        with builder.if_then(builder.icmp_signed("==", builder.load(self.bars_side), I64(0))):
            given = [self.numbers("program"), self.frame, self.numbers("home"), self.of_block("home rows")]
            builder.call(self.script, [*given, I64(0)])

    def stop(self, done: Any, at: Any) -> None:
        """End here, before a step."""
        self.builder.store(at, self.builder.gep(self.block, [I64(FIELDS["at"])]))
        self.go_home()
        self.builder.ret(done)

    def switch_side(self, side: Any) -> None:
        self.builder.store(self.builder.xor(self.builder.load(side), I64(1)), side)

    def move(self, slot: Any, out: bool) -> None:
        """Copy the state to a slot or from it."""
        builder = self.builder
        leaves, states, sizes = (
            self.of_block("leaves"),
            self.numbers("states", builder.load(self.side)),
            self.numbers("sizes"),
        )
        base = builder.mul(slot, leaves)
        slots = self.numbers("slots")
        i, end = self.loop(leaves)
        state = builder.inttoptr(builder.load(builder.gep(states, [i])), _BYTE.as_pointer())
        kept = builder.inttoptr(builder.load(builder.gep(slots, [builder.add(base, i)])), _BYTE.as_pointer())
        given = (kept, state) if out else (state, kept)
        builder.call(self.copy, [*given, builder.load(builder.gep(sizes, [i])), ir.IntType(1)(0)])
        end()

    def action(self, a: Any) -> tuple[Any, Any, Any]:
        """What an action is."""
        at = self.builder.mul(a, I64(3))
        return tuple([self.entry(self.actions, self.builder.add(at, I64(i))) for i in range(3)])

    def side_for(self, a: Any) -> Any:
        """The side for a state from which the actions after ``a`` lead to that of the cotangents; at the end, home."""
        builder = self.builder
        before = builder.block
        test, look, forward, behind = [builder.append_basic_block() for _ in range(4)]
        wanted, following = builder.load(self.bars_side), builder.add(a, I64(1))
        builder.branch(test)
        builder.position_at_end(test)
        k, steps = builder.phi(I64), builder.phi(I64)
        builder.cbranch(builder.icmp_signed("<", k, self.count), look, behind)
        builder.position_at_end(look)
        action, first, second = self.action(k)
        after = builder.add(k, I64(1))
        over = builder.icmp_signed(">=", action, I64(ACTIONS["restore"]))
        builder.cbranch(over, behind, forward)
        builder.position_at_end(forward)
        is_forward = builder.icmp_signed("==", action, I64(ACTIONS["forward"]))
        more = builder.select(is_forward, builder.sub(second, first), I64(0))
        k.add_incoming(following, before)
        k.add_incoming(after, forward)
        steps.add_incoming(I64(0), before)
        steps.add_incoming(builder.add(steps, more), forward)
        builder.branch(test)
        builder.position_at_end(behind)
        target = builder.phi(I64)
        target.add_incoming(I64(0), test)
        target.add_incoming(wanted, look)
        return builder.and_(builder.xor(target, steps), I64(1))


def _marching(module: ir.Module, script: ir.Function) -> None:
    """The march."""
    writer = _March(module, script)
    builder = writer.builder
    builder.store(I64(0), writer.side)
    builder.store(I64(1), writer.bars_side)
    a, end = writer.loop(writer.count)
    action, first, second = writer.action(a)
    behind, other = builder.append_basic_block(), builder.append_basic_block("other")
    cases = {name: builder.append_basic_block(name) for name in ACTIONS if name != "restore last"}
    cases["restore last"] = cases["restore"]
    switch = builder.switch(action, other)
    for name, target in cases.items():
        switch.add_case(I64(ACTIONS[name]), target)
    builder.position_at_end(cases["forward"])
    k, end_steps = writer.loop(builder.sub(second, first))
    n = builder.add(first, k)
    same = writer.run("step", builder.load(writer.side), n)
    with builder.if_then(builder.icmp_signed("==", same, I64(0))):
        writer.stop(a, n)
    writer.switch_side(writer.side)
    end_steps()
    builder.branch(behind)
    builder.position_at_end(cases["store"])
    writer.move(first, True)
    builder.store(I64(1), builder.gep(writer.numbers("filled"), [first]))
    builder.branch(behind)
    builder.position_at_end(cases["restore"])
    usable = builder.load(builder.gep(writer.numbers("filled"), [first]))
    with builder.if_then(builder.icmp_signed("==", usable, I64(0))):
        writer.stop(a, I64(-1))
    builder.store(writer.side_for(a), writer.side)
    writer.move(first, False)
    builder.branch(behind)
    builder.position_at_end(cases["reverse"])
    wanted = builder.load(writer.bars_side)
    with builder.if_then(builder.icmp_signed("!=", builder.load(writer.side), wanted)):
        writer.run("across", builder.load(writer.side), first)
        builder.store(wanted, writer.side)
    same = writer.run("back", wanted, first)
    with builder.if_then(builder.icmp_signed("==", same, I64(0))):
        writer.stop(a, first)
    writer.switch_side(writer.bars_side)
    builder.branch(behind)
    builder.position_at_end(other)
    writer.stop(a, I64(-1))
    builder.position_at_end(behind)
    end()
    writer.go_home()
    builder.ret(writer.count)


class _Marching:
    def __init__(self) -> None:
        whole = native().whole
        forward = {name: ctypes.cast(whole[name], ctypes.c_void_p).value for name in ("evaluate", "prepare")}
        module = ir.Module("adpy.marching")
        _marching(module, _script(module, forward))
        parsed = binding.parse_assembly(str(module))
        machine = binding.Target.from_default_triple().create_target_machine(opt=2)
        self._engine = binding.create_mcjit_compiler(parsed, machine)
        self._engine.finalize_object()
        self.march = _CALL(self._engine.get_function_address("adpy.march"))


_CALL = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_int64] * 4)
_lock = threading.Lock()


@functools.cache
def _made() -> _Marching:
    return _Marching()


def march() -> Any:
    """The native function ``(frame, block, actions, count)``, which gives how many actions were done."""
    with _lock:
        return _made().march
