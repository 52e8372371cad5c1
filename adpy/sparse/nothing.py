"""Nothing to compute: the evaluation of a matrix without nonzeros, which only looks whether its recording holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adpy.plain import np
from adpy.program.code import Code
from adpy.program.recording import Recording
from adpy.sparse.evaluator import Evaluator
from adpy.sparse.pattern import Pattern

__all__ = ["Nothing"]


class Nothing(Evaluator):
    """A derivative that is zero as long as the function goes the way it was recorded.

    Parameters
    ----------
    code : Code
    pattern : Pattern
        Without entries.
    decides : bool
        May the function go another way?
    """

    operations = 0.0

    def __init__(self, code: Code, pattern: Pattern, decides: bool) -> None:
        self.code, self.pattern, self.decides = code, pattern, decides

    def evaluate(self, inputs: Sequence[Any], data: np.ndarray) -> bool:
        if not self.decides:
            return True
        with Recording(self.code, inputs) as recording:
            return recording.replay()
