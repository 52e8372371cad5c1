"""Loops to be differentiated, as users write them: step, first state, parameters, and a functional of the result."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

__all__ = ["LOOPS", "Loop", "plain"]


@dataclass(frozen=True)
class Loop:
    """One loop; ``functional(state)`` is a number."""

    step: Callable
    state: Any
    params: Any
    functional: Callable
    steps: int = 17
    args: Any = None
    compiled: bool = True
    tags: set = field(default_factory=set)


def plain(case: Loop, state: Any, params: Any, args: Any = None) -> Any:
    """The last state by the loop itself."""
    for n in range(case.steps):
        more = () if args is None else (slice_of(args, n),)
        state = case.step(state, n, params, *more)
    return state


def slice_of(tree: Any, n: int) -> Any:
    """The entries of a step."""
    if isinstance(tree, dict):
        return {name: item[n] for name, item in tree.items()}
    return tree[n]


def total(tree: Any) -> Any:
    """A number that depends on every entry of a tree."""
    if isinstance(tree, dict):
        return sum(total(item) for item in tree.values())
    if isinstance(tree, list | tuple):
        return sum((i + 1) * total(item) for i, item in enumerate(tree))
    if isinstance(tree, Model):
        return total([tree.u, tree.t])
    if isinstance(tree, int | str):
        return 0.0
    return np.sum(np.sin(tree) * np.arange(1.0, np.size(tree) + 1).reshape(np.shape(tree)))


def heat(u, n, c):
    u[1:-1] += c * (u[2:] - 2 * u[1:-1] + u[:-2])
    return u


def burgers(u, n, p):
    f = 0.5 * u * u
    return u - p["dt"] * (f - np.roll(f, 1)) + p["nu"] * (np.roll(u, 1) - 2 * u + np.roll(u, -1))


class Body(NamedTuple):
    x: Any
    v: Any


def spring(s, n, k):
    v = s.v - 0.1 * k * s.x
    return Body(s.x + 0.1 * v, v)


@dataclass
class Model:
    u: Any
    t: float
    name: str = "wave"


def wave(m, n, c):
    return Model(m.u + 0.1 * c * np.sin(m.t) * np.roll(m.u, 1), m.t + 0.1, m.name)


def counted(s, n, c):
    u, k = s["u"], s["k"]
    if k % 3 == 0:
        u = u * c
    else:
        u = np.cos(u) + 0.01 * n * c
    return {"u": u, "k": k + 2}


def numbered(x, n, c):
    if n % 5 == 2:
        x = x + c * math.sin(0.3 * n)
    return x * (1 - c / (n + 1)) + n**2 * 1e-4 + 1.5**-n


def indexed(x, n, c):
    return x + c * np.array([0.5, -0.25, 1.5])[n % 3] * np.sin(x)


def branched(x, n, c):
    if x[0] > x[1]:
        return np.array([x[0] * 0.7, x[1] + c])
    return np.array([x[0] + c * x[1], x[1] * 0.9])


def swapped(s, n, c):
    a, b = s
    b += c * a
    return b, a


def scalars(s, n, c):
    x, y, z = s
    return x + 0.01 * 10 * (y - x), y + 0.01 * (x * (c - z) - y), z + 0.01 * (x * y - 8 / 3 * z)


def drifting(x, n, c):
    return np.float64(x) * c + 0.1


def grown(x, n, c):
    return np.concatenate([x, x[-1:] * c]) if n % 4 == 0 else x * 0.9


def forced(x, n, c, f):
    return x * c + f


def driven(x, n, c, f):
    return x * c + f["a"] * np.sin(f["b"])


def single(x, n, c):
    return (x * np.float32(0.9)).astype(np.float32) + np.float32(1.0) * x * x * np.float32(0.01)


def oscillating(z, n, c):
    return z * np.exp(1j * 0.1 * c) + 0.01 * np.conj(z)


def texted(s, n, c):
    u, phase = s
    return (u * c, "cool") if phase == "heat" else (u + c, "heat" if n % 2 else "cool")


def constant(s, n, c):
    u, reset = s
    return u * c + reset, np.ones(2) * 0.5


_X = np.array([0.3, -0.7, 1.1])
LOOPS = {
    "heat in place": Loop(heat, np.linspace(0, 1, 7) ** 2, 0.2, total),
    "burgers": Loop(burgers, np.sin(np.arange(6.0)), {"dt": 0.1, "nu": np.float64(0.05)}, total),
    "named tuple": Loop(spring, Body(_X, np.zeros(3)), np.array([1.0, 2.0, 3.0]), total),
    "dataclass": Loop(wave, Model(_X, 0.0), 0.7, total),
    "counter in the state": Loop(counted, {"u": _X, "k": 0}, 0.9, total),
    "number of the step": Loop(numbered, _X, 0.3, total),
    "index": Loop(indexed, _X, 0.3, total),
    "branches": Loop(branched, np.array([0.4, 0.2]), 0.15, total, 25),
    "swapped": Loop(swapped, (_X, _X[::-1].copy()), 0.1, total),
    "lorenz": Loop(scalars, (1.0, 1.0, 20.0), 28.0, total, 40),
    "float to float64": Loop(drifting, 0.5, 0.9, total),
    "growing": Loop(grown, _X, 0.8, total),
    "args": Loop(forced, _X, 0.8, total, args=np.cos(np.arange(51.0)).reshape(17, 3)),
    "tree of args": Loop(driven, _X, 0.8, total, args={"a": np.cos(np.arange(17.0)), "b": np.ones((17, 3))}),
    "complex": Loop(oscillating, _X + 1j, 0.5, lambda z: np.sum(np.abs(z) ** 2), compiled=False),
    "text": Loop(texted, (_X, "cool"), 0.9, total),
    "constant part": Loop(constant, (_X[:2], np.zeros(2)), 0.9, total),
}
