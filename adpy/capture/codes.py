"""What a code object, with those nested in it, does with global names."""

from __future__ import annotations

import dis
import functools
import types
from typing import NamedTuple

__all__ = ["Facts", "code_names", "facts"]

_STORES = ("STORE_GLOBAL", "DELETE_GLOBAL")


class Facts(NamedTuple):
    """Names a code object mentions, global names it writes, and names it compares by ``is``."""

    names: frozenset[str]
    stored: frozenset[str]
    compared: frozenset[str]


def code_names(code: types.CodeType) -> set[str]:
    """Names that a code object and those nested in it mention."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if type(constant) is types.CodeType:
            names |= code_names(constant)
    return names


@functools.lru_cache(maxsize=4096)
def facts(code: types.CodeType) -> Facts:
    """The :class:`Facts` of a code object, remembered."""
    stored, compared = set(), set()
    pending = [code]
    while pending:
        current = pending.pop()
        pending.extend(c for c in current.co_consts if type(c) is types.CodeType)
        last = None
        for instruction in dis.get_instructions(current):
            if instruction.opname in _STORES:
                stored.add(instruction.argval)
            elif instruction.opname == "IS_OP" and last is not None and last.opname in ("LOAD_GLOBAL", "LOAD_ATTR"):
                compared.add(last.argval)
            last = instruction
    return Facts(frozenset(code_names(code)), frozenset(stored), frozenset(compared))
