"""Is a sparse derivative right? Its products with random directions, beside the complex step of what it derives."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.sparse.problem import Problem

__all__ = ["APPROXIMATE", "Judge"]

STEP = 1e-40
TOLERANCE, APPROXIMATE = 1e-9, 1e-3
"""Of exact derivatives and of differences, in the sum of a row's absolute terms."""


class Judge:
    """Knows the products of the derivative with two random directions, exact to rounding.

    A product of the whole matrix shows every row on its own: with random directions, no entry can be wrong, missing
    or in the wrong place without a change in its row.
    """

    def __init__(self, problem: Problem, args: tuple[Any, ...]) -> None:
        rng = np.random.default_rng(20)
        x, *constants = args
        function = problem.gradient or problem.function
        self.directions = [rng.uniform(0.5, 1.5, len(x)) * rng.choice([-1.0, 1.0], len(x)) for _ in range(2)]
        self.products = [np.imag(function(x + STEP * 1j * v, *constants)) / STEP for v in self.directions]
        self.shape = (len(self.products[0]), len(x))

    def error(self, matrix: Any, tolerance: float = TOLERANCE) -> str | None:
        """What is wrong with a sparse matrix, or None."""
        if matrix.shape != self.shape:
            return f"has shape {matrix.shape}, not {self.shape}"
        if not np.all(np.isfinite(matrix.data)):
            return "is not finite"
        size = abs(matrix)
        for direction, product in zip(self.directions, self.products):
            scale = size @ abs(direction)
            wrong = abs(matrix @ direction - product) - tolerance * (scale + abs(product))
            worst = int(np.argmax(wrong))
            if wrong[worst] > 0.0:
                found = (matrix @ direction)[worst]
                return f"row {worst}: product {found:.12g}, the complex step gives {product[worst]:.12g}"
        return None
