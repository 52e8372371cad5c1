"""Record: one step with what its adjoint needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from adpy.checkpoint.stepping.link import Link
from adpy.custom.structures import is_active_kind
from adpy.plain import np

__all__ = ["Record"]


class Record:
    """One step with what its adjoint needs."""

    __slots__ = ("link", "n", "outputs", "pullback")

    def __init__(
        self, n: int, link: Link | None = None, pullback: Callable | None = None, outputs: Sequence = ()
    ) -> None:
        self.n, self.link, self.pullback = n, link, pullback
        self.outputs = [(i, np.zeros(np.shape(x))) for i, x in enumerate(outputs) if is_active_kind(x)]

    def bars_of_outputs(self, bars: Sequence | None) -> list:
        """Cotangents of the leaves of the output that carry derivatives, zero where none is given."""
        return [zero if bars is None or bars[i] is None else bars[i] for i, zero in self.outputs]
