"""adpy: exact derivatives of the NumPy code you already have."""

import importlib
from typing import Any

from adpy import errors, traced
from adpy.capture import registry
from adpy.forward import Dual, DualArray, DualElement, DualReal, DualScalar
from adpy.reverse import Array, Element, Real, Scalar, Var
from adpy.traced import creation, inplace, several  # noqa: F401  (their rows)

registry.TRACED_TYPES.update((Array, Element, Real, Scalar, DualArray, DualElement, DualReal, DualScalar))
registry.set_hooks(traced.primal, traced.call, traced.template)

from adpy.api.forward_mode import derivative, jvp  # noqa: E402
from adpy.api.reverse_mode import grad, value_and_grad, vjp  # noqa: E402
from adpy.api.stopping import stop_gradient  # noqa: E402

# Loaded when first asked for, so that a plain gradient does not pay for them.
_LAZY: dict[str, str] = {
    "Program": "adpy.api.program",
    "batch": "adpy.api.batch",
    "check_rule": "adpy.custom.checking",
    "compile": "adpy.api.record",
    "custom_linear_solve": "adpy.custom.linear_solve",
    "custom_root": "adpy.custom.root",
    "debug_nans": "adpy.diagnostics.nans",
    "derivative_tensor": "adpy.series.tensor",
    "derivatives": "adpy.series.transforms",
    "forward_gradient": "adpy.estimates.forward_gradient",
    "gauss_newton_vp": "adpy.api.second_order",
    "hessian": "adpy.api.second_order",
    "hutchinson_diagonal": "adpy.estimates.hutchinson",
    "hutchinson_trace": "adpy.estimates.hutchinson",
    "hvp": "adpy.api.second_order",
    "jacobian": "adpy.api.jacobian",
    "kinks": "adpy.diagnostics.kinks",
    "load_program": "adpy.api.program_saving",
    "numerical": "adpy.custom.numerical",
    "primitive": "adpy.custom.primitive",
    "record": "adpy.api.record",
    "taylor": "adpy.series.transforms",
    "value_grad_and_hvp": "adpy.api.second_order",
    "wirtinger": "adpy.api.wirtinger",
}

_ROOMS = frozenset(("checkpoint", "sparse", "testing", "visual"))
"""Packages and modules of their own, imported when first asked for."""

__all__ = [
    "Dual",
    "Var",
    "derivative",
    "errors",
    "grad",
    "jvp",
    "stop_gradient",
    "value_and_grad",
    "vjp",
    *_LAZY,
    *sorted(_ROOMS),
]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f"adpy.{name}")
    if name not in _LAZY:
        raise AttributeError(f"module 'adpy' has no attribute {name!r}")
    value = getattr(importlib.import_module(_LAZY[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
