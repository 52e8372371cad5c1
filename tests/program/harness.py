"""Records a function, and compares every sweep over the recording with the function and its nested derivatives."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

import adpy
from adpy.api.forward_mode import input_leaves
from adpy.api.results import result_leaf, untraced
from adpy.api.running import run
from adpy.api.trees import flatten
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import TracedValueError
from adpy.program import Recorder, Unrecordable, sweeps
from adpy.program.code import Code
from adpy.program.lowering import lower
from adpy.program.recording import Recording
from tests.corpus.trees import float_leaves, rebuilt, split

__all__ = ["Program", "check", "check_elsewhere", "record"]


@dataclass(frozen=True)
class Program:
    """A recorded function.

    Parameters
    ----------
    function : callable
        Of the differentiated arguments only.
    primals : tuple
        Trees of numbers and arrays.
    code : Code
    active : tuple of bool
        Which of the numbers and arrays in the result the code computes.
    """

    function: Callable
    primals: tuple
    code: Code
    active: tuple

    def at(self, primals: tuple) -> Recording:
        """The code at a point."""
        return Recording(self.code, float_leaves(primals))

    def chosen(self, value: Any) -> list:
        """What the code computes of a result of the function."""
        return chosen(value, self.active)

    def loss(self, seeds: list) -> Callable:
        """The inner product of the results with seeds."""
        plain, active = self.function, self.active

        def function(*primals):
            total = 0.0
            for leaf, seed in zip(chosen(plain(*primals), active), seeds, strict=True):
                total = total + np.sum(leaf * seed)
            return total

        return function


def chosen(value: Any, active: tuple) -> list:
    """The numbers and arrays in a result that depend on the inputs."""
    leaves = [result_leaf(leaf) for _, leaf in flatten(value)]
    return [leaf for leaf, wanted in zip(leaves, active, strict=True) if wanted]


def recorded(function: Callable, primals: tuple) -> tuple[Recorder, Any]:
    """A recording and the result of the function; comparisons of arrays as guards where they cannot be masks."""
    numbers = list(range(len(primals)))
    try:
        return run(Recorder, function, primals, {}, numbers)
    except TracedValueError:
        return run(partial(Recorder, masks=False), function, primals, {}, numbers)


def record(function: Callable, *primals: Any) -> Program:
    """Record a function; raises Unrecordable where programs do not know what it does."""
    leaves = input_leaves(primals, {}, list(range(len(primals))))
    for leaf in leaves:
        if not (type(leaf) in (float, np.float64) or (type(leaf) is np.ndarray and leaf.dtype == np.float64)):
            raise Unrecordable(f"an input of type {type(leaf).__name__} {getattr(leaf, 'dtype', '')}")
    frame, y = recorded(function, primals)
    try:
        found = [result_leaf(leaf) for _, leaf in flatten(y)]
        active = [type(x) in TRACED_TYPES and x.frame is frame and x.active for x in found]
        references = [x.reference() for x, chosen in zip(found, active, strict=True) if chosen]
        if frame.failure is not None:
            raise Unrecordable(frame.failure)
        code = lower(frame, references)
        values = [untraced(x, frame) for x, chosen in zip(found, active, strict=True) if chosen]
    finally:
        frame.close()
    program = Program(function, primals, code, tuple(active))
    with program.at(primals) as recording:
        for output, value in zip(recording.outputs(), values, strict=True):
            assert output.shape == np.shape(value)
            close(output, value, 1e-12, "replayed value beside the traced one")
    return program


def close(found: Any, expected: Any, rtol: float, message: str = "") -> None:
    """Compare arrays, relative to the largest entry."""
    expected = np.asarray(expected, float)
    finite = np.abs(expected[np.isfinite(expected)])
    scale = max(np.max(finite, initial=0.0), 1e-3)
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=rtol * scale, err_msg=message)


def close_all(found: list, expected: list, rtol: float, message: str = "") -> None:
    """Compare lists of arrays."""
    for a, b in zip(found, expected, strict=True):
        assert np.shape(a) == np.shape(b), f"{message}: shapes {np.shape(a)} and {np.shape(b)}"
        close(a, b, rtol, message)


def directions(leaves: list, width: int) -> list:
    """Random tangents, or seeds, with a last axis for the directions."""
    rng = np.random.default_rng(len(leaves) + width)
    return [rng.uniform(-1.0, 1.0, (*np.shape(leaf), width)) for leaf in leaves]


def like(tree: Any, parts: list, k: int) -> Any:
    """Direction ``k`` in the structure of a tree."""
    return rebuilt(
        tree, [part[..., k] if np.ndim(leaf) else float(part[k]) for leaf, part in zip(float_leaves(tree), parts)]
    )


def check(function: Callable, *primals: Any, second: bool = True, rtol: float = 1e-9) -> Program:
    """Record, and compare values, tangents, cotangents and second-order derivatives."""
    program = record(function, *primals)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        check_at(program, primals, second, rtol)
    return program


def check_at(program: Program, primals: tuple, second: bool, rtol: float) -> None:
    """Compare all derivatives at a point."""
    value = program.function(*copy.deepcopy(primals))
    with program.at(primals) as recording:
        outputs = program.chosen(value)
        close_all(recording.outputs(), outputs, 1e-12, "value")
        leaves = float_leaves(primals)
        if not outputs:
            return
        for width in (1, 3):
            check_tangents(program, recording, primals, outputs, directions(leaves, width), rtol)
            check_cotangents(program, recording, primals, value, directions(outputs, width), rtol)
        close_all(recording.outputs(), outputs, 1e-12, "value after the sweeps")
        if second:
            for width in (1, 3):
                seeds = [seed[..., 0] for seed in directions(outputs, 1)]
                check_second(program, recording, primals, seeds, directions(leaves, width), 10 * rtol)


def check_tangents(program, recording, primals, outputs, dots, rtol) -> None:
    """Tangents, one and many, beside ``adpy.jvp``."""
    found = recording.tangents(dots)
    for k in range(dots[0].shape[-1]):
        _, expected = adpy.jvp(program.function, primals, like(primals, dots, k))
        expected = program.chosen(expected)
        close_all([x[..., k] for x in found], expected, rtol, f"tangent {k}")


def check_cotangents(program, recording, primals, value, seeds, rtol) -> None:
    """Cotangents, one and many, beside ``adpy.grad``."""
    found = recording.cotangents(seeds)
    numbers = tuple(range(len(primals)))
    for k in range(seeds[0].shape[-1]):
        expected = adpy.grad(program.loss([seed[..., k] for seed in seeds]), numbers)(*primals)
        close_all([x[..., k] for x in found], float_leaves(expected), rtol, f"cotangent {k}")


def check_second(program, recording, primals, seeds, dots, rtol) -> None:
    """Cotangents and their tangents beside nested transforms."""
    bars, bar_dots = recording.second_order(dots, seeds)
    gradient = adpy.grad(program.loss(seeds), tuple(range(len(primals))))
    close_all(bars, float_leaves(gradient(*primals)), rtol, "cotangent in second order")
    for k in range(dots[0].shape[-1]):
        _, expected = adpy.jvp(gradient, primals, like(primals, dots, k))
        close_all([x[..., k] for x in bar_dots], float_leaves(expected), rtol, f"second order {k}")


def check_elsewhere(program: Program, *primals: Any, rtol: float = 1e-11) -> bool:
    """Compare the replay at another point, if the path is the same there."""
    with program.at(primals) as recording, np.errstate(all="ignore"):
        if not sweeps.replay(program.code, recording.frame):
            return False
        recording.replayed = True
        close_all(
            recording.outputs(),
            program.chosen(program.function(*copy.deepcopy(primals))),
            rtol,
            "value at another point",
        )
    return True


def moved(primals: tuple, by: float) -> tuple:
    """A point nearby, or not so near."""
    rng = np.random.default_rng(3)
    flat = np.concatenate([np.ravel(leaf) for leaf in float_leaves(primals)])
    return rebuilt(primals, split(flat + by * rng.uniform(-1.0, 1.0, flat.shape) * np.abs(flat), primals))
