"""Timing of several candidates in turn, so that a slow spell of the machine falls on all of them."""

from __future__ import annotations

import gc
import math
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Any

__all__ = ["CLOCKS", "Plan", "Times", "batch", "interleaved", "interleaved_batches"]


@dataclass(frozen=True)
class Times:
    """Seconds per call, one entry a round."""

    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Median over the rounds."""
        return statistics.median(self.rounds)


@dataclass(frozen=True)
class Plan:
    """How long to measure, and by which clock.

    Parameters
    ----------
    repeat : int
        Rounds.
    batch_time : float
        Seconds a batch of calls should take.
    budget : float
        Seconds a candidate may use in all; past it, it sits out the remaining rounds.
    clock : str
        ``"wall"``, or ``"cpu"`` for the processor time of all threads: steadier on a busy machine, and the same thing
        on a quiet one while every tool keeps to one thread.
    """

    repeat: int = 7
    batch_time: float = 0.02
    budget: float = 4.0
    clock: str = "wall"


CLOCKS = {"wall": perf_counter, "cpu": process_time}


def batch(run: Callable[[], Any], calls: int, clock: Callable[[], float]) -> float:
    """Seconds per call over ``calls`` calls."""
    start = clock()
    for _ in range(calls):
        run()
    return (clock() - start) / calls


def interleaved(candidates: Mapping[str, Callable[[], Any]], plan: Plan) -> dict[str, Times]:
    """Time functions of no arguments, called once before, round after round; at least one round each."""
    clock = CLOCKS[plan.clock]

    def batches_of(run: Callable[[], Any]) -> Callable[[int], float]:
        def seconds(calls: int) -> float:
            gc.collect()
            return batch(run, calls, clock)

        return seconds

    gc.collect()
    gc.freeze()  # what is loaded stays out of the collections between batches
    times = interleaved_batches({name: batches_of(run) for name, run in candidates.items()}, plan)
    gc.unfreeze()
    return times


def interleaved_batches(batches: Mapping[str, Callable[[int], float]], plan: Plan) -> dict[str, Times]:
    """The same of functions that run a number of calls, somewhere, and tell the seconds per call."""
    calls: dict[str, int] = {}
    spent: dict[str, float] = {}
    rounds: dict[str, list[float]] = {}
    for name, seconds_of in batches.items():
        first = seconds_of(1)
        calls[name] = max(1, math.ceil(plan.batch_time / max(first, 1e-9)))
        spent[name] = first
        rounds[name] = [first] if calls[name] == 1 else []
    for _ in range(plan.repeat):
        for name, seconds_of in batches.items():
            if spent[name] > plan.budget and rounds[name]:
                continue
            seconds = seconds_of(calls[name])
            spent[name] += seconds * calls[name]
            rounds[name].append(seconds)
    return {name: Times(tuple(values)) for name, values in rounds.items()}
