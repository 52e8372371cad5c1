"""torch: eager, and by ``torch.compile``; functions rewritten, lanes as one tensor each."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from scipy import special

from benchmarks.programs.case import Case
from benchmarks.programs.contestants import NotApplicable, Run
from benchmarks.rebind import rebind
from benchmarks.tools import find_rewrite, with_active

__all__ = ["CONTESTANTS", "warm_up"]

CHUNK = 10_000
"""Lanes at a time: what is kept for the sweep back of more does not fit the caches, or the memory."""
STEPS = (
    "rosenbrock",
    "lorenz",
    "lorenz_long",
    "three_body",
    "lstm",
    "burgers",
    "heat",
    "shallow_water",
    "heston_1e4",
    "heston_mean",
    "heston_vectorised",
)
"""Loops of fifty steps and more, all of whose operations its tracer unrolls."""


def warm_up() -> None:
    """One thread, double precision."""
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)


def gradient(case: Case, args: tuple[Any, ...], compile: bool = False) -> Run:
    """By ``torch.autograd.grad``."""
    if compile and case.name in STEPS:
        raise NotApplicable("the steps of its loop are unrolled")
    if case.in_axes:
        return in_lanes(case, args, compile)
    rewrite = find_rewrite("with_torch", case.problem)
    if rewrite is None:
        raise NotApplicable("no rewrite")
    constants = tuple(torch.from_numpy(a) if isinstance(a, np.ndarray) else a for a in args)
    of_active = wrapped(with_active(rewrite, case.problem, constants), compile)

    def run() -> tuple[np.ndarray, ...]:
        active = [torch.tensor(args[i], requires_grad=True) for i in case.problem.active]
        return tuple(t.numpy() for t in torch.autograd.grad(of_active(*active), active))

    return Run(run)


def in_lanes(case: Case, args: tuple[Any, ...], compile: bool) -> Run:
    """The sum over lanes has their gradients as its own."""
    values = rebind(case.vectorised, {id(np): torch, id(special.erf): torch.erf})
    reduced = wrapped(lambda *args: torch.sum(values(*args)), compile)
    lanes = case.lanes(args)
    shared = case.in_axes[0] is None

    def run() -> np.ndarray:
        parts = []
        for i in range(0, lanes, CHUNK):
            rows = [torch.from_numpy(a if axis is None else a[i : i + CHUNK]) for a, axis in zip(args, case.in_axes)]
            x = rows[0].expand(len(rows[1]), -1).clone() if shared and not case.mean else rows[0].clone()
            parts.append(torch.autograd.grad(reduced(x.requires_grad_(), *rows[1:]), x)[0])
        return (sum(parts) / lanes if case.mean else torch.cat(parts)).numpy()

    return Run(run)


def wrapped(function: Callable, compile: bool) -> Callable:
    """Compiled if asked for."""
    return torch.compile(function, dynamic=False) if compile else function


CONTESTANTS = {"torch": gradient, "torch.compile": partial(gradient, compile=True)}
