"""Programs that turn hot: kernels by themselves, in a thread, and no harm at the end of the process or in a fork."""

import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import adpy
from adpy.errors import ArgumentError
from adpy.program import heat


@pytest.fixture
def hot(monkeypatch):
    """Everything is hot at once."""
    monkeypatch.setenv("ADPY_SPECIALIZE", "")
    monkeypatch.setattr(heat, "HOT", 0.0)
    monkeypatch.setattr(heat, "INSTRUCTION", 0.0)


def function(x):
    total = 0.0
    for i in range(len(x) - 1):
        total = total + (x[i + 1] - x[i] ** 2) ** 2
    return total + np.sum(np.exp(-x * x))


X = np.linspace(-1.0, 1.0, 30)


def kernels(p):
    return p.stats()["recordings"][0].get("kernels", {})


def wait_for(condition):
    until = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_hot_programs_get_kernels(hot):
    p = adpy.record(function, X)
    assert kernels(p)["state"] in ("interpreted", "compiling")
    expected = adpy.grad(function)(X)
    for _ in range(3):
        np.testing.assert_allclose(p.gradient(X), expected, rtol=1e-12)

    def compiled():
        p.gradient(X)  # a sweep that was not hot by itself is compiled when it is needed
        return set(kernels(p).get("compiled", ())) >= {"value", "adjoint"}

    wait_for(compiled)
    assert "interpreters" in kernels(p)["trigger"]
    np.testing.assert_allclose(p.gradient(X), expected, rtol=1e-12)
    np.testing.assert_allclose(p.hvp(X, X), adpy.hvp(function)(X, X), rtol=1e-11)
    wait_for(lambda: "second" in kernels(p)["compiled"])
    np.testing.assert_allclose(p.hvp(X, X), adpy.hvp(function)(X, X), rtol=1e-11)


def test_many_threads_while_kernels_are_made(hot):
    p = adpy.record(function, X)
    points = np.random.default_rng(0).uniform(-1, 1, (4, 30))
    expected = [adpy.grad(function)(x) for x in points]
    failures = []

    def work(k):
        try:
            while kernels(p)["state"] != "compiled":
                np.testing.assert_allclose(p.gradient(points[k]), expected[k], rtol=1e-11)
            for _ in range(50):
                np.testing.assert_allclose(p.gradient(points[k]), expected[k], rtol=1e-11)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


@pytest.mark.parametrize("specialize", [False, "never"])
def test_never(hot, specialize):
    p = adpy.compile(function, specialize=specialize)
    p.gradient(X)
    p.gradient(X)
    assert kernels(p) == {}


def test_switched_off_by_the_environment(hot, monkeypatch):
    monkeypatch.setenv("ADPY_SPECIALIZE", "never")
    p = adpy.record(function, X)
    p.gradient(X)
    assert kernels(p) == {}


def test_what_fails_stays_with_the_interpreters(hot, monkeypatch):
    from adpy.program import codegen

    def refuse(*args):
        raise ValueError("no kernels today")

    monkeypatch.setattr(codegen, "roll", refuse)
    p = adpy.record(function, X)
    p.gradient(X)
    wait_for(lambda: kernels(p)["state"] == "failed")
    assert kernels(p)["failure"] == "ValueError: no kernels today"
    np.testing.assert_allclose(p.gradient(X), adpy.grad(function)(X), rtol=1e-12)


def test_arguments():
    with pytest.raises(ArgumentError, match="specialize"):
        adpy.compile(function, specialize="often")


END = """
import os
import sys
import numpy as np
import adpy
from adpy.program import heat
heat.HOT = heat.INSTRUCTION = 0.0
def function(x):
    total = 0.0
    for i in range(300):
        total = total + np.sin(x[i % 7] * i) * x[i % 3]
    return total + np.sum(np.exp(-x * x))
programs = [adpy.record(lambda x, k=k: function(x) * k, np.ones(7)) for k in range(4)]
for p in programs:
    p.gradient(np.ones(7))
if sys.argv[1] == "fork":
    child = os.fork()
    if not child:
        p = adpy.record(lambda x: x * x * x, 2.0, specialize=True)
        print("child", p.gradient(3.0), flush=True)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
print("done", flush=True)
"""


@pytest.mark.parametrize("how", ["end", "fork"])
def test_the_process_ends_or_forks_while_kernels_are_made(how):
    if how == "fork" and not hasattr(os, "fork"):
        pytest.skip("no forks here")
    environment = os.environ | {"ADPY_SPECIALIZE": ""}
    found = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", END, how], capture_output=True, text=True, timeout=100, env=environment
    )
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.split("\n")[-2] == "done"
    assert how == "end" or "child 27.0" in found.stdout
