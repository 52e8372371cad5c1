"""adpy: prepared once, evaluated at new points; by the evaluation it chooses, and by colors."""

from __future__ import annotations

import os
from functools import partial
from time import process_time
from typing import Any

import numpy as np

from benchmarks.sparse.contestants import Run
from benchmarks.sparse.problem import JACOBIAN, Problem, moved
from benchmarks.timing import batch

os.environ["ADPY_KERNELS"] = "wait"  # interpreters are compiled once an installation: no first call waits for them

import adpy.sparse

__all__ = ["CONTESTANTS", "warm_up"]

SETTLING = 1.5
"""Seconds of evaluations before they are timed: kernels of small problems are compiled once they prove worth it."""


def warm_up() -> None:
    """Load the interpreters."""
    x = np.linspace(0.1, 0.9, 12)
    for mode in ("auto", "compressed"):
        adpy.sparse.prepare_jacobian(vector, x, mode=mode).color()
        adpy.sparse.prepare_hessian(number, x, mode=mode).color()


def vector(x):
    """A little of what there is."""
    return x[1:] * np.sin(x[:-1]) + x[np.arange(len(x) - 1)[::-1]]


def number(x):
    """The same."""
    return np.sum(vector(x) ** 2)


def prepared(problem: Problem, args: tuple[Any, ...], mode: str) -> Run:
    """Into the same matrix, over and over."""
    prepare = adpy.sparse.prepare_jacobian if problem.kind == JACOBIAN else adpy.sparse.prepare_hessian
    derivative = prepare(problem.function, *args, mode=mode)
    args = (moved(args[0]), *args[1:])
    matrix = derivative(*args)

    def run() -> Any:
        return derivative(*args, out=matrix)

    def facts() -> dict[str, Any]:
        early = batch(run, 3, process_time)
        end = process_time() + SETTLING
        while process_time() < end:
            run()
        derivative(moved(args[0]), *args[1:])
        stats = derivative.stats()
        if stats["misses"] > 1 or stats["eager"]:
            raise RuntimeError(f"not recorded once: {stats['misses']} recordings {stats['eager']}")
        found = {
            "nnz": matrix.nnz,
            "early": early,
            "method": derivative.method,
            "pattern": stats["seconds"].get("pattern"),
        }
        start = process_time()
        found["colors"] = derivative.color().count
        return found | {"coloring": stats["seconds"].get("coloring") or process_time() - start, "stats": stats}

    return Run(run, lambda found: found, facts)


CONTESTANTS = {"adpy": partial(prepared, mode="auto"), "adpy compressed": partial(prepared, mode="compressed")}
