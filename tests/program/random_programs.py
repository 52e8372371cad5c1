"""Random programs full of decisions, as text: a hypothesis strategy."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from hypothesis import strategies as st

__all__ = ["compiled", "programs"]

NAMES = ("a", "b", "c")
ERRORS = "(ValueError, ZeroDivisionError, OverflowError, KeyError, IndexError)"

names = st.sampled_from(NAMES)
numbers = st.sampled_from(["-1.5", "-0.5", "0.0", "0.5", "1.0", "2.0"])
atoms = names | numbers | st.sampled_from(["x[0]", "x[1]", "x[2]", "y[0]", "float(y[1])"])


def _fill(template: str, *parts: st.SearchStrategy) -> st.SearchStrategy:
    return st.tuples(*parts).map(lambda found: template.format(*found))


expressions = st.one_of(
    *[
        _fill(t, names, atoms)
        for t in ("{} + {}", "{} - {}", "{} * {}", "max({}, {})", "min({}, {})", "np.maximum({}, {})")
    ],
    *[
        _fill(t, names)
        for t in (
            "math.sin({})",
            "np.tanh({})",
            "abs({})",
            "np.sum(y[y > {}] ** 2)",
            "np.max(y) * {}",
            "y[np.argmax(y)] * {}",
            "np.median(y) + {}",
            "np.interp({}, [-1.0, 0.0, 1.0], [0.0, 2.0, 1.0])",
            "x[int(abs({})) % 3]",
            "np.sum(np.where(y > {}, y, 2.0 * y))",
        )
    ],
    *[
        _fill(t, names, names)
        for t in (
            "{} * round({})",
            "{} * float(f'{{{}:.1f}}')",
            "{} * {{0: 1.5, 1: 2.5, -1: 0.5}}.get(int({}), 3.0)",
            "{} * bisect.bisect([-1.0, 0.0, 1.0], {})",
            "{} * math.floor({})",
            "{} * np.sign({})",
            "{} * len(str(round({}, 1)))",
            "sorted([{}, {}, 0.5])[1]",
            "max([{}, {}, x[0]], key=abs)",
            "{} * np.floor(np.array([{}])).astype(int)[0]",
            "{} * np.searchsorted([-1.0, 0.0, 1.0], {})",
            "np.clip({}, -1.0, abs({}))",
        )
    ],
)
raising = st.one_of(
    _fill("math.sqrt({})", names),
    _fill("math.log({})", names),
    _fill("math.exp(300 * {})", names),
    _fill("1.0 / ({} - {})", names, numbers),
    _fill("{} // float({})", names, names),
    _fill("{} % float({})", names, names),
    _fill("{{0: 1.0, 1: 2.0}}[int({})] * {}", names, names),
    _fill("x[int({})] * {}", names, names),
    _fill("float({}) ** 0.5", names).map(lambda text: f"{text} + 0.0"),
)
conditions = st.one_of(
    *[_fill(t, names, atoms) for t in ("{} < {}", "{} >= {}", "{} == {}", "not {} > {}", "{} * {}")],
    *[
        _fill(t, names)
        for t in (
            "int({}) % 2",
            "np.argmax(y) == int(abs({})) % 3",
            "{} in [0.0, 1.0, -1.0]",
            "np.any(y > {})",
            "np.allclose(y, {}, atol=1.0)",
            "'-' in str({})",
            "-1 < {} < 1",
            "math.isclose({}, 1.0, abs_tol=0.4)",
        )
    ],
)


def _indented(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]


@st.composite
def _statement(draw: Callable, depth: int) -> list[str]:
    kinds = ["assign", "assign", "return", "try", "mask", "entry", "sort", "increment"]
    kind = draw(st.sampled_from(kinds + ["if", "if", "while", "for"] * bool(depth)))
    name, value = draw(names), draw(expressions)
    if kind == "return":
        return [f"if {draw(conditions)}:", f"    return {value}"]
    if kind == "try":
        return ["try:", f"    {name} = {draw(raising)}", f"except {ERRORS}:", f"    {name} = {value}"]
    if kind == "mask":
        return [f"y[y < {draw(numbers)}] = {value}"]
    if kind == "entry":
        return [f"y[int(abs({name})) % 3] = {value}"]
    if kind == "sort":
        return [draw(st.sampled_from(["y.sort()", "y = y[np.argsort(y)]", "y = np.roll(y, int(a))", "y = y[::-1]"]))]
    if kind == "increment":
        return [f"y[1:] += {name}"]
    if kind == "assign":
        return [f"{name} = {value}"]
    body = _indented(draw(_statements(depth - 1)))
    if kind == "if":
        lines = [f"if {draw(conditions)}:", *body]
        if draw(st.booleans()):
            lines += [f"elif {draw(conditions)}:", *_indented(draw(_statements(depth - 1)))]
        return [*lines, "else:", *_indented(draw(_statements(depth - 1)))]
    if kind == "for":
        return [f"for _ in range(int(abs({name})) % 4):", *body]
    count = f"n{depth}"
    return [
        f"{count} = 0",
        f"while {name} < {draw(numbers)} and {count} < 4:",
        f"    {count} += 1",
        f"    {name} += 0.5",
        *body,
    ]


def _statements(depth: int) -> st.SearchStrategy:
    return st.lists(_statement(depth), min_size=1, max_size=4 if depth > 1 else 2).map(lambda found: sum(found, []))


@st.composite
def programs(draw: Callable) -> str:
    """The text of a function of an array with three entries."""
    last = draw(st.sampled_from(["a * b + c + np.sum(y)", "a + 2 * b - c", "np.sum(y * y) + a"]))
    lines = ["a, b = float(x[0]), float(x[1] * x[2])", "c, y = 1.5, x.copy()", *draw(_statements(2)), f"return {last}"]
    return "\n".join(["def f(x):", *_indented(lines)])


def compiled(text: str) -> Callable:
    """The function."""
    import bisect

    space = {"np": np, "math": math, "bisect": bisect}
    exec(compile(text, "<random program>", "exec"), space)
    return space["f"]
