"""Plans of loops: from what is measured, the same when a killed run goes on, and told to those who ask."""

import logging
import os
import random

import numpy as np
import pytest

import adpy
from adpy.checkpoint import planning
from adpy.checkpoint.schedules import Binomial, CoarseOnline, FullStorage, Multistage, Online, Shielded, simulate
from adpy.checkpoint.storage import DiskStorage
from adpy.errors import ArgumentError, StorageFullError
from tests.checkpoint import killed
from tests.checkpoint.test_resume import Stop, every_event, files_in, in_process, run, stopping  # noqa: F401

X = np.linspace(0.0, 1.0, 9) ** 2


def gradient(storage=None, callback=None, steps=120, **more):
    def function(u):
        return np.sum(
            adpy.checkpoint.loop(killed.heat, u, steps, params=0.2, storage=storage, callback=callback, **more)
        )

    return adpy.grad(function)(X)


@pytest.fixture
def pretend(monkeypatch):
    """Have steps and storage take so many seconds."""
    calls = []

    def set_seconds(step, write, read):
        calls.clear()

        def steps(*ignored):
            calls.append("step")
            return step

        def storage(*ignored):
            calls.append("storage")
            return write, read

        monkeypatch.setattr(planning, "step_seconds", steps)
        monkeypatch.setattr(planning, "storage_seconds", storage)
        return calls

    return set_seconds


def folder_of(path, **more):
    return DiskStorage(path, sync=False, **more)


def schedule_in(path, **more):
    """The schedule that a loop follows."""
    events = []
    with folder_of(path, **more.pop("folder", {})) as storage:
        gradient(storage, events.append, **more)
    return events[-1].schedule


def test_the_schedule_is_that_of_least_time(tmp_path, pretend):
    pretend(step=100.0, write=1.0, read=1.0)
    many = schedule_in(tmp_path, memory=1600)
    assert many.places["disk"] > 10 and many.places["ram"] == 2
    assert many.forward_steps < 2 * Binomial(120, 20).forward_steps
    pretend(step=1.0, write=1000.0, read=1000.0)
    assert schedule_in(tmp_path, memory=1600).places == {"ram": 2}
    pretend(step=100.0, write=1.0, read=1.0)
    assert schedule_in(tmp_path, memory=1600, folder={"limit": "6 kB"}).places["disk"] <= 3
    ample = schedule_in(tmp_path, memory="1 MB")
    assert isinstance(ample, Shielded) and ample.forward_steps == 239 and 50 <= ample.copies < 120
    assert "copies on disk" in ample.describe() and "predicted" in ample.describe()


def test_a_run_that_goes_on_follows_the_first_plan(tmp_path, pretend):
    expected = gradient(memory=1600)
    pretend(step=100.0, write=1.0, read=1.0)
    seen = []

    def note(event):
        seen.append(event)
        stopping("reverse", 60)(event)

    with folder_of(tmp_path) as storage, pytest.raises(Stop):
        gradient(storage, note, memory=1600)
    assert "named-plan.npy" in files_in(tmp_path)
    calls = pretend(step=1.0, write=1000.0, read=1000.0)
    events = []
    with folder_of(tmp_path) as storage:
        found = gradient(storage, events.append, memory=1600)
    assert calls == []
    assert events[-1].schedule.describe() == seen[-1].schedule.describe()
    assert events[-1].advanced < seen[-1].advances / 2
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("damage", ["gone", "cut"])
def test_a_plan_that_is_lost_is_made_anew(tmp_path, pretend, damage, caplog):
    expected = gradient(memory=1600)
    pretend(step=100.0, write=1.0, read=1.0)
    with folder_of(tmp_path) as storage, pytest.raises(Stop):
        gradient(storage, stopping("reverse", 60), memory=1600)
    path = tmp_path / "named-plan.npy"
    path.unlink() if damage == "gone" else os.truncate(path, 100)
    calls = pretend(step=1.0, write=1000.0, read=1000.0)
    with folder_of(tmp_path) as storage:
        np.testing.assert_allclose(gradient(storage, memory=1600), expected, rtol=1e-12)
    assert calls == ["step", "storage"]


def test_another_budget_holds_at_once(tmp_path, pretend):
    pretend(step=100.0, write=1.0, read=1.0)
    with folder_of(tmp_path) as storage, pytest.raises(Stop):
        gradient(storage, stopping("reverse", 60), memory="1 MB")
    events = []
    with folder_of(tmp_path) as storage:
        gradient(storage, events.append, memory=1600)
    assert events[-1].schedule.places["ram"] == 2


def test_short_runs_leave_the_disk_alone(tmp_path):
    stored = []

    class Noting(DiskStorage):
        def store(self, key, arrays, info=None):
            stored.append(key)
            super().store(key, arrays, info)

    with Noting(tmp_path, sync=False) as storage:
        gradient(storage)
    assert stored == ["end"]


def test_little_memory_and_an_ample_disk(tmp_path, pretend):
    pretend(step=1.0, write=1e-3, read=1e-3)
    assert set(schedule_in(tmp_path, memory=10).places) == {"disk"}
    with folder_of(tmp_path, limit=500) as storage, pytest.raises(StorageFullError, match="too little"):
        gradient(storage)


