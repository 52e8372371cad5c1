"""Contests: the command line and the course of benchmarks in which every contestant has a process of its own."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from time import perf_counter
from types import ModuleType
from typing import Any

from benchmarks.report import machine_line, number, write
from benchmarks.timing import CLOCKS

__all__ = ["hold", "options_of"]


def options_of(
    name: str,
    description: str | None,
    arguments: list[str],
    cases: Mapping[str, Any],
    contestants: Iterable[str],
    *,
    budget: float,
    limit: float,
    clock: str,
    groups: Mapping[str, Iterable[str]] | None = None,
) -> argparse.Namespace:
    """Read the command line.

    Parameters
    ----------
    name : str
        Of the benchmark.
    cases : mapping
        By the names that the user chooses from.
    contestants : iterable of str
    budget, limit : float
        Seconds a contestant may spend on one problem, and on its first derivative, if the user does not say.
    groups : mapping, optional
        Contestants by a name for all of them; then all groups are the default.
    """
    known = {**{contestant: [contestant] for contestant in contestants}, **(groups or {})}
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks {name}", description=description)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(cases)}; all by default")
    everybody = ",".join(known if groups is None else groups)
    parser.add_argument("--peers", default=everybody, help=f"separated by commas; of {', '.join(known)}")
    parser.add_argument("--repeat", type=int, default=7, help="interleaved rounds (default 7)")
    parser.add_argument("--budget", type=float, default=budget, help="seconds a contestant may spend on one problem")
    parser.add_argument(
        "--limit", type=float, default=limit, help="seconds a first derivative, and counting it, may take"
    )
    parser.add_argument(
        "--clock", choices=tuple(CLOCKS), default=clock, help="cpu: steadier on a busy machine; wall: on a quiet one"
    )
    parser.add_argument(
        "--out", type=Path, help="write <out>.md and <out>.json, after every problem; what is there and not run stays"
    )
    options = parser.parse_args(arguments)
    for case in options.names:
        if case not in cases:
            parser.error(f"no problem is called {case!r}")
    options.contestants = []
    for peer in filter(None, options.peers.split(",")):
        if peer not in known:
            parser.error(f"no contestant is called {peer!r}")
        options.contestants += known[peer]
    options.names = options.names or list(cases)
    return options


def hold(
    options: argparse.Namespace,
    title: str,
    machine: dict[str, str],
    cases: Mapping[str, Any],
    measure: Callable[[str], Any],
    report: ModuleType,
    tables: Callable[[dict], str],
    key: str = "problems",
) -> int:
    """Measure, print, and write what ``--out`` asks for.

    Parameters
    ----------
    options : Namespace
        Those of :func:`options_of`.
    measure : callable
        Gives the row of a case by its name.
    report : module
        Has ``as_json``, ``from_json`` and ``ratio`` of its rows.
    tables : callable
        Gives the text for rows by name.
    key : str
        Under this the JSON has the rows.
    """
    rows: dict[str, Any] = {}
    if options.out is not None and options.out.with_suffix(".json").exists():
        rows = report.from_json(json.loads(options.out.with_suffix(".json").read_text(encoding="utf-8"))[key])
    text = ""
    for name in options.names:
        start = perf_counter()
        print(f"{name} ...", file=sys.stderr, flush=True)
        row = rows[name] = measure(name)
        found = {n: number(report.ratio(row, n)) for n in row.rounds if n != "plain"}
        print(f"  {found} in {perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
        rows = {case: rows[case] for case in cases if case in rows}
        text = f"# {title}\n\n{machine_line(machine)}\n\n{tables(rows)}"
        write(options.out, text, {"machine": machine, key: report.as_json(rows)})
    print(text)
    return 0
