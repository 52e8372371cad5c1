"""Detection: patterns of Jacobians and Hessians, found in what a function was recorded to do."""

from adpy.sparse.detection.hessian import hessian_pattern
from adpy.sparse.detection.jacobian import jacobian_pattern

__all__ = ["hessian_pattern", "jacobian_pattern"]
