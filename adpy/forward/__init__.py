"""Forward mode: Dual (primal and tangent), one tangent or many in one pass."""

from adpy.forward import arithmetic, linear, scalar_arithmetic
from adpy.forward.array import DualArray
from adpy.forward.dual import Dual
from adpy.forward.element import DualElement
from adpy.forward.scalar import DualReal, DualScalar
from adpy.forward.trace import ForwardTrace

scalar_arithmetic.install()
linear.install()
arithmetic.install()

__all__ = ["Dual", "DualArray", "DualElement", "DualReal", "DualScalar", "ForwardTrace"]
