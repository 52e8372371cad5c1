"""Progress: what callbacks, logs and bars are told, and when; expected remaining time."""

import io
import logging
import math
import sys

import pytest

import adpy
from adpy.checkpoint import progress as module
from adpy.checkpoint.progress import Progress
from adpy.checkpoint.schedules import FullStorage
from adpy.errors import ArgumentError, OptionalDependencyError


class Clock:
    def __init__(self, monkeypatch):
        self.now = 100.0
        monkeypatch.setattr(module.time, "perf_counter", self)

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def run(progress, clock, steps=4, extra=2, step_time=1.0, adjoint_time=5.0):
    for i in range(steps - 1):
        clock.now += step_time
        progress.advanced(i + 1)
    for i in reversed(range(steps)):
        if extra and i < steps - 1:
            clock.now += extra * step_time
            progress.advanced(i, extra)
        clock.now += adjoint_time
        progress.reversed(i)
    progress.close()
    progress.close()


def test_events(clock):
    events = []
    run(Progress(4, 3 + 6, callback=events.append, interval=0.0), clock)
    assert [event.phase for event in events] == ["forward"] * 3 + ["reverse"] * 7 + ["done"]
    # Steps that are run again do not move the adjoint.
    assert [event.step for event in events] == [1, 2, 3, 3, 3, 2, 2, 1, 1, 0, 0]
    last = events[-1]
    assert (last.advanced, last.advances, last.reversed, last.steps) == (9, 9, 4, 4)
    assert last.seconds == 9.0 + 20.0 and last.remaining == 0.0 and last.fraction == 1.0
    assert str(events[3]) == "reverse: step 3 of 4, 8.0 s, 21.0 s to go"
    assert str(last) == "done: step 0 of 4, 29.0 s"


def test_remaining_work_is_exact_once_both_costs_were_seen(clock):
    events = []
    run(Progress(4, 9, callback=events.append, interval=0.0), clock)
    for event in events[3:]:
        assert event.seconds + event.remaining == pytest.approx(29.0)
    # Before, an adjoint counts as three steps.
    assert events[0].remaining == pytest.approx(8 + 4 * 3.0)


def test_unknown_length(clock):
    events = []
    progress = Progress(None, callback=events.append, interval=0.0)
    clock.now += 1.0
    progress.advanced(10, 10)
    assert events[-1].remaining is None and events[-1].fraction is None
    assert str(events[-1]) == "forward: step 10 of ?, 1.0 s"
    progress.expect(20, 30)
    clock.now += 1.0
    progress.advanced(20, 10)
    assert events[-1].remaining == pytest.approx(0.1 * 10 + 0.3 * 20)


def test_not_more_often_than_asked_for(clock):
    events = []
    progress = Progress(1000, 1000, callback=events.append, interval=2.0)
    for i in range(1000):
        clock.now += 0.01
        progress.advanced(i)
    assert 5 <= len(events) <= 6
    progress.reversed(999)
    assert events[-1].phase == "reverse"


def test_log(clock, caplog):
    with caplog.at_level(logging.INFO, "adpy.checkpoint"):
        progress = Progress(100, 100, log_interval=10.0)
        for i in range(1, 26):
            clock.now += 1.0
            progress.advanced(i)
        progress.reversed(99)
        progress.close()
    assert [record.message.split(",")[0] for record in caplog.records] == [
        "forward: step 10 of 100",
        "forward: step 20 of 100",
        "reverse: step 99 of 100",
        "done: step 99 of 100",
    ]


def test_a_callback_may_end_it(clock):
    def stop(event):
        raise KeyboardInterrupt

    progress = Progress(3, 3, callback=stop)
    with pytest.raises(KeyboardInterrupt):
        progress.advanced(1)
    progress.abandon()


def test_arguments(monkeypatch):
    with pytest.raises(ArgumentError, match="callback: expected a callable"):
        Progress(3, callback=3)
    monkeypatch.setitem(sys.modules, "tqdm", None)
    with pytest.raises(OptionalDependencyError, match=r"adpy\[progress\]"):
        Progress(3, bar=True)


def test_bar(clock, monkeypatch):
    pytest.importorskip("tqdm")
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    run(Progress(4, 9, bar="Burgers", interval=0.0), clock)
    text = written.getvalue()
    assert "Burgers: 100%" in text and "13.0/13.0" in text and "done 0" in text and "reverse 2" in text


def test_steps_that_are_recorded_on_the_way_forward(clock):
    events = []
    progress = Progress(4, 0, callback=events.append, interval=0.0)
    for step in (1, 2, 3, 4):
        clock.now += 2.0
        progress.recorded(step)
    for step in (3, 2, 1, 0):
        clock.now += 3.0
        progress.reversed(step)
    progress.close()
    assert [(event.phase, event.step) for event in events[:5]] == [
        *[("forward", n) for n in (1, 2, 3, 4)],
        ("reverse", 3),
    ]
    assert events[1].remaining == 2 * 2.0 + 4 * 3 * 2.0  # two more to record; an adjoint counts as three steps
    assert events[4].remaining == 3 * 3.0
    assert events[-1].advanced == 0


def test_full_storage_tells_its_way_forward(monkeypatch):
    monkeypatch.setattr(Progress.__init__, "__kwdefaults__", {**Progress.__init__.__kwdefaults__, "interval": 0.0})
    events = []

    def f(x):
        return adpy.checkpoint.loop(lambda x, n: math.sin(x), x, 5, schedule=FullStorage(5), callback=events.append)

    adpy.grad(f)(0.3)
    assert [event.step for event in events if event.phase == "forward"] == [1, 2, 3, 4, 5]
    assert events[-1].reversed == 5
