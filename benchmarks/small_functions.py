"""Small real functions: what a gradient costs against the plain function and against central differences."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from benchmarks.compare import Row, compare
from benchmarks.report import failures, seconds
from benchmarks.small import EXAMPLES
from benchmarks.timing import Plan

__all__ = ["measure", "table"]

TAKES_PLAIN_FUNCTIONS = ("adpy", "autograd", "mygrad", "xad", "advect", "dualpy")
LARGER = 1e-5


def measure(tools: list[str], plan: Plan) -> list[Row]:
    """Verify and time the tools that take plain functions, and central differences, on the whole collection."""
    chosen = [name for name in tools if name in TAKES_PLAIN_FUNCTIONS]
    short = replace(plan, batch_time=plan.batch_time / 10)
    return [compare(problem, chosen, short, differences=True) for problem in EXAMPLES]


def table(rows: list[Row], tools: list[str]) -> str:
    """Medians over the collection, and the functions adpy cannot do."""
    plain = statistics.median(row.plain.median for row in rows)
    inputs = statistics.median(sum(np.size(row.problem.inputs()[i]) for i in row.problem.active) for row in rows)
    larger = [row for row in rows if row.plain.median >= LARGER]
    lines = [
        f"## {len(rows)} small functions: median plain time {seconds(plain)}, median number of inputs {inputs:g}",
        "",
        f"| tool | right | median ratio | where plain ≥ {seconds(LARGER)} ({len(larger)}) | cheaper than differences |",
        "|---|---:|---:|---:|---:|",
        f"| central differences | – | {median(row.differences for row in rows)} "
        f"| {median(row.differences for row in larger)} | – |",
    ]
    for name in tools:
        if name in TAKES_PLAIN_FUNCTIONS:
            right = [row for row in rows if row.outcomes[name].ratio is not None]
            wins = sum(row.outcomes[name].ratio < row.differences for row in right)
            every = median(row.outcomes[name].ratio for row in rows)
            lines.append(
                f"| {name} | {len(right)} | {every} | {median(row.outcomes[name].ratio for row in larger)} | {wins} |"
            )
    return "\n".join([*lines, *failures(rows)])


def median(ratios: Iterable[float | None]) -> str:
    """Median of the ratios there are."""
    there = [ratio for ratio in ratios if ratio is not None]
    return f"{statistics.median(there):.3g}" if there else "–"
