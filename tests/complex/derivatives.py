"""Derivatives of a case as a real matrix: by both modes and by differences; and second derivatives of a loss."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import cache

import numpy as np

import adpy
from tests.complex.registry import Case, load, numbers, with_numbers
from tests.corpus.differences import Differences, jacobian

__all__ = [
    "LOSS_MODES",
    "by_differences",
    "by_forward",
    "by_reverse",
    "direction_of",
    "hessian_by_differences",
    "loss_of",
]

STEP = 1 / 128


def _plain(case: Case) -> Callable:
    return lambda vector: numbers(case.function(*with_numbers(case.arguments, vector)))


@cache
def by_differences(name: str) -> Differences:
    """The reference: extrapolated differences of real and imaginary parts of the plain function."""
    case = load()[name]
    return jacobian(_plain(case), numbers(case.arguments), STEP)


def by_forward(case: Case, arguments: tuple) -> np.ndarray:
    """One jvp for the real part and one for the imaginary part of each number of the input."""
    columns = []
    for direction in np.eye(numbers(arguments).size):
        columns.append(numbers(adpy.jvp(case.function, arguments, with_numbers(arguments, direction))[1]))
    return np.stack(columns, axis=-1)


def by_reverse(case: Case, arguments: tuple) -> np.ndarray:
    """One pullback for the real part and one for the imaginary part of each number of the output."""
    y, pullback = adpy.vjp(case.function, *arguments)
    rows = [numbers(pullback(with_numbers(y, direction))) for direction in np.eye(numbers(y).size)]
    return np.stack(rows)


def loss_of(case: Case) -> Callable:
    """A real number from the result: random weights on its real and imaginary parts, and on their squares."""
    generator = np.random.default_rng(zlib.crc32(case.name.encode()))
    size = numbers(case.function(*case.fresh())).size
    linear, square = generator.uniform(0.5, 1.5, (2, size))

    def loss(*arguments):
        y = case.function(*arguments)
        total, start = 0.0, 0
        for leaf in y if isinstance(y, tuple | list) else (y,):
            for part in (np.real(leaf), np.imag(leaf)) if np.iscomplexobj(leaf) else (leaf,):
                stop = start + np.size(part)
                entries = np.ravel(part)
                total = total + np.sum((linear[start:stop] + square[start:stop] * entries) * entries)
                start = stop
        return total

    return loss


def _every(case: Case) -> tuple:
    return tuple(range(len(case.arguments)))


def _gradient(case: Case) -> Callable:
    return adpy.grad(loss_of(case), argnums=_every(case))


def forward_over_reverse(case: Case, v: np.ndarray) -> np.ndarray:
    """Tangent of the gradient."""
    arguments = case.fresh()
    return numbers(adpy.jvp(_gradient(case), arguments, with_numbers(arguments, v))[1])


def reverse_over_forward(case: Case, v: np.ndarray) -> np.ndarray:
    """Gradient of the derivative in one direction."""
    arguments = case.fresh()
    loss, dots = loss_of(case), with_numbers(arguments, v)
    slope = adpy.grad(lambda *x: adpy.jvp(loss, x, dots)[1], argnums=_every(case))
    return numbers(slope(*arguments))


def reverse_over_reverse(case: Case, v: np.ndarray) -> np.ndarray:
    """Pullback of the gradient (the Hessian in real and imaginary parts is symmetric)."""
    arguments = case.fresh()
    return numbers(adpy.vjp(_gradient(case), *arguments)[1](with_numbers(arguments, v)))


LOSS_MODES = {
    "forward over reverse": forward_over_reverse,
    "reverse over forward": reverse_over_forward,
    "reverse over reverse": reverse_over_reverse,
}


def direction_of(case: Case) -> np.ndarray:
    """The direction of the second derivatives."""
    return np.random.default_rng(3).uniform(-1, 1, numbers(case.arguments).size)


@cache
def hessian_by_differences(name: str) -> Differences:
    """The gradient differenced in one direction; the gradient itself is checked by the first-order tests."""
    case = load()[name]
    x, v, gradient = numbers(case.arguments), direction_of(case), _gradient(case)

    def along(t):
        return numbers(gradient(*with_numbers(case.arguments, x + t[0] * v)))

    return jacobian(along, np.zeros(1), STEP)
