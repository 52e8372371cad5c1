"""Command line: ``python -m benchmarks second-order [--repeat n] [--peers ...] [--clock cpu] [--out path]``."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from benchmarks.machine import describe
from benchmarks.report import machine_line, write
from benchmarks.timing import CLOCKS, Plan
from benchmarks.tools import TOOLS

__all__ = ["main"]

PEERS = ("jax", "torch", "autograd")


def main(arguments: list[str]) -> int:
    """Measure, print, and write what ``--out`` asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks second-order", description=__doc__)
    parser.add_argument("--peers", default=",".join(PEERS), help="other tools, separated by commas; empty for none")
    parser.add_argument("--repeat", type=int, default=7, help="interleaved rounds (default 7)")
    parser.add_argument("--budget", type=float, default=1.5, help="seconds a tool may spend on one derivative")
    parser.add_argument("--clock", choices=tuple(CLOCKS), default="wall", help="cpu: steadier on a busy machine")
    parser.add_argument("--out", type=Path, help="write <out>.md and <out>.json")
    options = parser.parse_args(arguments)
    peers = [name for name in PEERS if name in options.peers.split(",") and TOOLS[name].version() is not None]
    os.environ["ADPY_KERNELS"] = "wait"  # its interpreters are compiled once an installation: not counted

    from benchmarks.second_order.measure import measure
    from benchmarks.second_order.report import as_json, tables

    machine = {"clock": options.clock} | describe(["adpy", *peers])
    rows = measure(Plan(options.repeat, budget=options.budget, clock=options.clock), peers)
    report = (
        f"# Second derivatives, Jacobians, gradients of samples\n\n{machine_line(machine)}\n\n{tables(rows, peers)}"
    )
    print(report)
    write(options.out, report, {"machine": machine} | as_json(rows))
    return 0
