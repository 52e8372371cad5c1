"""Kept memory never shows: what a user still holds is not written over, and the limit is kept."""

import threading

import numpy as np

import adpy
from adpy import workspace

SIZE = 4 * workspace.LARGE


def chain(x):
    y = np.exp(-x * x)
    z = np.sin(y) * x / (1 + y)
    return (z * z).sum()


def test_values_the_user_holds_stay(monkeypatch):
    held = []

    def f(x):
        y = np.exp(x)
        held.append(adpy.stop_gradient(y))
        return (y * np.sin(y)).sum()

    x = np.linspace(0, 1, SIZE)
    first = adpy.grad(f)(x)
    copy = first.copy(), np.asarray(held[0]).copy()
    for _ in range(3):
        adpy.grad(f)(x + 1)
    np.testing.assert_array_equal(first, copy[0])
    np.testing.assert_array_equal(np.asarray(held[0]), copy[1])


def test_a_pullback_keeps_its_values():
    x = np.linspace(0, 1, SIZE)
    _, pullback = adpy.vjp(chain, x)
    (expected,) = pullback(1.0)
    expected = expected.copy()
    for shift in range(3):
        adpy.grad(chain)(x + shift)
    np.testing.assert_array_equal(pullback(1.0)[0], expected)


def test_results_do_not_depend_on_kept_memory():
    x = np.linspace(0.5, 1, SIZE)
    workspace.clear()
    first = adpy.grad(chain)(x)
    for _ in range(3):
        np.testing.assert_array_equal(adpy.grad(chain)(x), first)


def test_the_limit_is_kept(monkeypatch):
    workspace.clear()
    monkeypatch.setattr(workspace, "limit", 2 * SIZE * 8)
    adpy.grad(chain)(np.linspace(0, 1, SIZE))
    assert workspace._kept <= 2 * SIZE * 8
    monkeypatch.setattr(workspace, "limit", 0)
    workspace.clear()
    adpy.grad(chain)(np.linspace(0, 1, SIZE))
    assert workspace._kept == 0


def test_threads():
    x = np.linspace(0, 1, SIZE)
    expected = adpy.grad(chain)(x)
    wrong = []

    def work():
        for _ in range(5):
            if not np.array_equal(adpy.grad(chain)(x), expected):
                wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong
