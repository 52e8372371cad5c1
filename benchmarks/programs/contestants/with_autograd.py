"""autograd: its namespace imported instead of NumPy's, or the function rewritten."""

from __future__ import annotations

from typing import Any

import autograd
import autograd.numpy
import autograd.scipy.special
import numpy as np
from scipy import special

from benchmarks.programs.case import Case
from benchmarks.programs.contestants import Run
from benchmarks.rebind import rebind
from benchmarks.tools import autograd_attempts, find_rewrite

__all__ = ["CONTESTANTS", "warm_up"]


def warm_up() -> None:
    """All imported."""


def gradient(case: Case, args: tuple[Any, ...]) -> Run:
    """Lanes as one array each."""
    if not case.in_axes:
        attempts = list(autograd_attempts(case.problem, args))
        return Run(attempts[-1 if find_rewrite("functional", case.problem) else 0].gradient)
    values = rebind(case.vectorised, {id(np): autograd.numpy, id(special.erf): autograd.scipy.special.erf})
    reduce = autograd.numpy.mean if case.mean else autograd.numpy.sum
    first = autograd.grad(lambda x, *rest: reduce(values(x, *rest)))
    lanes = case.lanes(args)

    def run() -> np.ndarray:
        shared = case.in_axes[0] is None and not case.mean
        return first(np.tile(args[0], (lanes, 1)) if shared else args[0], *args[1:])

    return Run(run)


CONTESTANTS = {"autograd": gradient}
