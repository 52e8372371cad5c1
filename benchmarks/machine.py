"""The machine and the versions behind a table of times."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from importlib import metadata

from benchmarks.tools import TOOLS

__all__ = ["THREAD_VARIABLES", "describe"]

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def processor() -> str:
    """The processor's name as the operating system gives it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def describe(tools: Iterable[str]) -> dict[str, str]:
    """Processor, cores, operating system, Python, NumPy, SciPy, Numba and the tools, with versions."""
    facts = {
        "processor": processor(),
        "cores": str(os.cpu_count()),
        "threads used": os.environ.get(THREAD_VARIABLES[0], "not fixed"),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }
    for name in ("numpy", "scipy", "numba"):
        try:
            facts[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            facts[name] = "missing"
    for name in tools:
        facts[name] = TOOLS[name].version() or "missing"
    return facts
