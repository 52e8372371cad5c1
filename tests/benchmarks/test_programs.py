"""The benchmark of programs: its judge finds what is wrong, gradients by hand are right, tables say what was seen."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from benchmarks.batch_problems import heston_inputs
from benchmarks.problem import flatten
from benchmarks.problems import burgers
from benchmarks.programs import bundle, heston, options
from benchmarks.programs.cases import CASES
from benchmarks.programs.contestants import NAMES
from benchmarks.programs.handwritten import GRADIENTS
from benchmarks.programs.measure import Row
from benchmarks.programs.references import judge_of
from benchmarks.programs.report import as_json, from_json, tables
from benchmarks.programs.worker import Worker, WorkerError

LANES = 60
SMALL = {
    "heston_1e4": partial(heston_inputs, LANES),
    "bundle_1e4": partial(bundle.inputs, LANES),
    "options_1e4": partial(options.inputs, LANES),
    "heston_mean": partial(heston_inputs, LANES),
    "heston_vectorised": partial(heston.inputs, 300),
    "burgers": partial(burgers.inputs, 30, 5),
}
QUICK = ("rosenbrock", "heston_1e4", "bundle_1e4")
"""The others take seconds to compile."""


def small(name):
    """A case with less input."""
    case = CASES[name]
    return replace(case, problem=replace(case.problem, inputs=SMALL.get(name, case.problem.inputs)))


WRITTEN = [name for name in CASES if name in SMALL or (not CASES[name].in_axes and CASES[name].name != "small_arrays")]


@pytest.mark.parametrize("name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in WRITTEN])
def test_gradients_by_hand_are_right(name):
    case = small(name)
    gradient = next(GRADIENTS[n] for n in case.problem.rewrite_names if n in GRADIENTS)
    args = case.problem.inputs()
    value, found = gradient(*args)
    if case.mean:
        value, found = np.mean(value), np.mean(found, axis=0)
    expected = [case.problem.function(*case.lane(args, i)) for i in range(LANES)] if case.in_axes else None
    expected = case.problem.function(*args) if expected is None else np.mean(expected) if case.mean else expected
    np.testing.assert_allclose(value, expected, rtol=1e-9)
    assert judge_of(case).error(flatten(found)) is None


def test_the_judge_finds_a_wrong_entry_of_a_lane():
    case = small("bundle_1e4")
    judge = judge_of(case)
    _, right = GRADIENTS["bundle"](*case.problem.inputs())
    wrong = right.copy()
    wrong[7, 3] *= 1.001
    assert "directional derivative" in judge.error(wrong.ravel())
    assert judge.error(right.ravel()) is None
    wrong = right.copy()
    wrong[-1, 3] *= 1.001  # no reference knows this lane, but the gradient before did
    assert "differs" in judge.error(wrong.ravel())
    assert judge.error(right[:50].ravel(), 50) is None


def test_cases_name_what_there_is():
    contestants = {name for names in NAMES.values() for name in names}
    for case in CASES.values():
        assert set(case.only) <= contestants
        assert not case.after or case.after in CASES


def test_a_worker_measures_and_says_why_it_cannot():
    worker = Worker("plain", "cpu")
    try:
        assert worker.prepare("plain", "rosenbrock", 60.0).gradient.shape == (1,)
        assert worker.batch("plain", 2) > 0.0
        with pytest.raises(WorkerError, match="KeyError"):
            worker.prepare("plain", "nothing", 60.0)
        with pytest.raises(WorkerError, match="no first gradient in 0 s"):
            worker.prepare("plain", "lorenz", 0.0)
        assert not worker.alive
    finally:
        worker.stop()


def test_tables_show_targets_and_reasons():
    rounds = {"plain": [1.0, 3.0, 2.0], "adpy recorded": [0.5], "by hand": [0.1], "casadi VM": [1.0]}
    facts = {"plain": {}, "adpy recorded": {"bytes": 5e6, "recording and preparation": 20.0}}
    row = Row(rounds, {"adpy recorded": 4.0}, facts, {"jax": "no first gradient in 20 s"}, {}, "complex step")
    rows = from_json(json.loads(json.dumps(as_json({"rosenbrock": row}))))
    assert rows == {"rosenbrock": row}
    text = tables(rows, 20.0)
    assert "| 0.25 | **≤ 0.08 missed** |" in text
    assert "0.5 (casadi VM)" in text
    assert "| 10 | ≤ 50 met | 5 MB |" in text
    assert "jax: no first gradient in 20 s" in text
