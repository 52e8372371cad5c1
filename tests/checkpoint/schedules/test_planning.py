"""Plans keep within memory and disk, are the best of what they compare, and say so."""

import pytest

from adpy.checkpoint.schedules import (
    Binomial,
    CoarseHRevolve,
    DiskRevolve,
    FullStorage,
    HRevolve,
    Online,
    plan,
    simulate,
)
from adpy.checkpoint.schedules.describing import format_seconds
from adpy.errors import ArgumentError

MB = 10**6


def used(schedule, state, record):
    """Bytes of memory at most: snapshots, adjoint data kept, and that of what is reversed at once."""
    snapshots = schedule.places.get("ram", 0) * state
    spanned = schedule.span * record if schedule.span > 1 else 0
    return snapshots + schedule.records.get("ram", 0) * record + spanned


@pytest.mark.parametrize("steps", [0, 1, 2, 100, 5000, 10**6])
@pytest.mark.parametrize("memory", [1 * MB, 10 * MB, 500 * MB])
@pytest.mark.parametrize("disk", [0, 20 * MB])
@pytest.mark.parametrize("record", [None, 1 * MB, 3 * MB])
def test_plans_keep_within_what_there_is(steps, memory, disk, record):
    schedule = plan(steps, step_seconds=1e-5, state_bytes=MB, memory=memory, disk=disk, record_bytes=record)
    assert used(schedule, MB, record or 0) <= memory
    assert schedule.places.get("disk", 0) * MB <= disk
    if steps <= 5000:
        simulate(schedule)
    assert schedule.title in schedule.describe()


def test_full_storage_where_all_fits():
    schedule = plan(100, step_seconds=1.0, state_bytes=MB, memory=200 * MB, record_bytes=MB)
    assert isinstance(schedule, FullStorage)


def test_binomial_in_memory_only():
    schedule = plan(1000, step_seconds=1.0, state_bytes=MB, memory=10 * MB)
    assert isinstance(schedule, Binomial)
    assert schedule.forward_steps == 4636


def test_disk_where_steps_are_slow():
    slow = plan(1000, step_seconds=1.0, state_bytes=MB, memory=10 * MB, disk="50 MB")
    assert slow.places["disk"] > 10 and slow.forward_steps < 4636
    even = plan(1000, step_seconds=0.01, state_bytes=MB, memory=10 * MB, disk="50 MB", write_seconds=0.05)
    assert isinstance(even, HRevolve) and slow.forward_steps < even.forward_steps < 4636
    ample = plan(1000, step_seconds=0.01, state_bytes=MB, memory=10 * MB, disk="2 GB", write_seconds=0.05)
    assert isinstance(ample, DiskRevolve) and ample.forward_steps < even.forward_steps
    fast = plan(1000, step_seconds=1e-6, state_bytes=MB, memory=10 * MB, disk="1 GB", write_seconds=1.0)
    assert "disk" not in fast.places


def test_many_steps_on_disk():
    """More steps than tables are made for: disk is used where it helps, and the more of it the better."""
    times, slow = [], {"write_seconds": 1.0, "read_seconds": 1.0}
    for disk in (0, 10 * MB, 30 * MB, "1 GB"):
        schedule = plan(10**5, step_seconds=0.05, state_bytes=MB, memory=5 * MB, disk=disk, **slow)
        times.append(schedule.setting.seconds(schedule.counts(), schedule.span))
    assert isinstance(schedule, CoarseHRevolve) and schedule.places["disk"] > 100
    assert times == sorted(times, reverse=True) and times[-1] < 0.5 * times[0]


def test_memory_and_disk_of_many_states():
    schedule = plan(50_000, step_seconds=0.01, state_bytes=MB, memory=500 * MB, disk="200 MB", write_seconds=0.1)
    assert schedule.places["ram"] <= 500 and schedule.places.get("disk", 0) <= 200


def test_disk_alone():
    assert plan(100, step_seconds=1.0, state_bytes=MB, memory=0, disk=5 * MB).places == {"disk": 5}


def test_groups_where_steps_are_short():
    schedule = plan(10**6, step_seconds=1e-6, state_bytes=1000, memory="1 MB", record_bytes=1000)
    assert schedule.span > 1
    single = plan(10**6, step_seconds=1e-6, state_bytes=1000, memory="1 MB")
    seconds = [s.setting.seconds(s.counts(), s.span) for s in (schedule, single)]
    assert seconds[0] < seconds[1]


def test_more_memory_is_never_predicted_slower():
    times = []
    for memory in (2, 5, 10, 30, 100, 300, 1000):
        schedule = plan(2000, step_seconds=1e-3, state_bytes=MB, memory=memory * MB, disk=20 * MB, record_bytes=2 * MB)
        times.append(schedule.setting.seconds(schedule.counts(), schedule.span))
    assert all(b <= a * 1.0001 for a, b in zip(times, times[1:]))


def test_unknown_length():
    schedule = plan(None, step_seconds=1.0, state_bytes=MB, memory=10 * MB, disk=100 * MB)
    assert isinstance(schedule, Online) and schedule.places == {"ram": 10}
    assert "unknown until the loop ends" in schedule.describe()
    simulate(schedule, 50)
    assert "50;" in schedule.describe()
    assert plan(None, step_seconds=1.0, state_bytes=MB, memory=MB, disk=100 * MB).places == {"disk": 100}
    assert plan(None, step_seconds=1.0, state_bytes=MB, memory=3 * MB).places == {"ram": 3}


def test_the_prediction_is_the_cost_of_the_counts():
    schedule = plan(
        100,
        step_seconds=2.0,
        adjoint_seconds=3.0,
        state_bytes=5000,
        memory=5 * 5000,
        action_seconds=0.0,
    )
    copies = sum(schedule.counts().stores.values()) + sum(schedule.counts().restores.values())
    expected = 416 * 2.0 + 100 * 3.0 + copies * 1e-6
    assert schedule.setting.seconds(schedule.counts(), 1) == pytest.approx(expected)
    assert "18.9 min predicted; 2.26 times" in schedule.describe()


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"memory": "much"}, "memory"),
        ({"memory": "2 XB"}, "memory"),
        ({"memory": -1}, "memory"),
        ({"memory": None}, "memory"),
        ({"memory": "1.2.3 MB"}, "memory"),
        ({"memory": 10}, "memory"),
        ({"disk": "1 parsec"}, "disk"),
        ({"state_bytes": 0}, "state_bytes"),
        ({"step_seconds": -1.0}, "step"),
        ({"adjoint_seconds": float("nan")}, "adjoint"),
        ({"steps": -1}, "steps"),
        ({"steps": None, "memory": 0}, "memory"),
    ],
)
def test_bad_arguments(changed, name):
    arguments = {"steps": 10, "step_seconds": 1.0, "state_bytes": 1000, "memory": "1 MB", **changed}
    with pytest.raises(ArgumentError) as caught:
        plan(arguments.pop("steps"), **arguments)
    assert caught.value.argument == name


def test_times_for_people():
    times = [format_seconds(t) for t in (0.0, 2.0, 600.0, 7200.0, 864000.0)]
    assert times == ["0 ms", "2 s", "10 min", "2 h", "10 days"]
