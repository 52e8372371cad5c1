"""Command line: ``python -m benchmarks [names] [--peers ...] [--repeat n] [--clock cpu] [--out path]``.

The first name may be that of another benchmark, which has options of its own: ``second-order``, ``batches``,
``programs``, ``sparse``, ``sparse-solvers``, ``checkpoint``, ``passes``, ``gpu``.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ.setdefault("JAX_PLATFORMS", "cpu")

EXTRAS = ("small_functions", "fixed_costs")
OTHERS = {
    "second-order": "benchmarks.second_order.command",
    "batches": "benchmarks.batches",
    "programs": "benchmarks.programs.command",
    "sparse": "benchmarks.sparse.command",
    "sparse-solvers": "benchmarks.sparse.solvers",
    "checkpoint": "benchmarks.checkpoint.command",
    "passes": "benchmarks.passes",
    "gpu": "benchmarks.gpu",
}


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    from benchmarks.problems import PROBLEMS
    from benchmarks.tools import TOOLS

    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join((*PROBLEMS, *EXTRAS))}; all by default")
    parser.add_argument("--peers", default=",".join(TOOLS), help="tools, separated by commas; all by default")
    parser.add_argument("--repeat", type=int, default=7, help="interleaved rounds (default 7)")
    parser.add_argument("--budget", type=float, default=4.0, help="seconds a tool may spend on one problem")
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall", help="cpu: steadier on a busy machine")
    parser.add_argument("--out", type=Path, help="write <out>.md and <out>.json")
    options = parser.parse_args(arguments)
    options.names = options.names or [*PROBLEMS, *EXTRAS]
    options.peers = [name for name in options.peers.split(",") if name]
    for name in options.names:
        if name not in PROBLEMS and name not in EXTRAS:
            parser.error(f"no benchmark is called {name!r}")
    for name in options.peers:
        if name not in TOOLS:
            parser.error(f"no tool is called {name!r}; choose from {', '.join(TOOLS)}")
    return options


def main(arguments: list[str]) -> int:
    """Run what was asked for; print Markdown, and write it with the JSON where ``--out`` says."""
    from benchmarks.compare import compare
    from benchmarks.machine import describe
    from benchmarks.problems import PROBLEMS
    from benchmarks.report import comparison_table, machine_line, rows_as_json, write
    from benchmarks.timing import Plan
    from benchmarks.tools import TOOLS

    options = parse(arguments)
    plan = Plan(options.repeat, budget=options.budget, clock=options.clock)
    installed = [name for name in options.peers if TOOLS[name].version() is not None]
    for name in options.peers:
        if name not in installed:
            print(f"{name}: not installed, skipped", file=sys.stderr)
    machine = {"clock": options.clock} | describe(installed)
    sections = ["# Benchmarks", machine_line(machine)]
    results: dict[str, Any] = {"machine": machine}
    rows = []
    for name in options.names:
        if name in PROBLEMS:
            print(f"{name} ...", file=sys.stderr, flush=True)
            rows.append(compare(PROBLEMS[name], installed, plan))
    if rows:
        sections.append(comparison_table(rows, installed))
        results["problems"] = rows_as_json(rows)
    if "small_functions" in options.names:
        from benchmarks import small_functions

        print("small_functions ...", file=sys.stderr, flush=True)
        small = small_functions.measure(installed, plan)
        sections.append(small_functions.table(small, installed))
        results["small_functions"] = rows_as_json(small)
    if "fixed_costs" in options.names and "adpy" in installed:
        from benchmarks import fixed_costs

        costs = fixed_costs.measure(plan)
        sections.append(fixed_costs.table(costs))
        results["fixed_costs"] = costs
    report = "\n\n".join(sections)
    print(report)
    write(options.out, report, results)
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in OTHERS:
        sys.exit(import_module(OTHERS[sys.argv[1]]).main(sys.argv[2:]))
    sys.exit(main(sys.argv[1:]))
