"""Killed runs go on, and end with the same bits; lost snapshots are computed again; other problems are refused."""

import contextlib
import io
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import adpy
from adpy.checkpoint import schedules
from adpy.checkpoint.progress import Progress
from adpy.checkpoint.storage import DiskStorage
from adpy.errors import ArgumentError, ResumeError, StorageFullError
from tests.checkpoint import killed

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def every_event(monkeypatch):
    """Callbacks hear of every action."""
    monkeypatch.setitem(Progress.__init__.__kwdefaults__, "interval", 0.0)


def in_process(folder, case):
    written = io.StringIO()
    with contextlib.redirect_stdout(written):
        killed.main(folder, case)
    return written.getvalue()


def start(folder, case, event, count):
    command = [sys.executable, "-m", "tests.checkpoint.killed", str(folder), case, event, str(count)]
    given = {**os.environ, "PYTHONPATH": str(ROOT), "ADPY_KERNELS": "wait", "ADPY_SPECIALIZE": "never"}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env=given, stdout=pipe, stderr=pipe, text=True)


def run(*arguments):
    """What a process wrote, or None if it was killed."""
    process = start(*arguments)
    out, errors = process.communicate()
    assert process.returncode in (0, -signal.SIGKILL), errors
    return out if process.returncode == 0 else None


def files_in(folder):
    return sorted(name for name in os.listdir(folder) if name != "lock")


@pytest.mark.skipif(os.name != "posix", reason="no SIGKILL")
def test_a_killed_run_goes_on(tmp_path):
    expected = in_process(tmp_path / "whole", "heat")
    folder = tmp_path / "killed"
    assert run(folder, "heat", "file", 40) is None
    left = files_in(folder)
    assert "named-end.npy" in left and any(name.endswith(".tmp") for name in left)
    assert in_process(folder, "heat") == expected
    assert files_in(folder) == []


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="no SIGKILL")
@pytest.mark.parametrize("case", killed.CASES)
@pytest.mark.parametrize("seed", [0, 1])
def test_a_run_that_is_killed_again_and_again_ends_with_the_same_bits(tmp_path, case, seed):
    rng = random.Random(f"{case} {seed}")
    expected = in_process(tmp_path / "whole", case)
    found, kills = None, 0
    while found is None:
        event = rng.choice(["file", "named", "step"])
        found = run(tmp_path / "killed", case, event, rng.randint(1, 40))
        kills += found is None
    assert found == expected
    assert kills > 2


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="no SIGKILL")
def test_a_run_that_is_killed_from_outside(tmp_path):
    rng = random.Random(3)
    expected = in_process(tmp_path / "whole", "walk")
    for _ in range(4):
        process = start(tmp_path / "killed", "walk", "never", 0)
        while process.poll() is None and not os.path.exists(tmp_path / "killed" / "problem.json"):
            time.sleep(0.01)
        time.sleep(0.3 * rng.random())
        process.kill()
        process.communicate()
    assert run(tmp_path / "killed", "walk", "never", 0) == expected


# ---- within one process: a callback stops the loop


class Stop(Exception):
    pass


def stopping(phase, step):
    def callback(event):
        if event.phase == phase and (event.step >= step if phase == "forward" else event.step <= step):
            raise Stop

    return callback


def storage_in(folder, **more):
    return DiskStorage(folder, sync=False, interval=0.0, **more)


def gradients(case, storage, callback=None):
    function, x = killed.CASES[case]
    found = adpy.value_and_grad(lambda c, x: function(c, x, storage, callback), argnums=(0, 1))(0.2, x)
    return found[0], found[1][0], found[1][1].tobytes()


@pytest.fixture(scope="module", params=list(killed.CASES))
def whole(request, tmp_path_factory):
    with storage_in(tmp_path_factory.mktemp("whole")) as storage:
        return request.param, gradients(request.param, storage)


STOPS = [("forward", 10), ("forward", 55), ("reverse", 58), ("reverse", 31), ("reverse", 1)]


@pytest.mark.parametrize("stop", STOPS)
def test_stopped_anywhere(tmp_path, whole, stop):
    case, expected = whole
    with storage_in(tmp_path) as storage, pytest.raises(Stop):
        gradients(case, storage, stopping(*stop))
    with storage_in(tmp_path) as storage:
        assert gradients(case, storage) == expected
    assert files_in(tmp_path) == []


def test_the_plain_loop_gives_the_same(whole):
    case, expected = whole
    if case == "walk":
        x, c = killed.CASES["walk"][1], 0.2
        state, pushes = killed.first_walk(x)
        for n in range(60):
            state = killed.walk(state, n, c, pushes[n])
        assert np.sum(state["x"] ** 2) * state["t"] + state["turns"] == pytest.approx(expected[0], rel=1e-12)


