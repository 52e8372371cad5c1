"""What forward and reverse values share: the ndarray interface, dispatch to the rule table, and refusals."""

from adpy.traced.dispatch import call, call_method, primal, template
from adpy.traced.trace import Trace
from adpy.traced.traced import Traced

__all__ = ["Trace", "Traced", "call", "call_method", "primal", "template"]
