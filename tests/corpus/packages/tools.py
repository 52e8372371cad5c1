"""Tools that take gradients of plain functions: ``TOOLS[name]()`` is ``(function, positions) -> gradient``."""

import sys
import types
from collections.abc import Callable

import numpy as np

__all__ = ["TOOLS", "prepare"]


def _adpy() -> Callable:
    import adpy

    return adpy.grad


def _autograd() -> Callable:
    import autograd

    return autograd.grad


TOOLS: dict[str, Callable] = {"adpy": _adpy, "autograd": _autograd}


def prepare(tool: str, root: str) -> None:
    """Give a tool what it asks of users: autograd wants its own ``numpy`` in the namespace of the code."""
    if tool != "autograd":
        return
    import autograd.numpy as wrapped

    swaps = {
        id(getattr(np, name)): getattr(wrapped, name) for name in dir(wrapped) if callable(getattr(np, name, None))
    }
    swaps[id(np)] = wrapped
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == root and root not in ("numpy", "scipy") and isinstance(module, types.ModuleType):
            for key, value in list(vars(module).items()):
                if id(value) in swaps and not isinstance(value, type):
                    setattr(module, key, swaps[id(value)])
