"""A tape that gives up when it becomes too large, for whoever has another way."""

from __future__ import annotations

from math import prod

from adpy.reverse.nodes import Flush, Node
from adpy.reverse.tape import CHUNK, Tape

__all__ = ["LimitedTape", "TapeTooLarge"]

SCALAR, NODE = 24, 200
"""Bytes that a scalar operation takes, and an array operation besides its entries."""


class TapeTooLarge(BaseException):
    """Raised through the recorded function, past its ``except Exception``."""


class _Nodes(list):
    """Nodes of a tape that may take so many bytes."""

    __slots__ = ("left",)

    def append(self, node: Node) -> None:
        self.left -= SCALAR * CHUNK if type(node) is Flush else NODE + 8 * prod(node.shape)
        if self.left < 0:
            raise TapeTooLarge
        list.append(self, node)


class LimitedTape(Tape):
    """A tape of at most about ``limit`` bytes; recording more raises :class:`TapeTooLarge`."""

    __slots__ = ()

    def __init__(self, limit: int) -> None:
        Tape.__init__(self)
        self.nodes = _Nodes()
        self.nodes.left = limit
        self.append = self.nodes.append
