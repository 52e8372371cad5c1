"""The tools under test: how each one takes a gradient of a problem, from NumPy input to NumPy output.

Every tool offers its attempts in order of preference: the function as it stands, the function with the tool's
namespace imported instead of NumPy's, a rewrite. The first whose derivative proves right is timed. A tool's
package is imported when it is first used; a missing one is skipped.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module, metadata
from typing import Any

import numpy as np
from scipy import special

from benchmarks.problem import Problem
from benchmarks.rebind import FallbackNamespace, rebind

__all__ = ["AS_IT_STANDS", "IMPORT_SWAPPED", "REWRITTEN", "TOOLS", "Attempt", "Tool"]

AS_IT_STANDS, IMPORT_SWAPPED, REWRITTEN = "as it stands", "import swapped", "rewritten"
FORWARD_LIMIT = 20  # a forward-mode gradient costs one pass an input: not a contest beyond this many


@dataclass(frozen=True)
class Attempt:
    """One way for a tool to take the gradient: how, and a function of no arguments that does it."""

    how: str
    gradient: Callable[[], Any]


@dataclass(frozen=True)
class Tool:
    """A tool: its name here, its distribution, and its attempts at a problem."""

    name: str
    distribution: str
    attempts: Callable[[Problem, tuple[Any, ...]], Iterator[Attempt]]

    def version(self) -> str | None:
        """The installed version, or None where the tool is missing."""
        try:
            import_module(self.name)
        except ImportError:
            return None
        try:
            return metadata.version(self.distribution)
        except metadata.PackageNotFoundError:
            return "source tree"


def find_rewrite(kind: str, problem: Problem) -> Callable[..., Any] | None:
    """The rewrite of ``problem`` in ``benchmarks.rewrites.<kind>``, if there is one."""
    module = import_module(f"benchmarks.rewrites.{kind}")
    for name in problem.rewrite_names:
        if name in module.__all__:
            return getattr(module, name)
    return None


def with_active(function: Callable[..., Any], problem: Problem, args: tuple[Any, ...]) -> Callable[..., Any]:
    """``function`` of the differentiated arguments only."""

    def of_active(*active: Any) -> Any:
        full = list(args)
        for position, value in zip(problem.active, active):
            full[position] = value
        return function(*full)

    return of_active


def adpy_attempts(problem: Problem, args: tuple[Any, ...]) -> Iterator[Attempt]:
    import adpy

    gradient = adpy.grad(problem.function, argnums=problem.argnums)

    def run() -> Any:
        return gradient(*args)

    yield Attempt(AS_IT_STANDS, run)


def autograd_attempts(problem: Problem, args: tuple[Any, ...]) -> Iterator[Attempt]:
    import autograd
    import autograd.numpy
    import autograd.scipy.special

    swap = {id(np): autograd.numpy}
    for name in vars(autograd.scipy.special):
        if hasattr(special, name):
            swap[id(getattr(special, name))] = getattr(autograd.scipy.special, name)

    def attempt(how: str, function: Callable[..., Any]) -> Attempt:
        gradient = autograd.grad(rebind(function, swap), argnum=problem.argnums)

        def run() -> Any:
            return gradient(*args)

        return Attempt(how, run)

    yield attempt(IMPORT_SWAPPED, problem.function)
    rewrite = find_rewrite("functional", problem)
    if rewrite is not None:
        yield attempt(REWRITTEN, rewrite)


def mygrad_attempts(problem: Problem, args: tuple[Any, ...]) -> Iterator[Attempt]:
    import mygrad

    swap = {id(np): FallbackNamespace(mygrad, np)}

    def attempt(how: str, function: Callable[..., Any]) -> Attempt:
        of_active = with_active(function, problem, args)

        def run() -> Any:
            active = [mygrad.tensor(args[i], dtype=float, copy=True) for i in problem.active]
            of_active(*active).backward()
            return tuple(np.zeros(t.shape) if t.grad is None else t.grad for t in active)

        return Attempt(how, run)

    yield attempt(AS_IT_STANDS, problem.function)
    yield attempt(IMPORT_SWAPPED, rebind(problem.function, swap))
    rewrite = find_rewrite("functional", problem)
    if rewrite is not None:
        yield attempt(REWRITTEN, rebind(rewrite, swap))


def torch_attempts(problem: Problem, args: tuple[Any, ...]) -> Iterator[Attempt]:
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    rewrite = find_rewrite("with_torch", problem)
    if rewrite is None:
        return
    constants = tuple(torch.from_numpy(a) if isinstance(a, np.ndarray) else a for a in args)
    of_active = with_active(rewrite, problem, constants)

    def run() -> Any:
        active = [torch.tensor(args[i], requires_grad=True) for i in problem.active]
        return tuple(t.numpy() for t in torch.autograd.grad(of_active(*active), active))

    yield Attempt(REWRITTEN, run)


def jax_attempts(problem: Problem, args: tuple[Any, ...]) -> Iterator[Attempt]:
    """Under ``jax.jit``: compiling is part of the first call, which is not timed."""
    import jax
    import jax.numpy

    jax.config.update("jax_enable_x64", True)
    rewrite = find_rewrite("with_jax", problem)
    how = REWRITTEN
    if rewrite is None:
        functional = find_rewrite("functional", problem)
        how = IMPORT_SWAPPED if functional is None else REWRITTEN
        rewrite = rebind(functional or problem.function, {id(np): FallbackNamespace(jax.numpy, np)})
    arrays = tuple(i for i, a in enumerate(args) if isinstance(a, np.ndarray))
    traced = problem.active + tuple(i for i in arrays if i not in problem.active)

    def of_traced(*values: Any) -> Any:
        full = list(args)
        for position, value in zip(traced, values):
            full[position] = value
        return rewrite(*full)

    gradient = jax.jit(jax.grad(of_traced, argnums=tuple(range(len(problem.active)))))

    def run() -> Any:
        return tuple(np.asarray(g) for g in gradient(*(args[i] for i in traced)))

    yield Attempt(how + ", jit", run)


def xad_attempts(problem: Problem, args: tuple[Any, ...]) -> Iterator[Attempt]:
    if not problem.scalars:
        return
    import xad.math
    from xad.adj_1st import Real, Tape

    swap = {id(getattr(math, name)): value for name, value in vars(xad.math).items() if hasattr(math, name)}
    swap[id(math)] = xad.math

    def attempt(how: str, function: Callable[..., Any]) -> Attempt:
        of_active = with_active(rebind(function, swap), problem, args)

        def run() -> Any:
            with Tape() as tape:
                active = []
                for i in problem.active:
                    number = np.ndim(args[i]) == 0
                    active.append(Real(float(args[i])) if number else [Real(v) for v in np.ravel(args[i]).tolist()])
                inputs = [r for a in active for r in (a if isinstance(a, list) else [a])]
                tape.registerInputs(inputs)
                tape.newRecording()
                result = of_active(*active)
                tape.registerOutput(result)
                result.derivative = 1.0
                tape.computeAdjoints()
                return np.array([r.derivative for r in inputs])

        return Attempt(how, run)

    rewrite = find_rewrite("with_scalars", problem)
    if rewrite in (None, problem.function):
        yield attempt(IMPORT_SWAPPED, problem.function)
    else:
        yield attempt(REWRITTEN, rewrite)


def advect_attempts(problem: Problem, args: tuple[Any, ...]) -> Iterator[Attempt]:
    import advect

    def attempt(how: str, function: Callable[..., Any]) -> Attempt:
        gradient = advect.grad(function, argnums=problem.argnums)

        def run() -> Any:
            return gradient(*args)

        return Attempt(how, run)

    yield attempt(AS_IT_STANDS, problem.function)
    rewrite = find_rewrite("functional", problem)
    if rewrite is not None:
        yield attempt(REWRITTEN, rewrite)


def dualpy_attempts(problem: Problem, args: tuple[Any, ...]) -> Iterator[Attempt]:
    """Forward mode, one pass an input, so only where there are few inputs."""
    if sum(np.size(args[i]) for i in problem.active) > FORWARD_LIMIT:
        return
    import dualpy

    def attempt(how: str, function: Callable[..., Any]) -> Attempt:
        of_active = with_active(function, problem, args)
        active = [np.asarray(args[i], dtype=float) for i in problem.active]
        gradient = dualpy.gradient(of_active, argnums=tuple(range(len(active))))

        def run() -> Any:
            return gradient(*active)

        return Attempt(how, run)

    yield attempt(AS_IT_STANDS, problem.function)
    rewrite = find_rewrite("functional", problem)
    if rewrite is not None:
        yield attempt(REWRITTEN, rewrite)


TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool("adpy", "adpy", adpy_attempts),
        Tool("autograd", "autograd", autograd_attempts),
        Tool("mygrad", "mygrad", mygrad_attempts),
        Tool("torch", "torch", torch_attempts),
        Tool("jax", "jax", jax_attempts),
        Tool("xad", "xad", xad_attempts),
        Tool("advect", "advect", advect_attempts),
        Tool("dualpy", "dualpy", dualpy_attempts),
    )
}
