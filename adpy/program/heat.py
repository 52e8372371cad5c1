"""Heat: programs that have spent as much time in the interpreters as kernels would cost get them by themselves.

One thread compiles for the whole process.  A process that ends, or forks, waits for the sweep that is being compiled.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

__all__ = ["HOT", "Heat", "compiling", "ending", "enqueue"]

HOT = 0.5
"""Seconds in the interpreters after which a program is hot: about what its kernels take to compile."""

INSTRUCTION = 2e-5
"""Seconds more for an instruction, which planning takes."""

compiling = threading.RLock()
"""Held while a sweep is compiled."""


class Heat:
    """Seconds that a code has spent in the interpreters, and what happens when it is hot.

    Parameters
    ----------
    instructions : int
    hot : callable
        Called once, in the thread that compiles, with the sweeps that were run.
    """

    def __init__(self, instructions: int, hot: Callable[[set[str]], None]) -> None:
        self.seconds, self.limit = 0.0, HOT + INSTRUCTION * instructions
        self.sweeps: set[str] = set()
        self.failure: str | None = None
        self._hot = hot
        self._lock = threading.Lock()
        self.started = False

    def spend(self, seconds: float, *sweeps: str) -> None:
        """Time spent by the interpreters in sweeps of one direction."""
        self.seconds += seconds
        self.sweeps.update(sweeps)
        if self.seconds < self.limit or self.started:
            return
        with self._lock:
            if self.started:
                return
            self.started = True
        enqueue(self._ignite)

    def _ignite(self) -> None:
        try:
            self._hot(set(self.sweeps))
        except Exception as error:  # the interpreters remain, and nobody waits for this
            self.failure = f"{type(error).__name__}: {error}"

    def stats(self) -> dict[str, Any]:
        """What is known before there are kernels."""
        state = "failed" if self.failure else "compiling" if self.started else "interpreted"
        found = {"state": state, "seconds interpreted": round(self.seconds, 3)}
        return found | {"failure": self.failure} if self.failure else found


class _Worker:
    """The thread that compiles; it is there while there is something to do."""

    def __init__(self) -> None:
        self._tasks: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ending = False

    def add(self, task: Callable[[], None]) -> None:
        with self._lock:
            if self._ending:
                return
            self._tasks.append(task)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="adpy-kernels", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._tasks or self._ending:
                    self._thread = None
                    return
                task = self._tasks.popleft()
            task()

    def ended(self) -> bool:
        return self._ending

    def end(self) -> None:
        """Start nothing more, and wait for what is at work: native code must not be left while the process ends."""
        with self._lock:
            self._ending = True
            self._tasks.clear()
            thread = self._thread
        if thread is not None:
            thread.join()


_worker = _Worker()


def enqueue(task: Callable[[], None]) -> None:
    """Do something in the thread that compiles."""
    _worker.add(task)


def ending() -> bool:
    """Is the process about to end?"""
    return _worker.ended()


def _forked() -> None:
    """In a forked process there is no thread that compiles."""
    global _worker
    _worker = _Worker()
    compiling.release()


atexit.register(lambda: _worker.end())
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=compiling.acquire, after_in_parent=compiling.release, after_in_child=_forked)
