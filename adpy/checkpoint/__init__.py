"""Checkpointing: gradients through long loops in bounded memory."""

import importlib
from typing import Any

_LAZY: dict[str, str] = {
    "checkpoint": "adpy.checkpoint.block",
    "loop": "adpy.checkpoint.loops",
    "plan": "adpy.checkpoint.ahead",
    "reversible_loop": "adpy.checkpoint.reversible",
    "while_loop": "adpy.checkpoint.while_loops",
}

__all__ = list(_LAZY)


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'adpy.checkpoint' has no attribute {name!r}")
    value = getattr(importlib.import_module(_LAZY[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
