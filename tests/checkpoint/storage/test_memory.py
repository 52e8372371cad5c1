"""Snapshots in memory: copies, buffers used again, limits, true accounting; places; sizes."""

import tracemalloc

import numpy as np
import pytest

from adpy import workspace
from adpy.checkpoint.storage import MemoryStorage, Places, parse_memory
from adpy.checkpoint.storage.sizes import format_bytes
from adpy.errors import ArgumentError, SnapshotError, StorageFullError


def state(fill, n=5):
    return [np.full((n, 2), float(fill)), np.array(fill), np.array([True, False])]


def assert_equal(a, b):
    assert len(a) == len(b)
    for x, y in zip(a, b):
        assert x.dtype == y.dtype
        np.testing.assert_array_equal(x, y)


def test_snapshots_are_copies():
    storage = MemoryStorage()
    arrays = state(1)
    storage.store(0, arrays)
    arrays[0][:] = 9.0
    back = storage.restore(0)
    assert_equal(back, state(1))
    back[0][:] = 8.0
    assert_equal(storage.restore(0), state(1))
    assert_equal(storage.view(0), state(1))


def test_restore_writes_into_what_it_is_given():
    storage = MemoryStorage()
    storage.store(0, state(1))
    out = state(0)
    back = storage.restore(0, out)
    assert all(a is b for a, b in zip(back, out))
    assert_equal(out, state(1))
    other = storage.restore(0, [np.zeros(3), *out[1:]])
    assert_equal(other, state(1))
    assert_equal(storage.restore(0, []), state(1))


def test_keys():
    with MemoryStorage() as storage:
        for key in (7, 3, "adjoint"):
            storage.store(key, state(0))
        assert storage.steps() == [3, 7] and len(storage) == 3
        assert 3 in storage and 4 not in storage
        storage.free(3)
        storage.free(3)
        assert storage.steps() == [7]
        with pytest.raises(SnapshotError, match="snapshot of step 3 in memory: there is none"):
            storage.restore(3)
    assert storage.bytes == 0 and len(storage) == 0


def test_buffers_are_used_again():
    storage = MemoryStorage()
    storage.store(0, state(0))
    one = storage.bytes
    place = storage.view(0)[0].ctypes.data
    storage.free(0)
    storage.store(5, state(5))
    assert storage.view(5)[0].ctypes.data == place
    storage.store(5, state(6))
    assert storage.bytes == storage.peak == one == storage.cost(state(0))


def test_other_shapes_replace():
    storage = MemoryStorage()
    storage.store(0, state(0))
    storage.store(0, state(1, n=50))
    assert_equal(storage.restore(0), state(1, n=50))
    assert storage.bytes == storage.cost(state(1, n=50))


def test_the_limit_holds_and_nothing_is_lost():
    storage = MemoryStorage(limit=3 * MemoryStorage().cost(state(0)) + 10)
    for step in range(3):
        storage.store(step, state(step))
    assert storage.available == 10
    with pytest.raises(StorageFullError, match="in memory") as caught:
        storage.store(3, state(3))
    assert caught.value.available == 10 and caught.value.needed == storage.cost(state(0))
    with pytest.raises(StorageFullError):
        storage.store(1, state(3, n=1000))
    for step in range(3):
        assert_equal(storage.restore(step), state(step))
    storage.free(0)
    storage.free(1)
    storage.store(3, state(3, n=6))  # the idle buffers of another form make room
    assert storage.bytes <= storage.limit and storage.steps() == [2, 3]


@pytest.mark.parametrize("shape", [(1000,), (200_000,), (3, 4)])
def test_accounting_is_true(shape):
    workspace.clear()
    storage = MemoryStorage()
    arrays = [np.ones(shape), np.ones(shape, np.float32), np.array(1.0)]
    storage.store(-1, arrays)
    keys = range(40)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for key in keys:
        storage.store(key, arrays)
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    promised = 40 * storage.cost(arrays)
    assert storage.bytes == promised + storage.cost(arrays)
    assert 0.9 * promised <= used <= 1.1 * promised
    storage.close()
    workspace.clear()


def test_no_fresh_memory_in_a_sweep():
    storage = MemoryStorage()
    arrays = [np.ones(100_000)]
    for step in range(4):
        storage.store(step, arrays)
    tracemalloc.start()
    for step in range(4, 100):
        storage.free(step - 4)
        storage.store(step, arrays)
    assert tracemalloc.get_traced_memory()[1] < 50_000
    tracemalloc.stop()
    storage.close()


def test_places():
    places = Places(ram=MemoryStorage(), disk=MemoryStorage())
    places.store(0, "disk", state(0))
    places.store(4, "ram", state(4))
    places.store(8, "disk", state(8))
    assert_equal(places.restore(8, "disk"), state(8))
    assert_equal(places.view(4, "ram"), state(4))
    places.free(4, "ram")
    assert places.bytes["disk"] == places.peak["disk"] == 2 * places.peak["ram"]
    with pytest.raises(ArgumentError, match="'ram' or 'disk', got 'tape'"):
        places.store(0, "tape", state(0))
    places.close()
    assert places.bytes == {"ram": 0, "disk": 0}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 GB", 2_000_000_000),
        ("2GiB", 2 << 30),
        ("1.5 MB", 1_500_000),
        (".5kB", 500),
        ("512", 512),
        ("512 b", 512),
        ("1e3 kib", 1_024_000),
        ("3 T", 3 * 10**12),
        ("3 X", None),
        (7, 7),
        (1e6, 1_000_000),
        (np.int64(9), 9),
        ("", None),
        ("GB", None),
        ("-1 GB", None),
        (-1, None),
        (float("nan"), None),
        (float("inf"), None),
        (True, None),
        (None, None),
        ([1], None),
    ],
)
def test_sizes(text, expected):
    if expected is None:
        with pytest.raises(ArgumentError, match="memory: expected bytes, or a size such as"):
            parse_memory(text)
    else:
        assert parse_memory(text) == expected


def test_sizes_are_written_for_people():
    assert [format_bytes(n) for n in (5, 2_000, 1_500_000, 2 * 10**9, 10**16)] == [
        "5 B",
        "2 kB",
        "1.5 MB",
        "2 GB",
        "1e+04 TB",
    ]
