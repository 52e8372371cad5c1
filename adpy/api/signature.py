"""Signatures: what of the arguments a recording depends on, apart from the values of its inputs."""

from __future__ import annotations

import hashlib
from typing import Any

from adpy.api.running import is_differentiable
from adpy.api.trees import flatten
from adpy.capture.registry import TRACED_TYPES
from adpy.plain import np

__all__ = ["signature"]


def signature(args: tuple, kwargs: dict) -> tuple[tuple | None, list]:
    """Key of a recording, and its inputs.

    Floats and float64 arrays are inputs, of which the key holds type and shape; of everything else it holds the value.

    Returns
    -------
    key : tuple or None
        None where programs do not know a leaf (complex, single precision, traced).
    inputs : list
    """
    if len(args) == 1 and not kwargs:
        x = args[0]
        kind = type(x)
        if kind is np.ndarray and x.dtype == np.float64:
            return x.shape, [x]
        if kind is float:
            return (float,), [x]
    key: list = []
    inputs: list = []
    for name, arg in (*enumerate(args), *sorted(kwargs.items())):
        for path, leaf in flatten(arg):
            kind = type(leaf)
            if kind is float or kind is np.float64:
                key.append((name, path, kind))
                inputs.append(leaf)
            elif kind is np.ndarray and leaf.dtype == np.float64:
                key.append((name, path, leaf.shape))
                inputs.append(leaf)
            elif kind in TRACED_TYPES or is_differentiable(leaf):
                return None, []
            else:
                key.append((name, path, kind, _value(leaf)))
    return tuple(key), inputs


def _value(leaf: Any) -> Any:
    """Something equal only for equal leaves."""
    if isinstance(leaf, np.ndarray):
        return leaf.shape, leaf.dtype.str, hashlib.blake2b(np.ascontiguousarray(leaf).tobytes()).digest()
    try:
        hash(leaf)
    except TypeError:
        return id(leaf)
    return leaf
