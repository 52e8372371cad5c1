"""Random loops over scalars, as text: a hypothesis strategy."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from hypothesis import strategies as st

__all__ = ["compiled", "loops"]

HEAD = [
    "def f(x, c):",
    "    n = len(x)",
    "    s, p, u = 0.0, 1.0, list(x)",
    "    v, w = [0.0] * n, np.zeros(n)",
]
TAIL = ["    return s + 0.5 * p, np.array(v), w + c, u[n // 2]"]

terms = st.sampled_from(
    ["x[i]", "x[j]", "x[n - 1 - i]", "x[i // 2]", "x[0]", "u[i]", "u[j]", "v[i]", "w[i]", "w[j]", "c", "0.5", "t", "i"]
)
"""What a body reads; ``t`` is a result of the iteration, ``j`` another index."""

formulas = st.sampled_from(
    [
        "{} + {}",
        "{} - {}",
        "{} * {}",
        "{} * {} - 0.25",
        "{} / (2.0 + {} ** 2)",
        "math.sin({}) + {}",
        "-{} + 2.0 * {}",
        "math.sqrt(1.0 + {0} * {0}) * {1}",
        "max({}, {})",
        "abs({}) * {}",
    ]
)
targets = st.sampled_from(
    [
        ["s += t"],
        ["s = s * 0.5 + t"],
        ["p *= 0.9 + 0.1 * math.cos(t)"],
        ["v[i] = t"],
        ["w[i] = t"],
        ["w[i] += 0.5 * t"],
        ["u[i] = t"],
        ["u[j] = 0.5 * t"],
        ["v[j] = t", "s -= v[i]"],
        ["if t > 0.1:", "    s += t * t", "else:", "    s -= 0.5 * t"],
        ["u = [a + 0.1 * t for a in u]"],
        [],
    ]
)
ranges = st.sampled_from(
    ["range(n)", "range(n - 1)", "range(1, n)", "range(n - 1, -1, -1)", "range(0, n, 2)", "range(3, n - 2)", "range(3)"]
)
others = st.sampled_from(["i - 1", "(i + 1) % n", "n - 1 - i", "i % 3", "2 * i % n", "0"])


def _body(draw: Callable, indent: str) -> list[str]:
    lines = [f"j = {draw(others)}", f"t = {draw(terms.filter('t'.__ne__))}"]
    for _ in range(draw(st.integers(1, 4))):
        lines.append("t = " + draw(formulas).format(draw(terms), draw(terms)))
    return [indent + line for line in lines + draw(targets)]


@st.composite
def loops(draw: Callable) -> str:
    """The text of a function ``f(x, c)`` of an array and a float."""
    lines = list(HEAD)
    for _ in range(draw(st.integers(1, 3))):
        lines.append(f"    for i in {draw(ranges)}:")
        if draw(st.booleans()) and draw(st.booleans()):
            lines.append(f"        for i in {draw(st.sampled_from(['range(i)', 'range(i, n, 3)', 'range(4)']))}:")
            lines += _body(draw, "            ")
        else:
            lines += _body(draw, "        ")
        if draw(st.booleans()):
            lines.append(draw(st.sampled_from(["    w = np.sin(w) * c", "    u = list(w + x)", "    v = list(x * s)"])))
    return "\n".join(lines + TAIL)


def compiled(text: str) -> Callable:
    """The function."""
    scope = {"math": math, "np": np}
    exec(text, scope)
    return scope["f"]
