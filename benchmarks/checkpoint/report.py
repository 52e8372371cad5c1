"""The rows as Markdown and as JSON."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from typing import Any

from adpy.checkpoint.schedules import optimal_forward_steps
from benchmarks.checkpoint.cases import CASES
from benchmarks.checkpoint.contestants import NAMES
from benchmarks.checkpoint.measure import Row
from benchmarks.report import grid, number, seconds, target_cell

__all__ = ["as_json", "from_json", "ratio", "tables"]

LEGEND = """\
Ratios: time of the gradient with respect to the first state and the parameters / time of the plain NumPy loop;
medians of interleaved runs, one thread, a process for each contestant.  *By hand*: steps and adjoints written for
Numba, in a compiled binomial schedule.  *jax scan* and *torch* cut the loop into as many blocks as there are
snapshots, and keep all states of one block besides; the others keep the snapshots only.  Every gradient was verified
along random directions by the complex step of the plain loop, to 1e-8.  ✗: no gradient, for the reason below; –:
does not take part."""
STEPS_LEGEND = """\
Steps run forward in all, counted, those that are recorded included; the optimum is of that many snapshots.  Loops of
blocks hold more than the snapshots, so theirs may be below it; JAX moves and drops what counts in a block, so *jax
scan* has none."""
BARE_LEGEND = """\
Time of the gradient / time of as many bare steps and adjoints: the kernels that adpy compiled for the step, and those
by hand, each over and over on one state in caches that are warm.  *Beside them*: what adpy's gradient takes beyond its
bare steps, for each step run forward or back, which is to be 2 µs and 5 % of the step at most."""
MEMORY_LEGEND = """\
Peak of the whole process during a gradient, after the first one; in brackets what it is above the memory before that
gradient."""
BARE_TARGET = 1.15
PEERS = [name for tool, names in NAMES.items() if tool not in ("plain", "ours", "by_hand") for name in names]


def tables(rows: Mapping[str, Row]) -> str:
    """All tables, and why some have no gradient."""
    parts = [LEGEND, "## Gradients", gradients(rows), "## Forward steps", STEPS_LEGEND, forward_steps(rows)]
    parts += ["## Beside bare steps", BARE_LEGEND, bare(rows), "## Memory", MEMORY_LEGEND, memory(rows)]
    failed = [f"- {CASES[key].title}, {name}: {why}" for key, row in rows.items() for name, why in row.failures.items()]
    return "\n\n".join([*parts, *(["## No gradient", "\n".join(failed)] if failed else [])])


def median(row: Row, name: str) -> float | None:
    """Seconds, or None."""
    return statistics.median(row.rounds[name]) if row.rounds.get(name) else None


def ratio(row: Row, name: str, base: str = "plain") -> float | None:
    """Time of one in that of another."""
    time, unit = median(row, name), median(row, base)
    return None if time is None or unit is None else time / unit


def present(rows: Mapping[str, Row]) -> list[str]:
    """Those that took part in anything."""
    names = ["adpy", "by hand", *PEERS]
    return [n for n in names if any(n in row.first_calls or n in row.failures for row in rows.values())]


def size(key: str) -> list[str]:
    """The first cells of a line."""
    case = CASES[key]
    return [case.title, f"{case.steps:,}", f"{case.snapshots:,}"]


def cell(row: Row, name: str, text: str) -> str:
    """What was found, or why there is nothing."""
    return text if name in row.rounds else "✗" if name in row.failures else "–"


def gradients(rows: Mapping[str, Row]) -> str:
    """Ratios."""
    others, lines = [name for name in present(rows) if name != "adpy"], []
    for key, row in rows.items():
        found = [name for name in PEERS if median(row, name) is not None]
        peer = min(found, key=lambda name: median(row, name)) if found else None
        mine = ratio(row, "adpy")
        line = [
            *size(key),
            seconds(median(row, "plain")),
            cell(row, "adpy", number(mine)),
            target_cell(mine, CASES[key].target),
        ]
        line += [cell(row, name, number(ratio(row, name))) for name in others]
        line.append(f"{number(ratio(row, 'adpy', peer))} ({peer})" if mine and peer else "–")
        line.append(number(ratio(row, "adpy", "by hand")))
        lines.append(line)
    head = ["loop", "steps", "snapshots", "plain", "adpy", "target", *others, "adpy / best peer", "adpy / by hand"]
    return grid(head, lines)


def forward_steps(rows: Mapping[str, Row]) -> str:
    """Counts."""
    names, lines = present(rows), []
    for key, row in rows.items():
        best = optimal_forward_steps(CASES[key].steps, CASES[key].snapshots)
        counts = [row.facts.get(name, {}).get("forward") for name in names]
        lines.append([*size(key), f"{best:,}", *("–" if count is None else f"{count:,}" for count in counts)])
    return grid(["loop", "steps", "snapshots", "optimum", *names], lines)


def bare(rows: Mapping[str, Row]) -> str:
    """Overheads."""
    lines = []
    for key, row in rows.items():
        own, hand = (row.facts.get(name, {}) for name in ("adpy", "by hand"))
        time, steps = median(row, "adpy"), CASES[key].steps
        ran = own.get("forward", 0) + steps
        ours = time / own["bare"] if time and "bare" in own else None
        cells = [number(ours), target_cell(ours, BARE_TARGET)]
        cells.append(seconds((time - own["bare"]) / ran) if ours else "–")
        cells.append(seconds(own["bare"] / ran) if ours else "–")
        pairs = (time, hand.get("bare")), (median(row, "by hand"), hand.get("bare"))
        lines.append([*size(key), *cells, *(number(a / b) if a and b else "–" for a, b in pairs)])
    head = ["adpy / bare", "target", "beside them", "a bare step", "adpy / bare by hand", "by hand / bare by hand"]
    return grid(["loop", "steps", "snapshots", *head], lines)


def memory(rows: Mapping[str, Row]) -> str:
    """Megabytes."""
    names, lines = ["plain", *present(rows)], []
    for key, row in rows.items():
        found = [row.facts.get(name, {}) for name in names]
        cells = [f"{f['peak'] / 1e6:.0f} MB ({f['growth'] / 1e6:.1f})" if "peak" in f else "–" for f in found]
        limit = CASES[key].memory
        peak = row.facts.get("adpy", {}).get("peak")
        verdict = target_cell(None if peak is None else round(peak / 1e6, 1), limit)
        lines.append([*size(key), *cells, verdict])
    return grid(["loop", "steps", "snapshots", *names, "target in MB"], lines)


def as_json(rows: Mapping[str, Row]) -> dict[str, Any]:
    """All that was measured."""
    return {
        key: {
            "title": CASES[key].title,
            "steps": CASES[key].steps,
            "snapshots": CASES[key].snapshots,
            "optimum": optimal_forward_steps(CASES[key].steps, CASES[key].snapshots),
            "target": CASES[key].target,
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
        key: Row(e["seconds"], e["first calls"], e["facts"], e["failures"], e["absent"])
        for key, e in content.items()
        if key in CASES
    }