def test_an_unknown_number_of_steps(tmp_path, pretend):
    pretend(step=1.0, write=1e-3, read=1e-3)
    events = []
    with folder_of(tmp_path) as storage:
        value, c_bar = adpy.value_and_grad(lambda c: killed.ending(c, X[:5], storage, events.append))(0.2)
    assert isinstance(events[-1].schedule, CoarseOnline)
    plain = adpy.value_and_grad(lambda c: killed.ending(c, X[:5], None, None))(0.2)
    assert (value, c_bar) == pytest.approx(plain, rel=1e-12)
    assert (events[-1].steps, events[-1].reversed) == (100, 100)


@pytest.mark.skipif(os.name != "posix", reason="no SIGKILL")
@pytest.mark.parametrize("case", killed.PLANNED)
def test_a_killed_run_goes_on(tmp_path, case, monkeypatch):
    monkeypatch.setattr(planning, "storage_seconds", killed.at_once)
    expected = in_process(tmp_path / "whole", case)
    assert run(tmp_path / "killed", case, "file", 60) is None
    assert len(files_in(tmp_path / "killed")) > 4
    assert in_process(tmp_path / "killed", case) == expected


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="no SIGKILL")
@pytest.mark.parametrize("case", killed.PLANNED)
def test_a_run_that_is_killed_again_and_again_ends_with_the_same_bits(tmp_path, case, monkeypatch):
    monkeypatch.setattr(planning, "storage_seconds", killed.at_once)
    rng = random.Random(case)
    expected = in_process(tmp_path / "whole", case)
    found, kills = None, 0
    while found is None:
        found = run(tmp_path / "killed", case, rng.choice(["file", "named", "step"]), rng.randint(30, 100))
        kills += found is None
    assert found == expected
    assert kills > 2


# ---- telling it


def test_the_log_tells_the_schedule(caplog):
    with caplog.at_level(logging.INFO, "adpy.checkpoint"):
        gradient(snapshots=5)
    assert "Binomial checkpointing (revolve) with 5 snapshots" in caplog.text
    assert "at most 5 snapshots" in caplog.text


def test_the_schedule_beforehand():
    found = adpy.checkpoint.plan(killed.heat, X, 120, params=0.2, memory=1600)
    assert found.places == {"ram": 2} and found.forward_steps == Binomial(120, 2).forward_steps
    assert found.setting.costs.step > 0.0 and found.setting.costs.adjoint > 0.0
    assert "predicted" in found.describe()
    np.testing.assert_allclose(gradient(schedule=found), gradient(snapshots=2), rtol=1e-13)
    simulate(found)


def test_the_schedule_beforehand_with_losses_and_arguments():
    found = adpy.checkpoint.plan(
        killed.walk, *killed.first_walk(X[:3])[:1], 60, params=0.1, args=np.ones((60, 3)), snapshots=4
    )
    assert found.places == {"ram": 4}
    assert adpy.checkpoint.plan(killed.heat, X, 9, params=0.2, loss=killed.miss, args=None).forward_steps == 17
    assert adpy.checkpoint.plan(lambda u, n: u * 0.5, 1.0, 1).forward_steps == 1


def test_the_schedule_beforehand_in_a_folder(tmp_path, pretend):
    pretend(step=100.0, write=1.0, read=1.0)
    found = adpy.checkpoint.plan(killed.heat, X, 120, params=0.2, memory=1600, storage=tmp_path)
    assert found.describe().splitlines()[:4] == schedule_in(tmp_path, memory=1600).describe().splitlines()[:4]
    assert files_in(tmp_path) == []
    with folder_of(tmp_path) as storage, pytest.raises(Stop):
        gradient(storage, stopping("reverse", 60), memory=1600)
    left = files_in(tmp_path)
    pretend(step=1.0, write=1000.0, read=1000.0)
    assert adpy.checkpoint.plan(killed.heat, X, 120, params=0.2, storage=tmp_path).places == found.places
    assert files_in(tmp_path) == left


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"step": 3}, "step"),
        ({"steps": 0}, "steps"),
        ({"args": np.ones(3)}, "args"),
        ({"memory": 10}, "memory"),
        ({"snapshots": 3, "memory": "1 GB"}, "memory"),
    ],
)
def test_bad_arguments(change, name):
    given = {"step": killed.heat, "state": X, "steps": 120, "params": 0.2} | change
    with pytest.raises(ArgumentError) as caught:
        adpy.checkpoint.plan(given.pop("step"), given.pop("state"), given.pop("steps"), **given)
    assert caught.value.argument == name


def test_traced_values_are_refused():
    with pytest.raises(ArgumentError, match="plain values"):
        adpy.grad(lambda u: adpy.checkpoint.plan(killed.heat, u, 9, params=0.2))(X)


@pytest.mark.parametrize("schedule", [FullStorage(120, "disk"), Multistage(120, 2, 3), Binomial(120, 3, "disk")])
def test_places_that_are_not_there(schedule, tmp_path):
    with pytest.raises(ArgumentError) as caught:
        gradient(schedule=schedule)
    assert caught.value.argument == "schedule"
    if schedule.records:
        with pytest.raises(ArgumentError, match="adjoint data in memory"):
            gradient(tmp_path, schedule=schedule)


def test_schedules_that_expect_snapshots_are_refused():
    schedule = Online(4, held=[0, 5, 9])
    with pytest.raises(ArgumentError, match="begins without snapshots"):
        adpy.checkpoint.while_loop(lambda x, n: n < 20, lambda x, n: 1.1 * x, 1.0, schedule=schedule)
