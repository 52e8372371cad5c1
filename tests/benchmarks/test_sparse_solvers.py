"""SciPy's solvers come to the same solution with adpy's sparse derivatives as with their own differences."""

from __future__ import annotations

from functools import partial

import pytest

from benchmarks.sparse.solvers import OURS, TASKS, Task, equations, fit, integration, measure, minimisation, table
from benchmarks.timing import Plan

SMALL = {
    "bdf": partial(integration, "BDF", 6, 0.05),
    "radau": partial(integration, "Radau", 6, 0.05),
    "bundle": partial(fit, 3, 12, 30),
    "rosenbrock": partial(minimisation, 20),
    "bratu": partial(equations, 8),
}


@pytest.mark.parametrize("name", SMALL)
def test_all_ways_come_to_the_same_solution(name):
    task = SMALL[name]()
    found = {way: solve() for way, solve in task.ways.items()}
    expected, evaluations = found[OURS]
    assert len(found) == 3
    assert evaluations > 1
    for value, _ in found.values():
        assert value == pytest.approx(expected, rel=task.tolerance)


def test_every_task_has_a_small_one():
    assert set(SMALL) == set(TASKS)


def test_a_way_to_another_solution_is_an_error():
    with pytest.raises(RuntimeError, match="differences comes to 3, adpy to 2"):
        measure(Task("task", {OURS: lambda: (2.0, 1), "differences": lambda: (3.0, 1)}), Plan(1))


def test_the_table_has_times_and_evaluations():
    row = {"title": "a task", "medians": {OURS: 0.5, "root": 2.0}, "evaluations": {OURS: 7, "root": None}}
    assert "| a task | 500 ms (7) | root: 2 s | 4 |" in table({"task": row})
