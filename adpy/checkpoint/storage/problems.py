"""Which problem snapshots belong to: what must be the same for a run to be resumed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from adpy.checkpoint.stepping.state import Layout, split
from adpy.plain import np

__all__ = ["describe_problem", "differences", "digest"]


def describe_problem(steps: int | None, key: Any = None, **states: Any) -> dict[str, Any]:
    """What identifies a problem, of what JSON can say.

    Parameters
    ----------
    steps : int or None
        Number of steps, if it is known.
    key : str or number, optional
        What else the user wants to be the same: a version of the model.
    **states
        Initial state, parameters and the like: dtypes, shapes and checksums of their arrays count, and so do their
        constants.

    Examples
    --------
    >>> import numpy as np
    >>> describe_problem(10, state=np.zeros(3))
    {'steps': 10, 'key': None, 'state': {'': ['array', '<f8', [3], '2bb6ae06ad472028']}}
    """
    return {"steps": steps, "key": key, **{name: _described(*split(state)) for name, state in states.items()}}


def _described(layout: Layout, arrays: list[np.ndarray]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    remaining = iter(arrays)
    for leaf in layout.leaves:
        if leaf.kind in ("constant", "same"):
            found[leaf.path] = [leaf.kind, repr(leaf.value) if not callable(leaf.value) else leaf.value.__name__]
        else:
            array = next(remaining)
            found[leaf.path] = [leaf.kind, array.dtype.str, list(array.shape), _hash(array)]
    return found


def _hash(array: np.ndarray) -> str:
    return hashlib.blake2b(np.ascontiguousarray(array).reshape(-1).view(np.uint8), digest_size=8).hexdigest()


def digest(problem: Mapping[str, Any]) -> str:
    """A short name of a problem."""
    return hashlib.blake2b(json.dumps(problem, sort_keys=True).encode(), digest_size=8).hexdigest()


def differences(old: Any, new: Any, path: str = "") -> tuple[str, ...]:
    """What of two problems is not the same, for people."""
    if isinstance(old, dict) and isinstance(new, dict):
        found: list[str] = []
        for key in [*old, *[key for key in new if key not in old]]:
            if old.get(key) != new.get(key):
                inner = f"{path}.{key}" if path and key[:1].isalpha() else f"{path}{key}"
                found.extend(differences(old.get(key), new.get(key), inner))
        return tuple(found)
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new) == 4 and old[:3] == new[:3]:
        return (f"{path} has other values",)
    return (f"{path} was {old!r} and is {new!r}",)
