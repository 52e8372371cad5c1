"""Elementary functions that compiled loops call for several entries at once, with errors below 2 ulp.

Loops over them vectorise: see :mod:`adpy.kernels.vector_math.defining`.  Special values are those of C.
"""

from __future__ import annotations

from collections.abc import Callable

from numba import types
from numba.extending import intrinsic

from adpy.kernels.vector_math.defining import FORMULAS, function, target_of
from adpy.kernels.vector_math.library import load

__all__ = ["FORMULAS", "FUNCTIONS", "function", "target_of"]


def _intrinsic(name: str, count: int) -> Callable:
    def codegen(context, builder, signature, args):
        return builder.call(function(builder.module, name, target_of(context)), args)

    if count == 1:

        def typed(typingctx, x):
            return types.float64(types.float64), codegen

    else:

        def typed(typingctx, x, y):
            return types.float64(types.float64, types.float64), codegen

    typed.__name__ = typed.__qualname__ = name
    return intrinsic(typed)


FUNCTIONS = {name: _intrinsic(name, count) for name, (_, _, count) in FORMULAS.items()}
"""By name of NumPy's function, for compiled code."""
globals().update(FUNCTIONS)
__all__ += list(FUNCTIONS)
load()
