"""The benchmark of checkpointing: its judge finds what is wrong, what is written by hand is right."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from adpy.checkpoint.schedules import optimal_forward_steps
from benchmarks.checkpoint.cases import CASES
from benchmarks.checkpoint.contestants import NotApplicable, block_length, by_hand, ours
from benchmarks.checkpoint.handwritten import STEPS
from benchmarks.checkpoint.handwritten.revolve import reverse
from benchmarks.checkpoint.judge import Judge
from benchmarks.checkpoint.measure import Row, note
from benchmarks.checkpoint.memory import peak
from benchmarks.checkpoint.problem import flat, plain, rebuilt
from benchmarks.checkpoint.report import as_json, from_json, tables
from benchmarks.checkpoint.steps import plate, ring, wave, waves
from tests.corpus.differences import jacobian

SMALL = {
    "burgers": partial(wave, 7),
    "heat": partial(plate, 5),
    "lorenz96": partial(ring, 6),
    "shallow_water": partial(waves, 4),
}
PROBLEMS = {problem.key: problem for problem in CASES.values()}


def small(key, steps=13, snapshots=3):
    """A problem with less to do."""
    problem = replace(PROBLEMS[key], start=SMALL[key], steps=steps, snapshots=snapshots)
    return problem, problem.inputs()


@pytest.mark.parametrize("key", SMALL)
def test_the_judge_knows_derivatives(key):
    """Its complex step beside extrapolated differences of the plain loop, which leaves its arguments alone."""
    problem, args = small(key, 4)
    row = flat(args)
    gradient = jacobian(lambda x: np.atleast_1d(plain(problem, *rebuilt(args, x))), row)[0]
    judge = Judge(problem, args)
    for direction, slope in zip(judge.directions, judge.slopes):
        assert np.sum(gradient * direction * judge.scale) == pytest.approx(slope, rel=1e-5, abs=1e-5)
    np.testing.assert_array_equal(flat(args), row)


@pytest.mark.slow
@pytest.mark.parametrize("key", STEPS)
def test_adjoints_by_hand_are_right(key):
    problem, args = small(key)
    run = by_hand.gradient(problem, args)
    judge, gradient = Judge(problem, args), run.sent(run.gradient())
    assert judge.error(gradient) is None
    gradient[-1] += 1e-5 * abs(gradient).max()
    assert "the complex step gives" in judge.error(gradient)
    assert judge.error(gradient[1:]).startswith("has shape")
    assert judge.error(np.full_like(gradient, np.nan)) == "is not finite"


@pytest.mark.parametrize("key", SMALL)
def test_adpy_is_right_and_its_steps_are_counted(key, monkeypatch):
    monkeypatch.setattr(ours, "SPECIALISED", 0.0)
    problem, args = small(key)
    run = ours.gradient(problem, args)
    assert Judge(problem, args).error(run.sent(run.gradient())) is None
    assert run.facts()["forward"] == optimal_forward_steps(13, 3)


@pytest.mark.slow
def test_the_schedule_by_hand_is_optimal():
    forward, adjoint = STEPS["burgers"]
    state, params = wave(4)
    for steps in (1, 2, 3, 7, 20, 35, 36, 91, 200):
        for snapshots in (1, 2, 3, 5, 10):
            ran = reverse(forward, adjoint, state, params, steps, snapshots)[2]
            assert ran == optimal_forward_steps(steps, snapshots), (steps, snapshots)


def test_problems_without_an_adjoint_by_hand_do_not_take_part():
    problem, args = small("shallow_water")
    with pytest.raises(NotApplicable):
        by_hand.gradient(problem, args)
    row = Row()
    note(row, "by hand", "NotApplicable: nobody wrote one")
    assert row.absent == {"by hand": "nobody wrote one"} and not row.failures


@pytest.mark.parametrize(("steps", "snapshots", "expected"), [(1000, 10, 100), (10_000, 30, 400), (7, 3, 7), (5, 9, 1)])
def test_blocks_are_of_one_length(steps, snapshots, expected):
    assert block_length(steps, snapshots) == expected


def test_peaks_are_those_of_the_run():
    found = peak(lambda: np.ones(4_000_000))
    if not found:
        pytest.skip("the system does not tell peaks")
    assert 25e6 < found["growth"] < 60e6


def test_reports_come_back_from_json():
    row = Row({"plain": [2.0], "adpy": [1.0], "equinox": [4.0], "by hand": [0.5]})
    row.first_calls = {"adpy": 3.0, "equinox": 5.0, "by hand": 1.0}
    row.facts = {"adpy": {"forward": 4636, "bare": 0.8, "peak": 100_000_000, "growth": 2_000_000}}
    row.facts["equinox"] = {"forward": 6469}
    row.facts["by hand"] = {"forward": 4636, "bare": 0.25}
    row.failures = {"torch": "no first gradient in 20 s"}
    rows = from_json(json.loads(json.dumps(as_json({"burgers_1k": row}))))
    assert rows == {"burgers_1k": row}
    text = tables(rows)
    assert "| 0.5 | ≤ 0.8 met |" in text
    assert "0.25 (equinox) | 2 |" in text
    assert "| 4,636 | 4,636 | 4,636 | 6,469 | – |" in text
    assert "| 1.2 | **≤ 1.15 missed** | 35.5 µs | 142 µs | 4 | 2 |" in text
    assert "100 MB (2.0)" in text
    assert "torch: no first gradient in 20 s" in text
