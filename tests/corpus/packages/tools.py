"""Tools that take the gradient of a plain function: ``name -> gradient(function, arguments, positions)``."""

import sys
import types
from collections.abc import Callable

import numpy as np

__all__ = ["TOOLS", "prepare"]


def _adpy() -> Callable:
    import adpy

    def gradient(function, arguments, positions):
        return adpy.grad(function, argnums=positions)(*arguments)

    return gradient


def _autograd() -> Callable:
    import autograd

    def gradient(function, arguments, positions):
        found = autograd.grad(function, positions)(*arguments)
        return [np.zeros_like(arguments[p]) if part is None else part for p, part in zip(positions, found)]

    return gradient


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
        if name.split(".")[0] == root and root != "numpy" and isinstance(module, types.ModuleType):
            for key, value in list(vars(module).items()):
                if id(value) in swaps and not isinstance(value, type):
                    setattr(module, key, swaps[id(value)])
