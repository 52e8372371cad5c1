"""The machine and the versions behind a table of times."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from importlib import metadata

from benchmarks.tools import TOOLS

__all__ = ["describe", "version"]


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


def version(distribution: str) -> str:
    """Of a package that may be missing."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "missing"


def describe(tools: Iterable[str]) -> dict[str, str]:
    """Processor, cores, load at the start, system, and the versions of Python, the libraries and the tools."""
    facts = {
        "processor": processor(),
        "cores": str(os.cpu_count()),
        "load": f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown",
        "threads of each tool": os.environ.get("OMP_NUM_THREADS", "not fixed"),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }
    for name in ("numpy", "scipy", "numba"):
        facts[name] = version(name)
    for name in tools:
        facts[name] = TOOLS[name].version() or "missing"
    return facts
