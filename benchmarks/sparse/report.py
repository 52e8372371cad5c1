"""The rows as Markdown and as JSON."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from typing import Any

from benchmarks.report import grid, number, seconds, target_cell
from benchmarks.sparse.cases import CASES
from benchmarks.sparse.contestants import DENSE_LIMIT, NAMES
from benchmarks.sparse.measure import Row

__all__ = ["as_json", "from_json", "ratio", "tables"]

LEGEND = f"""\
Numbers are ratios: time of the sparse derivative / time of the plain, unmodified function (NumPy or Python loops), at
another point than that of the preparation; medians of interleaved runs, one thread, a process for each contestant.
*adpy*: after 1.5 seconds of evaluations, in which it compiles kernels for small problems; in brackets before that.
*By hand*: a Numba loop that writes the nonzeros one after the other.  *casadi*: its own patterns and colorings, by its
virtual machine, numbers (`SX`) or arrays (`MX`).  *asdex*, *sparsejac*: on JAX, compiled; functions are rewritten where
JAX needs it.  *scipy differences*: along groups of columns (`approx_derivative`), for Hessians of a gradient written by
hand.  These and sparsejac are told the pattern.  *Dense*: matrices with all their zeros, up to {DENSE_LIMIT} unknowns.
The best peer is the fastest of the exact tools, *by hand* apart.  Every derivative was verified before it was timed:
products with random directions, row by row, by the complex step of the function, for Hessians of a gradient written by
hand, to 1e-9 (differences to 1e-3).  ✗: no derivative, for the reason below; –: does not take part."""
FIRST_LEGEND = """\
Seconds from the plain function to the first derivative: recording or tracing, pattern, coloring, compiling, running;
imports and what is compiled once an installation are not counted.  In brackets: that of its pattern and of its
coloring, where they can be told apart.  Half of the quickest peer's time is aimed at, or what is given; those that
are told the pattern are no peers in this."""
COLORS_LEGEND = """\
Nonzeros, and colors: how many directions a compressed evaluation takes.  CasADi's are those of its own colorings."""
PEERS = [name for tool, names in NAMES.items() if tool not in ("plain", "ours", "by_hand") for name in names]
EXACT = [name for name in PEERS if name != "scipy differences"]
OWN = NAMES["ours"]
TOLD = ("sparsejac", "scipy differences")
"""Who has to be told the pattern: no rival in preparation."""


def tables(rows: Mapping[str, Row], limit: float) -> str:
    """All tables, and why some have no derivative."""
    parts = [LEGEND, "## Evaluation", evaluation(rows), "## Preparation", FIRST_LEGEND, preparation(rows)]
    parts += ["## Patterns and colors", COLORS_LEGEND, colors(rows)]
    return "\n\n".join([*parts, *notes(rows, limit)])


def median(row: Row, name: str) -> float | None:
    """Seconds, or None."""
    return statistics.median(row.rounds[name]) if row.rounds.get(name) else None


def ratio(row: Row, name: str, base: str = "plain") -> float | None:
    """Time of one in that of another."""
    time, unit = median(row, name), median(row, base)
    return None if time is None or unit is None else time / unit


def best(times: Mapping[str, float | None], names: tuple[str, ...] | list[str]) -> str | None:
    """Whose time is the shortest."""
    found = [name for name in names if times.get(name) is not None]
    return min(found, key=lambda name: times[name]) if found else None


def columns(rows: Mapping[str, Row], names: tuple[str, ...] | list[str]) -> list[str]:
    """Those that took part in anything."""
    return [n for n in names if any(n in row.first_calls or n in row.failures for row in rows.values())]


