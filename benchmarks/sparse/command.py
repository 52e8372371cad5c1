"""Command line: ``python -m benchmarks sparse [names] [--peers ...] [--clock cpu] [--out path]``."""

from __future__ import annotations

from benchmarks.contest import hold, options_of
from benchmarks.machine import describe, version
from benchmarks.sparse import report
from benchmarks.sparse.cases import CASES
from benchmarks.sparse.contestants import NAMES
from benchmarks.sparse.measure import measure
from benchmarks.timing import Plan

__all__ = ["main"]

OTHERS = ("casadi", "asdex", "sparsejac")


def main(arguments: list[str]) -> int:
    """Measure, print, and write what ``--out`` asks for."""
    everybody = [name for names in NAMES.values() for name in names if name != "plain"]
    options = options_of("sparse", __doc__, arguments, CASES, everybody, budget=3.0, limit=60.0, clock="cpu")
    plan = Plan(options.repeat, budget=options.budget, clock=options.clock)
    machine = {"clock": options.clock} | describe(["adpy", "jax", "torch", "autograd"])
    machine |= {name: version(name) for name in OTHERS}

    def measured(name):
        return measure(name, options.contestants, plan, options.limit)

    def tables(rows):
        return report.tables(rows, options.limit)

    return hold(options, "Sparse Jacobians and Hessians", machine, CASES, measured, report, tables)
