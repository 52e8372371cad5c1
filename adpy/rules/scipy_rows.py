"""How SciPy's functions become rows: nothing is overwritten, and traced arguments reach the table."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable

from adpy.rules.linalg_tools import call
from adpy.rules.table import Block, block

__all__ = ["scipy_block"]


def _primal(function: Callable) -> Callable:
    """``function`` as a primal.

    It may not overwrite its arguments, which the tape still needs; and unlike NumPy's functions SciPy's do
    not dispatch by themselves on arguments that an enclosing transform traces.
    """
    signature = inspect.signature(function)
    overwrites = [name for name in signature.parameters if name.startswith("overwrite_")]

    @functools.wraps(function)
    def primal(*args, **kwargs):
        if overwrites:
            bound = signature.bind(*args, **kwargs)
            for name in overwrites:
                bound.arguments.pop(name, None)
            args, kwargs = bound.args, bound.kwargs
        return call(function, *args, **kwargs)

    return primal


def scipy_block(function: Callable, *operands: str) -> Block:
    """A block row of a function that does not dispatch by itself."""
    return block(function, *operands)(_primal(function))