def evaluation(rows: Mapping[str, Row]) -> str:
    """Ratios."""
    own, others = columns(rows, OWN), columns(rows, ["by hand", *PEERS])
    lines = []
    for key, row in rows.items():
        times = {name: median(row, name) for name in row.rounds}
        mine, peer = best(times, OWN), best(times, EXACT)
        line = [CASES[key].title, CASES[key].kind, seconds(median(row, "plain"))]
        line += [cell(row, name) + early(row, name) for name in own]
        line.append(target_cell(ratio(row, mine) if mine else None, CASES[key].target))
        line += [cell(row, name) for name in others]
        line.append(f"{number(ratio(row, mine, peer))} ({peer})" if mine and peer else peer or "–")
        line.append(number(ratio(row, mine, "by hand")) if mine else "–")
        lines.append(line)
    return grid(
        ["function", "of", "plain", *own, "target", *others, "adpy / best peer", "adpy / by hand"],
        lines,
    )


def preparation(rows: Mapping[str, Row]) -> str:
    """What comes before."""
    own, others = columns(rows, OWN), columns(rows, PEERS)
    lines = []
    for key, row in rows.items():
        peer = best(row.first_calls, [n for n in PEERS if n not in TOLD])
        mine = best(row.first_calls, OWN)
        target = CASES[key].setup_target
        if target is None and peer is not None:
            target = row.first_calls[peer] / 2.0
        line = [CASES[key].title, *(first(row, name) for name in own)]
        line.append(target_cell(row.first_calls.get(mine), target, seconds))
        line += [first(row, name) for name in others]
        line.append(f"{number(row.first_calls[mine] / row.first_calls[peer])} ({peer})" if mine and peer else "–")
        lines.append(line)
    return grid(["function", *own, "target", *others, "adpy / quickest peer"], lines)


def colors(rows: Mapping[str, Row]) -> str:
    """Sizes."""
    names = columns(rows, (*OWN, *PEERS))
    names = [n for n in names if any("colors" in row.facts.get(n, {}) for row in rows.values())]
    lines = []
    for key, row in rows.items():
        facts = row.facts
        nonzeros = next((facts[n]["nnz"] for n in (*OWN, *PEERS) if "nnz" in facts.get(n, {})), None)
        aim = "" if CASES[key].colors is None else f"≤ {CASES[key].colors}"
        line = [CASES[key].title, f"{row.unknowns:,}", "–" if nonzeros is None else f"{nonzeros:,}", aim]
        lines.append(line + [str(facts.get(n, {}).get("colors", "–")) for n in names])
    return grid(["function", "unknowns", "nonzeros", "aim", *names], lines)


def cell(row: Row, name: str) -> str:
    """A ratio, or why there is none."""
    return number(ratio(row, name)) if name in row.rounds else "✗" if name in row.failures else "–"


def early(row: Row, name: str) -> str:
    """The ratio of the first evaluations."""
    found = row.facts.get(name, {}).get("early")
    return "" if found is None or name not in row.rounds else f" ({number(found / median(row, 'plain'))})"


def first(row: Row, name: str) -> str:
    """Seconds of a first call, and of its parts."""
    if name not in row.first_calls:
        return "✗" if name in row.failures else "–"
    facts = row.facts.get(name, {})
    parts = ", ".join(seconds(facts[part]) for part in ("pattern", "coloring") if isinstance(facts.get(part), float))
    return seconds(row.first_calls[name]) + (f" ({parts})" if parts else "")


def notes(rows: Mapping[str, Row], limit: float) -> list[str]:
    """A paragraph on those without a derivative."""
    lines = [f"- {CASES[key].title}, {name}: {why}" for key, row in rows.items() for name, why in row.failures.items()]
    return [f"## No derivative\n\nA first call may take {limit:g} s.", "\n".join(lines)] if lines else []


def as_json(rows: Mapping[str, Row]) -> dict[str, Any]:
    """All that was measured."""
    return {
        key: {
            "title": CASES[key].title,
            "derivative": CASES[key].kind,
            "unknowns": row.unknowns,
            "target": CASES[key].target,
            "target of the preparation": CASES[key].setup_target,
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
        key: Row(e["unknowns"], e["seconds"], e["first calls"], e["facts"], e["failures"], e["absent"])
        for key, e in content.items()
        if key in CASES
    }
