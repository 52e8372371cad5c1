"""Memory of results: that of earlier results is used again where nothing refers to them any more."""

from __future__ import annotations

import sys
import threading

from adpy.plain import np

__all__ = ["Memory"]

KEPT = 2
"""Arrays that are kept: in ``J = jacobian(x)`` the earlier result is still there while the next one is computed."""


class Memory:
    """Arrays for the results of one preparation.

    The first touch of fresh memory costs more than writing a nonzero.  An array is given out again only if its
    results, and all views of them, are gone: what is alive never changes.

    Parameters
    ----------
    size : int
        Entries of an array.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._arrays: list[np.ndarray] = []
        self._lock = threading.Lock()

    def take(self) -> np.ndarray:
        """An array, float64, of shape ``(size,)``; what is in it is left from before."""
        with self._lock:
            for i in range(len(self._arrays)):
                if sys.getrefcount(self._arrays[i]) == 2:  # the list, and the call that counts
                    return self._arrays[i]
            found = np.empty(self.size)
            self._arrays.append(found)
            del self._arrays[:-KEPT]
            return found
