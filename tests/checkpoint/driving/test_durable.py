"""Durable runs of loops of unknown length, with every schedule, and what is left when the disk is full."""

import numpy as np
import pytest

import adpy
from adpy.checkpoint.schedules import (
    BlockedOnline,
    CoarseOnline,
    FullStorage,
    MinimalRepetition,
    Mixed,
    Online,
    Shielded,
)
from adpy.checkpoint.storage import DiskStorage
from adpy.errors import ArgumentError, StorageFullError
from tests.checkpoint import killed
from tests.checkpoint.test_resume import (  # noqa: F401
    Stop,
    damaged,
    every_event,
    files_in,
    gradients,
    snapshots,
    stopping,
    storage_in,
)

X = np.linspace(0.1, 1.0, 5)
SETTINGS = {
    "planned": {},
    "snapshots": {"snapshots": 4},
    "online": {"schedule": Online(5, "disk")},
    "in memory": {"schedule": Online(5)},
    "minimal repetition": {"schedule": MinimalRepetition(5, "disk")},
    "on a grid": {"schedule": CoarseOnline(3, 4, 7)},
    "in groups": {"schedule": BlockedOnline(Online(5, "disk"), 4)},
}
STOPS = [("forward", 1), ("forward", 55), ("reverse", 99), ("reverse", 40), ("reverse", 1)]


def eagerly(state, n, c):
    x, t = killed.decay(state, n, c)
    return x.astype(np.float32).astype(float), t


def lost(state, n, c):
    return np.sum(state[0] ** 2) * c


def gradient(folder, callback=None, step=killed.decay, **more):
    """Of a loop that ends after 100 steps."""

    def function(c, x):
        last, total, seen = adpy.checkpoint.while_loop(
            killed.lasts,
            step,
            (x, 0.0),
            params=c,
            loss=lost,
            collect=killed.first_entry,
            storage=folder and storage_in(folder),
            callback=callback,
            **more,
        )
        return np.sum(last[0] ** 2) + total + np.sum(seen**3)

    value, (c_bar, x_bar) = adpy.value_and_grad(function, argnums=(0, 1))(0.3, X)
    return value, c_bar, x_bar.tobytes()


@pytest.mark.parametrize("name", SETTINGS)
def test_a_loop_of_unknown_length_goes_on(tmp_path, name):
    settings = SETTINGS[name]
    expected = gradient(tmp_path / "whole", **settings)
    assert files_in(tmp_path / "whole") == []
    plain = gradient(None)
    assert expected[:2] == pytest.approx(plain[:2], rel=1e-12)
    np.testing.assert_allclose(np.frombuffer(expected[2]), np.frombuffer(plain[2]), rtol=1e-12)
    for stop in (("forward", 55), ("reverse", 40)):
        with pytest.raises(Stop):
            gradient(tmp_path / "stopped", stopping(*stop), **settings)
        events = []
        assert gradient(tmp_path / "stopped", events.append, **settings) == expected
        assert events[-1].steps == 100
        if stop[0] == "reverse":
            assert events[-1].reversed <= stop[1]


def test_stopped_at_all_of_them(tmp_path):
    expected = gradient(tmp_path / "whole", snapshots=4)
    for stop in STOPS:
        with pytest.raises(Stop):
            gradient(tmp_path / "stopped", stopping(*stop), snapshots=4)
    events = []
    assert gradient(tmp_path / "stopped", events.append, snapshots=4) == expected
    assert events[-1].advanced == 0


def test_steps_that_are_not_recorded(tmp_path):
    expected = gradient(tmp_path / "whole", step=eagerly, snapshots=4)
    assert expected[:2] == pytest.approx(gradient(None, step=eagerly)[:2], rel=1e-6)
    for stop in (("forward", 55), ("reverse", 40)):
        with pytest.raises(Stop):
            gradient(tmp_path / "stopped", stopping(*stop), step=eagerly, snapshots=4)
        assert gradient(tmp_path / "stopped", step=eagerly, snapshots=4) == expected


@pytest.mark.parametrize("how", ["gone", "cut", "bit"])
@pytest.mark.parametrize("stop", [("forward", 60), ("reverse", 40)])
def test_lost_files_are_made_again(tmp_path, how, stop):
    expected = gradient(tmp_path / "whole", snapshots=4)
    for name in ("step-*", "named-outputs-*", "named-end*", "named-adjoint*"):
        folder = tmp_path / name.replace("*", "")
        with pytest.raises(Stop):
            gradient(folder, stopping(*stop), snapshots=4)
        for path in folder.glob(name):
            damaged(path, how)
        assert gradient(folder, snapshots=4) == expected


def test_second_derivatives(tmp_path):
    def slope(folder):
        def function(c):
            last = adpy.checkpoint.while_loop(
                killed.lasts, killed.decay, (X, 0.0), params=c, snapshots=4, storage=folder and storage_in(folder)
            )
            return np.sum(last[0] ** 2)

        return adpy.hvp(function)(0.3, 1.0)

    assert slope(tmp_path) == pytest.approx(slope(None), rel=1e-11)


@pytest.mark.parametrize("schedule", [FullStorage(120), Mixed(120, 8), Shielded(Mixed(120, 8), 20)])
def test_adjoint_data_that_is_lost(tmp_path, schedule):
    def gradient(folder, callback=None):
        def function(u):
            return np.sum(
                adpy.checkpoint.loop(
                    killed.heat, u, 120, params=0.2, schedule=schedule, storage=storage_in(folder), callback=callback
                )
            )

        return adpy.grad(function)(X)

    expected = gradient(tmp_path / "whole")
    for stop in (("forward", 50), ("reverse", 119), ("reverse", 60), ("reverse", 1)):
        if isinstance(schedule, FullStorage) and stop[0] == "forward":
            continue  # nothing is run without being recorded
        with pytest.raises(Stop):
            gradient(tmp_path / "stopped", stopping(*stop))
        events = []
        np.testing.assert_array_equal(gradient(tmp_path / "stopped", events.append), expected)
        assert events[-1].advanced < 4 * 120


@pytest.mark.parametrize(
    ("case", "when"), [("heat", ("forward", 40)), ("heat", ("reverse", 80)), ("walk", ("reverse", 40))]
)
def test_a_disk_that_fills_up_while_it_runs(tmp_path, case, when, monkeypatch):
    with storage_in(tmp_path / "whole") as storage:
        expected = gradients(case, storage)
    room = [1 << 30]
    monkeypatch.setattr(DiskStorage, "free_space", property(lambda self: room[0]))

    def fill(event):
        phase, step = when
        if event.phase == phase and (event.step >= step if phase == "forward" else event.step <= step):
            room[0] = 0

    with storage_in(tmp_path / "full") as storage, pytest.raises(StorageFullError, match="0 are available"):
        gradients(case, storage, fill)
    assert snapshots(tmp_path / "full")
    room[0] = 1 << 30
    events = []
    with storage_in(tmp_path / "full") as storage:
        assert gradients(case, storage, events.append) == expected
    if when[0] == "reverse":
        assert events[-1].reversed <= when[1] + 1


def test_bad_arguments(tmp_path):
    with pytest.raises(ArgumentError, match="storage"):
        adpy.grad(lambda c: adpy.checkpoint.while_loop(killed.lasts, killed.decay, (X, 0.0), params=c, storage=3)[1])(
            0.1
        )
