"""Derivatives by elements, beside dense ones of the same function that go another way."""

import numpy as np

import adpy
from adpy.api.signature import signature
from adpy.sparse.elements import execution
from adpy.sparse.elements.evaluators import ElementHessian, ElementJacobian

__all__ = ["check", "code_of", "nonzeros"]


def code_of(function, *args):
    """The code of a recording, and the inputs of its arguments."""
    program = adpy.record(function, *args)
    (branches,) = program._branches.values()
    return branches[0].code, signature(args, {})[1]


def nonzeros(evaluator, inputs):
    """A dense matrix, and whether the decisions hold."""
    data = np.full(evaluator.pattern.nnz, np.nan)
    same = evaluator.evaluate(inputs, data)
    return evaluator.pattern.matrix(data).toarray(), same


def check(monkeypatch, function, x, *elsewhere, second=False, rtol=1e-12):
    """Compare at ``x`` and elsewhere, by NumPy and by native code; returns the pattern."""
    make, dense = (ElementHessian, adpy.hessian) if second else (ElementJacobian, adpy.jacobian)
    for worth in (0.0, np.inf):
        monkeypatch.setattr(execution, "WORTH", worth)
        code, _ = code_of(function, x)
        evaluator = make(code, [0])
        assert evaluator.compiled == bool(worth) or not evaluator.varying
        for point in (x, *elsewhere):
            found, same = nonzeros(evaluator, [point])
            assert same
            expected = np.reshape(dense(function)(point), found.shape)
            np.testing.assert_allclose(found, expected, rtol=rtol, atol=rtol * np.abs(expected).max(initial=1e-300))
    return evaluator.pattern
