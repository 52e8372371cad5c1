"""Results as a Markdown table for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.compare import Outcome, Row
from benchmarks.tools import AS_IT_STANDS, IMPORT_SWAPPED

__all__ = [
    "comparison_table",
    "failures",
    "grid",
    "machine_line",
    "number",
    "rows_as_json",
    "seconds",
    "target_cell",
    "write",
]

LEGEND = (
    "Ratio: time of the gradient (recording included) / time of the plain, unmodified function; medians of interleaved "
    "runs, one thread for every tool. Every gradient was verified before it was timed. No mark: the function as it "
    "stands; ᵢ: the tool's namespace imported instead of NumPy's; ᵣ: rewritten for the tool; ⱼ: compiled beforehand "
    "(`jax.jit`, compile time not counted); ✗: no attempt gave a right gradient; –: not applicable."
)


def seconds(value: float) -> str:
    """A duration in the unit that suits it."""
    for unit, factor in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= factor:
            return f"{value / factor:.3g} {unit}"
    return f"{value * 1e9:.3g} ns"


def number(value: float | None) -> str:
    """Two or three digits."""
    if value is None:
        return "–"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}" if value >= 10 else f"{value:.2g}"


def grid(head: list[str], lines: list[list[str]]) -> str:
    """A table."""
    found = [f"| {' | '.join(head)} |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join([*found, *(f"| {' | '.join(line)} |" for line in lines)])


def target_cell(found: float | None, target: float | None, show: Callable[[float], str] = "{:g}".format) -> str:
    """A target, and whether it is met."""
    if target is None or found is None:
        return "" if target is None else f"≤ {show(target)}"
    return f"≤ {show(target)} met" if found <= target else f"**≤ {show(target)} missed**"


def write(out: Path | None, report: str, content: dict[str, Any]) -> None:
    """Write ``<out>.md`` and ``<out>.json``, if they are wanted."""
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.with_suffix(".md").write_text(report + "\n", encoding="utf-8")
        out.with_suffix(".json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def machine_line(machine: dict[str, str]) -> str:
    """The machine in one line."""
    return ", ".join(f"{name} {value}" for name, value in machine.items())


def cell(outcome: Outcome) -> str:
    """The entry of a tool: its ratio, and how it was reached."""
    if outcome.ratio is None:
        return "✗" if outcome.failures else "–"
    how = outcome.how or ""
    mark = "" if how.startswith(AS_IT_STANDS) else "ᵢ" if how.startswith(IMPORT_SWAPPED) else "ᵣ"
    number = f"{outcome.ratio:.0f}" if outcome.ratio >= 100 else f"{outcome.ratio:.3g}"
    return number + mark + ("ⱼ" if how.endswith("jit") else "")


def comparison_table(rows: list[Row], tools: list[str]) -> str:
    """All problems, all tools."""
    lines = [
        "| problem | plain | target | " + " | ".join(tools) + " |",
        "|---|---:|---:|" + "---:|" * len(tools),
    ]
    for row in rows:
        target = "" if row.problem.target is None else f"≤ {row.problem.target:g}"
        entries = [row.problem.title, seconds(row.plain.median), target]
        entries += [cell(row.outcomes[tool]) for tool in tools]
        lines.append("| " + " | ".join(entries) + " |")
    return "\n".join([*lines, "", LEGEND, *failures(rows)])


def failures(rows: list[Row]) -> list[str]:
    """One paragraph for every function adpy does not differentiate as it stands."""
    lines = []
    for row in rows:
        outcome = row.outcomes.get("adpy")
        if outcome is not None and outcome.ratio is None:
            lines += ["", f"adpy fails on `{row.problem.name}`: {'; '.join(outcome.failures.values())}"]
    return lines


def rows_as_json(rows: list[Row]) -> list[dict[str, Any]]:
    """All that was measured."""
    return [
        {
            "name": row.problem.name,
            "title": row.problem.title,
            "target": row.problem.target,
            "published": dict(row.problem.published),
            "verified against": row.reference,
            "plain seconds": row.plain.rounds,
            "central differences": row.differences,
            "tools": {
                name: {
                    "how": outcome.how,
                    "ratio": outcome.ratio,
                    "seconds": outcome.times.rounds if outcome.times else None,
                    "failed attempts": outcome.failures,
                }
                for name, outcome in row.outcomes.items()
            },
        }
        for row in rows
    ]
