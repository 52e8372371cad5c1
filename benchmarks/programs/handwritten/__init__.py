"""Gradients written by hand, in reverse mode, for Numba: what a patient expert reaches.

Each takes the arguments of its problem and returns the value and the gradient, a tuple of gradients where several
arguments are differentiated, an array with a row for each lane where there are lanes.
"""

from __future__ import annotations

from benchmarks.programs.handwritten import arrays, lanes, lstm, paths, scalars, statistics, stencils

__all__ = ["GRADIENTS"]

GRADIENTS = {
    "rosenbrock": scalars.rosenbrock,
    "lorenz": scalars.lorenz,
    "three_body": scalars.three_body,
    "heston": lanes.heston,
    "options": lanes.options,
    "bundle": lanes.bundle,
    "ufunc_chain": arrays.ufunc_chain,
    "burgers": stencils.burgers,
    "heat": stencils.heat,
    "shallow_water": stencils.shallow_water,
    "gmm": statistics.gmm,
    "logistic": statistics.logistic,
    "lstm": lstm.lstm,
    "heston_vectorised": paths.heston_vectorised,
}
