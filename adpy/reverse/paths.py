"""Paths: how a view was made from its storage, so that the same view of the storage's bar can be made.

A path is ``None`` (the whole storage) or a triple ``(parent path, step, overlapping)``.  A step is an index, or a
:class:`Step` that calls the structural function that made the view.  A view overlaps itself when it names an entry of
the storage twice (``broadcast_to``, ``sliding_window_view``): its bar cannot be a view.
"""

from __future__ import annotations

from typing import Any

__all__ = ["IMAG", "REAL", "Step", "depends_on_layout", "resolve", "through_parts"]


class Step:
    """A structural function whose result is a view: called on the bar it gives the view of the bar."""

    __slots__ = ("bind", "part", "static")

    def __init__(self, bind: Any, static: dict, part: int | None = None) -> None:
        self.bind, self.static, self.part = bind, static, part

    def __call__(self, x: Any) -> Any:
        result = self.bind.apply((x,), self.static)
        if self.part is not None:
            result = result[self.part]
        if not result.flags.writeable and x.flags.writeable:
            result.setflags(write=True)  # NumPy marks diagonals and broadcasts read-only out of caution
        return result


def resolve(path: tuple | None, x: Any) -> Any:
    """Follow ``path`` from the storage-shaped ``x`` to the view."""
    if path is None:
        return x
    parent, step, _ = path
    if parent is not None:
        x = resolve(parent, x)
    return step(x) if type(step) is Step else x[step]


def depends_on_layout(path: tuple | None) -> bool:
    """Does the path contain functions, whose results are views only for the storage's own memory layout?"""
    while path is not None:
        path, step, _ = path
        if type(step) is Step:
            return True
    return False


class _Part:
    """Real or imaginary part: binds as a structural function does."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def apply(self, operands: tuple, static: dict) -> Any:
        """The part of the operand, as a view."""
        return getattr(operands[0], self.name)


REAL, IMAG = Step(_Part("real"), {}), Step(_Part("imag"), {})


def through_parts(path: tuple | None) -> bool:
    """Does the path go through the real or imaginary part of a complex storage?"""
    while path is not None:
        path, step, _ = path
        if step is REAL or step is IMAG:
            return True
    return False
