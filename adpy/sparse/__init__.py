"""Sparse derivatives: patterns, colorings, and evaluations whose cost goes with the number of nonzeros."""

import importlib
from typing import Any

_LAZY: dict[str, str] = {
    "ORDERINGS": "adpy.sparse.coloring",
    "Coloring": "adpy.sparse.coloring",
    "Pattern": "adpy.sparse.pattern",
    "color_acyclic": "adpy.sparse.coloring",
    "color_bidirectional": "adpy.sparse.coloring",
    "color_columns": "adpy.sparse.coloring",
    "color_rows": "adpy.sparse.coloring",
    "color_star": "adpy.sparse.coloring",
    "global_pattern": "adpy.sparse.detection.all_branches",
    "hessian": "adpy.sparse.hessians",
    "hessian_operator": "adpy.sparse.operators",
    "hessian_pattern": "adpy.sparse.detection.public",
    "jacobian": "adpy.sparse.jacobians",
    "jacobian_operator": "adpy.sparse.operators",
    "jacobian_pattern": "adpy.sparse.detection.public",
    "load": "adpy.sparse.saving",
    "prepare_hessian": "adpy.sparse.hessians",
    "prepare_jacobian": "adpy.sparse.jacobians",
}

__all__ = [*_LAZY]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'adpy.sparse' has no attribute {name!r}")
    value = getattr(importlib.import_module(_LAZY[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
