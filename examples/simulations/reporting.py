"""What the examples measure and print: seconds, memory, how far two gradients differ."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from adpy.checkpoint.progress import Event
from adpy.checkpoint.schedules import optimal_forward_steps

__all__ = ["Steps", "difference", "peak_memory", "seconds"]


class Steps:
    """A ``callback`` of loops that remembers how many steps they ran."""

    def __init__(self) -> None:
        self.run = 0

    def __call__(self, event: Event) -> None:
        self.run = event.advanced + event.reversed

    def against(self, steps: int, snapshots: int) -> str:
        """Beside the least that is possible."""
        least = optimal_forward_steps(steps, snapshots)
        return (
            f"{self.run:,} steps run forward for {steps:,} with {snapshots} snapshots (the least possible: {least:,})"
        )


def seconds(call: Callable, *args: Any) -> tuple[float, Any]:
    """Processor time of a call, and what it gave."""
    begin = time.process_time()
    found = call(*args)
    return time.process_time() - begin, found


def peak_memory() -> float:
    """The most memory that this process has had so far, in MB; not a number where the system does not tell."""
    try:
        with open("/proc/self/status", encoding="ascii") as lines:
            return next(int(line.split()[1]) * 1024e-6 for line in lines if line.startswith("VmHWM"))
    except OSError:
        return float("nan")


def difference(found: Any, expected: Any) -> float:
    """Largest difference of two arrays, as a part of the largest entry."""
    found, expected = np.asarray(found), np.asarray(expected)
    return float(np.max(np.abs(found - expected)) / np.max(np.abs(expected)))
