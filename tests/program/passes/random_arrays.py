"""Random functions that copy arrays, write into them, and read entries and views, as text: a hypothesis strategy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import strategies as st

__all__ = ["compiled", "functions"]

names = st.sampled_from(["u", "v", "w"])
scalars = st.sampled_from(["s", "t", "2.0", "1.0", "0.5"])
slices = st.sampled_from(["", "[1:]", "[:-1]", "[::-1]", "[::2]", "[2:4]"])
indices = st.integers(0, 5)


def _fill(template: str, *parts: st.SearchStrategy) -> st.SearchStrategy:
    return st.tuples(*parts).map(lambda found: template.format(*found))


lines = st.one_of(
    _fill("{} = {}.copy()", names, names),
    _fill("{} = np.array({})", names, names),
    _fill("{} = {}.astype(float)", names, names),
    _fill("{} = {}", names, names),
    _fill("{} = np.sin({}) * {} + {}", names, names, names, scalars),
    _fill("{} = np.sin({}) * np.sin({})", names, names, names),
    _fill("{} = np.concatenate([{}[1:], {}[:1]])", names, names, names),
    _fill("{} = np.roll({}, 1).copy()", names, names),
    _fill("{} = {}[[5, 4, 3, 2, 1, 0]] * 1.0", names, names),
    _fill("{} = {}.reshape(2, 3).T.copy().reshape(-1)", names, names),
    _fill("{} = {}.reshape(2, 3).copy().reshape(-1)", names, names),
    _fill("{}[1:] = {}[:-1] * {}[1:]", names, names, names),
    _fill("{}[1:-1] += 0.1 * {}[2:]", names, st.sampled_from(["u[:-2]", "v[1:-1] * w"]).map(lambda x: x[0])),
    _fill("{}[...] = {}", names, names),
    _fill("{}[{}] = {}[{}] * {}", names, indices, names, indices, scalars),
    _fill("{} *= {}", names, scalars),
    _fill("{}[::2] -= {}[1::2] ** 2", names, names),
    _fill("np.add.at({}, [0, 2, 2], {}[3:])", names, names),
    _fill("s = {}[{}] * {}[{}]", names, indices, names, indices),
    _fill("t = s * {}[{}] + {}", names, indices, scalars),
    _fill("s = np.sum({}{})", names, slices),
    _fill("t = np.sum({} * {}) / 1.0", names, names),
    _fill("s = {} @ {}", names, names),
    _fill("if {}[{}] > s: t = t - s * 1.0", names, indices),
    _fill("z = {}[1:] * {}[{}]", names, names, indices),
    _fill("z = np.cos({}{})", names, slices),
    _fill("z = {}.copy()", names),
    _fill("w = np.where({} > 0.1, {}, {})", names, names, names),
)
blocks = st.one_of(
    lines.map(lambda line: [line]),
    st.lists(lines, min_size=2, max_size=4).map(lambda found: ["for _ in range(3):", *["    " + x for x in found]]),
)
results = st.sampled_from(
    [
        "np.sum(u * v) + s",
        "np.sum(np.tanh(w + u)) + t",
        "u, v",
        "s * t",
        "w.copy() + z[:1]",
        "u[1:], s, w[::-1]",
        "v[0]",
    ]
)


@st.composite
def functions(draw: Callable) -> str:
    """The text of a function of an array with six entries."""
    body = sum(draw(st.lists(blocks, min_size=2, max_size=7)), [])
    first = ["u, v, w, z = x.copy(), x * 0.5, np.zeros(6), x", "s, t = x[0], x[1] * x[0]"]
    last = f"return {draw(results)}"
    return "\n".join(["def f(x):", *["    " + line for line in (*first, *body, last)]])


def compiled(text: str) -> Callable:
    """The function."""
    space = {"np": np}
    exec(compile(text, "<random function>", "exec"), space)
    return space["f"]
