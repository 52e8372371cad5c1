"""The rows as Markdown and as JSON."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from typing import Any

from benchmarks.programs.case import Case
from benchmarks.programs.cases import CASES
from benchmarks.programs.contestants import NAMES
from benchmarks.programs.measure import Row
from benchmarks.report import number, seconds, target_cell

__all__ = ["as_json", "from_json", "tables"]

LEGEND = """\
Numbers are ratios: time of the gradient / time of the plain, unmodified function in Python and NumPy; medians of
interleaved runs, one thread, a process for each contestant.  Lanes: all gradients / the plain function in a loop over
all lanes.  *Recorded*: a program run by the interpreters, which are compiled once an installation; *specialised*: by
kernels compiled for it.  *By hand*: reverse mode written by hand for Numba.  *casadi*: its virtual machine, and its
generated C by `gcc -O2`.  *jax*: `jit(grad)`, Python loops unrolled; *rewritten*: with `lax` loops and `vmap`.
*torch*, *autograd*: rewritten where they have to be.  The best peer is the fastest of the tools, *by hand* apart.
Every gradient was verified before it was timed, by the complex step or extrapolated differences, and against the others
to 1e-8.  ✗: no gradient, for the reason below; –: does not take part."""
FIRST_LEGEND = """\
Seconds from the plain function to the first gradient: recording, tracing, compiling, running; imports and what is
compiled once an installation are not counted.  In brackets: plain evaluations (of one lane, where there are lanes).
*Set-up*: recording and preparing once more, and a gradient, in plain evaluations (aim: ≤ 50).  *Memory*: the recording,
with values and cotangents."""
PEERS = [name for tool, names in NAMES.items() if tool not in ("plain", "ours", "by_hand") for name in names]
OWN = ("adpy recorded", "adpy specialised")
SETUP = "recording and preparation"
SETUP_TARGET = 50


def tables(rows: Mapping[str, Row], limit: float) -> str:
    """Both tables, and why others have no gradient."""
    parts = [LEGEND, "## Steady state", steady(rows), "## First call", FIRST_LEGEND, first_calls(rows)]
    return "\n\n".join([*parts, *notes(rows, limit)])


def median(row: Row, name: str) -> float | None:
    """Seconds, or None."""
    return statistics.median(row.rounds[name]) if row.rounds.get(name) else None


def ratio(row: Row, name: str, base: str = "plain") -> float | None:
    """Time of one in that of another."""
    time, unit = median(row, name), median(row, base)
    return None if time is None or unit is None else time / unit


def best_peer(row: Row) -> str | None:
    """The fastest of the other tools."""
    found = [name for name in PEERS if median(row, name) is not None]
    return min(found, key=lambda name: median(row, name)) if found else None


def steady(rows: Mapping[str, Row]) -> str:
    """Ratios."""
    names = [
        n
        for n in (*NAMES["ours"], "by hand", *PEERS)
        if any(n in row.rounds or n in row.failures for row in rows.values())
    ]
    head = ["function", "plain"]
    for name in names:
        head += [name, "target"] if name in OWN else [name]
    head += ["adpy / best peer", "adpy / by hand"]
    lines = [f"| {' | '.join(head)} |", "|---|" + "---:|" * (len(head) - 1)]
    for key, row in rows.items():
        case = CASES[key]
        cells = [case.problem.title, seconds(median(row, "plain"))]
        for name in names:
            cells.append(cell(row, name))
            if name in OWN:
                cells.append(target_cell(ratio(row, name), case.target if name == OWN[0] else case.compiled_target))
        own = min((name for name in OWN if name in row.rounds), key=lambda name: median(row, name), default=None)
        best = best_peer(row)
        cells.append(f"{number(ratio(row, own, best))} ({best})" if own and best else "–")
        cells.append(number(ratio(row, own, "by hand")) if own else "–")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def first_calls(rows: Mapping[str, Row]) -> str:
    """What comes before the steady state."""
    names = [n for n in (*OWN, "by hand", *PEERS) if any(n in row.rounds or n in row.failures for row in rows.values())]
    head = ["function", "set-up", "aim", "memory", *names]
    lines = [f"| {' | '.join(head)} |", "|---|" + "---:|" * (len(head) - 1)]
    for key, row in rows.items():
        case, facts = CASES[key], row.facts.get(OWN[0], {})
        unit = evaluation(case, row)
        setup = facts[SETUP] / unit if SETUP in facts else None
        memory = f"{facts['bytes'] / 1e6:.3g} MB" if "bytes" in facts else "–"
        cells = [case.problem.title, number(setup), target_cell(setup, SETUP_TARGET) if setup else "", memory]
        for name in names:
            if name in row.first_calls:
                found = row.first_calls[name]
                cells.append(f"{seconds(found)} ({number(found / unit)})" if name in row.rounds else "✗")
            else:
                cells.append("✗" if name in row.failures else "–")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def evaluation(case: Case, row: Row) -> float:
    """Seconds of one plain evaluation, of one lane where there are lanes."""
    return median(row, "plain") / row.facts["plain"].get("all lanes", 1)


def cell(row: Row, name: str) -> str:
    """A ratio, or why there is none."""
    return number(ratio(row, name)) if name in row.rounds else "✗" if name in row.failures else "–"


def notes(rows: Mapping[str, Row], limit: float) -> list[str]:
    """A paragraph on those without a gradient."""
    lines = [
        f"- {CASES[key].problem.title}, {name}: {reason}"
        for key, row in rows.items()
        for name, reason in row.failures.items()
    ]
    return [f"## No gradient\n\nA first call may take {limit:g} s.", "\n".join(lines)] if lines else []


def as_json(rows: Mapping[str, Row]) -> dict[str, Any]:
    """All that was measured."""
    return {
        key: {
            "title": CASES[key].problem.title,
            "target": CASES[key].target,
            "target when specialised": CASES[key].compiled_target,
            "verified against": row.reference,
            "ratios": {name: ratio(row, name) for name in row.rounds if name != "plain"},
            "seconds": row.rounds,
            "first calls": row.first_calls,
            "facts": row.facts,
            "failures": row.failures,
            "absent": row.absent,
        }
        for key, row in rows.items()
    }


def from_json(content: Mapping[str, Any]) -> dict[str, Row]:
    """Rows of an earlier run."""
    return {
        key: Row(e["seconds"], e["first calls"], e["facts"], e["failures"], e["absent"], e["verified against"])
        for key, e in content.items()
        if key in CASES
    }
