"""Which codes have kernels of their own, and which get them when they are hot."""

from __future__ import annotations

import weakref
from typing import Any

from adpy.program.code import Code
from adpy.program.heat import Heat

__all__ = ["kernels_of", "specialize", "watch"]


def kernels_of(code: Code) -> Any:
    """The kernels of a code, or None."""
    return code.special.kernels


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

    special = code.special
    special.heat = None
    if special.kernels is None:
        special.kernels = Kernels(code, background)
    return special.kernels


def watch(code: Code) -> None:
    """Give a code kernels of its own when it is hot, in the background."""
    from adpy.program.codegen import Kernels

    if code.special.heat is not None or code.special.kernels is not None:
        return
    reference = weakref.ref(code)

    def hot(sweeps: set[str]) -> None:
        code = reference()
        if code is None or code.special.kernels is not None:
            return
        heat = code.special.heat
        kernels = Kernels(code, background=True, trigger=f"{heat.seconds:.2g} s in the interpreters" if heat else "")
        kernels.build(tuple(sorted(sweeps)))
        if code.special.kernels is None:
            code.special.kernels, code.special.heat = kernels, None

    code.special.heat = Heat(len(code.heads), hot)