@pytest.mark.slow
def test_stopped_at_all_of_them(tmp_path, whole):
    case, expected = whole
    for stop in STOPS:
        with storage_in(tmp_path) as storage, pytest.raises(Stop):
            gradients(case, storage, stopping(*stop))
    with storage_in(tmp_path, compress=True) as storage:
        assert gradients(case, storage) == expected


@pytest.mark.slow
def test_without_a_disk_the_result_is_the_same(whole):
    case, expected = whole
    found = gradients(case, None)
    np.testing.assert_allclose(found[:2], expected[:2], rtol=1e-13)
    np.testing.assert_allclose(np.frombuffer(found[2]), np.frombuffer(expected[2]), rtol=1e-12)


def steps_after(case, folder):
    """Steps that are run when a run goes on."""
    events = []
    with storage_in(folder) as storage:
        found = gradients(case, storage, events.append)
    return found, events[-1].advanced


@pytest.mark.slow
def test_what_is_done_is_not_done_again(tmp_path, whole):
    case, expected = whole
    events = []
    with storage_in(tmp_path / "a") as storage:
        gradients(case, storage, events.append)
    with storage_in(tmp_path / "b") as storage, pytest.raises(Stop):
        gradients(case, storage, stopping("reverse", 20))
    found, advanced = steps_after(case, tmp_path / "b")
    assert found == expected
    assert advanced < events[-1].advanced / 2


def snapshots(folder):
    return sorted(path for path in Path(folder).iterdir() if path.name.startswith("step-"))


