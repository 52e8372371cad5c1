"""A quiet, time-boxed place to run functions that nobody has looked at."""

import contextlib
import os
import signal
import warnings
from collections.abc import Iterator

import numpy as np

__all__ = ["TooSlow", "quiet", "time_limit"]


class TooSlow(BaseException):
    """The time is up.  Not an ``Exception``, so that the function under trial does not catch it."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise :class:`TooSlow` in the block after ``seconds``."""

    def stop(*_):
        raise TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    # It rings again: library code with a bare except swallows the first.
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """No output, no warnings, no floating-point complaints."""
    with (
        open(os.devnull, "w") as sink,
        contextlib.redirect_stdout(sink),
        contextlib.redirect_stderr(sink),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        yield
