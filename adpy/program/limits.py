"""Limits: how much memory a recording may take.

``adpy.program.limits.memory`` may be set, in bytes; it is half of the machine's memory at first.
"""

from __future__ import annotations

import os

__all__ = ["memory"]


def _half_of_machine() -> int:
    """Half of the physical memory; 4 GiB where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (AttributeError, ValueError, OSError):
        return 1 << 32


memory = _half_of_machine()
