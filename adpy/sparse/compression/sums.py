"""Sums of entries of a symmetric matrix, from which its entries come by substitution."""

from __future__ import annotations

from dataclasses import dataclass

from adpy.plain import np
from adpy.sparse.coloring import Substitution

__all__ = ["Sums"]


@dataclass(frozen=True, eq=False)
class Sums:
    """Those entries of the compressed columns that are read, and the steps of the substitution among them.

    Attributes
    ----------
    lines, colors : ndarray of int
        Where each sum is in the compressed columns.
    taken, others : ndarray of int32
        The sum that a step reads, and that which it subtracts from; -1 for none.
    entries, mirrors : ndarray of int32
        Numbers of the nonzeros that a step finds.
    """

    lines: np.ndarray
    colors: np.ndarray
    taken: np.ndarray
    others: np.ndarray
    entries: np.ndarray
    mirrors: np.ndarray

    @classmethod
    def of(cls, found: Substitution) -> Sums:
        """The sums that a substitution reads, each once."""
        lines = np.concatenate([found.lines, found.mirror_lines]).astype(np.int64)
        colors = np.concatenate([found.colors, found.mirror_colors])
        count = 1 + int(colors.max(initial=0))
        keys, numbers = np.unique(np.where(colors < 0, -1, lines * count + colors), return_inverse=True)
        none = int(keys.size > 0 and keys[0] < 0)
        numbers = (numbers.reshape(-1) - none).astype(np.int32)
        lines, colors = np.divmod(keys[none:], count)
        taken, others = np.split(numbers, [len(found.lines)])
        return cls(lines, colors, taken, others, found.positions, found.mirrors)

    def substitute(self, sums: np.ndarray, data: np.ndarray) -> None:
        """The nonzeros from the values of the sums, which are used up."""
        from adpy.sparse.compression.kernels import substitute

        substitute(sums, self.taken, self.entries, self.mirrors, self.others, data)
