"""Command line: ``python -m benchmarks programs [names] [--peers ...] [--clock cpu] [--out path]``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from time import perf_counter

from benchmarks.machine import describe, version
from benchmarks.programs.cases import CASES
from benchmarks.programs.contestants import NAMES
from benchmarks.programs.measure import Workshop
from benchmarks.programs.report import as_json, from_json, ratio, tables
from benchmarks.report import machine_line, write
from benchmarks.timing import CLOCKS, Plan

__all__ = ["main"]

GROUPS = {
    "adpy": "ours",
    "by hand": "by_hand",
    "casadi": "with_casadi",
    "jax": "with_jax",
    "torch": "with_torch",
    "autograd": "with_autograd",
}
"""All contestants of a tool by one name."""


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks programs", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(CASES)}; all by default")
    everybody = [*GROUPS, *(name for names in NAMES.values() for name in names if name != "plain")]
    parser.add_argument(
        "--peers", default=",".join(GROUPS), help=f"separated by commas; of {', '.join(dict.fromkeys(everybody))}"
    )
    parser.add_argument("--repeat", type=int, default=7, help="interleaved rounds (default 7)")
    parser.add_argument("--budget", type=float, default=1.0, help="seconds a contestant may spend on one case")
    parser.add_argument("--limit", type=float, default=15.0, help="seconds a first gradient may take")
    parser.add_argument("--clock", choices=tuple(CLOCKS), default="wall", help="cpu: steadier on a busy machine")
    parser.add_argument(
        "--out", type=Path, help="write <out>.md and <out>.json, after every case; cases there that are not run stay"
    )
    options = parser.parse_args(arguments)
    for name in options.names:
        if name not in CASES:
            parser.error(f"no case is called {name!r}")
    chosen: list[str] = []
    for name in filter(None, options.peers.split(",")):
        if name not in everybody:
            parser.error(f"no contestant is called {name!r}")
        chosen += NAMES[GROUPS[name]] if name in GROUPS else [name]
    options.contestants = chosen
    options.names = options.names or list(CASES)
    return options


def main(arguments: list[str]) -> int:
    """Measure, print, and write what ``--out`` asks for."""
    options = parse(arguments)
    plan = Plan(options.repeat, budget=options.budget, clock=options.clock)
    machine = {"clock": options.clock} | describe(["adpy", "jax", "torch", "autograd"]) | {"casadi": version("casadi")}
    rows = {}
    if options.out is not None and options.out.with_suffix(".json").exists():
        rows = from_json(json.loads(options.out.with_suffix(".json").read_text(encoding="utf-8"))["cases"])
    with Workshop(options.contestants, plan, options.limit) as workshop:
        for name in options.names:
            start = perf_counter()
            print(f"{name} ...", file=sys.stderr, flush=True)
            row = rows[name] = workshop.measure(CASES[name])
            found = {n: round(ratio(row, n), 3) for n in row.rounds if n != "plain"}
            print(f"  {found} in {perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
            rows = {key: rows[key] for key in CASES if key in rows}
            report = f"# Programs\n\n{machine_line(machine)}\n\n{tables(rows, options.limit)}"
            write(options.out, report, {"machine": machine, "cases": as_json(rows)})
    print(report)
    return 0
