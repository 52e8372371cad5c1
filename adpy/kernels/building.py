"""Building the interpreters: half a minute of compiling, once an installation, for which nobody waits unasked.

While they are not there, callers take a slower way, and a process in the background compiles them into Numba's cache.
``ADPY_KERNELS=wait`` compiles at once, ``ADPY_KERNELS=off`` does without.  ``python -m adpy.kernels.building`` builds
them ahead of time.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

__all__ = ["available", "build", "ready"]

LOADING = 0.7
"""Seconds that importing Numba and loading compiled interpreters takes."""

_SOURCES = (
    *("table.py", "opcodes.py", "elementwise.py", "special_kernels.py", "special_elementwise.py", "tiles.py"),
    *("scalars.py", "interpreter.py", "levels.py", "simplifying.py", "lanes.py", "streams.py"),
)
_loaded = False
_started = False
_spent = 0.0


def ready(seconds: float) -> bool:
    """Are the interpreters there for work that takes ``seconds`` without them?

    They are loaded once the work of this process would have paid for it.
    """
    global _spent
    if _loaded:
        return True
    if os.environ.get("ADPY_KERNELS", "") == "":
        _spent += seconds
        if _spent < LOADING:
            return False
    return available()


def available() -> bool:
    """Load the interpreters, if that takes no compiling; else have them built, and answer that they are not there."""
    if _loaded:
        return True
    mode = os.environ.get("ADPY_KERNELS", "")
    if mode == "off":
        return False
    if mode != "wait" and not _marker().exists():
        _build_in_background()
        return False
    build()
    return True


def build() -> None:
    """Compile the interpreters; what Numba's cache has of them is loaded when it is first used."""
    global _loaded
    marker = _marker()
    if not marker.exists():
        _forget()
        _compile()
        try:
            marker.parent.mkdir(parents=True, exist_ok=True)
            marker.touch()
        except OSError:
            pass  # a read-only installation: Numba caches elsewhere or not at all
    _loaded = True


def _compile() -> None:
    from adpy.kernels import interpreter, levels, simplifying
    from adpy.kernels.table import COLUMNS

    simplifying.build()
    table, heads, places = np.zeros((0, COLUMNS), np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64)
    ops, memory, columns = np.zeros(0, np.int32), np.zeros(1), np.zeros((1, 1))
    code = (table, heads, places, ops, ops, ops, memory)
    interpreter.replay(*code, 0, 0, 0, 0)
    interpreter.tangent(*code, columns, 0, 0, 0, 0)
    interpreter.adjoint(*code, columns, 0, 0, 0, 0)
    interpreter.second_order(*code, columns, columns, columns, 0, 0, 0, 0)
    levels.leveled(ops, ops, ops, 0, 0, heads)
    levels.feeding(ops, ops, ops, 0, 0, heads > 0)
    levels.depth_first(ops, heads, heads, heads, heads)


def _marker() -> Path:
    """A file that says that these sources have been compiled by this Python and Numba."""
    digest = hashlib.sha256()
    home = Path(__file__).parent
    for path in [*[home / name for name in _SOURCES], *sorted((home / "vector_math").glob("*.py"))]:
        digest.update(path.read_bytes())
    version = f"{sys.implementation.cache_tag}-{importlib.metadata.version('numba')}-{np.__version__}"
    return _cache() / f"adpy-{version}-{digest.hexdigest()[:16]}.built"


def _forget() -> None:
    """Remove what was compiled from other sources: Numba compares a function's own file only, not those it imports."""
    for name in _SOURCES:
        for index in _cache().rglob(f"{Path(name).stem}.*.nbi"):
            if index.parent.name.startswith(("kernels", "__pycache__")):
                index.unlink(missing_ok=True)


def _cache() -> Path:
    """Where Numba keeps what it compiles."""
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    if chosen:
        return Path(chosen)
    beside = Path(__file__).parent / "__pycache__"
    if os.access(beside if beside.exists() else beside.parent, os.W_OK):
        return beside
    return Path.home() / ".cache" / "numba"


def _build_in_background() -> None:
    """Start a process that builds, unless one of the last minutes is at it."""
    global _started
    if _started:
        return
    _started = True
    lock = _marker().with_suffix(".building")
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        if lock.exists() and time.time() - lock.stat().st_mtime < 300:
            return
        lock.touch()
        quiet = subprocess.DEVNULL
        subprocess.Popen([sys.executable, "-m", __name__], stdin=quiet, stdout=quiet, stderr=quiet)
    except OSError:
        pass  # no place to write, or no processes here: the slower way remains


if __name__ == "__main__":
    build()
    _marker().with_suffix(".building").unlink(missing_ok=True)
