"""Records: steps with what their adjoints need, until they are reversed."""

from __future__ import annotations

from adpy.checkpoint.progress import Progress
from adpy.checkpoint.stepping.machine import Machine
from adpy.checkpoint.stepping.record import Record

__all__ = ["Records"]


class Records:
    """Recorded steps of a machine.

    Parameters
    ----------
    machine : Machine
    progress : Progress, optional
        Is told of steps that are recorded when they are run for the first time.
    """

    def __init__(self, machine: Machine, progress: Progress | None = None) -> None:
        self.machine, self.progress = machine, progress
        self._kept: dict[int, Record] = {}

    def __contains__(self, step: int) -> bool:
        return step in self._kept

    def record(self, start: int, stop: int) -> None:
        """Run steps, and keep what their adjoints need."""
        for n in range(start, stop):
            is_new = n >= self.machine.reached
            self._kept[n] = self.machine.record(n)
            if is_new and self.progress is not None:
                self.progress.recorded(n + 1)

    def reverse(self, start: int, stop: int) -> None:
        """Take the cotangents back through recorded steps, and let those go."""
        streams = self.machine.streams
        for n in reversed(range(start, stop)):
            streams.take(n, self.machine.reverse(self._kept.pop(n), streams.seeds_of(n)))

    def clear(self) -> None:
        """Let all go."""
        self._kept.clear()
