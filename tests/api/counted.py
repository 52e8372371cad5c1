"""A function that counts its calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["Counted"]


class Counted:
    """``function``, with the number of its ``calls``."""

    def __init__(self, function: Callable) -> None:
        self.function, self.calls = function, 0

    def __call__(self, *args: Any) -> Any:
        self.calls += 1
        return self.function(*args)
