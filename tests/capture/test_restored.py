"""Nothing is patched before or after a trace, whatever happens in it."""

import asyncio
import cmath
import contextvars
import importlib
import math
import sys
import threading
import types

import numpy as np
import pytest
from numpy import array, zeros

from adpy import capture
from tests.capture.complexstep import Frame, tangent

HERE = sys.modules[__name__]
MODULES = [
    sys.modules["_frozen_importlib"],
    np,
    np.linalg,
    np.lib._function_base_impl,
    np._core.numeric,
    math,
    cmath,
    HERE,
]
BEFORE = [dict(vars(module)) for module in MODULES]


def untouched():
    """Is every name in NumPy, math and this module what it was?"""
    for module, before in zip(MODULES, BEFORE, strict=True):
        now = vars(module)
        changed = [name for name, value in before.items() if now.get(name, None) is not value]
        if changed:
            return f"{module.__name__}: {changed}"
    return True


def filling(x):
    assert isinstance(np.zeros, types.FunctionType)  # of NumPy, it is built in
    u = zeros(3)
    u[0], u[1] = math.sin(x[0]), np.array([x[1], 1.0]).sum()
    return u.sum() + np.apply_along_axis(np.sum, 0, x * x)


@pytest.fixture(autouse=True)
def check():
    BEFORE[-1].update(vars(HERE))
    assert untouched() is True
    yield
    assert untouched() is True
    assert capture.frame() is None


X = np.array([0.3, 0.7])


@pytest.mark.parametrize("level", [0, 1, 2])
def test_after_a_trace(level):
    assert tangent(filling, X, level=level)[0] == pytest.approx(math.cos(0.3) + 1 + 2 * 0.3 + 2 * 0.7)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit])
@pytest.mark.parametrize("level", [0, 2])
def test_after_an_exception(error, level):
    def failing(x):
        filling(x)
        raise error

    with pytest.raises(error):
        tangent(failing, X, level=level)


def test_in_a_suspended_generator():
    def running():
        for _ in range(3):
            u = np.zeros(2)
            yield type(u)

    generators = []

    def starting(x):
        generators.append(running())
        assert next(generators[0]) is not np.ndarray
        return filling(x)

    tangent(starting, X)
    assert untouched() is True
    assert next(generators[0]) is np.ndarray


def test_a_generator_that_traces_and_is_abandoned():
    def tracing():
        with capture.tracing(Frame(), filling):
            yield

    generator = tracing()
    next(generator)
    assert capture.frame() is not None
    generator.close()
    assert capture.frame() is None


def test_an_abandoned_trace_in_another_context():
    contexts = [contextvars.copy_context() for _ in range(2)]
    trace = capture.tracing(Frame(), filling)
    contexts[0].run(trace.__enter__)
    assert capture.frame() is None
    contexts[1].run(trace.__exit__)
    assert untouched() is True


def test_interrupted_at_the_very_start_of_exit():
    """A KeyboardInterrupt may be delivered before the first instruction of __exit__."""

    def interrupt(frame, event, arg):
        if frame.f_code.co_name == "__exit__" and frame.f_code.co_filename.endswith("tracing.py"):
            sys.settrace(None)
            raise KeyboardInterrupt
        return None

    def run():
        with capture.tracing(Frame(), filling):
            sys.settrace(interrupt)

    previous = sys.gettrace()
    try:
        with pytest.raises(KeyboardInterrupt):
            run()
    finally:
        sys.settrace(previous)


def test_nested():
    def outer(x):
        inner = tangent(lambda y: np.array([y[0], 2.0])[0] * math.sqrt(y[1]), X)[0]
        assert type(zeros(2)) is not np.ndarray
        return inner * filling(x)

    tangent(outer, X)


def test_a_name_rebound_by_the_function_stays_rebound():
    def mine(*args):
        return [0.0] * 3

    def rebinding(x):
        global zeros
        zeros = mine
        return x[0] * 2

    assert zeros is BEFORE[-1]["zeros"]
    kept = zeros
    try:
        tangent(rebinding, X)
        assert globals()["zeros"] is mine
        filling_again = tangent(lambda x: zeros(3)[0] + x[0], X)[0]
        assert filling_again == 1.0
    finally:
        globals()["zeros"] = kept


