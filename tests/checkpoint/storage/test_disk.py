"""Snapshots on disk: plain files, damage found, full disks, limits, problems, locks."""

import errno
import gzip
import os
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp

from adpy.checkpoint.storage import DiskStorage, describe_problem, files
from adpy.errors import ArgumentError, ResumeError, SnapshotError, StorageFullError

NAMED = np.dtype([("größe", "f8"), ("m", "i4", (2,)), ("inner", [("a", "f4"), ("b", "?")])])


def state(fill, n=5):
    return [
        np.full((n, 2), float(fill)),
        np.array(fill),
        np.array([True, False]),
        np.zeros((0, 3)),
        np.array([1 + 2j], np.complex64),
        np.array(["2024-01-01"], "datetime64[D]"),
        np.ones(2, NAMED),
    ]


def assert_equal(a, b):
    assert len(a) == len(b)
    for x, y in zip(a, b):
        assert x.dtype == y.dtype and x.shape == y.shape and x.tobytes() == y.tobytes()


@pytest.fixture(params=[False, True], ids=["plain", "compressed"])
def storage(request, tmp_path):
    with DiskStorage(tmp_path / "snapshots", compress=request.param, sync=False) as made:
        yield made


def only_file(storage):
    (name,) = [name for name in os.listdir(storage.folder) if ".npy" in name]
    return os.path.join(storage.folder, name)


def test_snapshots_come_back(storage):
    for step in (3, 0, 10**9):
        storage.store(step, state(step))
    storage.store("adjoint", state(7), info={"step": 3})
    for step in (3, 0, 10**9):
        assert_equal(storage.restore(step), state(step))
    assert_equal(storage.restore("adjoint"), state(7))
    assert storage.info("adjoint") == {"step": 3} and storage.info(3) is None
    assert storage.steps() == [0, 3, 10**9] and len(storage) == 4
    out = state(0)
    assert all(a is b for a, b in zip(storage.restore(3, out), out) if a.flags.c_contiguous)
    assert_equal(out, state(3))
    storage.free(3)
    storage.free(3)
    with pytest.raises(SnapshotError, match="snapshot of step 3 in .*: there is none"):
        storage.restore(3)
    assert storage.bytes == sum(
        os.path.getsize(os.path.join(storage.folder, n)) for n in os.listdir(storage.folder) if ".npy" in n
    )


@settings(deadline=None, max_examples=60)
@given(hnp.arrays(hnp.scalar_dtypes(), hnp.array_shapes(min_dims=0, min_side=0)))
def test_every_dtype(tmp_path_factory, array):
    path = str(tmp_path_factory.mktemp("files") / "one.npy")
    files.write(path, [array, array.T], {}, sync=False)
    assert_equal(files.read_arrays(path), [array, np.ascontiguousarray(array.T).reshape(array.T.shape)])


def test_files_are_numpys(tmp_path):
    with DiskStorage(tmp_path, sync=False) as plain:
        plain.store(4, state(4))
        with open(only_file(plain), "rb") as file:
            assert_equal([np.load(file, allow_pickle=False) for _ in state(4)], state(4))
    with DiskStorage(tmp_path, compress=9, sync=False) as small:
        small.clear()
        small.store(4, [np.zeros(10_000)])
        assert small.bytes < 1000
        with open(only_file(small), "rb") as file:
            length = files._description(file)[1]
            file.seek(0)
            np.testing.assert_array_equal(np.load(gzip.GzipFile(fileobj=files._Reader(file, length))), np.zeros(10_000))


def test_another_process_finds_them(tmp_path):
    with DiskStorage(tmp_path) as storage:
        assert not storage.begin({"steps": 3})
        storage.store(1, state(1))
    (tmp_path / "step-000000000002.npy.tmp").write_bytes(b"begun")
    (tmp_path / "notes.txt").write_text("mine")
    with DiskStorage(tmp_path) as storage:
        assert storage.begin({"steps": 3})
        assert storage.steps() == [1]
        assert_equal(storage.restore(1), state(1))
        storage.finish()
        assert storage.bytes == 0
    assert sorted(os.listdir(tmp_path)) == ["lock", "notes.txt"]