def damaged(path, how):
    if how == "gone":
        path.unlink()
    elif how == "cut":
        os.truncate(path, path.stat().st_size // 2)
    else:
        data = bytearray(path.read_bytes())
        data[100] ^= 4
        path.write_bytes(data)


LOST = [("first", "cut"), ("last", "bit"), ("all", "gone"), ("all", "cut")]


@pytest.mark.parametrize(("which", "how"), LOST)
def test_lost_snapshots_are_computed_again(tmp_path, whole, which, how, caplog):
    case, expected = whole
    with storage_in(tmp_path) as storage, pytest.raises(Stop):
        gradients(case, storage, stopping("reverse", 40))
    found = snapshots(tmp_path)
    assert len(found) > 1
    for path in {"first": found[:1], "last": found[-1:], "all": found}[which]:
        damaged(path, how)
    with storage_in(tmp_path) as storage:
        assert gradients(case, storage) == expected
    if (which, how) == ("all", "cut"):
        assert "is of no use" in caplog.text


@pytest.mark.slow
@pytest.mark.parametrize("how", ["gone", "bit"])
@pytest.mark.parametrize("name", ["named-end.npy", "named-adjoint.npy", "named-outputs-*", "problem.json"])
def test_lost_pieces_of_the_trail(tmp_path, whole, how, name):
    case, expected = whole
    with storage_in(tmp_path) as storage, pytest.raises(Stop):
        gradients(case, storage, stopping("reverse", 40))
    for path in list(tmp_path.glob(name))[1 if "outputs" in name else 0 :]:
        damaged(path, how)
    with storage_in(tmp_path) as storage:
        assert gradients(case, storage) == expected


def test_snapshots_that_get_lost_while_it_runs(tmp_path, whole):
    case, expected = whole
    rng = random.Random(1)

    def spoil(event):
        if event.phase == "reverse" and event.step % 3 == 0:
            for path in snapshots(tmp_path):
                if rng.random() < 0.5:
                    damaged(path, rng.choice(["gone", "cut", "bit"]))

    with storage_in(tmp_path) as storage:
        assert gradients(case, storage, spoil) == expected


def test_a_full_disk_loses_nothing(tmp_path, whole, monkeypatch):
    case, expected = whole
    with storage_in(tmp_path) as storage, monkeypatch.context() as patch:
        store = DiskStorage.store

        def full(self, key, arrays, info=None):
            if isinstance(key, int) and key > 40:
                raise StorageFullError(self.folder, 1000, 0, "No space left on device")
            store(self, key, arrays, info)

        patch.setattr(DiskStorage, "store", full)
        with pytest.raises(StorageFullError, match="No space left"):
            gradients(case, storage)
    assert len(snapshots(tmp_path)) >= 2
    with storage_in(tmp_path) as storage:
        assert gradients(case, storage) == expected


def test_other_problems_are_refused(tmp_path):
    function, x = killed.CASES["heat"]

    def gradient(c, x, **more):
        with storage_in(tmp_path, **more) as storage:
            return adpy.grad(lambda c: function(c, x, storage, None))(c)

    with storage_in(tmp_path) as storage, pytest.raises(Stop):
        adpy.grad(lambda c: function(c, x, storage, stopping("reverse", 100)))(0.2)
    left = files_in(tmp_path)
    with pytest.raises(ResumeError, match="params"):
        gradient(0.3, x)
    with pytest.raises(ResumeError, match="state"):
        gradient(0.2, x + 1.0)
    with pytest.raises(ResumeError, match="key was None and is 'v2'"):
        gradient(0.2, x, key="v2")
    assert files_in(tmp_path) == left
    expected = adpy.grad(lambda c: function(c, x, None, None))(0.3)
    assert gradient(0.3, x, replace=True) == pytest.approx(expected, rel=1e-12)


def test_other_functions_are_refused(tmp_path):
    def runs(rate, callback=None):
        def step(u, n):
            return u * rate + 0.1

        with storage_in(tmp_path) as storage:
            f = lambda u: adpy.checkpoint.loop(step, u, 50, snapshots=3, storage=storage, callback=callback)  # noqa: E731
            return adpy.grad(f)(1.0)

    with pytest.raises(Stop):
        runs(0.9, stopping("forward", 20))
    with pytest.raises(ResumeError, match="step"):
        runs(0.8)
    assert runs(0.9) == pytest.approx(0.9**50, rel=1e-12)


def test_other_cotangents_begin_the_way_back_anew(tmp_path):
    def gradient(weight, callback=None):
        with storage_in(tmp_path) as storage:
            return adpy.grad(
                lambda u: (
                    weight
                    * np.sum(
                        adpy.checkpoint.loop(
                            killed.heat, u, 60, params=0.2, snapshots=4, storage=storage, callback=callback
                        )
                    )
                )
            )(killed.CASES["heat"][1])

    with pytest.raises(Stop):
        gradient(1.0, stopping("reverse", 20))
    twice = gradient(2.0)
    np.testing.assert_allclose(twice, 2.0 * gradient(1.0), rtol=1e-13)


@pytest.mark.slow
def test_second_derivatives_on_disk(tmp_path):
    function, x = killed.CASES["heat"]
    with storage_in(tmp_path) as storage:
        ours = adpy.hvp(lambda x: function(0.2, x, storage, None))(x, np.cos(x))
        slope = adpy.jvp(lambda x: function(0.2, x, storage, None), (x,), (np.cos(x),))[1]
    np.testing.assert_allclose(ours, adpy.hvp(lambda x: function(0.2, x, None, None))(x, np.cos(x)), rtol=1e-11)
    assert slope == pytest.approx(adpy.grad(lambda x: function(0.2, x, None, None))(x) @ np.cos(x), rel=1e-12)


def test_a_path_will_do(tmp_path):
    function, x = killed.CASES["heat"]
    f = lambda x: function(0.2, x, tmp_path / "new", None)  # noqa: E731
    np.testing.assert_allclose(adpy.grad(f)(x), adpy.grad(lambda x: function(0.2, x, None, None))(x), rtol=1e-12)
    assert f(x) == pytest.approx(function(0.2, x, None, None))
    with pytest.raises(ArgumentError, match="storage: expected a path or a DiskStorage, got int"):
        function(0.2, x, 3, None)


def test_a_small_disk_is_refused_at_once(tmp_path):
    function, x = killed.CASES["heat"]
    with storage_in(tmp_path, limit=500) as storage, pytest.raises(StorageFullError, match="too little"):
        adpy.grad(lambda u: np.sum(adpy.checkpoint.loop(killed.heat, u, 50, params=0.2, storage=storage)))(x)


@pytest.mark.parametrize("stop", [("forward", 60), ("reverse", 119), ("reverse", 70)])
def test_another_schedule_may_go_on(tmp_path, stop):
    def gradient(folder, callback=None, **more):
        with storage_in(folder) as storage:
            return adpy.grad(
                lambda u: np.sum(
                    adpy.checkpoint.loop(killed.heat, u, 120, params=0.2, storage=storage, callback=callback, **more)
                )
            )(killed.CASES["heat"][1])

    others = [
        {"snapshots": 3},
        {"schedule": schedules.Multistage(120, 2, 4)},
        {"schedule": schedules.Periodic(120, 25, place="disk")},
        {"schedule": schedules.Mixed(120, 6)},
        {},
    ]
    if stop[0] == "reverse":  # it has no steps that are not recorded
        others.append({"schedule": schedules.FullStorage(120)})
    expected = gradient(tmp_path / "whole")
    for i, (first, second) in enumerate(zip(others, [*others[1:], others[0]])):
        folder = tmp_path / str(i)
        with pytest.raises(Stop):
            gradient(folder, stopping(*stop), **first)
        np.testing.assert_array_equal(gradient(folder, **second), expected)


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "inside"):
        with pytest.raises(ArgumentError, match="folder: expected a path for a folder, got .* where there is a file"):
            DiskStorage(path)
