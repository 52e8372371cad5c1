"""autograd without sparsity: a sweep for each row."""

from __future__ import annotations

from typing import Any

import autograd
import autograd.numpy

from benchmarks.sparse.contestants import Run
from benchmarks.sparse.contestants.dense import dense, swapped
from benchmarks.sparse.problem import JACOBIAN, Problem, moved

__all__ = ["CONTESTANTS", "warm_up"]


def warm_up() -> None:
    """All imported."""


def derivative(problem: Problem, args: tuple[Any, ...]) -> Run:
    """``jacobian`` or ``hessian``."""
    function = swapped(problem, autograd.numpy)
    transform = autograd.jacobian if problem.kind == JACOBIAN else autograd.hessian
    of_first = transform(lambda x: function(x, *args[1:]))
    x = moved(args[0])
    return dense(args, lambda: of_first(x))


CONTESTANTS = {"autograd dense": derivative}
