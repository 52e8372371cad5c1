"""Command line: ``python -m benchmarks checkpoint [names] [--peers ...] [--clock cpu] [--out path]``."""

from __future__ import annotations

from benchmarks.checkpoint import report
from benchmarks.checkpoint.cases import CASES
from benchmarks.checkpoint.contestants import NAMES
from benchmarks.checkpoint.measure import measure
from benchmarks.contest import hold, options_of
from benchmarks.machine import describe, version
from benchmarks.timing import Plan

__all__ = ["main"]

OTHERS = ("equinox", "diffrax", "pyadjoint-ad")


def main(arguments: list[str]) -> int:
    """Measure, print, and write what ``--out`` asks for."""
    everybody = [name for names in NAMES.values() for name in names if name != "plain"]
    options = options_of("checkpoint", __doc__, arguments, CASES, everybody, budget=3.0, limit=300.0, clock="cpu")
    plan = Plan(options.repeat, budget=options.budget, clock=options.clock)
    machine = {"clock": options.clock} | describe(["adpy", "jax", "torch"])
    machine |= {name: version(name) for name in OTHERS}

    def measured(name):
        return measure(name, options.contestants, plan, options.limit)

    return hold(options, "Gradients of long loops", machine, CASES, measured, report, report.tables)
