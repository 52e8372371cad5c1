"""Kernel: what is computed for all elements of a class, line by line for one lane."""

from __future__ import annotations

from dataclasses import dataclass

from adpy.plain import np

__all__ = ["Kernel"]


@dataclass(frozen=True, eq=False)
class Kernel:
    """The elements of a class, lane by lane.

    Attributes
    ----------
    loads : list of str
        For each leaf ``l0``, ``l1`` …: ``x`` for an input, ``c`` for a constant of the lane, or the text of a number.
    inputs : int
        How many leaves are inputs.
    addresses : ndarray of int32, shape (inputs + entries, lanes)
        Which input each of them is, then where in the data each entry goes.
    constants : ndarray of float64, shape (constants, lanes)
    lines : list of str
        What is computed from the leaves.
    entries : list of str
        What goes into the data.
    alone : list of bool
        Is an entry, in all lanes, the only one that goes there?
    decision : (str, str) or None
        What decided, and what it must be.
    native : bool
        Can it be compiled?  SciPy's functions are called by NumPy.
    """

    loads: list[str]
    inputs: int
    addresses: np.ndarray
    constants: np.ndarray
    lines: list[str]
    entries: list[str]
    alone: list[bool]
    decision: tuple[str, str] | None
    native: bool

    @property
    def lanes(self) -> int:
        """How many elements there are."""
        return self.addresses.shape[1]

    @property
    def size(self) -> int:
        """Operations of a lane, about."""
        return len(self.lines) + len(self.entries)
