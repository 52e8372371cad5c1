"""All functions compiled once, kept on disk by Numba, and given to the process by their symbols."""

from __future__ import annotations

from collections.abc import Callable

import llvmlite.binding
import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core.registry import cpu_target
from numba.extending import intrinsic

from adpy.kernels.vector_math.defining import FORMULAS, define, digest, symbol_of, target_of

__all__ = ["load"]


@intrinsic
def _store_addresses(typingctx, out):
    """Fill an array with the functions' addresses."""

    def codegen(context, builder, signature, args):
        target = target_of(context)
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        for number, (name, width) in enumerate(_items(target)):
            address = builder.ptrtoint(define(builder.module, name, width, target.fused), ir.IntType(64))
            builder.store(address, builder.gep(data, [ir.Constant(ir.IntType(64), number)]))
        return context.get_dummy_value()

    return types.none(out), codegen


def _items(target) -> list[tuple[str, int]]:
    return [(name, width) for name in FORMULAS for width in (1, *target.widths)]


def _compiled(version: int) -> Callable:
    """A function that fills in the addresses; the version, as part of it, makes Numba compile anew what changed."""

    @numba.njit("int64(int64[::1])", cache=True, nogil=True)
    def addresses(out):
        _store_addresses(out)
        return version

    return addresses


def load() -> None:
    """Compile the functions, or load them, and give their addresses to the linker."""
    global _kept
    items = _items(target_of(cpu_target.target_context))
    out = np.zeros(len(items), np.int64)
    _kept = _compiled(int(digest(), 16))
    _kept(out)
    for (name, width), address in zip(items, out.tolist(), strict=True):
        llvmlite.binding.add_symbol(symbol_of(name, width), address)


_kept: Callable | None = None
"""Keeps the code where it is."""