def test_damage_is_found_wherever_it_is(storage, caplog):
    arrays = state(1, n=40)
    storage.store(2, arrays)
    path = only_file(storage)
    with open(path, "rb") as file:
        good = file.read()
    rng = random.Random(0)
    positions = [*range(len(good) - 60, len(good)), *rng.sample(range(len(good) - 60), 200)]
    for position in positions:
        bad = bytearray(good)
        bad[position] ^= 1 << rng.randrange(8)
        with open(path, "wb") as file:
            file.write(bad)
        with pytest.raises(files.Damaged):
            files.read_arrays(path)
    for length in [0, 1, 39, 40, *rng.sample(range(len(good)), 50), len(good) - 1]:
        with open(path, "wb") as file:
            file.write(good[:length])
        with pytest.raises(files.Damaged):
            files.read_arrays(path)
    with pytest.raises(SnapshotError, match="snapshot of step 2 in .*npy.*: it is cut short") as caught:
        storage.restore(2, state(0, n=40))
    assert caught.value.key == 2 and caught.value.place == path
    assert "is of no use" in caplog.text
    assert storage.steps() == [] and storage.bytes == 0 and not os.path.exists(path)
    storage.store(2, arrays)
    assert_equal(storage.restore(2), arrays)


def test_a_file_that_is_gone(storage):
    storage.store(2, state(1))
    os.unlink(only_file(storage))
    with pytest.raises(SnapshotError, match="its file is gone"):
        storage.restore(2)
    storage.store(2, state(1))
    os.unlink(only_file(storage))
    with pytest.raises(SnapshotError):
        storage.info(2)
    storage.free(2)


def test_what_is_damaged_is_not_resumed_from(tmp_path, caplog):
    with DiskStorage(tmp_path) as storage:
        storage.store(1, state(1))
        storage.store(2, state(2))
    with open(tmp_path / "step-000000000002.npy", "r+b") as file:
        file.truncate(100)
    with DiskStorage(tmp_path) as storage:
        assert storage.steps() == [1]
    assert "step-000000000002.npy is of no use: it is cut short" in caplog.text


class FullDisk:
    """A disk with room for so many bytes: what goes beyond is written in part, and fails."""

    def __init__(self, monkeypatch, room, number=errno.ENOSPC):
        self.room, self.number = room, number
        monkeypatch.setattr(files.io, "BufferedWriter", self.writer)

    def writer(self, raw, size):
        disk = self

        class Writer:
            def write(self, data):
                if len(data) > disk.room:
                    raw.write(bytes(data[: disk.room]))
                    disk.room = 0
                    raise OSError(disk.number, os.strerror(disk.number))
                disk.room -= len(data)
                return raw.write(data)

            def flush(self):
                pass

            def detach(self):
                pass

        return Writer()


@pytest.mark.parametrize("room", [0, 100, 300, 2000])
def test_a_full_disk_loses_nothing(storage, monkeypatch, room):
    rng = np.random.default_rng(0)
    storage.store(0, state(0))
    storage.store(1, state(1))
    before = storage.bytes, sorted(os.listdir(storage.folder))
    big = [rng.random(3000)]
    with monkeypatch.context() as patch:
        FullDisk(patch, room)
        for key in (1, 2):
            with pytest.raises(StorageFullError, match="No space left") as caught:
                storage.store(key, big)
            assert caught.value.needed > 24_000
    assert (storage.bytes, sorted(os.listdir(storage.folder))) == before
    for step in (0, 1):
        assert_equal(storage.restore(step), state(step))
    storage.store(2, big)
    assert_equal(storage.restore(2), big)


def test_a_disk_that_takes_no_more(storage):
    resource = pytest.importorskip("resource")
    noise = [np.random.default_rng(0).random(100_000)]
    storage.store(0, state(0))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    try:
        with pytest.raises(StorageFullError, match="File too large"):
            storage.store(1, noise)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert len(os.listdir(storage.folder)) == 2
    assert_equal(storage.restore(0), state(0))
    storage.store(1, noise)
    assert_equal(storage.restore(1), noise)


def test_no_room_is_known_before_it_is_written(tmp_path, monkeypatch):
    with DiskStorage(tmp_path, sync=False) as storage:
        monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 1000}))
        with pytest.raises(StorageFullError, match="1000 are available"):
            storage.store(0, [np.zeros(1000)])
        assert os.listdir(tmp_path) == ["lock"]


