"""The rows as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.report import number, seconds, target_cell
from benchmarks.second_order.measure import GRADIENT, LOOP, Row

__all__ = ["as_json", "tables"]

LEGEND = """\
The numbers are ratios: time of the derivative, recording included, to time of the plain, unmodified function; medians
of interleaved runs, one thread for every tool.  In brackets: adpy's time to that of the tool.  Each derivative was
verified before it was timed, by extrapolated differences along random directions, and against the others to 1e-8.
✗: a wrong derivative or an error; –: not applicable.  *Recorded*: replayed from `adpy.record`; *compiled*: the same
after `specialize`.  *By hand*: the formula in NumPy, or in Numba for products with Rosenbrock's Hessian.  *jax* is
compiled beforehand (`jax.jit`); its first call, in the last column, is not counted.  autograd has no batches: a loop
of its gradients."""

TITLES = {
    "products": "Hessian times vector",
    "hessians": "Dense Hessians",
    "jacobians": "Dense Jacobians",
    "directions": "Hessian times 1, 8 and 64 vectors, from one recording",
    "samples": "Gradients of 1,000 single samples: `adpy.batch(adpy.grad(f))`; plain is the function in a loop",
}
OWN = {
    "products": ("adpy, recorded", "adpy, compiled", GRADIENT),
    "hessians": ("adpy, recorded",),
    "samples": (LOOP,),
}


def tables(rows: dict[str, list[Row]], peers: Sequence[str]) -> str:
    """All tables."""
    parts = [f"## {TITLES[name]}\n\n{table(name, found, peers)}" for name, found in rows.items()]
    return "\n\n".join([LEGEND, *parts, *failures(rows)])


def table(name: str, rows: list[Row], peers: Sequence[str]) -> str:
    """One table."""
    own = OWN.get(name, ())
    others = [tool for tool in ("by hand", *peers) if any(tool in row.times or tool in row.failures for row in rows)]
    head = ["function", "plain", *(["target"] if any(row.target for row in rows) else []), "adpy", *own]
    head += ["adpy / its gradient"] if GRADIENT in own else []
    head += [*others, *(["jax's first call"] if "jax" in others else [])]
    lines = [f"| {' | '.join(head)} |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join([*lines, *[f"| {' | '.join([cell(row, column) for column in head])} |" for row in rows]])


def cell(row: Row, column: str) -> str:
    """An entry of a table."""
    match column:
        case "function":
            return row.title
        case "plain":
            return seconds(row.times["plain"].median)
        case "target":
            return target_cell(row.ratio("adpy"), row.target)
        case "adpy / its gradient":
            return number(row.ratio("adpy", GRADIENT))
        case "jax's first call":
            return seconds(row.first_calls["jax"]) if "jax" in row.first_calls else "–"
    if column not in row.times:
        return "✗" if column in row.failures else "–"
    found = number(row.ratio(column))
    if column == "adpy, compiled" and row.recorded_target:
        return f"{found}, {target_cell(row.ratio(column), row.recorded_target)}"
    return found if column.startswith("adpy") else f"{found} ({number(row.ratio('adpy', column))})"


def failures(rows: dict[str, list[Row]]) -> list[str]:
    """A paragraph on every failure."""
    return [
        f"{tool} fails on {TITLES[name]}, {row.title}: {reason.splitlines()[0][:160]}"
        for name, found in rows.items()
        for row in found
        for tool, reason in row.failures.items()
    ]


def as_json(rows: dict[str, list[Row]]) -> dict[str, Any]:
    """All that was measured."""
    return {name: [row_as_json(row) for row in found] for name, found in rows.items()}


def row_as_json(row: Row) -> dict[str, Any]:
    """One row."""
    return {
        "title": row.title,
        "target": row.target,
        "target from a recording": row.recorded_target,
        "ratios": {name: row.ratio(name) for name in row.times if name != "plain"},
        "adpy / tool": {name: row.ratio("adpy", name) for name in row.times if name not in ("plain", "adpy")},
        "seconds": {name: times.rounds for name, times in row.times.items()},
        "first calls": row.first_calls,
        "failures": row.failures,
    }
