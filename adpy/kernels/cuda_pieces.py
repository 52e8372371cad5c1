"""Pieces of text that kernels over instructions share: addresses, products that are zero where a factor is."""

from __future__ import annotations

__all__ = ["indented", "place", "times", "turn"]


def place(table: str, k: int, row: str = "row") -> str:
    """Address of operand ``k`` (0: the result)."""
    c = 5 + 4 * k
    steps = [f"{i} * {table}[{row}, {c + 1 + j}]" for j, i in enumerate(("i0", "i1", "i2"))]
    return f"{table}[{row}, {c}] + {' + '.join(steps)}"


def times(weight: str, bar: str) -> str:
    """``weight * bar``, exactly zero where ``bar`` is."""
    return f"(real(0.0) if {bar} == real(0.0) else {weight} * {bar})"


def _product(partial: str, dot: str) -> str:
    """A second partial times a tangent: zero where either is, since a tangent that nothing reads may be anything."""
    return f"(real(0.0) if {partial} == real(0.0) or {dot} == real(0.0) else {partial} * {dot})"


def turn(weight: str, own: str, dot: str, other: str) -> str:
    """What an operation adds to the tangent of the cotangent of an operand."""
    change = f"({_product(own, dot)} + {_product('q', other)})"
    return f"{times(weight, 'turn')} + {times(change, 'bar')}"


def indented(block: str, by: int) -> str:
    return "\n".join([" " * by + line if line.strip() else line for line in block.split("\n")])
