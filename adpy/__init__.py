"""adpy: exact derivatives of the NumPy code you already have."""

from adpy import capture, errors, traced
from adpy.capture import registry
from adpy.reverse import Array, Element, Real, Scalar, Var
from adpy.traced import creation, inplace  # noqa: F401  (their rows)

registry.TRACED_TYPES.update((Array, Element, Real, Scalar))
registry.set_hooks(traced.primal, traced.call)

from adpy.api.reverse_mode import grad, value_and_grad, vjp  # noqa: E402

__all__ = ["Var", "errors", "grad", "value_and_grad", "vjp"]
