"""Dense derivatives of codes, by sweeps over them, to compare patterns with."""

import numpy as np

import adpy
from adpy.api.signature import signature
from adpy.program.recording import Recording


def code_of(function, *arguments):
    """The code of the only recording of a function, and its inputs; None where it is not recorded."""
    program = adpy.record(function, *arguments)
    branches = [branch for found in program._branches.values() for branch in found]
    return branches[0].code if branches else None, signature(arguments, {})[1]


def dense_jacobian(code, wrt, inputs):
    """The Jacobian of all results by all entries of the inputs ``wrt``."""
    sizes = [int(np.prod(code.inputs[k].shape)) for k in wrt]
    unit, start = np.eye(sum(sizes)), 0
    directions = [np.zeros((*view.shape, sum(sizes))) for view in code.inputs]
    for k, n in zip(wrt, sizes, strict=True):
        directions[k] = unit[start : start + n].reshape(*code.inputs[k].shape, -1)
        start += n
    if not sum(sizes) or not code.outputs:
        return np.zeros((sum(int(np.prod(v.shape)) for v in code.outputs), sum(sizes)))
    with Recording(code, inputs) as recording:
        dots = recording.tangents(directions)
    return np.concatenate([x.reshape(-1, sum(sizes)) for x in dots])


def dense_hessian(code, wrt, inputs, seed=0):
    """The Hessian of a sum of the results with random weights."""
    sizes = [int(np.prod(code.inputs[k].shape)) for k in wrt]
    unit, start = np.eye(sum(sizes)), 0
    directions = [np.zeros((*view.shape, sum(sizes))) for view in code.inputs]
    for k, n in zip(wrt, sizes, strict=True):
        directions[k] = unit[start : start + n].reshape(*code.inputs[k].shape, -1)
        start += n
    if not sum(sizes) or not code.outputs:
        return np.zeros((sum(sizes), sum(sizes)))
    rng = np.random.default_rng(seed)
    with Recording(code, inputs) as recording:
        _, dots = recording.second_order(directions, [rng.uniform(0.5, 1.5, v.shape) for v in code.outputs])
    return np.concatenate([dots[k].reshape(-1, sum(sizes)) for k in wrt])


def mask(pattern):
    """A pattern as a dense array of booleans."""
    found = np.zeros(pattern.shape, bool)
    found[pattern.rows, pattern.indices] = True
    return found
