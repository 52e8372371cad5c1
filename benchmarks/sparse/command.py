"""Command line: ``python -m benchmarks sparse [names] [--peers ...] [--clock cpu] [--out path]``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from time import perf_counter

from benchmarks.machine import describe, version
from benchmarks.report import machine_line, number, write
from benchmarks.sparse.cases import CASES
from benchmarks.sparse.contestants import NAMES
from benchmarks.sparse.measure import measure
from benchmarks.sparse.report import as_json, from_json, ratio, tables
from benchmarks.timing import CLOCKS, Plan

__all__ = ["main"]

OTHERS = ("casadi", "asdex", "sparsejac")


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks sparse", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(CASES)}; all by default")
    everybody = [name for names in NAMES.values() for name in names if name != "plain"]
    parser.add_argument("--peers", default=",".join(everybody), help=f"separated by commas; of {', '.join(everybody)}")
    parser.add_argument("--repeat", type=int, default=7, help="interleaved rounds (default 7)")
    parser.add_argument("--budget", type=float, default=3.0, help="seconds a contestant may spend on one problem")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds a first derivative may take")
    parser.add_argument("--clock", choices=tuple(CLOCKS), default="cpu", help="wall: what a quiet machine shows")
    parser.add_argument(
        "--out", type=Path, help="write <out>.md and <out>.json, after every problem; what is there and not run stays"
    )
    options = parser.parse_args(arguments)
    for name in options.names:
        if name not in CASES:
            parser.error(f"no problem is called {name!r}")
    options.contestants = [name for name in options.peers.split(",") if name]
    for name in options.contestants:
        if name not in everybody:
            parser.error(f"no contestant is called {name!r}")
    options.names = options.names or list(CASES)
    return options


def main(arguments: list[str]) -> int:
    """Measure, print, and write what ``--out`` asks for."""
    options = parse(arguments)
    plan = Plan(options.repeat, budget=options.budget, clock=options.clock)
    machine = {"clock": options.clock} | describe(["adpy", "jax", "torch", "autograd"])
    machine |= {name: version(name) for name in OTHERS}
    rows = {}
    if options.out is not None and options.out.with_suffix(".json").exists():
        rows = from_json(json.loads(options.out.with_suffix(".json").read_text(encoding="utf-8"))["problems"])
    report = ""
    for name in options.names:
        start = perf_counter()
        print(f"{name} ...", file=sys.stderr, flush=True)
        row = rows[name] = measure(name, options.contestants, plan, options.limit)
        found = {n: number(ratio(row, n)) for n in row.rounds if n != "plain"}
        print(f"  {found} in {perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
        rows = {key: rows[key] for key in CASES if key in rows}
        report = f"# Sparse Jacobians and Hessians\n\n{machine_line(machine)}\n\n{tables(rows, options.limit)}"
        write(options.out, report, {"machine": machine, "problems": as_json(rows)})
    print(report)
    return 0
