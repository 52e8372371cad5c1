"""Seeds: ones in the memory of a sweep, at the rows of each color in its column."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from adpy.plain import np
from adpy.program.code import View

__all__ = ["Seeds"]


class Seeds:
    """The rows of a memory that are seeded, and their colors.

    Parameters
    ----------
    places : ndarray of int64
        Addresses of the rows.
    colors : ndarray of int32
        Their colors; -1 for none.
    others : sequence of View, optional
        For tangents: the inputs that are not differentiated.  All inputs are written then, for memory of tangents is
        not cleared before a sweep.
    """

    def __init__(self, places: np.ndarray, colors: np.ndarray, others: Sequence[View] | None = None) -> None:
        self._places, self._colors, self._others = places, colors, others

    def write(self, low: int) -> Callable[[np.ndarray], None]:
        """What writes the seeds of the colors from ``low`` on, as many as the memory has columns."""
        from adpy.sparse.compression.kernels import mark, seed

        def written(memory: np.ndarray) -> None:
            if self._others is None:
                mark(memory, self._places, self._colors, low)
                return
            for view in self._others:
                view.columns(memory)[...] = 0.0
            seed(memory, self._places, self._colors, low)

        return written
