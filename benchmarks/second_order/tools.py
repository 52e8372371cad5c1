"""Who takes a derivative in the benchmark of second derivatives: adpy, a hand, autograd, JAX, torch.func.

Each takes the name of a derivative, a :class:`~benchmarks.second_order.problems.Problem` and directions, and returns a
function of no arguments from NumPy arrays to NumPy arrays, or None where it does not have the derivative:

=============  ===========================================================
``gradient``   of a function with one number as result
``product``    the Hessian times a direction
``products``   the Hessian times each direction, these along the last axis
``hessian``    all of it
``jacobian``   of a function with an array as result
=============  ===========================================================
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import adpy
from benchmarks.rebind import FallbackNamespace
from benchmarks.second_order.problems import Problem
from benchmarks.tools import find_rewrite

__all__ = ["TAKERS"]


def by_adpy(derivative: str, problem: Problem, v: np.ndarray | None) -> Callable | None:
    """As a user writes it; several products from one recording, as :func:`adpy.hessian` takes them."""
    x, *constants = problem.args
    if derivative == "product":
        return partial(adpy.hvp(problem.function), x, v, *constants)
    if derivative == "products":
        return partial(recorded_products, problem, v)
    transforms = {"gradient": adpy.grad, "hessian": adpy.hessian, "jacobian": adpy.jacobian}
    return partial(transforms[derivative](problem.function), x, *constants)


def by_recording(derivative: str, problem: Problem, v: np.ndarray | None) -> Callable | None:
    """Replayed, from a program recorded beforehand."""
    if derivative not in ("product", "hessian"):
        return None
    x, *constants = problem.args

    def of_x(x: np.ndarray) -> Any:
        return problem.function(x, *constants)

    program = adpy.record(of_x, x)
    return partial(program.hessian, x) if derivative == "hessian" else partial(program.hvp, x, v)


def by_kernels(derivative: str, problem: Problem, v: np.ndarray | None) -> Callable | None:
    """Replayed by kernels compiled for the program."""
    if derivative != "product":
        return None
    run = by_recording(derivative, problem, v)
    run.func.__self__.specialize()
    return run


def recorded_products(problem: Problem, directions: np.ndarray) -> np.ndarray:
    """Record the function and multiply."""
    from adpy.api.recorded import recorded

    found = recorded(problem.function, problem.args, {}, [0], one_number, directions.shape[-1])
    if found is None:
        raise RuntimeError("the function cannot be recorded")
    with found[0] as recording:
        return recording.second_order([directions], [1.0])[1][0]


def one_number(y: Any, frame: Any) -> tuple[list, list]:
    """The result as the only leaf."""
    return [y], [None]


def by_hand(derivative: str, problem: Problem, v: np.ndarray | None) -> Callable | None:
    """NumPy, or Numba, compiled beforehand."""
    make = problem.by_hand.get(derivative)
    if make is None:
        return None
    x, *constants = problem.args
    return partial(make(), x, *([] if v is None else [v]), *constants)


def by_jax(derivative: str, problem: Problem, v: np.ndarray | None) -> Callable:
    """Compiled beforehand, constants where JAX wants them; the better of its modes."""
    import jax

    jax.config.update("jax_enable_x64", True)
    function = find_rewrite("with_jax", problem) or problem.make(FallbackNamespace(jax.numpy, np))
    x, *constants = problem.args
    constants = [jax.numpy.asarray(c) for c in constants]

    def product(x, v, *constants):
        return jax.jvp(partial_gradient(jax.grad(function), constants), (x,), (v,))[1]

    if derivative in ("product", "products"):
        many = jax.vmap(product, (None, -1, *[None] * len(constants)), -1)
        compiled = jax.jit(product if derivative == "product" else many)
        return as_array(partial(compiled, x, v, *constants))
    transforms = {"gradient": jax.grad, "hessian": jax.hessian, "jacobian": jax.jacfwd}
    return as_array(partial(jax.jit(transforms[derivative](function)), x, *constants))


def by_torch(derivative: str, problem: Problem, v: np.ndarray | None) -> Callable:
    """``torch.func``, forward over reverse mode."""
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    rewrite = find_rewrite("with_torch", problem) or problem.make(FallbackNamespace(TorchNames(torch), np))
    x, *constants = problem.args
    constants = [torch.from_numpy(c) if isinstance(c, np.ndarray) else c for c in constants]

    def function(x):
        return rewrite(x, *constants)

    def product(v):
        return torch.func.jvp(torch.func.grad(function), (torch.from_numpy(x),), (v,))[1]

    def run() -> np.ndarray:
        if derivative == "product":
            return product(torch.from_numpy(v)).numpy()
        if derivative == "products":
            return torch.func.vmap(product, -1, -1)(torch.from_numpy(v)).numpy()
        transforms = {"gradient": torch.func.grad, "hessian": torch.func.hessian, "jacobian": torch.func.jacfwd}
        return transforms[derivative](function)(torch.from_numpy(x)).numpy()

    return run


class TorchNames(FallbackNamespace):
    """PyTorch under NumPy's names, where their arguments differ."""

    def __init__(self, torch: Any) -> None:
        super().__init__(torch, np)

    def cumsum(self, x: Any) -> Any:
        """Along the only axis."""
        return x.cumsum(0)


def by_autograd(derivative: str, problem: Problem, v: np.ndarray | None) -> Callable | None:
    """Its namespace imported instead of NumPy's."""
    import autograd
    import autograd.numpy
    from autograd.differential_operators import hessian_vector_product

    function = problem.make(FallbackNamespace(autograd.numpy, np))
    x, *constants = problem.args

    def of_x(x):
        return function(x, *constants)

    if derivative == "products":
        return None
    if derivative == "product":
        return partial(hessian_vector_product(of_x), x, v)
    transforms = {"gradient": autograd.grad, "hessian": autograd.hessian, "jacobian": autograd.jacobian}
    return partial(transforms[derivative](of_x), x)


def partial_gradient(gradient: Callable, constants: tuple) -> Callable:
    """A gradient as a function of its first argument."""

    def of_x(x):
        return gradient(x, *constants)

    return of_x


def as_array(run: Callable) -> Callable[[], np.ndarray]:
    """The result as a NumPy array."""

    def converted() -> np.ndarray:
        return np.asarray(run())

    return converted


TAKERS: dict[str, Callable] = {
    "adpy": by_adpy,
    "adpy, recorded": by_recording,
    "adpy, compiled": by_kernels,
    "by hand": by_hand,
    "jax": by_jax,
    "torch": by_torch,
    "autograd": by_autograd,
}
