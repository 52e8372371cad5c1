"""CasADi: its own patterns and colors, run by its virtual machine; ``SX`` of numbers, ``MX`` of arrays."""

from __future__ import annotations

from functools import partial
from time import process_time
from typing import Any

import casadi
import numpy as np
from scipy.sparse import csc_array

from benchmarks.sparse.contestants import NotApplicable, Run
from benchmarks.sparse.problem import JACOBIAN, Problem, moved
from benchmarks.sparse.rewrites.with_casadi import REWRITES

__all__ = ["CONTESTANTS", "warm_up"]


def warm_up() -> None:
    """All imported."""


def derivative(problem: Problem, args: tuple[Any, ...], kind: Any) -> Run:
    """Through CasADi's buffers, which is the way with the least overhead; arrays that may change are arguments."""
    if problem.key not in REWRITES:
        raise NotApplicable("no rewrite")
    x, *constants = args
    symbol = kind.sym("x", len(x))
    given, values = [symbol], [moved(x)]
    if problem.key == "power_flow_lagrangian":  # the multipliers change from call to call
        constants[0], values = kind.sym("multipliers", len(constants[0])), [moved(x), constants[0]]
        given.append(constants[0])
    value = REWRITES[problem.key](symbol, *constants)
    if problem.kind == JACOBIAN:
        matrix = casadi.jacobian(value, symbol)
    else:
        matrix = casadi.hessian(value, symbol)[0]
    function = casadi.Function("derivative", given, [matrix])
    pattern = function.sparsity_out(0)
    data = np.empty(pattern.nnz())
    buffer, evaluate = function.buffer()
    buffer.set_res(0, memoryview(data))

    def run() -> np.ndarray:
        for n, v in enumerate(values):
            buffer.set_arg(n, memoryview(v))
        evaluate()
        return data

    def as_matrix(data: np.ndarray) -> Any:
        return csc_array((data, pattern.row(), pattern.colind()), shape=pattern.shape)

    def facts() -> dict[str, Any]:
        start = process_time()
        colors = fewest_colors(pattern, problem.kind)
        return {"nnz": pattern.nnz(), "colors": colors, "coloring": process_time() - start}

    return Run(run, as_matrix, facts)


def fewest_colors(pattern: casadi.Sparsity, kind: str) -> int:
    """What CasADi's own colorings come to."""
    if kind != JACOBIAN:
        return pattern.star_coloring().size2()
    return min(pattern.uni_coloring(pattern.T).size2(), pattern.T.uni_coloring(pattern).size2())


CONTESTANTS = {"casadi SX": partial(derivative, kind=casadi.SX), "casadi MX": partial(derivative, kind=casadi.MX)}
