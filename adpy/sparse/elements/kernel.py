"""Kernel: what is computed for all elements of a class, before it is text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from adpy.plain import np
from adpy.sparse.elements.expressions import Expressions

__all__ = ["Body", "Kernel"]


@dataclass
class Body:
    """Texts of the results of one lane.

    Attributes
    ----------
    entries : list of str
        What goes into the data.
    decisions : list of (str, str)
        What decided, and what it must be.
    """

    entries: list[str] = field(default_factory=list)
    decisions: list[tuple[str, str]] = field(default_factory=list)


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
    alone : list of bool
        Is an entry, in all lanes, the only one that goes there?
    body : callable
        Writes one lane's lines into :class:`~adpy.sparse.elements.expressions.Expressions`, and gives its results.
    lines : int
        How many lines that are, about.
    native : bool
        Can it be compiled?  SciPy's functions are called by NumPy.
    """

    loads: list[str]
    inputs: int
    addresses: np.ndarray
    constants: np.ndarray
    alone: list[bool]
    body: Callable[[Expressions], Body]
    lines: int
    native: bool = True

    @property
    def lanes(self) -> int:
        """How many elements there are."""
        return self.addresses.shape[1]
