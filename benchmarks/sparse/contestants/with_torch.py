"""PyTorch without sparsity: ``torch.func``."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from benchmarks.sparse.contestants import Run
from benchmarks.sparse.contestants.dense import dense, swapped
from benchmarks.sparse.problem import JACOBIAN, Problem, moved

__all__ = ["CONTESTANTS", "warm_up"]


def warm_up() -> None:
    """One thread, and the first derivative."""
    torch.set_num_threads(1)
    torch.func.hessian(torch.sum)(torch.ones(3, dtype=torch.float64))


def derivative(problem: Problem, args: tuple[Any, ...]) -> Run:
    """A column for each unknown."""
    tensors = [torch.from_numpy(a) if isinstance(a, np.ndarray) else a for a in (moved(args[0]), *args[1:])]
    function = swapped(problem, torch)
    transform = torch.func.jacfwd if problem.kind == JACOBIAN else torch.func.hessian
    of_first = transform(lambda x: function(x, *tensors[1:]))
    return dense(args, lambda: of_first(tensors[0]).numpy())


CONTESTANTS = {"torch dense": derivative}
