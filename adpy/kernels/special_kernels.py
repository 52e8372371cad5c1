"""SciPy's functions in the interpreters: a table of compiled functions, each compiled when it is first called.

All have the arguments of :func:`special_tile`, on the memory's address.  The table is a symbol of the process, so that
the interpreters' code can be kept on disk; at first its entries are functions in Python that compile the right one,
which Numba keeps on disk too.
"""

from __future__ import annotations

import ctypes
import functools
from typing import Any

import llvmlite.binding
import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from adpy.kernels.opcodes import FIRST_SPECIAL, SPECIAL

__all__ = ["special_second", "special_tile", "special_value", "special_weights"]

TABLE = "adpy.special.kernels"
KINDS = ("value", "weights", "second")
VALUE, WEIGHTS, SECOND = range(3)

_kind = ctypes.CFUNCTYPE(None, ctypes.c_void_p, *[ctypes.c_int64] * 9)
_addresses = (ctypes.c_void_p * (len(KINDS) * len(SPECIAL)))()
_kept: list[Any] = []


@functools.cache
def _compiled(number: int) -> Any:
    """The compiled function at a place of the table."""
    from adpy.kernels import special_elementwise

    name = f"{KINDS[number % len(KINDS)]}_{SPECIAL[number // len(KINDS)]}"
    signature = types.void(types.CPointer(types.float64), *[types.int64] * 8, types.uint64)
    return numba.cfunc(signature, cache=True, error_model="numpy")(getattr(special_elementwise, name))


def _first_call(number: int) -> Any:
    def call(*arguments):
        found = _compiled(number)
        _addresses[number] = found.address
        _kind(found.address)(*arguments)

    return _kind(call)


for _number in range(len(_addresses)):
    _kept.append(_first_call(_number))
    _addresses[_number] = ctypes.cast(_kept[-1], ctypes.c_void_p).value
llvmlite.binding.add_symbol(TABLE, ctypes.addressof(_addresses))


@intrinsic
def _call(typingctx, op, kind, memory, a, b, y, u, v, p, q, r, n):
    """Call the function of an opcode and a kind."""

    def codegen(context, builder, signature, args):
        op, kind, memory, *places = args
        module, i64 = builder.module, ir.IntType(64)
        table = module.globals.get(TABLE) or ir.GlobalVariable(module, ir.ArrayType(i64, len(_addresses)), TABLE)
        first = ir.Constant(i64, FIRST_SPECIAL)
        number = builder.mul(builder.sub(op, first), ir.Constant(i64, len(KINDS)))
        place = builder.gep(table, [ir.Constant(i64, 0), builder.add(number, kind)], inbounds=True)
        data = context.make_array(signature.args[2])(context, builder, memory).data
        pointer = ir.FunctionType(ir.VoidType(), [data.type, *[i64] * 9]).as_pointer()
        builder.call(builder.inttoptr(builder.load(place), pointer), [data, *places])
        return context.get_dummy_value()

    return types.none(types.int64, types.int64, memory, *[types.int64] * 8, types.uint64), codegen


@numba.njit(cache=True, error_model="numpy", nogil=True)
def special_tile(op, kind, memory, a, b, y, u, v, p, q, r, n):
    """Results of an opcode entry by entry; places are first addresses of tiles in the memory."""
    _call(op, kind, memory, a, b, y, u, v, p, q, r, n)


@numba.njit(cache=True, error_model="numpy", nogil=True)
def special_value(op, a, b):
    """The value at numbers."""
    memory = np.array([a, b, 0.0])
    _call(op, VALUE, memory, 0, 1, 2, 0, 0, 0, 0, 0, 1)
    return memory[2]


@numba.njit(cache=True, error_model="numpy", nogil=True)
def special_weights(op, a, b, y):
    """The partials at numbers."""
    memory = np.array([a, b, y, 0.0, 0.0])
    _call(op, WEIGHTS, memory, 0, 1, 2, 3, 4, 0, 0, 0, 1)
    return memory[3], memory[4]


@numba.njit(cache=True, error_model="numpy", nogil=True)
def special_second(op, a, b, y):
    """The partials and second partials at numbers."""
    memory = np.array([a, b, y, 0.0, 0.0, 0.0, 0.0, 0.0])
    _call(op, SECOND, memory, 0, 1, 2, 3, 4, 5, 6, 7, 1)
    return memory[3], memory[4], memory[5], memory[6], memory[7]
