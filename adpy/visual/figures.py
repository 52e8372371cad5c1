"""Figures: matplotlib, loaded when a picture is drawn."""

from __future__ import annotations

from typing import Any

from adpy.errors import OptionalDependencyError

__all__ = ["axes"]


def axes(ax: Any = None, size: tuple[float, float] | None = None) -> Any:
    """The axes to draw in: those given, or those of a new figure.

    Raises
    ------
    OptionalDependencyError
        If matplotlib is not installed.
    """
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise OptionalDependencyError("matplotlib", "plot") from error
    return pyplot.subplots(figsize=size, layout="constrained")[1]
