"""Progress of a loop and of its adjoint: events for callbacks, lines for logging, a bar."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adpy.errors import ArgumentError, OptionalDependencyError

__all__ = ["Event", "Progress", "is_logged"]

_log = logging.getLogger("adpy.checkpoint")
_ADJOINT_COST = 3.0
"""Steps that the adjoint of a step is taken to cost until one was measured."""


@dataclass(frozen=True, slots=True)
class Event:
    """How far a loop is.

    Attributes
    ----------
    phase : {"forward", "reverse", "done"}
    step : int
        Forward the step that was reached; in reverse the adjoints of all steps from this one on are complete.
    steps : int or None
        Steps of the loop; None while that is not known.
    advanced, advances : int, int or None
        Steps run without being recorded, those run again included: so far, and in all.
    reversed : int
        Steps whose adjoint is complete.
    seconds : float
        Since the beginning.
    remaining : float or None
        Seconds that are still expected, from what steps and adjoints took so far.
    schedule : Schedule or None
        What the loop follows; ``print(event.schedule.describe())``.
    """

    phase: str
    step: int
    steps: int | None
    advanced: int
    advances: int | None
    reversed: int
    seconds: float
    remaining: float | None
    schedule: Any = None

    @property
    def fraction(self) -> float | None:
        """Part of the expected time that is over, from 0 to 1."""
        if self.remaining is None:
            return None
        return self.seconds / (self.seconds + self.remaining) if self.seconds + self.remaining > 0 else 0.0

    def __str__(self) -> str:
        total = "?" if self.steps is None else self.steps
        text = f"{self.phase}: step {self.step} of {total}, {self.seconds:.1f} s"
        return text if self.remaining is None or self.phase == "done" else f"{text}, {self.remaining:.1f} s to go"


def is_logged() -> bool:
    """Does anybody read the log?"""
    return _log.isEnabledFor(logging.INFO)


class Progress:
    """Tells others how far a loop is, not more often than they want to know.

    Parameters
    ----------
    steps : int or None
        Steps of the loop.
    advances : int or None
        Steps that a schedule runs without recording them: ``schedule.forward_steps - steps``.
    callback : callable, optional
        Takes an :class:`Event`: at each change of phase, and in between once in an ``interval``.  What it raises ends
        the loop; snapshots on disk stay there.
    bar : bool or str
        Whether to show a bar of tqdm, or its label.
    interval : float
        Seconds between two events.
    log_interval : float
        Seconds between two lines of the logger ``adpy.checkpoint``, at level INFO.
    schedule : Schedule, optional
        What the loop follows: for events, and the first line of the log.

    Raises
    ------
    ArgumentError
        If ``callback`` cannot be called.
    OptionalDependencyError
        If there is no tqdm for a bar.

    Examples
    --------
    >>> from adpy.checkpoint.progress import Progress
    >>> phases = []
    >>> progress = Progress(2, 1, callback=lambda event: phases.append((event.phase, event.step)), interval=0.0)
    >>> progress.advanced(1), progress.reversed(1), progress.reversed(0), progress.close()
    (None, None, None, None)
    >>> phases
    [('forward', 1), ('reverse', 1), ('reverse', 0), ('done', 0)]
    """

    def __init__(
        self,
        steps: int | None,
        advances: int | None = None,
        *,
        callback: Callable[[Event], Any] | None = None,
        bar: bool | str = False,
        interval: float = 0.1,
        log_interval: float = 10.0,
        schedule: Any = None,
    ) -> None:
        if callback is not None and not callable(callback):
            raise ArgumentError("callback", "a callable or None", type(callback).__name__)
        self.steps, self.advances, self._schedule = steps, advances, schedule
        self._callback, self._interval, self._log_interval = callback, interval, log_interval
        self._bar = _bar(bar) if bar else None
        self._phase, self._step = "forward", 0
        self._counts = {"forward": 0, "record": 0, "reverse": 0}
        self._seconds = {"forward": 0.0, "record": 0.0, "reverse": 0.0}
        self._begin = self._last = self._logged = time.perf_counter()
        self._told = -1.0
        self._shown = 0
        if schedule is not None and is_logged():
            _log.info("%s", schedule.describe())

    def expect(self, steps: int, advances: int | None) -> None:
        """Tell how many there will be, once that is known."""
        self.steps, self.advances = steps, advances

    def advanced(self, step: int, count: int = 1) -> None:
        """``count`` steps were run and not recorded; ``step`` is the one that was reached."""
        self._note("forward", step, count)

    def recorded(self, step: int) -> None:
        """A step was recorded on the way to the end; ``step`` is the one that was reached."""
        self._note("record", step, 1)

    def reversed(self, step: int, count: int = 1) -> None:
        """Adjoints of ``count`` steps are complete; ``step`` is the first of them."""
        self._note("reverse", step, count)

    def _note(self, kind: str, step: int, count: int) -> None:
        now = time.perf_counter()
        self._counts[kind] += count
        self._seconds[kind] += now - self._last
        self._last = now
        turned = kind == "reverse" and self._phase == "forward"
        if kind == "reverse":
            self._phase = kind
        if kind in (self._phase, "record"):  # in reverse, steps are run again: that is not where the loop is
            self._step = step
        if turned or now - self._told >= self._interval:
            self._tell(now, turned)

    def _tell(self, now: float, log: bool) -> None:
        self._told = now
        log = log or now - self._logged >= self._log_interval
        if self._callback is None and self._bar is None and not (log and is_logged()):
            return
        event = self._event(now)
        if log:
            self._logged = now
            _log.info("%s", event)
        if self._bar is not None:
            self._show(event)
        if self._callback is not None:
            self._callback(event)

    def _event(self, now: float) -> Event:
        counts = self._counts
        seconds = now - self._begin
        remaining = 0.0 if self._phase == "done" else self._remaining()
        done = counts["forward"], self.advances, counts["reverse"]
        return Event(self._phase, self._step, self.steps, *done, seconds, remaining, self._schedule)

    def _remaining(self) -> float | None:
        if self.steps is None or self.advances is None:
            return None
        counts, seconds = self._counts, self._seconds
        adjoint = seconds["reverse"] / counts["reverse"] if counts["reverse"] else None
        ran = counts["forward"] + counts["record"]
        step = (seconds["forward"] + seconds["record"]) / ran if ran else (adjoint or 0.0) / _ADJOINT_COST
        adjoint = _ADJOINT_COST * step if adjoint is None else adjoint
        left = max(self.advances - counts["forward"], 0), max(self.steps - counts["reverse"], 0)
        if counts["record"] and self._phase == "forward":
            left = max(left[0], self.steps - self._step), left[1]
        return left[0] * step + left[1] * adjoint

    def _show(self, event: Event) -> None:
        bar = self._bar
        bar.total = None if event.advances is None or event.steps is None else event.advances + event.steps
        bar.set_postfix_str(f"{event.phase} {event.step}", refresh=False)
        done = event.advanced + event.reversed
        bar.update(done - self._shown)
        self._shown = done

    def close(self) -> None:
        """Tell that all is complete."""
        if self._phase != "done":
            self._phase = "done"
            self._tell(time.perf_counter(), True)
            self.abandon()

    def abandon(self) -> None:
        """Take the bar away, whatever it shows."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _bar(label: bool | str) -> Any:
    try:
        from tqdm import tqdm
    except ImportError:
        raise OptionalDependencyError("tqdm", "progress") from None
    return tqdm(desc=label if isinstance(label, str) else None, unit="step", unit_scale=True, mininterval=0.0)
