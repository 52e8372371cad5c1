"""Memory of this process: the most that it takes while something runs."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["peak"]

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def read(name: str) -> int:
    """Bytes, as the system counts them."""
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(name))
    return 1024 * int(line.split()[1])


def peak(run: Callable[[], Any]) -> dict[str, int]:
    """The peak of the whole process during a run, and what it is above the memory before; empty where unknown."""
    gc.collect()
    try:
        RESET.write_text("5")  # the peak starts again from here
        before = read("VmRSS")
        run()
        most = read("VmHWM")
    except OSError:
        return {}
    return {"peak": most, "growth": most - before}
