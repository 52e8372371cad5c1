"""Mirror: the driver of steps that have inverses; it goes back the way it came, and measures how well."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adpy.checkpoint.stepping.machine import Machine
from adpy.checkpoint.stepping.state import join, split
from adpy.checkpoint.stepping.steps import Form
from adpy.errors import ArgumentError, InverseError
from adpy.plain import np

__all__ = ["Drift", "Mirror", "MirrorPlan"]

_PIECE = 256
"""Steps between two looks at the clock."""

_NO_INVERSE = "inverse(step(state)) is not the state"
_NOT_AGAIN = "step(inverse(state)) is not the state"
_LOST = "the inverses of all steps do not lead back to the first state"

_log = logging.getLogger("adpy.checkpoint")


@dataclass(frozen=True, slots=True)
class Drift:
    """How well the inverses of all steps inverted them.

    Differences are relative to the largest entry that the array has had, and those of the worst array.

    Attributes
    ----------
    largest : float
        Between a state and what the step makes of the state before it, which the inverse gave.
    step : int
        Where that was the largest.
    first : float
        Between the first state and what all inverses together gave for it.
    """

    largest: float
    step: int
    first: float


@dataclass(frozen=True)
class MirrorPlan:
    """What the user allows.

    Attributes
    ----------
    tolerance : float or None
        Of differences; None: the square root of the precision of the array.
    report : callable or None
        Takes a :class:`Drift`.
    progress : callable
        Makes a :class:`~adpy.checkpoint.progress.Progress`, or None, of the number of steps.
    """

    durable = False

    tolerance: float | None
    report: Callable[[Drift], Any] | None
    progress: Callable[[int], Any]


class Mirror:
    """One way there and back without snapshots.

    Parameters
    ----------
    machine : Machine
        Its state is that at step 0.
    back : Machine
        Of the inverse of its body.
    steps : int
    plan : MirrorPlan
    """

    def __init__(self, machine: Machine, back: Machine, steps: int, plan: MirrorPlan) -> None:
        self.machine, self.back, self.steps, self.plan = machine, back, steps, plan
        self._first = self._kept(machine)
        self._scales: dict[int, float] = {}
        self._largest, self._worst = 0.0, 0
        self._progress = plan.progress(steps)

    def forward(self) -> None:
        """Run to the end; at the first step it is seen whether the inverse inverts."""
        machine, back = self.machine, self.back
        try:
            machine.advance(0, 1)
            after = self._kept(machine)
            back.take_over(machine)
            back.advance(0, 1)
            self._compare(self._first, back.taken_apart(), 0, _NO_INVERSE)
            machine.put_together(*after)
            for start in range(1, self.steps, _PIECE):
                stop = min(start + _PIECE, self.steps)
                machine.advance(start, stop)
                if self._progress is not None:
                    self._progress.advanced(stop, stop - start)
        except BaseException:
            self.close()
            raise

    def reverse(self, bars: list) -> None:
        """Take cotangents of the last state back to the first; see :meth:`Driver.reverse`."""
        machine, back, streams = self.machine, self.back, self.machine.streams
        machine.bars = bars
        try:
            for n in reversed(range(self.steps)):
                after = self._kept(machine)
                back.take_over(machine)
                back.advance(n, n + 1)
                machine.take_over(back)
                record = machine.record(n)
                drift = self._compare(after, machine.taken_apart(), n, _NOT_AGAIN)
                if drift > self._largest:
                    self._largest, self._worst = drift, n
                streams.take(n, machine.reverse(record, streams.seeds_of(n)))
                machine.take_over(back)
                if self._progress is not None:
                    self._progress.reversed(n)
            self._report()
            if self._progress is not None:
                self._progress.close()
        finally:
            self.close()

    def _report(self) -> None:
        first = self._compare(self._first, self.machine.taken_apart(), 0, _LOST)
        drift = Drift(self._largest, self._worst, first)
        _log.info("largest drift %.3g, at step %d; %.3g of the first state", self._largest, self._worst, first)
        if self.plan.report is not None:
            self.plan.report(drift)

    @staticmethod
    def _kept(machine: Machine) -> tuple[Any, list[np.ndarray]]:
        form, arrays = machine.taken_apart()
        return form, [array.copy() for array in arrays]

    def _compare(self, expected: tuple, found: tuple, step: int, what: str) -> float:
        """The largest difference of two states, relative to the largest entry that each of their arrays has had."""
        if expected[0] is not found[0]:
            expected, found = [
                split(form.tree(arrays) if isinstance(form, Form) else join(form, arrays))
                for form, arrays in (expected, found)
            ]
        forms = [[(a.shape, a.dtype) for a in arrays] for _, arrays in (expected, found)]
        if forms[0] != forms[1]:
            raise ArgumentError("inverse", "states like those of the step", f"other ones at step {step}")
        drifts = [self._drift(i, *pair) for i, pair in enumerate(zip(expected[1], found[1], strict=True))]
        wrong = [pair for pair in drifts if not pair[0] <= pair[1]]
        if wrong:
            raise InverseError(step, *max(wrong), what)
        return max([drift for drift, _ in drifts], default=0.0)

    def _drift(self, i: int, a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
        """The difference of an array, and what is allowed."""
        if a.dtype.kind not in "fc":
            return (0.0 if np.array_equal(a, b) else np.inf), 0.0
        if not a.size:
            return 0.0, 0.0
        scale = self._scales[i] = max(self._scales.get(i, 0.0), float(np.max(np.abs(a))))
        drift = float(np.max(np.abs(a - b)))
        allowed = self.plan.tolerance
        return (drift / scale if scale else drift), float(np.finfo(a.dtype).eps) ** 0.5 if allowed is None else allowed

    def close(self) -> None:
        """Let all memory go."""
        self.machine.close()
        self.back.close()
        if self._progress is not None:
            self._progress.abandon()
