"""adpy: the eager gradient, a recorded program run by interpreters, and one with kernels of its own."""

from __future__ import annotations

import os
from functools import partial
from time import process_time
from typing import Any

import numpy as np

from benchmarks.programs.case import Case
from benchmarks.programs.contestants import NotApplicable, Run
from benchmarks.programs.contestants.plain import SAMPLE

os.environ["ADPY_KERNELS"] = "wait"  # interpreters are compiled once an installation: no first call waits for them

import adpy

__all__ = ["CONTESTANTS", "warm_up"]


def warm_up() -> None:
    """Load the interpreters."""
    for function, x in ((np.sum, np.ones(3)), (lambda x: x[0] * np.sin(x[1]), np.ones(2)), (warm_mixture, np.ones(4))):
        p = adpy.record(function, x)
        p.gradient(x)
        p.batch_gradient(np.stack([x, x]))


def warm_mixture(x):
    """A little of everything."""
    a = x.reshape(2, 2)
    total = 0.0
    for i in range(4):
        total += x[i] * x[i]
    return np.sum(np.tanh(a @ a)) * total + np.sum(np.exp(-x))


def eager(case: Case, args: tuple[Any, ...]) -> Run:
    """As a user writes it; lanes one after the other."""
    gradient = adpy.grad(case.problem.function, argnums=case.problem.argnums)
    if not case.in_axes:
        return Run(lambda: gradient(*args))
    if case.mean:
        raise NotApplicable("a gradient in each lane is on the other rows")
    rows = [case.lane(args, i) for i in range(SAMPLE)]
    return Run(lambda: np.stack([gradient(*row) for row in rows]), lambda: {"lanes": SAMPLE})


def recorded(case: Case, args: tuple[Any, ...], specialise: bool = False) -> Run:
    """Recorded, then replayed."""
    if case.in_axes and specialise:
        raise NotApplicable("lanes are swept by kernels of their own as it is")
    program = start(case, args, specialise)
    gradient = gradient_of(program, case, args)

    def facts() -> dict[str, Any]:
        begin = process_time()
        again = start(case, args, False)
        gradient_of(again, case, case.some_lanes(args, 1) if case.in_axes else args)()
        seconds = process_time() - begin
        return stats_of(program) | ({} if specialise else {"recording and preparation": seconds})

    return Run(gradient, facts)


def start(case: Case, args: tuple[Any, ...], specialise: bool) -> Any:
    """The recorded program, constants bound to it."""
    function, active = case.problem.function, case.problem.active
    if case.in_axes:
        return adpy.record(function, *case.lane(args, 0))

    def of_active(values: Any) -> Any:
        full = list(args)
        for position, value in zip(active, values if len(active) > 1 else (values,), strict=True):
            full[position] = value
        return function(*full)

    program = adpy.record(of_active, point(case, args))
    return program.specialize() if specialise else program


def point(case: Case, args: tuple[Any, ...]) -> Any:
    """The differentiated arguments."""
    active = case.problem.active
    return args[active[0]] if len(active) == 1 else tuple(args[i] for i in active)


def gradient_of(program: Any, case: Case, args: tuple[Any, ...]) -> Any:
    """What replays."""
    if not case.in_axes:
        return partial(program.gradient, point(case, args))
    reduce = "mean" if case.mean else None
    return partial(program.batch_gradient, *args, in_axes=case.in_axes, reduce=reduce)


def stats_of(program: Any) -> dict[str, Any]:
    """Memory, size, and what was compiled."""
    if program.stats()["eager"]:
        raise RuntimeError(f"not recorded: {program.stats()['eager'][0]}")
    recordings = program.stats()["recordings"]
    first = recordings[0]
    facts: dict[str, Any] = {
        "bytes": sum(value for name, value in first.items() if name.startswith("bytes")),
        "recordings": len(recordings),
        "stats": {name: value for name, value in first.items() if isinstance(value, int | float | str)},
    }
    if "kernels" in first:
        facts["kernels"] = {k: v for k, v in first["kernels"].items() if isinstance(v, int | float | str | dict)}
    return facts


CONTESTANTS = {
    "adpy.grad": eager,
    "adpy recorded": recorded,
    "adpy specialised": partial(recorded, specialise=True),
}
