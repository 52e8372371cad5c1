"""How SciPy's functions become rows: nothing is overwritten, and calls inside rules reach the table."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable

from adpy.rules.table import Block, block

__all__ = ["keeping", "scipy_block"]


def keeping(function: Callable) -> Callable:
    """``function`` without permission to overwrite its arguments, which the tape still needs."""
    signature = inspect.signature(function)
    overwrites = [name for name in signature.parameters if name.startswith("overwrite_")]
    if not overwrites:
        return function

    @functools.wraps(function)
    def kept(*args, **kwargs):
        bound = signature.bind(*args, **kwargs)
        for name in overwrites:
            bound.arguments.pop(name, None)
        return function(*bound.args, **bound.kwargs)

    return kept


def scipy_block(function: Callable, *operands: str) -> Block:
    """A block row whose primal is the function itself."""
    return block(function, *operands)(keeping(function))
