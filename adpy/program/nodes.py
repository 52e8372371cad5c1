"""Nodes that only a recording has: they keep the whole call, constants included, and no weights."""

from __future__ import annotations

from typing import Any

from adpy.reverse.nodes import Constant, Node

__all__ = ["Assembled", "Buffer", "Check", "Fixed", "Operation", "Rearranged"]


class Fixed:
    """An operand without derivative."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class Buffer(Constant):
    """A storage without derivatives; ``initial`` are its entries when it first took traced values."""

    __slots__ = ("array", "initial")


class Operation(Node):
    """An elementwise row: ``saved`` is ``(row, settings, keywords)``, ``operands`` references and :class:`Fixed`."""

    __slots__ = ()


class Rearranged(Node):
    """A structural row whose result is a copy: ``saved`` is ``(bind, static, part)``."""

    __slots__ = ()


class Assembled(Node):
    """An array built from scalars and arrays in C order."""

    __slots__ = ()


class Check(Node):
    """A decision: ``saved`` is ``(function, kwargs, outcome)``, ``operands`` its arguments."""

    __slots__ = ()
