"""adpy: exact derivatives of the NumPy code you already have."""

from adpy import errors, traced
from adpy.capture import registry
from adpy.forward import Dual, DualArray, DualElement, DualReal, DualScalar
from adpy.reverse import Array, Element, Real, Scalar, Var
from adpy.traced import creation, inplace, several  # noqa: F401  (their rows)

registry.TRACED_TYPES.update((Array, Element, Real, Scalar, DualArray, DualElement, DualReal, DualScalar))
registry.set_hooks(traced.primal, traced.call)

from adpy.api.forward_mode import derivative, jvp  # noqa: E402
from adpy.api.jacobian import jacobian  # noqa: E402
from adpy.api.reverse_mode import grad, value_and_grad, vjp  # noqa: E402
from adpy.api.stopping import stop_gradient  # noqa: E402

__all__ = ["Dual", "Var", "derivative", "errors", "grad", "jacobian", "jvp", "stop_gradient", "value_and_grad", "vjp"]
