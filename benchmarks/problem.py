"""What a benchmark problem is: a frozen record of an unmodified function and its input."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["Problem", "flatten"]


@dataclass(frozen=True)
class Problem:
    """A plain NumPy/Python function, its input, and what is known about its cost elsewhere.

    Parameters
    ----------
    name : str
        The name used on the command line and by the rewrites.
    title : str
        One line for the table.
    function : callable
        The function as a scientist writes it; it returns one number. It is never changed for any tool.
    inputs : callable
        Returns the positional arguments. Called once per run.
    argnums : int or tuple of int
        The arguments that are differentiated.
    target : float or None
        The ratio (gradient time / plain function time) adpy aims at.
    published : mapping of str to float
        Ratios other tools were seen to reach on the same problem, for comparison.
    scalars : bool
        True where the function works on numbers only, so that tools which know no arrays can run it.
    complex_step : bool
        True where the function is analytic and takes complex input as it stands: verification then uses the
        complex step, exact to rounding, instead of extrapolated differences.
    rewrite : str or None
        A name to look rewrites up by in ``benchmarks/rewrites`` where there is none called ``name``.
    """

    name: str
    title: str
    function: Callable[..., Any]
    inputs: Callable[[], tuple[Any, ...]]
    argnums: int | tuple[int, ...] = 0
    target: float | None = None
    published: Mapping[str, float] = field(default_factory=dict)
    scalars: bool = False
    complex_step: bool = False
    rewrite: str | None = None

    @property
    def rewrite_names(self) -> tuple[str, ...]:
        """The names under which the rewrites of this problem are looked up, first match wins."""
        return (self.name, self.rewrite) if self.rewrite else (self.name,)

    @property
    def active(self) -> tuple[int, ...]:
        """``argnums`` as a tuple."""
        return (self.argnums,) if isinstance(self.argnums, int) else self.argnums


def flatten(gradient: Any) -> np.ndarray:
    """Lay a gradient (an array, a number, or a tuple of them) out as one flat array."""
    parts = gradient if isinstance(gradient, (tuple, list)) else (gradient,)
    return np.concatenate([np.ravel(np.asarray(part, dtype=float)) for part in parts])
