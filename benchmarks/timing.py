"""Timing of several candidates in turn, so that a slow spell of the machine falls on all of them."""

from __future__ import annotations

import gc
import math
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Any

__all__ = ["CLOCKS", "Plan", "Times", "interleaved"]


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
    calls: dict[str, int] = {}
    spent: dict[str, float] = {}
    rounds: dict[str, list[float]] = {}
    gc.collect()
    gc.freeze()  # what is loaded stays out of the collections between batches
    for name, run in candidates.items():
        first = batch(run, 1, clock)
        calls[name] = max(1, math.ceil(plan.batch_time / max(first, 1e-9)))
        spent[name] = first
        rounds[name] = [first] if calls[name] == 1 else []
    for _ in range(plan.repeat):
        for name, run in candidates.items():
            if spent[name] > plan.budget and rounds[name]:
                continue
            gc.collect()
            seconds = batch(run, calls[name], clock)
            spent[name] += seconds * calls[name]
            rounds[name].append(seconds)
    gc.unfreeze()
    return {name: Times(tuple(values)) for name, values in rounds.items()}
