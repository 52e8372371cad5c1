"""Random piecewise linear programs, continuous and not, at points where much ties."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import strategies as st

__all__ = ["DIRECTIONS", "POINTS", "continuous", "steps"]

N = 3
POINTS = st.lists(st.integers(-1, 1), min_size=N, max_size=N).map(lambda x: np.array(x, float))
DIRECTIONS = st.lists(st.integers(-3, 3), min_size=N, max_size=N).map(lambda x: np.array(x, float))


def _absolute(x, y):
    return np.abs(x)


def _larger(x, y):
    return np.maximum(x, y)


def _smaller(x, y):
    return np.minimum(x, 2.0 * y)


def _clipped(x, y):
    return np.clip(x, -1.0, np.abs(y))


def _masked(x, y):
    return np.where(x > y, x, y)


def _rectified(x, y):
    return np.where(x >= 0, x, 0.0) - np.fmax(y, 0.0)


def _sorted(x, y):
    return np.sort(x)


def _sum(x, y):
    return x + y


def _difference(x, y):
    return x - 2.0 * y


def _spread(x, y):
    return x * 0 + np.max(x) - np.median(y)


def _norms(x, y):
    return y + np.linalg.norm(x, 1) - np.linalg.norm(y, np.inf)


def _loop(x, y):
    out = np.zeros(N)
    for i in range(N):
        out[i] = x[i] if x[i] > y[i - 1] else y[i - 1]
        out[i] += abs(float.__neg__(1.0) * x[i - 1])
    return out


def _scan(x, y):
    return np.maximum.accumulate(x) - np.min(y)


def _python(x, y):
    return np.array([max(x[0], y[1]), min(x[1], y[2], 0.0), abs(x[2])])


def _chosen(x, y):
    return x[np.argmax(x)] + np.roll(y, 1)


def _in_place(x, y):
    out = x.copy()
    out[out < 0] *= 2.0
    out -= y
    return out


def _interpolated(x, y):
    return np.interp(x, [-1.0, 0.0, 1.0], [1.0, 0.0, 3.0]) + y


CONTINUOUS = [
    *(_absolute, _larger, _smaller, _clipped, _masked, _rectified, _sorted, _sum, _difference, _spread, _norms),
    *(_loop, _scan, _python, _chosen, _in_place, _interpolated),
]


def _floored(x, y):
    return np.floor(x) + y


def _signed(x, y):
    return np.sign(x) * 2.0 - y


def _remainder(x, y):
    return np.remainder(x, 2.0) - y


def _branch(x, y):
    return x + 1.0 if x[0] > y[0] else x - y


def _sawtooth(x, y):
    return np.array([v - int(v) for v in x]) + y


def _positions(x, y):
    return x * np.argsort(x) + y


JUMPING = [_floored, _signed, _remainder, _branch, _sawtooth, _positions]


def _program(operations) -> st.SearchStrategy[Callable]:
    step = st.tuples(st.sampled_from(operations), st.integers(0, 4), st.integers(0, 4))

    def program(chosen):
        def run(x):
            values = [x]
            for operation, i, j in chosen:
                values.append(operation(values[-1 - i % len(values)], values[-1 - j % len(values)]))
            return values[-1]

        run.__name__ = " ".join(f"{o.__name__}({i},{j})" for o, i, j in chosen)
        return run

    return st.lists(step, min_size=1, max_size=6).map(program)


continuous = _program(CONTINUOUS)
steps = _program(CONTINUOUS + JUMPING)
