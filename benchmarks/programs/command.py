"""Command line: ``python -m benchmarks programs [names] [--peers ...] [--clock cpu] [--out path]``."""

from __future__ import annotations

from benchmarks.contest import hold, options_of
from benchmarks.machine import describe, version
from benchmarks.programs import report
from benchmarks.programs.cases import CASES
from benchmarks.programs.contestants import NAMES
from benchmarks.programs.measure import Workshop
from benchmarks.timing import Plan

__all__ = ["main"]

GROUPS = {
    "adpy": NAMES["ours"],
    "by hand": NAMES["by_hand"],
    "casadi": NAMES["with_casadi"],
    "jax": NAMES["with_jax"],
    "torch": NAMES["with_torch"],
    "autograd": NAMES["with_autograd"],
}
"""All contestants of a tool by one name."""


def main(arguments: list[str]) -> int:
    """Measure, print, and write what ``--out`` asks for."""
    everybody = [name for names in NAMES.values() for name in names if name != "plain"]
    options = options_of(
        "programs", __doc__, arguments, CASES, everybody, budget=1.0, limit=15.0, clock="wall", groups=GROUPS
    )
    plan = Plan(options.repeat, budget=options.budget, clock=options.clock)
    machine = {"clock": options.clock} | describe(["adpy", "jax", "torch", "autograd"]) | {"casadi": version("casadi")}

    def tables(rows):
        return report.tables(rows, options.limit)

    with Workshop(options.contestants, plan, options.limit) as workshop:

        def measured(name):
            return workshop.measure(CASES[name])

        return hold(options, "Programs", machine, CASES, measured, report, tables, "cases")
