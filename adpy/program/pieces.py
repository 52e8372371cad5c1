"""Pieces: arrays made by moving entries, as boxes that tile their index space, each a strided view of what is there.

Elementwise instructions run over the common refinement of the boxes of their operands, so nothing is copied.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product
from math import prod

from adpy.plain import np
from adpy.program.code import View

__all__ = ["LARGEST", "MOST", "Pieces", "boxes", "refine"]

MOST = 32
"""Boxes of one array, at most."""
LARGEST = 256
"""Entries for each box that make it worth an instruction of its own."""


@dataclass(frozen=True)
class Pieces:
    """An array in several places.

    Attributes
    ----------
    cuts : tuple of tuple of int
        For each axis where boxes begin, and the length of the axis.
    views : dict
        Numbers of a box along the axes → its entries.
    """

    cuts: tuple[tuple[int, ...], ...]
    views: dict[tuple[int, ...], View]

    @classmethod
    def of(cls, view: View) -> Pieces:
        """A view as a single box."""
        return cls(tuple([(0, n) for n in view.shape]), {(0,) * len(view.shape): view})

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return tuple([cut[-1] for cut in self.cuts])

    @property
    def alone(self) -> View | None:
        """The view, if there is one box only, in which no entry occurs twice."""
        if len(self.views) > 1:
            return None
        (view,) = self.views.values()
        reach = 0
        for stride, n in sorted((abs(s), n) for s, n in zip(view.strides, view.shape, strict=True) if n > 1):
            if stride <= reach:
                return None
            reach += stride * (n - 1)
        return view

    @property
    def pays(self) -> bool:
        """Are the boxes large enough, and do their entries follow one another in memory?"""
        size = prod(self.shape)
        if len(self.views) > 1 and size < LARGEST * len(self.views):
            return False
        slow = sum(prod(v.shape) for v in self.views.values() if v.shape[-1] > 1 and abs(v.strides[-1]) > 1)
        return 8 * slow <= size

    def addresses(self) -> np.ndarray:
        """Address of every entry."""
        found = np.empty(self.shape, np.int64)
        for box, view in self.boxes():
            found[box] = view.addresses()
        return found

    def boxes(self) -> Iterator[tuple[tuple[slice, ...], View]]:
        """Where each view stands."""
        for number, view in self.views.items():
            yield tuple([slice(cut[i], cut[i + 1]) for cut, i in zip(self.cuts, number, strict=True)]), view

    def within(self, box: Sequence[slice]) -> View:
        """The entries in a box within one of these, of an array with this shape or one that it is broadcast to."""
        number, offset, shape, strides = [], 0, [], []
        for cut, part in zip(self.cuts, box[len(box) - len(self.cuts) :], strict=True):
            start, n = (0, 1) if cut[-1] == 1 else (part.start, part.stop - part.start)
            number.append(bisect_right(cut, start) - 1)
            shape.append(n)
            strides.append(start - cut[number[-1]])
        view = self.views[tuple(number)]
        offset = view.offset + sum(shift * s for shift, s in zip(strides, view.strides, strict=True))
        return View(offset, tuple(shape), view.strides)


def refine(shape: tuple[int, ...], cuts: Sequence[tuple]) -> tuple[tuple[int, ...], ...]:
    """Where boxes begin along each axis so that operands with these cuts, broadcast to ``shape``, are views in them."""
    found = [{0, n} for n in shape]
    for operand in cuts:
        for axis, cut in zip(found[len(found) - len(operand) :], operand, strict=True):
            if cut[-1] != 1:
                axis.update(cut)
    return tuple([tuple(sorted(axis)) for axis in found])


def boxes(addresses: np.ndarray, starts: np.ndarray) -> Pieces | None:
    """The boxes of an array of addresses, or None if they are too many.

    Parameters
    ----------
    addresses : ndarray of int64
    starts : ndarray of int64
        First address of each storage, in order: boxes do not reach from one into the next.
    """
    if not addresses.size or not addresses.ndim:
        return None
    low, high = np.searchsorted(starts, [addresses.min(), addresses.max()], "right").tolist()
    storages = None if low == high else np.searchsorted(starts[low:high], addresses, "right")
    cuts = []
    for axis, n in enumerate(addresses.shape):
        walls = () if storages is None else _changes(storages, axis) + 1
        cuts.append(_cut(n, _changes(np.diff(addresses, axis=axis), axis) + 1 if n > 2 else (), walls))
    # two entries are always in equal steps along one axis, but not always beside others
    return _views(addresses, cuts) or _views(addresses, [_apart(cut) for cut in cuts])


def _views(addresses: np.ndarray, cuts: list[tuple[int, ...]]) -> Pieces | None:
    """The boxes between cuts, if they are views and not too many."""
    if () in cuts or prod(len(cut) - 1 for cut in cuts) > MOST:
        return None
    views = {}
    for number in product(*[range(len(cut) - 1) for cut in cuts]):
        block = addresses[tuple([slice(cut[i], cut[i + 1]) for cut, i in zip(cuts, number, strict=True)])]
        corner = (0,) * block.ndim
        offset = int(block[corner])
        strides = [
            int(block[(*corner[:k], 1, *corner[k + 1 :])]) - offset if n > 1 else 0 for k, n in enumerate(block.shape)
        ]
        views[number] = view = View(offset, block.shape, tuple(strides))
        if not np.array_equal(view.addresses(), block):
            return None
    return Pieces(tuple(cuts), views)


def _apart(cut: tuple[int, ...]) -> tuple[int, ...]:
    """Cuts with another one in every stretch of two."""
    return tuple(sorted({*cut, *[start + 1 for start, stop in pairwise(cut) if stop - start == 2]}))


def _changes(x: np.ndarray, axis: int) -> np.ndarray:
    """Numbers of the places along an axis where anything differs from the place after it."""
    x = np.moveaxis(x, axis, 0)
    return np.flatnonzero((x[1:] != x[:-1]).any(axis=tuple(range(1, x.ndim))))


def _cut(n: int, changes: Sequence[int], walls: Sequence[int]) -> tuple[int, ...]:
    """Where stretches of an axis begin, and its length; nothing if they are too many.

    Parameters
    ----------
    n : int
    changes : sequence of int
        Entries at which the step to the next one differs from the step before.
    walls : sequence of int
        Entries that begin a stretch in any case.
    """
    if len(changes) + len(walls) > 3 * MOST:
        return ()
    changed, found = {int(p) for p in changes}, {0, n, *[int(w) for w in walls]}
    for start, stop in pairwise(sorted(found)):
        for p in sorted(p for p in changed if start < p < stop - 1):
            if p <= start:
                continue
            # one entry alone, if those after it go on in equal steps; else two
            start = p if p == start + 1 and p + 1 not in changed else p + 1
            found.add(start)
    return tuple(sorted(found))
