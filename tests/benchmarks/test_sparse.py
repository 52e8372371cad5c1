"""The benchmark of sparse derivatives: its judge finds what is wrong, what is written by hand is right."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from scipy.sparse import csr_array

from benchmarks.sparse.cases import CASES
from benchmarks.sparse.contestants import NAMES
from benchmarks.sparse.handwritten import DERIVATIVES
from benchmarks.sparse.judge import Judge
from benchmarks.sparse.measure import Row
from benchmarks.sparse.problem import HESSIAN, JACOBIAN
from benchmarks.sparse.problems import bratu, brusselator, bundle, power_flow, separable
from benchmarks.sparse.report import as_json, from_json, tables
from benchmarks.sparse.rewrites import functional
from benchmarks.sparse.structure import structure
from tests.corpus.differences import jacobian

SMALL = {
    "bratu": partial(bratu.inputs, 4),
    "brusselator": partial(brusselator.inputs, 4),
    "brusselator_loop": partial(brusselator.inputs, 4),
    "bundle": partial(bundle.inputs, 3, 5, 12),
    "bundle_rows": partial(bundle.inputs, 3, 5, 12),
    "power_flow": partial(power_flow.inputs, 10),
    "power_flow_lagrangian": partial(power_flow.lagrangian_inputs, 10),
}
PROBLEMS = {problem.key: problem for problem in CASES.values()}
STEP = 1e-40


def small(key):
    """A problem with less input."""
    problem = replace(PROBLEMS[key], inputs=SMALL.get(key, partial(separable.point, 12)))
    return problem, problem.inputs()


def dense(problem, args):
    """The derivative column by column, by the complex step."""
    x, *constants = args
    function = problem.gradient or problem.function
    return np.stack([np.imag(function(x + STEP * 1j * e, *constants)) / STEP for e in np.eye(len(x))], axis=1)


@pytest.mark.parametrize("key", PROBLEMS)
def test_derivatives_by_hand_are_right(key):
    """Gradients (or the Jacobians that judges rely on) beside extrapolated differences of the plain function."""
    problem, args = small(key)
    x, *constants = args
    expected = jacobian(lambda x: np.atleast_1d(problem.function(x, *constants)), x)
    if problem.kind == JACOBIAN:
        found = dense(problem, args)
    else:
        found = problem.gradient(*args)[None]
        hessian = dense(problem, args)
        np.testing.assert_allclose(hessian, hessian.T, rtol=1e-12, atol=1e-12 * abs(hessian).max())
    assert np.all(np.isfinite(expected.error))
    assert np.all(abs(found - expected.value) <= 10.0 * expected.error + 1e-8 * abs(found).max())
    assert abs(found).max() > 0.1


@pytest.mark.parametrize("key", DERIVATIVES)
def test_nonzeros_by_hand_are_right(key):
    problem, args = small(key)
    indptr, indices, fill = DERIVATIVES[key](*args)
    data = np.full(len(indices), np.nan)
    fill(*args, data)
    found = csr_array((data, indices, indptr), shape=(len(indptr) - 1, len(args[0])))
    np.testing.assert_allclose(found.toarray(), dense(problem, args), rtol=1e-12, atol=1e-12)
    assert Judge(problem, args).error(found) is None


@pytest.mark.parametrize("key", PROBLEMS)
def test_patterns_by_hand_hold_all_nonzeros(key):
    problem, args = small(key)
    pattern = structure(problem, args)
    np.testing.assert_array_equal(pattern.toarray() != 0.0, dense(problem, args) != 0.0)


@pytest.mark.parametrize("key", [key for key in PROBLEMS if key in functional.__all__])
def test_rewrites_have_the_same_values(key):
    problem, args = small(key)
    np.testing.assert_allclose(functional.find(problem)(*args), problem.function(*args), rtol=1e-12)


@pytest.mark.parametrize("key", PROBLEMS)
def test_rewrites_for_casadi_have_the_same_values(key):
    casadi = pytest.importorskip("casadi")
    rewrites = pytest.importorskip("benchmarks.sparse.rewrites.with_casadi").REWRITES
    problem, args = small(key)
    expected = problem.function(*args)
    found = rewrites[key](casadi.DM(args[0]), *args[1:])
    np.testing.assert_allclose(found.full().ravel(), np.ravel(expected), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("key", ("bundle", "rosenbrock"))
def test_the_judge_finds_what_is_wrong(key):
    problem, args = small(key)
    right = csr_array(dense(problem, args))
    judge = Judge(problem, args)
    assert judge.error(right) is None
    for k in (0, right.nnz // 2, right.nnz - 1):
        wrong = right.copy()
        wrong.data[k] *= 1.0 + 1e-6
        assert "complex step" in judge.error(wrong)
        wrong.data[k] = 0.0
        assert "complex step" in judge.error(wrong)
    assert "shape" in judge.error(right[1:])
    wrong = right.copy()
    wrong.data[3] = np.nan
    assert "finite" in judge.error(wrong)
    moved = right.toarray()
    moved[0], moved[1] = moved[1].copy(), moved[0].copy()
    assert "complex step" in judge.error(csr_array(moved))


def test_problems_are_named_once():
    assert all(name == problem.name for name, problem in CASES.items())
    assert {problem.kind for problem in CASES.values()} == {JACOBIAN, HESSIAN}
    names = [name for group in NAMES.values() for name in group]
    assert len(names) == len(set(names))


def test_tables_show_targets_and_reasons():
    rounds = {"plain": [1.0, 3.0, 2.0], "adpy": [1.5], "by hand": [0.1], "casadi SX": [3.0]}
    facts = {
        "adpy": {"nnz": 1234, "colors": 12, "pattern": 0.01, "coloring": 0.002},
        "casadi SX": {"colors": 13, "nnz": 1234},
    }
    row = Row(2048, rounds, {"adpy": 0.02, "casadi SX": 0.5}, facts, {"asdex": "no first gradient in 20 s"}, {})
    rows = from_json(json.loads(json.dumps(as_json({"brusselator_32": row}))))
    assert rows == {"brusselator_32": row}
    text = tables(rows, 20.0)
    assert "| 0.75 | **≤ 0.5 missed** |" in text
    assert "0.5 (casadi SX)" in text
    assert "20 ms (10 ms, 2 ms) | ≤ 25 ms met" in text
    assert "| 2,048 | 1,234 | ≤ 12 | 12 | 13 |" in text
    assert "asdex: no first gradient in 20 s" in text
