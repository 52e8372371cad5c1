"""What gradients of single samples cost by ``adpy.batch(adpy.grad(f))``, beside loops and beside other tools.

Run ``python -m benchmarks.batches --out benchmarks/results/batches``.  The ratios are those of the time of all
gradients, recording included, to the time of the plain function in a Python loop over the samples.  The gradients of
the loop over ``adpy.grad`` are compared with differences, and those that differ from them by more than 1e-8 are
reported (✗) and not timed.  JAX is compiled beforehand, with loops as ``lax.fori_loop`` and branches as ``where``.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import numpy as np  # noqa: E402  (the threads are counted when it is loaded)

import adpy  # noqa: E402
from benchmarks.batch_problems import PROBLEMS, Problem  # noqa: E402
from benchmarks.machine import describe  # noqa: E402
from benchmarks.report import seconds, write  # noqa: E402
from benchmarks.timing import CLOCKS, Plan, interleaved  # noqa: E402

__all__ = ["measure"]

SAMPLES = 1000
WRONG = "✗"


def rows(problem: Problem, args: tuple) -> list[tuple]:
    """The arguments of every sample."""
    return [
        tuple([x[i] if axis == 0 else x for x, axis in zip(args, problem.in_axes, strict=True)]) for i in range(SAMPLES)
    ]


def leaves(tree: Any) -> list[np.ndarray]:
    """The arrays of a tree."""
    if isinstance(tree, tuple | list):
        return [leaf for item in tree for leaf in leaves(item)]
    return [np.asarray(tree)]


def by_loop(gradient: Callable, problem: Problem, args: tuple) -> Callable:
    """One gradient after the other."""

    def run():
        found = [leaves(gradient(*row)) for row in rows(problem, args)]
        return [np.stack(column) for column in zip(*found, strict=True)]

    return run


def by_batch(problem: Problem, args: tuple) -> Callable:
    """This package."""
    gradients = adpy.batch(adpy.grad(problem.function), problem.in_axes)
    return lambda: leaves(gradients(*args))


def by_jax(problem: Problem, args: tuple) -> Callable:
    """``jit(vmap(grad(f)))``, compiled beforehand."""
    import jax

    jax.config.update("jax_enable_x64", True)
    gradients = jax.jit(jax.vmap(jax.grad(problem.with_jax(jax)), problem.in_axes))
    return lambda: [np.asarray(leaf) for leaf in jax.tree_util.tree_leaves(gradients(*args))]


def by_torch(problem: Problem, args: tuple) -> Callable:
    """``torch.func.vmap(grad(f))``."""
    import torch

    torch.set_num_threads(1)
    gradients = torch.func.vmap(torch.func.grad(problem.with_torch(torch)), problem.in_axes)

    def tensors(tree):
        if isinstance(tree, tuple | list):
            return type(tree)(tensors(item) for item in tree)
        return torch.from_numpy(np.asarray(tree))

    return lambda: [leaf.numpy() for leaf in torch.utils._pytree.tree_leaves(gradients(*map(tensors, args)))]


def candidates(problem: Problem, args: tuple) -> dict[str, Callable[[], Callable]]:
    """What makes the run of each tool that can take the problem."""
    found = {
        "adpy.batch": lambda: by_batch(problem, args),
        "loop of adpy.grad": lambda: by_loop(adpy.grad(problem.function), problem, args),
    }
    if problem.with_jax is not None:
        found["jax, compiled"] = lambda: by_jax(problem, args)
    if problem.with_torch is not None:
        found["torch.func"] = lambda: by_torch(problem, args)
    return found


def verified(run: Callable, expected: list[np.ndarray]) -> bool:
    """Do the gradients agree?"""
    found = run()
    return len(found) == len(expected) and all(
        a.shape == b.shape and np.allclose(a, b, rtol=1e-8, atol=1e-8 * np.abs(b).max(initial=0.0))
        for a, b in zip(found, expected, strict=True)
    )


def by_differences(problem: Problem, args: tuple, expected: list[np.ndarray]) -> bool:
    """Does the loop's gradient of a few samples agree with extrapolated differences along a random direction?"""
    rng = np.random.default_rng(9)
    for i in (0, SAMPLES // 2):
        row = rows(problem, args)[i]
        directions = [rng.normal(size=leaf.shape) for leaf in leaves(row[0])]

        def along(t, row=row, directions=directions):
            moved = iter([leaf + t * v for leaf, v in zip(leaves(row[0]), directions, strict=True)])
            return problem.function(_rebuilt(row[0], moved), *row[1:])

        steps = [(along(h) - along(-h)) / (2 * h) for h in (1e-3, 5e-4)]
        slope = (4 * steps[1] - steps[0]) / 3
        found = sum((leaf[i] * v).sum() for leaf, v in zip(expected, directions, strict=True))
        if not math.isclose(found, slope, rel_tol=1e-5, abs_tol=1e-7):
            return False
    return True


def _rebuilt(tree, arrays):
    if isinstance(tree, tuple | list):
        return type(tree)(_rebuilt(item, arrays) for item in tree)
    return next(arrays)


def measure(plan: Plan) -> dict[str, dict[str, float | str]]:
    """Seconds of the plain loop, and ratios to it, of every problem."""
    results = {}
    for name, problem in PROBLEMS.items():
        print(f"{name} ...", file=sys.stderr, flush=True)
        args = problem.inputs(SAMPLES)
        samples = rows(problem, args)
        expected = by_loop(adpy.grad(problem.function), problem, args)()
        if not by_differences(problem, args, expected):
            raise AssertionError(f"{name}: the gradient of the loop is wrong")
        runs: dict[str, Callable] = {"plain": lambda f=problem.function, s=samples: [f(*row) for row in s]}
        row: dict[str, float | str] = {}
        for tool, make in candidates(problem, args).items():
            try:
                run = make()
                row[tool] = "" if verified(run, expected) else WRONG
            except ImportError:
                continue
            except Exception as error:
                print(f"{tool}: {type(error).__name__}: {error}", file=sys.stderr)
                row[tool] = WRONG
            if not row[tool]:
                runs[tool] = run
        times = interleaved(runs, plan)
        row.update({tool: times[tool].median / times["plain"].median for tool in runs if tool != "plain"})
        results[name] = {"plain": times["plain"].median, **row}
    return results


def table(results: dict[str, dict[str, float | str]]) -> str:
    """A table in Markdown."""
    tools = list(dict.fromkeys(tool for row in results.values() for tool in row if tool != "plain"))
    lines = [f"| {SAMPLES:,} samples | plain loop | {' | '.join(tools)} |", f"|---|---{'|---' * len(tools)}|"]
    for name, row in results.items():
        cells = [_cell(row.get(tool)) for tool in tools]
        lines.append(f"| {name} | {seconds(row['plain'])} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(ratio: float | str | None) -> str:
    if ratio is None:
        return "–"
    return ratio if isinstance(ratio, str) else f"{ratio:.2g}" if ratio < 10 else f"{ratio:.0f}"


def main(arguments: list[str]) -> int:
    """Measure, print, and write what ``--out`` asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.batches", description=__doc__)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--clock", choices=tuple(CLOCKS), default="wall")
    parser.add_argument("--out", type=Path, help="write <out>.md and <out>.json")
    options = parser.parse_args(arguments)
    results = measure(Plan(options.repeat, clock=options.clock))
    text = table(results)
    print(text)
    content = {"machine": {"clock": options.clock} | describe(["adpy"]), "problems": results}
    write(options.out, f"# Gradients of single samples\n\n{text}", content)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
