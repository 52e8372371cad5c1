"""Patterns over all branches."""

import math

import numpy as np
import pytest

import adpy
from adpy.errors import ArgumentError
from adpy.sparse.detection.all_branches import global_pattern
from tests.sparse.detection.harness import mask


def upwind(u):
    v = np.zeros_like(u)
    for i in range(1, len(u) - 1):
        if u[i] > 0:
            v[i] = u[i] * (u[i] - u[i - 1])
        else:
            v[i] = u[i] * (u[i + 1] - u[i])
    return v


def nested(x):
    if x[0] > 0:
        if x[1] > 0:
            return x[2:4] * x[0]
        return x[3:5] + 0.0
    y = x[4] if x[5] <= 1.0 else x[5]
    return np.array([y, x[6] * max(x[0], x[1])])


def masked(x):
    y = x * 1.0
    y[x > 0] = x[::-1][x > 0] ** 2
    if (x < -5).any():
        y += x[0]
    return y


def loop(x):
    s, t = x[0], x[1]
    while s > 1.0:
        s, t = s / 2, t * x[2]
    return s * t


def everywhere(function, points):
    """Nonzeros at all points together."""
    return np.any([adpy.jacobian(function)(x) != 0 for x in points], axis=0)


@pytest.mark.parametrize(("function", "n"), [(upwind, 7), (nested, 7), (masked, 6), (loop, 3)])
def test_covers_all_points(function, n):
    rng = np.random.default_rng(3)
    points = [rng.uniform(-2.0, 2.0, n) for _ in range(60)]
    expected = everywhere(function, points)
    for x in points[:5]:
        pattern = global_pattern(function)
        found = mask(pattern(x)).reshape(expected.shape)
        assert not (expected & ~found).any()
        assert pattern.uncovered == [] or function is masked  # masks of two places that differ do not fit


def test_no_more_than_the_branches():
    assert np.array_equal(mask(global_pattern(upwind)(np.ones(5))), everywhere(upwind, [np.ones(5), -np.ones(5)]))


def test_second_derivatives():
    def f(x):
        return x[0] * x[1] if x[2] > 0 else x[1] ** 2 * x[3]

    expected = np.zeros((4, 4), bool)
    expected[[0, 1, 1, 1, 3], [1, 0, 1, 3, 1]] = True
    for x in (np.ones(4), -np.ones(4)):
        assert np.array_equal(mask(global_pattern(f, derivative="hessian")(x)), expected)


def test_what_cannot_be_recorded_is_named():
    def f(x):
        if x[0] > 0:
            return math.log(x[0]) * x[1]
        if x[1] > 5.0:
            return x
        return x[2] * 1.0

    pattern = global_pattern(f)
    found = pattern(np.array([-1.0, 2.0, 3.0]))
    assert found.shape == (1, 3) and found.indices.tolist() == [2]
    assert any("ValueError" in reason for reason in pattern.uncovered)
    assert any("a result of 3 numbers" in reason for reason in pattern.uncovered)
    assert all("test_all_branches.py" in reason for reason in pattern.uncovered)


def test_loops_end():
    def f(x):
        n = 0
        while x[0] + n < 3.0:
            n += 1
        while True:
            if x[1] < 100.0:
                break
            x = x * 1.0
        return x[0] * n

    pattern = global_pattern(f)
    assert pattern(np.array([0.5, 2.0])).indices.tolist() == [0]


def test_many_places_are_bounded():
    source = "def f(x):\n    s = x[0] * 1.0\n"
    source += "".join(f"    s = s + (x[{i}] if x[{i}] > 0 else x[{i + 1}])\n" for i in range(40))
    scope = {}
    exec(compile(source + "    return s\n", "many_places.py", "exec"), scope)
    pattern = global_pattern(scope["f"])
    assert pattern(np.ones(41)).nnz >= 40
    assert pattern.uncovered


def test_refusals():
    with pytest.raises(ArgumentError, match="derivative"):
        global_pattern(upwind, derivative="gradient")
    with pytest.raises(ArgumentError, match="floating-point"):
        global_pattern(upwind)(3)
