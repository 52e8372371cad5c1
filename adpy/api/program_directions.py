"""Tangents and cotangents of programs: from the structures of arguments and results to arrays, and back."""

from __future__ import annotations

from typing import Any

from adpy.api.program_recordings import Branch, python_value
from adpy.api.results import is_number
from adpy.api.running import is_differentiable
from adpy.api.trees import flatten, rebuild
from adpy.errors import ArgumentError
from adpy.plain import np

__all__ = ["matched", "seeds_of", "tangent_tree"]


def matched(args: tuple, dots: tuple) -> list:
    """Tangents of all inputs."""
    found = []
    for i, (arg, dot) in enumerate(zip(args, dots, strict=True)):
        for (path, leaf), (_, tangent) in zip(flatten(arg), flatten(dot), strict=True):
            if is_differentiable(leaf):
                if np.shape(tangent) != np.shape(leaf):
                    raise ArgumentError(f"tangents[{i}]{path}", f"shape {np.shape(leaf)}", f"shape {np.shape(tangent)}")
                found.append(np.asarray(tangent, float))
    return found


def tangent_tree(branch: Branch, dots: list) -> Any:
    """Tangents in the structure of the result."""
    leaves = []
    for place, leaf in branch.places:
        if place is not None:
            leaves.append(python_value(dots[place], leaf))
        else:
            leaves.append(np.zeros(np.shape(leaf))[()] if is_number(leaf) else leaf)
    return rebuild(branch.tree, iter(leaves).__next__)


def seeds_of(branch: Branch, value: Any, y_bar: Any) -> list:
    """Cotangents of the outputs."""
    found = []
    for (place, _), (path, leaf), (_, bar) in zip(branch.places, flatten(value), flatten(y_bar), strict=True):
        if place is not None:
            if np.shape(bar) != np.shape(leaf):
                raise ArgumentError(f"y_bar{path}", f"shape {np.shape(leaf)}", f"shape {np.shape(bar)}")
            found.append(np.asarray(bar, float))
    return found