def test_other_failures_are_typed(storage, monkeypatch):
    FullDisk(monkeypatch, 10, errno.EIO)
    with pytest.raises(SnapshotError, match="it cannot be written"):
        storage.store(0, state(0))
    assert [name for name in os.listdir(storage.folder) if ".npy" in name] == []


def test_interrupts_leave_no_parts(storage, monkeypatch):
    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        storage.store(0, state(0))
    assert [name for name in os.listdir(storage.folder) if ".npy" in name] == []


def test_the_limit_holds(tmp_path):
    noise = [np.random.default_rng(0).random(1000)]
    for compress in (False, True):
        with DiskStorage(tmp_path / str(compress), limit="20 kB", compress=compress, sync=False) as storage:
            storage.store(0, noise)
            storage.store(1, noise)
            with pytest.raises(StorageFullError, match="the limit is 20 kB"):
                storage.store(2, noise)
            assert storage.bytes <= storage.peak <= 20_000 and storage.steps() == [0, 1]
            if compress:
                storage.store(2, [np.zeros(1000)])
            storage.free(0)
            storage.store(3, noise)


def test_accounting_is_true(tmp_path):
    with DiskStorage(tmp_path, sync=False) as storage:
        arrays = [np.ones(5000), np.ones(10)]
        for step in range(10):
            storage.store(step, arrays)
        promised = 10 * storage.cost(arrays)
        assert 0.9 * promised <= storage.bytes <= promised


def test_other_problems_are_refused(tmp_path):
    first = describe_problem(10, state={"u": np.zeros(3), "n": 4}, params=np.ones(2))
    others = {
        "steps was 10 and is 11": describe_problem(11, state={"u": np.zeros(3), "n": 4}, params=np.ones(2)),
        r"state\['u'\] has other values": describe_problem(10, state={"u": np.ones(3), "n": 4}, params=np.ones(2)),
        r"params has other values": describe_problem(10, state={"u": np.zeros(3), "n": 4}, params=np.zeros(2)),
        r"state\['n'\] has other values": describe_problem(10, state={"u": np.zeros(3), "n": 5}, params=np.ones(2)),
        r"state\['u'\] was .*\[3\].* and is .*\[4\]": describe_problem(
            10, state={"u": np.zeros(4), "n": 4}, params=np.ones(2)
        ),
        "key was None and is 'v2'": describe_problem(10, "v2", state={"u": np.zeros(3), "n": 4}, params=np.ones(2)),
    }
    with DiskStorage(tmp_path) as storage:
        storage.begin(first)
        storage.store(4, state(4))
        for message, other in others.items():
            with pytest.raises(ResumeError, match=message):
                storage.begin(other)
            with pytest.raises(ResumeError):
                storage.store(4, state(5))
        assert storage.begin(first)
        assert_equal(storage.restore(4), state(4))
        assert not storage.begin(other, resume=False)
        assert storage.steps() == []
    with DiskStorage(tmp_path) as storage:
        assert not storage.begin(first)


def test_snapshots_of_unknown_problems_are_refused(tmp_path):
    with DiskStorage(tmp_path) as storage:
        storage.store(1, state(1))
        with pytest.raises(ResumeError, match="step-000000000001.npy belongs to another problem"):
            storage.begin({"steps": 3})


def test_one_run_has_a_folder(tmp_path):
    with DiskStorage(tmp_path), pytest.raises(ResumeError, match="another run is using it"):
        DiskStorage(tmp_path)
    DiskStorage(tmp_path).close()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"folder": 3}, "folder: expected a path, got int"),
        ({"limit": "much"}, "limit: expected bytes"),
        ({"compress": 10}, "compress: expected True, False or a level"),
        ({"compress": "zip"}, "compress: expected True, False or a level"),
    ],
)
def test_arguments(tmp_path, arguments, message):
    with pytest.raises(ArgumentError, match=message):
        DiskStorage(**{"folder": tmp_path / "new", **arguments})


def test_names(storage):
    with pytest.raises(ArgumentError, match="key: expected a step or a name"):
        storage.store("../outside", state(0))
