"""What each pass over recordings does to operations, memory and the time of a gradient: each is switched off in turn.

Run ``python -m benchmarks passes --out benchmarks/results/passes``.  A cell compares a program without the pass with
the program that has all of them; gradients are compared with those of ``adpy.grad`` first.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import adpy
from adpy.program.passes import PASSES
from benchmarks.machine import describe
from benchmarks.problem import Problem, flatten
from benchmarks.problems import PROBLEMS
from benchmarks.report import machine_line, seconds
from benchmarks.small import EXAMPLES
from benchmarks.timing import CLOCKS, Plan, interleaved

__all__ = ["measure"]

COUNTS = ("scalar operations", "array instructions", "bytes of values")
LEGEND = (
    "For every pass: gradient time without it / with all passes, and, where they differ, how many scalar operations, "
    "array instructions and bytes of values the program has without it, as multiples of those with all passes "
    "(s, a, m). `record` is the time of recording and preparing in evaluations of the plain function, "
    "`none` a program with no pass at all."
)


def closed(problem: Problem) -> tuple[Callable, Any]:
    """The function of the differentiated arguments only, as a tuple, and these arguments."""
    args = list(problem.inputs())

    def function(active):
        given = list(args)
        for position, value in zip(problem.active, active, strict=True):
            given[position] = value
        return problem.function(*given)

    return function, tuple(args[i] for i in problem.active)


def measure(problem: Problem, plan: Plan) -> dict[str, Any] | None:
    """Times and counts of one problem; None where it cannot be recorded."""
    function, x = closed(problem)
    switched: dict[str, Any] = {"all": True, **{name: {name: False} for name in PASSES}, "none": False}
    programs = {name: adpy.record(function, x, passes=passes) for name, passes in switched.items()}
    stats = {name: program.stats()["recordings"] for name, program in programs.items()}
    if not all(stats.values()):
        return None
    expected = flatten(adpy.grad(function)(x))
    for name, program in programs.items():
        found = flatten(program.gradient(x))
        if np.max(np.abs(found - expected)) > 1e-9 * max(np.max(np.abs(expected)), 1e-3):
            raise AssertionError(f"{problem.name}: a wrong gradient without {name}")
    runs: dict[str, Callable] = {name: lambda p=program: p.gradient(x) for name, program in programs.items()}
    runs["plain"] = lambda: function(x)
    runs["record"] = lambda: adpy.record(function, x)
    times = {name: found.median for name, found in interleaved(runs, plan).items()}
    return {"times": times, "counts": {name: [s[0][key] for key in COUNTS] for name, s in stats.items()}}


def cell(found: dict[str, Any], name: str) -> str:
    """A program without a pass beside that with all."""
    text = [f"{found['times'][name] / found['times']['all']:.2f}"]
    for sign, count, full in zip("sam", found["counts"][name], found["counts"]["all"], strict=True):
        if abs(count - full) > 0.005 * max(full, 1):
            text.append(f"{sign} {count / full:.2f}" if full else f"{sign} +{count}")
    return " ".join(text)


def table(results: dict[str, dict[str, Any]]) -> str:
    """A table in Markdown."""
    columns = [*PASSES, "none"]
    lines = [
        f"| problem | plain | record | gradient | operations | {' | '.join(columns)} |",
        f"|---|---:|---:|---:|---:|{'---|' * len(columns)}",
    ]
    for name, found in results.items():
        times, (scalars, arrays, _) = found["times"], found["counts"]["all"]
        head = [
            name,
            seconds(times["plain"]),
            f"{times['record'] / times['plain']:.0f}",
            f"{times['all'] / times['plain']:.2g}",
            f"{scalars} + {arrays}",
        ]
        lines.append(f"| {' | '.join([*head, *[cell(found, column) for column in columns]])} |")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Measure, print, and write what ``--out`` asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks passes", description=__doc__)
    parser.add_argument("names", nargs="*", help="of problems and small functions; all problems by default")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--budget", type=float, default=1.0, help="seconds a program may spend on one problem")
    parser.add_argument("--clock", choices=tuple(CLOCKS), default="wall")
    parser.add_argument("--out", type=Path, help="write <out>.md")
    options = parser.parse_args(arguments)
    known = {**PROBLEMS, **{example.name: example for example in EXAMPLES}}
    for name in options.names:
        if name not in known:
            parser.error(f"no benchmark is called {name!r}")
    results = {}
    for name in options.names or PROBLEMS:
        print(f"{name} ...", file=sys.stderr, flush=True)
        found = measure(known[name], Plan(options.repeat, budget=options.budget, clock=options.clock))
        if found is not None:
            results[name] = found
    machine = machine_line({"clock": options.clock} | describe(["adpy"]))
    text = f"# Passes over recordings\n\n{machine}\n\n{table(results)}\n\n{LEGEND}\n"
    print(text)
    if options.out is not None:
        options.out.with_suffix(".md").write_text(text, encoding="utf-8")
    return 0
