"""Results of many lanes put together: stacked, or summed."""

from __future__ import annotations

from typing import Any

from adpy.errors import ArgumentError
from adpy.plain import np

__all__ = ["Gathered"]


class Gathered:
    """Leaves of the lanes' results: stacked, or summed."""

    def __init__(self, size: int, reduce: str | None, name: str, stacked: dict | None = None) -> None:
        self.size, self.reduce, self.name = size, reduce, name
        self.found: dict[int, Any] = {} if stacked is None else stacked

    def part(self) -> Gathered:
        """What one thread gathers: lanes go to the same arrays, sums are its own."""
        return Gathered(self.size, self.reduce, self.name, self.found if self.reduce is None else None)

    def merge(self, part: Gathered) -> None:
        """Add the sums of a part."""
        if self.reduce is not None:
            for j, total in part.found.items():
                self.found[j] = self.found[j] + total

    def reserve(self, j: int, leaf: Any, shape: tuple) -> None:
        """Make a place for leaf ``j``; a leaf that is no number is the same in all lanes."""
        if not _numeric(leaf):
            if j in self.found and not (self.found[j] is leaf or self.found[j] == leaf):
                raise ArgumentError(f"leaf {j} of the {self.name}", "the same in all lanes, or a number", repr(leaf))
            self.found[j] = leaf
        elif j not in self.found:
            self.found[j] = np.empty((self.size, *shape)) if self.reduce is None else np.zeros(shape)
        elif np.shape(self.found[j])[self.reduce is None :] != shape:
            got = f"{np.shape(self.found[j])[self.reduce is None :]} and {shape}"
            raise ArgumentError(f"leaf {j} of the {self.name}", "one shape in all lanes", got)

    def put(self, j: int, lanes: Any, found: Any) -> None:
        """Leaf ``j`` of some lanes, one row each."""
        if self.reduce is None:
            self.found[j][lanes] = found
        else:
            self.found[j] = self.found.get(j, 0.0) + found.sum(axis=0)

    def put_shared(self, j: int, lanes: Any, leaf: Any, count: int) -> None:
        """Leaf ``j``, the same in some lanes."""
        if _numeric(leaf):
            self.put(j, lanes, np.broadcast_to(np.asarray(leaf, np.float64), (count, *np.shape(leaf))))

    def results(self) -> list:
        """The leaves in order."""
        scale = 1.0 / self.size if self.reduce == "mean" else 1.0
        found = [self.found[j] for j in sorted(self.found)]
        return found if self.reduce is None else [(x * scale)[()] if _numeric(x) else x for x in found]


def _numeric(leaf: Any) -> bool:
    return isinstance(leaf, float | int | np.ndarray | np.number) and not isinstance(leaf, bool)
