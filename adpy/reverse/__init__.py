"""Reverse mode: Var (value and address) and the tape of children and weights."""

from adpy.reverse import arithmetic  # noqa: F401  (gives Array its operators)
from adpy.reverse.array import Array, Element
from adpy.reverse.scalar import Real, Scalar
from adpy.reverse.tape import Tape
from adpy.reverse.var import Var

__all__ = ["Array", "Element", "Real", "Scalar", "Tape", "Var"]
