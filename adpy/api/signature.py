"""Signatures: what of the arguments a recording depends on, apart from the values of its inputs."""

from __future__ import annotations

import dataclasses
from typing import Any

from adpy.api.running import is_differentiable
from adpy.api.surroundings import fingerprint
from adpy.api.trees import flatten
from adpy.capture.registry import TRACED_TYPES
from adpy.plain import np

__all__ = ["signature"]

LEAVES = frozenset((np.ndarray, np.float64, float, int, str, bool, type(None)))
"""The usual arguments that are no containers."""


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
        if type(arg) not in LEAVES:
            key.append((name, _form(arg)))
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
                key.append((name, path, fingerprint(leaf)))
    return tuple(key), inputs


def _form(tree: Any) -> Any:
    """Types of the containers in a tree, the empty ones included; None for a leaf."""
    kind = type(tree)
    if isinstance(tree, dict) and not hasattr(tree, "tocsr"):
        names, items = tuple(tree), list(tree.values())
    elif isinstance(tree, tuple | list):
        names, items = (), list(tree)
    elif dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        names, items = (), [getattr(tree, field.name) for field in dataclasses.fields(tree)]
    else:
        return None
    forms = tuple([_form(item) for item in items])
    return kind, names, forms if any(forms) else len(forms)
