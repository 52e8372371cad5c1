"""Evaluator: one way to compute the nonzeros of a derivative at new inputs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from adpy.plain import np
from adpy.sparse.pattern import Pattern

__all__ = ["Evaluator", "Unsuitable"]


class Unsuitable(Exception):
    """This way of evaluation is not for the code: another one is to be taken."""


class Evaluator(ABC):
    """Nonzeros of a Jacobian or Hessian of one recorded code.

    Attributes
    ----------
    pattern : Pattern
        Says in which order the nonzeros are.
    operations : float
        Estimate of the arithmetic operations of one evaluation, to choose by.
    """

    pattern: Pattern
    operations: float

    @abstractmethod
    def evaluate(self, inputs: Sequence[Any], data: np.ndarray) -> bool:
        """Write the nonzeros at these inputs of the code into ``data``, float64, shape ``(nnz,)``.

        Returns
        -------
        bool
            False where the code decides otherwise than it was recorded; what is in ``data`` is meaningless then.
        """
