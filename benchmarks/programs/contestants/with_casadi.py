"""CasADi: its gradient run by its virtual machine, and as generated C, compiled by ``gcc -O2``."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import casadi
import numpy as np

from benchmarks.programs.case import Case
from benchmarks.programs.contestants import NotApplicable, Run
from benchmarks.rewrites import with_casadi
from benchmarks.tools import find_rewrite

__all__ = ["CONTESTANTS", "warm_up"]


def warm_up() -> None:
    """All imported."""


def gradient(case: Case, args: tuple[Any, ...], by_compiler: bool = False) -> Run:
    """Through CasADi's buffers, which is the way with the least overhead."""
    rewrite = find_rewrite("with_casadi", case.problem)
    if rewrite is None:
        raise NotApplicable("no rewrite")
    if by_compiler and shutil.which("gcc") is None:
        raise NotApplicable("gcc is not installed")
    kind = casadi.SX if rewrite.__name__ in with_casadi.OF_NUMBERS else casadi.MX
    constants, symbols = list(args), []
    for i, a in enumerate(args):
        if isinstance(a, np.ndarray):
            shape = a.shape if not case.in_axes or case.in_axes[i] is None else a.shape[1:]
            matrix = len(shape) == 2 and not case.in_axes
            constants[i] = kind.sym(f"x{i}", *(shape if matrix else (int(np.prod(shape)), 1)))
            symbols.append(i)
    value = rewrite(*constants)
    first = casadi.densify(casadi.gradient(value, constants[case.problem.active[0]]))
    function = casadi.Function("gradient", [constants[i] for i in symbols], [first])
    if by_compiler:
        function = compiled(function)
    lanes = case.lanes(args)
    if case.in_axes:
        shared = [n for n, axis in enumerate(case.in_axes) if axis is None]
        function = function.map("lanes", "serial", lanes, shared, [0] if case.mean else [], {})
    return Run(buffered(function, case, args, symbols, lanes))


def compiled(function: casadi.Function) -> casadi.Function:
    """The function as C."""
    folder = Path(tempfile.mkdtemp(prefix="casadi"))
    generator = casadi.CodeGenerator("gradient.c")
    generator.add(function)
    generator.generate(f"{folder}/")
    library = folder / "gradient.so"
    command = ["gcc", "-O2", "-fPIC", "-shared", "-o", library, folder / "gradient.c", "-lm"]
    subprocess.run(command, check=True, capture_output=True)
    function = casadi.external("gradient", str(library))
    shutil.rmtree(folder)
    return function


def buffered(
    function: casadi.Function, case: Case, args: tuple[Any, ...], symbols: list[int], lanes: int | None
) -> Any:
    """Arguments and results without conversions; matrices have their columns one after the other."""
    several = lanes is not None and not case.mean
    shape = args[case.problem.active[0]].shape
    result = np.empty(function.size1_out(0) * function.size2_out(0))
    buffer, evaluate = function.buffer()
    buffer.set_res(0, memoryview(result))
    by_columns = lanes is None and len(shape) == 2
    kept: dict[int, np.ndarray] = {}

    def give(n: int, i: int) -> None:
        kept[n] = np.ascontiguousarray(args[i].T if lanes is None else args[i]).reshape(-1)
        buffer.set_arg(n, memoryview(kept[n]))

    for n, i in enumerate(symbols):
        give(n, i)

    def run() -> np.ndarray:
        for n, i in enumerate(symbols):
            if i in case.problem.active:
                give(n, i)
        evaluate()
        if several:
            return result.copy().reshape(lanes, -1)
        if case.mean:
            return result / lanes
        return result.reshape(shape[::-1]).T.copy() if by_columns else result.copy()

    return run


CONTESTANTS = {"casadi VM": gradient, "casadi C": partial(gradient, by_compiler=True)}
