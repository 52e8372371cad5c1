"""Forward mode: Dual (primal and tangent), one tangent or many in one pass."""

from adpy.forward.array import DualArray
from adpy.forward.dual import Dual
from adpy.forward.element import DualElement
from adpy.forward.scalar import DualReal, DualScalar
from adpy.forward.trace import ForwardTrace

__all__ = ["Dual", "DualArray", "DualElement", "DualReal", "DualScalar", "ForwardTrace"]
