"""Pictures, with matplotlib: ``pip install 'adpy[plot]'``."""

import importlib
from typing import Any

_LAZY: dict[str, str] = {
    "schedule": "adpy.visual.schedules",
    "spy": "adpy.visual.pattern",
}

__all__ = [*_LAZY]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'adpy.visual' has no attribute {name!r}")
    value = getattr(importlib.import_module(_LAZY[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
