"""All mixes of forward and reverse mode over a function of one number, against differences of the order below."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

import numpy as np

import adpy

__all__ = ["WORDS", "check_mixes", "derivatives_by_differences", "nested"]

TRANSFORMS = {"f": adpy.derivative, "r": adpy.grad}

# The first letter is the innermost transform.
WORDS = {order: ["".join(word) for word in itertools.product("fr", repeat=order)] for order in (1, 2, 3)}


def nested(function: Callable, word: str) -> Callable:
    """Derivative of a function of one number, of order ``len(word)``: one transform a letter."""
    for letter in word:
        function = TRANSFORMS[letter](function)
    return function


def _difference(function: Callable[[float], float], step: float) -> float:
    """The derivative at zero by central differences, extrapolated three times."""
    table: list[float] = []
    for k in range(4):
        h = step / 2**k
        row = (function(h) - function(-h)) / (2 * h)
        for j, previous in enumerate(table):
            factor = 4.0 ** (j + 1)
            table[j], row = row, (factor * row - previous) / (factor - 1)
        table.append(row)
    return table[-1]


def derivatives_by_differences(function: Callable[[float], float], step: float) -> list[float]:
    """Derivatives of the first three orders at zero, each from differences of the one below."""
    return [_difference(nested(function, "f" * order), step) for order in range(3)]


def check_mixes(
    function: Callable[[float], float],
    expected: Iterable[float],
    rtol: float,
    agreement: float = 1e-9,
    scales: Iterable[float] = (1.0, 1.0, 1.0),
) -> None:
    """Compare all 2 + 4 + 8 mixes with each other (to ``agreement``) and with the ``expected`` derivatives.

    Both tolerances are relative to the larger of the derivative and the scale of its order.
    """
    for order, wanted, scale in zip((1, 2, 3), expected, scales, strict=True):
        found = {word: nested(function, word)(0.0) for word in WORDS[order]}
        scale = max(scale, abs(wanted))
        first = found["f" * order]
        for word, value in found.items():
            np.testing.assert_allclose(value, first, rtol=0, atol=agreement * scale, err_msg=f"{word}, {found}")
        np.testing.assert_allclose(first, wanted, rtol=0, atol=rtol * scale, err_msg=f"order {order}, {found}")
