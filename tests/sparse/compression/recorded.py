"""Functions recorded for evaluators, and the dense derivatives that they are compared with."""

import numpy as np

import adpy
from adpy.sparse.pattern import Pattern


def code_of(function, *args):
    """The code of a recording at these arguments."""
    branch, recording = adpy.record(function, *args)._at(args, {})
    assert branch is not None, "cannot be recorded"
    recording.__exit__()
    return branch.code


def dense_jacobian(function, args, wrt):
    """All results by all entries of the arguments ``wrt``, by the dense transform."""

    def flat(*args):
        found = function(*args)
        return np.concatenate([np.ravel(y) for y in (found if isinstance(found, tuple) else (found,))])

    blocks = [adpy.jacobian(flat, argnum)(*args) for argnum in wrt]
    return np.hstack([block.reshape(block.shape[0], -1) for block in blocks])


def pattern_of(function, points, wrt):
    """What is not zero in the dense Jacobian at any of the points."""
    return Pattern.of(sum(dense_jacobian(function, args, wrt) != 0 for args in points))


def dense_hessian(function, x):
    """The dense Hessian as a matrix."""
    return np.reshape(adpy.hessian(function)(x), (np.size(x), np.size(x)))
