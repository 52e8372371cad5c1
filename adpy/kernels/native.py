"""Native calls of the sweeps: two blocks of addresses in, nothing looked at twice.

Numba's own calls look at every array again, for a fifth of a microsecond each.  Here all that stays the same stands in
two blocks of int64, which native code reads: a *program block* (tables, and the addresses of the sweeps) and a *frame
block* (the memories of one evaluation).

A sweep is a native function ``(program, frame, start, stop)``; the interpreters' are made here, each when it is first
wanted (they are megabytes of machine code), those of generated kernels in :mod:`adpy.kernels.assemble`.  ``evaluate``,
``push``, ``differentiate`` and ``multiply`` (by the Hessian) run a whole program in one call.
"""

from __future__ import annotations

import ctypes
import functools
import threading
from typing import Any

from llvmlite import binding, ir
from numba import types
from numba.core.registry import cpu_target

from adpy.kernels import interpreter
from adpy.kernels.table import COLUMNS

__all__ = ["F64", "FRAME", "I64", "PROGRAM", "SWEEP", "Native", "Writer", "memories", "native"]

I64, F64 = ir.IntType(64), ir.DoubleType()
BLOCK = I64.as_pointer()
SWEEP = ir.FunctionType(ir.VoidType(), [BLOCK, BLOCK, I64, I64])
WHOLE = ir.FunctionType(I64, [BLOCK, BLOCK])


def _numbered(names: str) -> dict[str, int]:
    return {name: number for number, name in enumerate(names.split())}


PROGRAM = _numbered(
    "value tangent adjoint second start stop lasting table rows heads instructions places entries ops firsts seconds "
    "scalars scratch tile active cotangents guards outcomes decisions cleared spans steps tables numbers"
)
"""What a program block holds: addresses of the sweeps, their whole range, the tables and their lengths."""

FRAME = _numbered("memory dots bars turns width size seed")
"""What a frame block holds: addresses of memories, directions, entries of the memory, the address that is seeded."""

_INTERPRETERS = {
    "value": (interpreter.replay, ()),
    "tangent": (interpreter.tangent, ("dots",)),
    "adjoint": (interpreter.adjoint, ("bars",)),
    "second": (interpreter.second_order, ("dots", "bars", "turns")),
}
_TABLE, _NUMBERS, _OPERATIONS = [
    types.Array(t, n, "C") for t, n in ((types.int64, 2), (types.int64, 1), (types.int32, 1))
]
_MEMORY, _COLUMNS = types.Array(types.float64, 1, "C"), types.Array(types.float64, 2, "C")


def memories(sweep: str) -> tuple[str, ...]:
    """Memories that a sweep has beside that of the values, in the order of its arguments."""
    return _INTERPRETERS[sweep][1]


class Writer:
    """Text of native functions."""

    def __init__(self, module: ir.Module, name: str, kind: ir.FunctionType) -> None:
        self.module = module
        self.function = ir.Function(module, kind, name)
        self.builder = ir.IRBuilder(self.function.append_basic_block("entry"))
        self.program, self.frame = self.function.args[:2]

    def field(self, block: Any, number: int) -> Any:
        """A number of a block."""
        return self.builder.load(self.builder.gep(block, [I64(number)], inbounds=True))

    def of_program(self, name: str) -> Any:
        return self.field(self.program, PROGRAM[name])

    def of_frame(self, name: str) -> Any:
        return self.field(self.frame, FRAME[name])

    def pointer(self, address: Any, kind: Any = F64) -> Any:
        return self.builder.inttoptr(address, kind.as_pointer())

    def sweep(self, name: str, stop: str = "stop") -> None:
        """Call the sweep of the program over all of it, or as far as ``stop`` says."""
        function = self.pointer(self.of_program(name), SWEEP)
        self.builder.call(function, [self.program, self.frame, self.of_program("start"), self.of_program(stop)])

    def loop(self, count: Any) -> Any:
        """Begin a loop ``k = 0 … count - 1``; returns ``k`` and what ends it."""
        builder = self.builder
        before = builder.block
        test, body, behind = [builder.append_basic_block() for _ in range(3)]
        builder.branch(test)
        builder.position_at_end(test)
        k = builder.phi(I64)
        k.add_incoming(I64(0), before)
        builder.cbranch(builder.icmp_signed("<", k, count), body, behind)
        builder.position_at_end(body)

        def end():
            k.add_incoming(builder.add(k, I64(1)), builder.block)
            builder.branch(test)
            builder.position_at_end(behind)

        return k, end


def _interpreted(module: ir.Module, sweep: str) -> None:
    """A sweep by the interpreter: its arrays from the blocks, as Numba lays out the arguments."""
    dispatcher, names = _INTERPRETERS[sweep]
    kinds = (_TABLE, *[_NUMBERS] * 2, *[_OPERATIONS] * 3, _MEMORY, *[_COLUMNS] * len(names), *[types.int64] * 4)
    dispatcher.compile(kinds)
    found = dispatcher.overloads[kinds]
    binding.add_symbol(f"adpy.{sweep}", found.library.get_pointer_to_function(found.fndesc.llvm_func_name))
    called = ir.Function(
        module, cpu_target.target_context.call_conv.get_function_type(types.none, kinds), f"adpy.{sweep}"
    )
    writer = Writer(module, f"adpy.{sweep}.interpreted", SWEEP)
    builder = writer.builder
    result, excinfo = [builder.alloca(t.pointee) for t in called.function_type.args[:2]]
    given: list = []
    expected = iter(called.function_type.args[2:])

    def array(address, size, *shape):
        strides = [I64(size)]
        for n in reversed(shape[1:]):
            strides.insert(0, builder.mul(n, strides[0]))
        entries = functools.reduce(builder.mul, shape)
        given.extend([next(expected)(None), next(expected)(None), entries, I64(size)])
        next(expected), next(expected)
        given.extend([writer.pointer(address, next(expected).pointee), *shape, *strides])
        for _ in (*shape, *strides):
            next(expected)

    at = writer.of_program
    array(at("table"), 8, at("rows"), I64(COLUMNS))
    array(at("heads"), 8, at("instructions"))
    array(at("places"), 8, at("entries"))
    for name in ("ops", "firsts", "seconds"):
        array(at(name), 4, at("scalars"))
    array(writer.of_frame("memory"), 8, writer.of_frame("size"))
    for name in names:
        width = I64(1) if name == "bars" and sweep == "second" else writer.of_frame("width")
        array(writer.of_frame(name), 8, at("active" if name == "dots" else "cotangents"), width)
    builder.call(called, [result, excinfo, *given, at("scratch"), at("tile"), *writer.function.args[2:]])
    builder.ret_void()


