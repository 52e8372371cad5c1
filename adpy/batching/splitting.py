"""Decisions that all lanes must take alike: the value on which they agree, or the groups into which they part."""

from __future__ import annotations

from typing import Any

from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.traced.dispatch import primal

__all__ = ["Restart", "Split", "agreed", "groups_of"]


class Restart(BaseException):
    """Ends a run of the function over many lanes, to begin it otherwise.

    Not an ``Exception``, so that ``except Exception`` of the user's code does not stop it.
    """

    def __init__(self, frame: Any) -> None:
        super().__init__()
        self.frame = frame
        frame.restart = frame.restart or self


class Split(Restart):
    """The lanes decide differently.

    Attributes
    ----------
    groups : list of ndarray or None
        Positions of the lanes that go together, those of the first lane first; None: every lane on its own.
    reason : str
        What could not be done for all lanes at once.
    """

    def __init__(self, frame: Any, groups: list | None, reason: str) -> None:
        super().__init__(frame)
        self.groups, self.reason = groups, reason

    def __str__(self) -> str:
        return self.reason


def groups_of(plain: np.ndarray) -> list:
    """Positions along the last axis with equal (to the bit) values, in order of their first."""
    n = plain.shape[-1]
    rows = np.ascontiguousarray(np.moveaxis(plain, -1, 0)).reshape(n, -1)
    if rows.shape[1] == 0:
        return [np.arange(n)]
    keys = rows.view(np.dtype((np.void, rows.shape[1] * rows.itemsize)))[:, 0]
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    if first.size == 1:
        return [np.arange(n)]
    order = np.argsort(inverse, kind="stable")
    bounds = np.cumsum(np.bincount(inverse, minlength=first.size))[:-1]
    parts = np.split(order, bounds)
    return [parts[i] for i in np.argsort(first)]


def agreed(frame: Any, data: Any, reason: str) -> Any:
    """The value that all lanes have.

    Raises
    ------
    Split
        If they have not.
    ArgumentError
        If there is no lane at all.
    """
    plain = primal(data)
    n = plain.shape[-1]
    if n == 0:
        raise ArgumentError("arguments", "at least one sample, because the function decides by its values", "none")
    first = plain[0] if plain.ndim == 1 else plain[..., 0]
    if not (plain == first[..., None]).all():
        groups = groups_of(plain)
        if len(groups) > 1:
            raise Split(frame, groups, reason)
    return first.copy() if first.ndim else first
