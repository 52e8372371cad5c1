"""Block rows that users define: their jvp may be any code, transforms included, so it runs on series as user code does.

``y' = jvp(x'; y, x)`` gives coefficient k of the result from those of order below k, for one k after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adpy import capture
from adpy.capture.registry import TRACED_TYPES
from adpy.forward.tangents import leaves
from adpy.plain import np
from adpy.series.coefficients import Coefficients
from adpy.series.nodes import zeros_like

__all__ = ["iterated"]

_SEQUENCES = (list, tuple)


def iterated(frame: Any, row: Any, operands: Sequence, values: Sequence, static: dict, y: Any) -> list:
    """The results ``y`` of a user's row with their coefficients."""
    several = isinstance(y, _SEQUENCES)
    parts = list(y) if several else [y]
    found: list[list] = [[] for _ in parts]
    for k in range(1, frame.order + 1):
        dots = _slopes(frame, row, operands, values, static, [parts, found], several)
        for terms, part, dot in zip(found, parts, dots if several else [dots], strict=True):
            terms.append(zeros_like(part) if dot is None else dot / k)
    return [
        frame.wrap(part, frame.fitted(terms, part, ())) if _is_inexact(part) else part
        for part, terms in zip(parts, found, strict=True)
    ]


def _slopes(frame, row, operands, values, static, known, several):
    """The highest coefficient of the slopes that the coefficients of the results known so far determine."""
    order = len(known[1][0])
    inner = None if order == 0 else type(frame)((), order)
    if inner is not None:
        inner.parent = frame.parent

    def series(value, terms):
        """A value with its first coefficients, as the rule's code sees it."""
        if inner is None or not _is_inexact(value):
            return value
        return inner.wrap(value, inner.fitted(terms[:order], value, [*map(id, terms)]))

    def opened(x, value, moving):
        if type(x) in _SEQUENCES:
            found = type(x)([opened(item, v, moving) for item, v in zip(x, value, strict=True)])
            return None if moving and all(leaf is None for leaf in leaves(found)) else found
        terms = x.carried().terms if type(x) in TRACED_TYPES and x.frame is frame and x.active else None
        if moving:
            return None if terms is None else series(terms[0], [(j + 1) * t for j, t in enumerate(terms)][1:])
        value = np.float64(value) if type(value) is float else value
        return value if terms is None else series(value, terms)

    pairs = list(zip(operands, values, strict=True))
    results = [series(part, terms) for part, terms in zip(*known, strict=True)]
    with capture.lowered(frame.parent if inner is None else inner):
        dots = row.jvp(
            tuple([opened(x, value, True) for x, value in pairs]),
            tuple(results) if several else results[0],
            *[opened(x, value, False) for x, value in pairs],
            **static,
        )
    highest = [_coefficient(dot, inner) for dot in (dots if several else [dots])]
    return highest if several else highest[0]


def _coefficient(dot, inner):
    """The highest coefficient of one slope."""
    if inner is None:
        return dot
    if type(dot) in TRACED_TYPES and dot.frame is inner:
        coefficients: Coefficients = dot.tangent
        return coefficients.terms[-1]
    return None


def _is_inexact(x: Any) -> bool:
    return getattr(x, "dtype", np.dtype(bool)).kind in "fc" or isinstance(x, float | complex)
