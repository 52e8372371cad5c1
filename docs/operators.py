"""Write ``docs/operators.md`` from the rule table: ``python docs/operators.py``."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import scipy
import scipy.fft
import scipy.linalg
import scipy.sparse
import scipy.special

import adpy  # noqa: F401  (registers the rows of the creators)
from adpy.rules import load_all
from adpy.rules.table import TABLE, Block, Composite, Elementwise, Inert, Refused, Row, Structural

__all__ = ["PATH", "document"]

PATH = Path(__file__).with_suffix(".md")
_NAMESPACES = ("numpy.linalg", "numpy.fft", "scipy.special", "scipy.linalg", "scipy.fft", "scipy.sparse", "numpy")

_HEAD = """\
# Operators

Every function with a row in the rule table. Made by `python docs/operators.py` with NumPy {numpy} and SciPy {scipy};
do not edit.

Functions of NumPy that are missing here and are written in Python work too: NumPy's own code is run on the traced
values ([coverage](coverage.md)). So do all methods of arrays. A function written in C that is missing here is refused.

| kind | what adpy does |
|---|---|
| elementwise | multiplies by partial derivatives; one row of plain NumPy code each |
| structural | moves cotangents and tangents as the function moves entries; no derivative code |
| block | calls the row's own jvp and vjp |
| composite | runs an implementation made of other rows |
| inert | computes with values only: the result has no derivative |
| refused | raises an error with advice |
"""


def document() -> str:
    """The text of the document."""
    load_all()
    parts = [_HEAD.format(numpy=_minor(np.__version__), scipy=_minor(scipy.__version__))]
    rows = [(_name(key, row), row) for key, row in TABLE.items()]
    rows.sort(key=_by_name)
    for namespace in sorted(_NAMESPACES):
        members = [(name, row) for name, row in rows if _namespace(name) == namespace]
        parts.append(f"## {namespace}\n")
        parts.extend(_section(members))
    return "\n".join(parts)


def _by_name(pair: tuple[str, Row]) -> str:
    return pair[0]


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _name(key: Any, row: Row) -> str:
    return f"numpy.{key[0].__name__}.{key[1]}" if isinstance(key, tuple) else row.name


def _namespace(name: str) -> str | None:
    """The library a name is in; None for helpers of adpy's rules and for a user's own functions."""
    return next((n for n in _NAMESPACES if name.startswith(n + ".")), None)


def _section(members: list[tuple[str, Row]]) -> Iterator[str]:
    """Tables of one namespace, one a kind."""
    elementwise = [(name, row) for name, row in members if isinstance(row, Elementwise)]
    if elementwise:
        yield "| elementwise | operands | kinks | promised partials |\n|---|---|---|---|"
        for name, row in elementwise:
            yield f"| `{name}` | {_operands(row)} | {_kinks(row)} | {_special(row)} |"
        yield ""
    for kind in (Structural, Block):
        chosen = [(name, row) for name, row in members if isinstance(row, kind)]
        if chosen:
            yield f"| {kind.__name__.lower()} | differentiated |\n|---|---|"
            yield "\n".join(f"| `{name}` | {', '.join(f'`{o}`' for o in row.operands)} |" for name, row in chosen)
            yield ""
    for kind in (Composite, Inert):
        names = list(dict.fromkeys(f"`{name}`" for name, row in members if isinstance(row, kind)))
        if names:
            yield f"{kind.__name__}: {', '.join(names)}.\n"
    refused = [(name, row) for name, row in members if isinstance(row, Refused)]
    if refused:
        yield "| refused | advice |\n|---|---|"
        yield "\n".join(f"| `{name}` | {row.advice} |" for name, row in refused)
        yield ""


def _operands(row: Elementwise) -> str:
    """Names of the operands; those without a rule are struck out."""
    names = row.partials.__code__.co_varnames[: row.arity]
    pairs = zip(names, row.slices, strict=True)
    return ", ".join(f"`{name}`" if partial.function is not None else f"~~`{name}`~~" for name, partial in pairs)


def _kinks(row: Elementwise) -> str:
    return ", ".join(_number(kink) for kink in row.kinks)


def _special(row: Elementwise) -> str:
    return "; ".join(f"{_number(point)} → {_number(partials)}" for point, partials in row.special)


def _number(x: Any) -> str:
    if isinstance(x, tuple):
        return f"({', '.join(map(_number, x))})"
    if x is None:
        return "none"
    if isinstance(x, complex):
        return f"{x:.4g}"
    if math.isinf(x):
        return "−∞" if x < 0 else "∞"
    return f"{x:.4g}".replace("-", "−")


if __name__ == "__main__":
    PATH.write_text(document(), encoding="utf-8")
