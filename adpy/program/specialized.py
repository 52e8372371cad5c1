"""Which codes have kernels of their own."""

from __future__ import annotations

import weakref
from typing import Any

from adpy.program.code import Code

__all__ = ["kernels_of", "specialize"]

_of: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()


def kernels_of(code: Code) -> Any:
    """The kernels of a code, or None."""
    return _of.get(code) if _of else None


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

    found = _of.get(code)
    if found is None:
        found = _of[code] = Kernels(code, background)
    return found
