"""Turn the records of the hunt into ``docs/coverage.md``."""

import re
from collections import Counter, defaultdict
from importlib import metadata
from pathlib import Path
from statistics import median

from tests.corpus.packages.worker import read_lines

__all__ = ["markdown"]

OUTCOMES = ("right", "refused", "crashed", "not a number", "wrong", "too slow")
INTRODUCTION = """\
# Other people's functions, as they stand

Module-level functions (and methods of a few objects) of public packages whose parameters can all be filled with
floats or small float arrays, differentiated with respect to every float argument at once, unmodified.  The reference
is extrapolated central differences of the plain function; a gradient is *right* where it agrees within the error
estimate of these plus 1e-6.  Functions whose differences do not converge, which return no finite floats, or do not
depend on their arguments, are not counted.

Made by `python -m tests.corpus.packages all`.
"""

# Why an answer differs from the differences, where somebody has looked.
EXPLAINED = {
    "astropy.modeling.models:Voigt1D": "remembers its last result by the value of its argument",
    "colour.algebra.interpolation:interval": "remembers its results by the bytes of its argument",
    "colour.geometry.section:unique_vertices": "rounds to a number of decimals: flat between jumps finer than any step",
    "colour.models:log_decoding_FilmicPro6": "interpolates a table finer than the steps of the differences",
    "ht:size_bundle_from_tubecount": "a bracketing solver in Python: its iterates have other derivatives than the root",
    "fluids": "the ends of tanks and pipes, where acos and sqrt have infinite slopes that cancel: inf - inf",
}


def markdown(cache: Path, packages: list[str], tools: list[str]) -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    for tool in tools:
        verdicts = {package: _verdicts(cache, package, tool) for package in packages}
        verdicts = {package: found for package, found in verdicts.items() if found}
        parts += [f"## {tool}\n", _table(verdicts), _speed(verdicts)]
        if tool == tools[0]:
            parts += [_list(verdicts, "wrong"), _list(verdicts, "not a number")]
            parts += [_groups(verdicts, "crashed"), _groups(verdicts, "refused")]
    parts.append(_discovered(cache, packages))
    return "\n".join(part for part in parts if part).rstrip() + "\n"


def _verdicts(cache: Path, package: str, tool: str) -> list[dict]:
    lines = read_lines(cache / f"{package}.{tool}")
    found = [line for line in lines if "path" in line and line["outcome"] != "plain function fails"]
    for line in found:
        if "detail" in line:
            line["detail"] = re.sub(r"\S*site-packages/", "", line["detail"])
    done = {line["path"] for line in lines if "path" in line}
    lost = [line["started"] for line in lines if "started" in line and line["started"] not in done]
    return found + [{"path": path, "outcome": "crashed", "detail": "the process ended"} for path in lost]


def _table(verdicts: dict[str, list[dict]]) -> str:
    rows = ["| package | functions | " + " | ".join(OUTCOMES) + " |", "|---|--:|" + "--:|" * len(OUTCOMES)]
    whole: Counter = Counter()
    for package, found in verdicts.items():
        counts = Counter(v["outcome"] for v in found)
        whole += counts
        rows.append(_row(f"{package} {_version(package)}", counts))
    rows.append(_row("**all**", whole))
    return "\n".join(rows) + "\n"


def _row(name: str, counts: Counter) -> str:
    total = sum(counts.values())
    share = f" ({100 * counts['right'] / total:.0f} %)" if total else ""
    return f"| {name} | {total} | {counts['right']}{share} | " + " | ".join(str(counts[o]) for o in OUTCOMES[1:]) + " |"


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _speed(verdicts: dict[str, list[dict]]) -> str:
    ratios = [v["ratio"] for found in verdicts.values() for v in found if "ratio" in v]
    if not ratios:
        return ""
    return f"Time of the gradient over time of the plain function, median of those right: {median(ratios):.0f}.\n"


def _groups(verdicts: dict[str, list[dict]], outcome: str) -> str:
    """The functions of one outcome, gathered by what was said about them."""
    groups: dict[str, list[str]] = defaultdict(list)
    for found in verdicts.values():
        for v in found:
            if v["outcome"] == outcome:
                groups[_reason(v["detail"])].append(f"`{v['path']}`")
    ordered = sorted(groups.items(), key=lambda item: -len(item[1]))
    rows = [f"- {len(paths)}: {reason}\\\n  {', '.join(paths)}" for reason, paths in ordered]
    return f"### {outcome.capitalize()}\n\n" + "\n".join(rows) + "\n" if rows else ""


def _reason(detail: str) -> str:
    """A message without the place where it happened."""
    message = detail.split("  at ")[0]
    return re.sub(
        r"Compiled code called at \S+", "Compiled code called", re.sub(r" in \S+ would drop", " would drop", message)
    )


def _list(verdicts: dict[str, list[dict]], outcome: str) -> str:
    rows = [
        f"- `{v['path']}`: {v['detail']}{_explanation(v['path'], outcome)}"
        for found in verdicts.values()
        for v in found
        if v["outcome"] == outcome
    ]
    return f"### {outcome.capitalize()}\n\n" + "\n".join(rows) + "\n" if rows else ""


def _explanation(path: str, outcome: str) -> str:
    if outcome not in ("wrong", "not a number"):
        return ""
    return "".join(f" — {reason}" for start, reason in EXPLAINED.items() if path.startswith(start))


def _discovered(cache: Path, packages: list[str]) -> str:
    counts: Counter = Counter()
    for package in packages:
        counts += Counter(
            line["status"].split(":")[0] for line in read_lines(cache / f"{package}.calls") if "status" in line
        )
    return "## What was looked at\n\n" + "".join(f"- {status}: {n}\n" for status, n in counts.most_common())
