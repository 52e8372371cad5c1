"""Timing of several candidates in turn, so that a slow spell of the machine falls on all of them."""

from __future__ import annotations

import gc
import math
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

__all__ = ["Times", "interleaved"]


@dataclass(frozen=True)
class Times:
    """Seconds per call, one entry a round."""

    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Median over the rounds."""
        return statistics.median(self.rounds)


def batch(run: Callable[[], Any], calls: int) -> float:
    """Seconds per call over ``calls`` calls."""
    start = perf_counter()
    for _ in range(calls):
        run()
    return (perf_counter() - start) / calls


def interleaved(
    candidates: Mapping[str, Callable[[], Any]], repeat: int, batch_time: float = 0.02, budget: float = 4.0
) -> dict[str, Times]:
    """Time the candidates round after round.

    Parameters
    ----------
    candidates : mapping of str to callable
        Functions of no arguments, called once before timing.
    repeat : int
        Rounds.
    batch_time : float
        Seconds a batch of calls should take.
    budget : float
        Seconds a candidate may use in all; past it, it sits out the remaining rounds.

    Returns
    -------
    dict of str to Times
        At least one round each.
    """
    calls: dict[str, int] = {}
    spent: dict[str, float] = {}
    rounds: dict[str, list[float]] = {}
    gc.collect()
    gc.freeze()  # what is loaded stays out of the collections between batches
    for name, run in candidates.items():
        first = batch(run, 1)
        calls[name] = max(1, math.ceil(batch_time / max(first, 1e-9)))
        spent[name] = first
        rounds[name] = [first] if calls[name] == 1 else []
    for _ in range(repeat):
        for name, run in candidates.items():
            if spent[name] > budget and rounds[name]:
                continue
            gc.collect()
            seconds = batch(run, calls[name])
            spent[name] += seconds * calls[name]
            rounds[name].append(seconds)
    gc.unfreeze()
    return {name: Times(tuple(values)) for name, values in rounds.items()}