def test_a_helper_redefined_between_traces():
    def calling(x):
        return helper(x)  # noqa: F821  (made below)

    globals()["helper"] = lambda x: x[0] * 2
    assert tangent(calling, X)[0] == 2.0
    globals()["helper"] = lambda x: np.ones(3)[0] * math.exp(x[0])
    assert tangent(calling, X)[0] == pytest.approx(math.exp(0.3))
    del globals()["helper"]


def test_modules_imported_during_a_trace_are_healed(tmp_path, monkeypatch):
    (tmp_path / "late_module.py").write_text(
        "from numpy import *\nfrom math import sin as sine\nimport numpy as np\n"
        "DATA = np.zeros(3)\nassert type(DATA) is np.ndarray and type(sine(0.5)) is float\n"
        "def f(x):\n    u = zeros(2)\n    u[0] = sine(x[0])\n    return u.sum()\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))

    def importing(x):
        assert np.zeros is not math.sin
        return importlib.import_module("late_module").f(x)

    try:
        assert tangent(importing, X)[0] == pytest.approx(math.cos(0.3))
        module = sys.modules["late_module"]
        assert module.zeros is np.zeros and module.sine is math.sin and module.array is array
        assert tangent(module.f, X)[0] == pytest.approx(math.cos(0.3))
        assert module.zeros is np.zeros
    finally:
        sys.modules.pop("late_module", None)


def test_a_replacement_that_leaks_is_plain_numpy():
    leaked = []

    def leaking(x):
        leaked.append((np.zeros, np.array, math.sin, np.sum))
        return x[0]

    tangent(leaking, X)
    make, convert, sine, total = leaked[0]
    assert make is not np.zeros
    assert type(make(3)) is np.ndarray and type(convert([1.0])) is np.ndarray
    assert sine(0.5) == math.sin(0.5) and total([1.0, 2.0]) == 3.0
    with pytest.raises(TypeError):
        make()
    with pytest.raises(TypeError):
        sine("a")


def test_threads_see_plain_numpy():
    """Eight threads trace beside eight that do not."""
    errors, stop = [], threading.Event()

    def plain():
        while not stop.is_set():
            u = np.zeros(3)
            v = np.array([1.0, math.sin(0.5)])
            if type(u) is not np.ndarray or type(v) is not np.ndarray or type(math.exp(1)) is not float:
                errors.append(type(u))

    def traced(level):
        try:
            for i in range(12):
                x = np.array([0.1 * i, 0.7])
                got = tangent(filling, x, level=level)[0]
                assert got == pytest.approx(math.cos(0.1 * i) + 1 + 2 * (0.1 * i + 0.7))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=plain) for _ in range(8)]
    tracing = [threading.Thread(target=traced, args=(i % 3,)) for i in range(8)]
    for thread in threads + tracing:
        thread.start()
    for thread in tracing:
        thread.join()
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []


def test_tasks_of_an_event_loop_are_separate():
    async def tracing():
        with capture.tracing(Frame(), filling):
            assert type(np.zeros(2)) is not np.ndarray
            await asyncio.sleep(0)
            assert type(np.zeros(2)) is not np.ndarray

    async def plain():
        for _ in range(5):
            assert type(np.zeros(2)) is np.ndarray
            await asyncio.sleep(0)

    async def both():
        await asyncio.gather(tracing(), plain(), tracing(), plain())

    asyncio.run(both())


def test_paused_and_lowered():
    frame = Frame()
    with capture.tracing(frame, filling):
        assert capture.frame() is frame
        with capture.paused():
            assert capture.frame() is None
            assert type(np.zeros(2)) is np.ndarray
            with capture.lowered(frame):
                assert type(np.zeros(2)) is not np.ndarray
        assert capture.frame() is frame
