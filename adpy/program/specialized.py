"""Which codes have kernels of their own."""

from __future__ import annotations

from typing import Any

from adpy.program.code import Code

__all__ = ["kernels_of", "specialize"]


def kernels_of(code: Code) -> Any:
    """The kernels of a code, or None."""
    return code.kernels[0] if code.kernels else None


def specialize(code: Code, background: bool = False) -> Any:
    """Give a code kernels of its own.

    Parameters
    ----------
    code : Code
    background : bool
        Compile in a thread; until it is done, the interpreters run.

    Returns
    -------
    adpy.program.codegen.Kernels
    """
    from adpy.program.codegen import Kernels

    if not code.kernels:
        code.kernels.append(Kernels(code, background))
    return code.kernels[0]
