"""Steps and their adjoints written by hand for Numba; a binomial schedule around them, compiled as well.

``forward(u, params, v)`` fills ``v`` with the next state.  ``adjoint(u, params, bar, out, params_bar)`` takes the
cotangent of the next state to that of ``u``, in ``out``, and adds to that of the parameters.  States are arrays.
"""

from benchmarks.checkpoint.handwritten.steps import STEPS

__all__ = ["STEPS"]
