"""Functions as black boxes and transparently: primitives of every signature beside the same in plain NumPy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import adpy

__all__ = ["PAIRS", "Spring", "TRANSFORMS", "bundle", "product"]


def opaque(x):
    """The value of ``x``, which must be plain: floats and arrays of NumPy's own type."""
    assert type(x) in (int, float, complex, np.float64, np.float32, np.complex128, np.ndarray), type(x)
    return x


# ---- one operand, each kind of rule


def _cube(x):
    return opaque(x) ** 3


by_jvp = adpy.primitive(_cube, name="by_jvp")
by_vjp = adpy.primitive(_cube, name="by_vjp")
by_partials = adpy.primitive(_cube, name="by_partials")
by_both = adpy.primitive(_cube, name="by_both")


@by_both.defjvp
@by_jvp.defjvp
def cube_jvp(primals, tangents, y):
    (x,), (x_dot,) = primals, tangents
    return 3 * x**2 * x_dot


@by_both.defvjp
@by_vjp.defvjp
def cube_vjp(primals, y, y_bar):
    (x,) = primals
    buffer = np.zeros(np.shape(x))  # rules are ordinary code: buffers, math, loops
    buffer[...] = 3 * x**2 * y_bar
    return (buffer,)


@by_partials.defpartials
def cube_partials(x, y):
    return (3 * x**2,)


# ---- several operands that broadcast, with a static argument


@adpy.primitive(static="power")
def product(x, scale, power=2):
    """``scale * sin(x) ** power``."""
    return opaque(scale) * np.sin(opaque(x)) ** power


@product.defpartials
def product_partials(x, scale, y, power):
    return scale * power * np.sin(x) ** (power - 1) * np.cos(x), np.sin(x) ** power


# ---- trees


@dataclass
class Spring:
    """A dataclass with a number, an array and a name."""

    stiffness: float
    lengths: np.ndarray
    name: str = "spring"


@adpy.primitive
def bundle(spring, loads):
    """A dictionary from a dataclass and a list."""
    lengths = opaque(spring.lengths)
    energy = float(opaque(spring.stiffness) * np.sum(lengths**2))
    return {"energy": energy, "shape": (lengths * opaque(loads[0]), len(loads)), "name": spring.name}


@bundle.defjvp
def bundle_jvp(primals, tangents, y):
    (spring, loads), (spring_dot, loads_dot) = primals, tangents
    k, q, q_dot = spring.stiffness, spring.lengths, spring_dot.lengths
    return {
        "energy": spring_dot.stiffness * np.sum(q**2) + 2 * k * np.sum(q * q_dot),
        "shape": (q_dot * loads[0] + q * loads_dot[0], None),
        "name": None,
    }


def transparent_bundle(spring, loads):
    """As ``bundle``, in code that adpy sees."""
    return {"energy": spring.stiffness * np.sum(spring.lengths**2), "shape": (spring.lengths * loads[0], len(loads))}


def through(bundled):
    """A function of an array that calls ``bundled`` with trees made of it."""

    def function(x):
        lengths = np.zeros(2)
        lengths[0], lengths[1] = x[0] * x[1], x[2]
        y = bundled(Spring(x[0], lengths), [x[1], 7])
        return y["energy"] * np.sum(y["shape"][0] ** 2) * y["shape"][1]

    return function


def _mixed(x):
    return np.sum(product(x, x[0] * x[1]) * product(x[1], 2.0, power=3) + product(x, 1, 1))


def _transparent_mixed(x):
    return np.sum(x[0] * x[1] * np.sin(x) ** 2 * 2.0 * np.sin(x[1]) ** 3 + np.sin(x))


def _cubed(cube):
    return lambda x: np.sum(np.sin(cube(x * x[0])) * cube(x[1]))


PAIRS = {
    "jvp": (_cubed(by_jvp), _cubed(lambda x: x**3)),
    "vjp": (_cubed(by_vjp), _cubed(lambda x: x**3)),
    "partials": (_cubed(by_partials), _cubed(lambda x: x**3)),
    "both": (_cubed(by_both), _cubed(lambda x: x**3)),
    "broadcasting": (_mixed, _transparent_mixed),
    "trees": (through(bundle), through(transparent_bundle)),
}
"""Functions of an array of three numbers: with primitives, and the same transparently."""


def _forward(f):
    return adpy.jacobian(f, mode="forward")


def _reverse(f):
    return adpy.jacobian(f, mode="reverse")


TRANSFORMS = {
    "value": lambda f: f,
    "forward": _forward,
    "reverse": adpy.grad,
    "forward over forward": lambda f: _forward(_forward(f)),
    "forward over reverse": lambda f: _forward(adpy.grad(f)),
    "reverse over forward": lambda f: _reverse(_forward(f)),
    "reverse over reverse": lambda f: _reverse(adpy.grad(f)),
    "three times": lambda f: _forward(_reverse(adpy.grad(f))),
    "three times, reverse outside": lambda f: _reverse(_forward(_forward(f))),
}
