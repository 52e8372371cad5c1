"""Memory of many directions, used again only when nobody else has it."""

import numpy as np
import pytest

import adpy
from adpy import workspace
from adpy.forward.arena import PER_SHAPE, SMALLEST, Arena

SHAPE = (SMALLEST,)


@pytest.fixture(autouse=True)
def empty_workspace():
    workspace.clear()
    yield
    workspace.clear()


def test_dropped_arrays_come_back():
    arena = Arena()
    first = arena.empty(SHAPE)
    address = first.ctypes.data
    second = arena.empty(SHAPE)
    assert second.ctypes.data != address
    del first
    assert arena.empty(SHAPE).ctypes.data == address


def test_an_array_with_a_view_is_kept():
    arena = Arena()
    view = arena.empty(SHAPE)[::2]
    view[:] = 7.0
    for _ in range(2 * PER_SHAPE):
        arena.empty(SHAPE)[:] = 0.0
    assert (view == 7.0).all()


def test_memory_goes_to_the_next_pass_unless_it_is_used():
    arena = Arena()
    kept, dropped = arena.empty(SHAPE), arena.empty(SHAPE)
    address = dropped.ctypes.data
    del dropped
    arena.close()
    following = Arena()
    assert following.empty(SHAPE).ctypes.data == address
    assert not np.shares_memory(following.empty(SHAPE), kept)


def test_no_more_than_a_few_arrays_are_kept():
    arena = Arena()
    held = [arena.empty(SHAPE) for _ in range(3 * PER_SHAPE)]
    assert len(arena.arrays[SHAPE]) == PER_SHAPE
    assert len({array.ctypes.data for array in held}) == len(held)


def test_jacobians_do_not_share_memory():
    table = np.random.default_rng(0).standard_normal((90, 90))

    def f(x):
        return np.tanh(table @ x) * x

    x = np.linspace(0.1, 1.0, 90)
    jacobian = adpy.jacobian(f, mode="forward")
    first = jacobian(x)
    copy = first.copy()
    others = [jacobian(x + i) for i in range(3)]
    np.testing.assert_array_equal(first, copy)
    assert not any(np.shares_memory(first, other) for other in others)


def test_values_kept_in_lists_and_views_stay_right():
    def f(x):
        history, y = [], x
        for i in range(12):
            y = np.sin(y) * 1.1 + (history[i // 2] if i > 3 else 0.0)
            history.append(y[::-1] if i % 2 else y)
        return np.stack(history) + history[0]

    x = np.linspace(0.1, 1.0, 70)
    columns = [adpy.jvp(f, x, unit)[1] for unit in np.eye(70)]
    np.testing.assert_allclose(adpy.jacobian(f, mode="forward")(x), np.stack(columns, -1), rtol=1e-12)