def _forward(module: ir.Module, name: str, sweep: str, stop: str = "stop") -> ir.Function:
    """A sweep of a whole program, and 1 if its decisions are those of the recording, else 0."""
    writer = Writer(module, name, WHOLE)
    builder = writer.builder
    writer.sweep(sweep, stop)
    memory = writer.pointer(writer.of_frame("memory"))
    places, outcomes = writer.pointer(writer.of_program("guards"), I64), writer.pointer(writer.of_program("outcomes"))
    k, end = writer.loop(writer.of_program("decisions"))
    found = builder.load(builder.gep(memory, [builder.load(builder.gep(places, [k]))]))
    expected = builder.load(builder.gep(outcomes, [k]))
    both = builder.and_(builder.fcmp_unordered("uno", found, found), builder.fcmp_unordered("uno", expected, expected))
    same = builder.or_(builder.fcmp_ordered("==", found, expected), both)
    with builder.if_then(builder.not_(same)):
        builder.ret(I64(0))
    end()
    builder.ret(I64(1))
    return writer.function


def _and_back(module: ir.Module, name: str, forward: ir.Function, memories: tuple[str, ...], sweep: str) -> None:
    """There and back, for a result that is one number; 0 where a decision is another one."""
    writer = Writer(module, name, WHOLE)
    builder = writer.builder
    same = builder.call(forward, [writer.program, writer.frame])
    with builder.if_then(builder.icmp_signed("==", same, I64(0))):
        builder.ret(I64(0))
    starts = [writer.pointer(writer.of_frame(memory)) for memory in memories]
    cleared = writer.pointer(writer.of_program("cleared"), I64)
    byte = ir.IntType(8)
    clear = module.declare_intrinsic("llvm.memset", [byte.as_pointer(), I64])
    k, end = writer.loop(writer.of_program("spans"))
    at = builder.mul(k, I64(2))
    low = builder.load(builder.gep(cleared, [at]))
    size = builder.mul(builder.sub(builder.load(builder.gep(cleared, [builder.add(at, I64(1))])), low), I64(8))
    for memory in starts:
        start = builder.bitcast(builder.gep(memory, [low]), byte.as_pointer())
        builder.call(clear, [start, byte(0), size, ir.IntType(1)(0)])
    end()
    place = builder.gep(starts[0], [writer.of_frame("seed")])
    builder.store(builder.fadd(builder.load(place), F64(1.0)), place)
    writer.sweep(sweep)
    builder.ret(I64(1))


def _engine(module: ir.Module) -> Any:
    """What holds the machine code of a module."""
    parsed = binding.parse_assembly(str(module))
    machine = binding.Target.from_default_triple().create_target_machine(opt=2)
    engine = binding.create_mcjit_compiler(parsed, machine)
    engine.finalize_object()
    return engine


class Native:
    """Addresses of the interpreters' sweeps, which are loaded when they are wanted, and what runs whole programs."""

    def __init__(self) -> None:
        module = ir.Module("adpy.native")
        value = _forward(module, "adpy.evaluate", "value")
        tangent = _forward(module, "adpy.push", "tangent")
        lasting = _forward(module, "adpy.prepare", "value", "lasting")
        _and_back(module, "adpy.differentiate", value, ("bars",), "adjoint")
        _and_back(module, "adpy.gradient", lasting, ("bars",), "adjoint")
        _and_back(module, "adpy.multiply", tangent, ("bars", "turns"), "second")
        engine = _engine(module)
        self._engines = [engine]
        self._addresses: dict[str, int] = {}
        self._loading = threading.Lock()
        self.whole = {
            name: _WHOLE(engine.get_function_address(f"adpy.{name}"))
            for name in ("evaluate", "prepare", "push", "differentiate", "gradient", "multiply")
        }
        """Functions ``(program, frame)`` that run a whole program for one direction; 1 if its decisions hold."""

    def interpreted(self, sweep: str) -> int:
        """The address of a sweep of the interpreters."""
        with self._loading:
            if sweep not in self._addresses:
                module = ir.Module(f"adpy.{sweep}")
                _interpreted(module, sweep)
                engine = _engine(module)
                self._engines.append(engine)
                self._addresses[sweep] = engine.get_function_address(f"adpy.{sweep}.interpreted")
        return self._addresses[sweep]

    @staticmethod
    def sweep(address: int) -> Any:
        """The sweep at an address as a function of Python's: ``(program, frame, start, stop)``."""
        return _CALL(address)


_WHOLE = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)
_CALL = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)
_lock = threading.Lock()
_found: Native | None = None


def native() -> Native:
    """The one there is of it in a process."""
    global _found
    if _found is None:
        with _lock:
            if _found is None:
                _found = Native()
    return _found
