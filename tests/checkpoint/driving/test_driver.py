"""The driver with every kind of schedule: gradients, and how many steps are run."""

import numpy as np
import pytest

import adpy
from adpy.checkpoint import problem
from adpy.checkpoint.schedules import (
    Binomial,
    DiskRevolve,
    FullStorage,
    HRevolve,
    MinimalRepetition,
    Mixed,
    Multistage,
    Online,
    Periodic,
    simulate,
)
from adpy.checkpoint.stepping.machine import Machine
from adpy.checkpoint.storage import DiskStorage
from tests.checkpoint.test_loop import close

STEPS = 23
SCHEDULES = {
    "binomial": Binomial(STEPS, 4),
    "full": FullStorage(STEPS),
    "mixed": Mixed(STEPS, 4),
    "periodic": Periodic(STEPS, 5),
    "online": Online(4),
    "minimal repetition": MinimalRepetition(3),
}
DISK = {
    "multistage": Multistage(STEPS, 2, 3),
    "H-Revolve": HRevolve(STEPS, 2, 3),
    "disk-Revolve": DiskRevolve(STEPS, 3),
    "binomial on disk": Binomial(STEPS, 4, "disk"),
}
X, P = np.linspace(0.0, 1.0, 6), 0.3


def step(x, n, p):
    return x + p * np.sin(np.roll(x, 1)) + 0.01 * n


def branching(x, n, p):
    return step(x, n, p) if n % 3 else x * p


def eager(x, n, p):
    return (x + p * np.sin(x)).astype(np.float32)


def by_hand(step):
    def function(x, p):
        for n in range(STEPS):
            x = step(x, n, p)
        return np.sum(x**2)

    return function


def by_loop(step, **settings):
    return lambda x, p: np.sum(adpy.checkpoint.loop(step, x, STEPS, params=p, **settings) ** 2)


@pytest.fixture
def counted(monkeypatch):
    """How many steps each machine has run."""
    machines = []

    class Counting(Machine):
        def __init__(self, *args):
            super().__init__(*args)
            machines.append(self)

    monkeypatch.setattr(problem, "Machine", Counting)
    return lambda: [machine.steps for machine in machines]


@pytest.mark.parametrize("step", [step, branching], ids=["one recording", "branches"])
@pytest.mark.parametrize("name", SCHEDULES)
def test_in_memory(name, step, counted):
    schedule = SCHEDULES[name]
    found = adpy.grad(by_loop(step, schedule=schedule), (0, 1))(X, P)
    close(found, adpy.grad(by_hand(step), (0, 1))(X, P))
    assert counted() == [simulate(schedule, STEPS).forward_steps]


@pytest.mark.parametrize("name", SCHEDULES)
def test_without_recordings(name, counted):
    schedule, x = SCHEDULES[name], X.astype(np.float32)
    found = adpy.grad(by_loop(eager, schedule=schedule))(x, P)
    close(found, adpy.grad(by_hand(eager))(x, P), 1e-5)
    assert counted() == [simulate(schedule, STEPS).forward_steps]


@pytest.mark.parametrize("name", DISK)
def test_on_disk(name, tmp_path, counted):
    schedule = DISK[name]
    with DiskStorage(tmp_path, sync=False) as storage:
        found = adpy.grad(by_loop(step, schedule=schedule, storage=storage), (0, 1))(X, P)
    close(found, adpy.grad(by_hand(step), (0, 1))(X, P))
    assert counted() == [simulate(schedule, STEPS).forward_steps]


def test_a_schedule_can_be_used_again():
    schedule = Online(3)
    gradient = adpy.grad(by_loop(step, schedule=schedule))
    close(gradient(X, P), gradient(X, P), 0.0)
    twice = by_loop(lambda x, n, p: adpy.checkpoint.loop(step, x, 4, params=p, schedule=schedule), schedule=schedule)
    plain = by_hand(lambda x, n, p: step(step(step(step(x, 0, p), 1, p), 2, p), 3, p))
    close(adpy.grad(twice)(X, P), adpy.grad(plain)(X, P))


def test_rows_of_binomial_schedules_are_their_actions():
    from adpy.checkpoint.driving.queue import Queue, _encoded, _Slots
    from adpy.checkpoint.driving.rows import BinomialRows

    for steps in (0, 1, 2, 3, 10, 57, 333):
        for snapshots in (1, 2, 3, 8, 30):
            schedule = Binomial(steps, snapshots)
            expected = _encoded(list(schedule), _Slots())
            expected = expected[expected[:, 0] >= 0]
            rows, source = [], BinomialRows(steps, schedule.snapshots)
            while len(some := source.next(17)):
                rows.append(some)
            found = np.concatenate(rows) if rows else np.zeros((0, 3), int)
            np.testing.assert_array_equal(found[:, [0, 2]], expected[:, [0, 2]])
            queue, actions = Queue(schedule), []
            while queue.fill():
                actions.append(queue.action)
                queue.at += 1
            assert actions == list(schedule)[:-1] or steps == 0


def test_a_long_loop_in_little_memory():
    import tracemalloc

    def step(x, n):
        return x - 0.001 * np.sin(x)

    def function(x):
        return np.sum(adpy.checkpoint.loop(step, x, 100_000, snapshots=20))

    x = np.linspace(0.0, 3.0, 100)
    adpy.grad(function)(x)
    tracemalloc.start()
    try:
        gradient = adpy.grad(function)(x)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2e6
    end = np.array([adpy.checkpoint.loop(step, np.array([v]), 1, snapshots=1)[0] for v in x])
    assert gradient.shape == end.shape
    np.testing.assert_allclose(gradient[0], (1 - 0.001) ** 100_000, rtol=1e-9)
