"""Arrays that stay in pieces: boxes of addresses, and programs that move entries about beside their derivatives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import adpy
from adpy.program import moves, pieces, versions
from adpy.program.code import View
from adpy.program.pieces import Pieces, boxes
from tests.program.harness import check, check_elsewhere, moved, record

ENTRIES = np.arange(100, 130).reshape(5, 6)

MOVES = {
    "roll": (lambda a: np.roll(a, 1, 0), 2),
    "roll both": (lambda a: np.roll(a, (1, -2), (0, 1)), 4),
    "flip": (lambda a: a[::-1, ::-1], 1),
    "transpose": (lambda a: a.T, 1),
    "concatenate": (lambda a: np.concatenate([a[2:], a[:4]]), 2),
    "pad": (lambda a: np.pad(a, 1, constant_values=99), 9),
    "wrap": (lambda a: np.pad(a, 1, mode="wrap"), 9),
    "tile": (lambda a: np.tile(a, (2, 1)), 2),
    "stack": (lambda a: np.stack([a, a[::-1]], 1), 2),
    "broadcast": (lambda a: np.broadcast_to(a[0], (4, 6)), 1),
}


@pytest.mark.parametrize("name", MOVES)
def test_boxes(name):
    function, count = MOVES[name]
    addresses = np.ascontiguousarray(function(ENTRIES))
    found = boxes(addresses, [50, 300])
    assert len(found.views) == count
    np.testing.assert_array_equal(found.addresses(), addresses)


@given(st.integers(1, 3), st.data())
@settings(max_examples=50, deadline=None)
def test_boxes_of_arrays_in_patches(ndim, data):
    """Whatever is found gives the addresses back."""
    shape = [data.draw(st.integers(1, 5)) for _ in range(ndim)]
    rng = np.random.default_rng(data.draw(st.integers(0, 100)))
    addresses = np.arange(100, 100 + np.prod(shape)).reshape(shape)
    for _ in range(data.draw(st.integers(0, 3))):
        addresses = np.roll(addresses, rng.integers(-2, 3, ndim), range(ndim))
        addresses = np.flip(addresses, rng.integers(ndim))
    found = boxes(addresses, [0, 105, 107])
    if found is not None:
        np.testing.assert_array_equal(found.addresses(), addresses)


def test_boxes_end_where_a_storage_ends():
    found = boxes(np.arange(100, 110), [100, 104])
    assert found.cuts == ((0, 4, 10),)


def test_no_boxes_in_a_permutation():
    assert boxes(np.random.default_rng(0).permutation(200), [0]) is None


def test_views_in_which_an_entry_occurs_twice_do_not_stand_alone():
    assert Pieces.of(View(3, (4, 2), (2, 1))).alone is not None
    assert Pieces.of(View(3, (4, 3), (2, 1))).alone is None
    assert Pieces.of(View(3, (4, 3), (0, 1))).alone is None


@pytest.fixture
def small(monkeypatch):
    """Boxes of any size are worth an instruction."""
    for module in (moves, pieces, versions):
        monkeypatch.setattr(module, "LARGEST", 1)


X = np.random.default_rng(1).uniform(0.5, 1.5, (5, 6))


def heat(x):
    for _ in range(3):
        x = x + 0.1 * x * (np.roll(x, 1, 0) + np.roll(x, -1, 0) + np.roll(x, 1, 1) + np.roll(x, -1, 1) - 4 * x)
    return x


def walls(x):
    for _ in range(3):
        flux = np.zeros((6, 6))
        flux[1:-1] = x[1:] * x[:-1]
        x = x - 0.1 * (flux[1:] - flux[:-1])
    return x, np.sum(x)


def in_place(x):
    x, u = x.copy(), np.zeros((6, 6))
    for _ in range(3):
        u[1:-1] -= 0.1 * (x[1:] - x[:-1]) * u[:-2]
        u[1:-1, 1:] += x[1:, 1:]
        x -= 0.1 * x * (u[1:] + u[:-1])
    return x, u


def jacobi(x):
    for _ in range(3):
        new = x.copy()
        new[1:-1, 1:-1] = 0.25 * (x[:-2, 1:-1] * x[2:, 1:-1] + x[1:-1, :-2] + x[1:-1, 2:])
        x = new
    return np.sum(x**3)


def padded(x):
    y = np.pad(x, 1, mode="edge")
    return y[1:-1, 1:-1] * (y[2:, 1:-1] + y[:-2, 1:-1]) - np.pad(x[1:], ((0, 1), (0, 0))) * y[1:-1, 2:]


def overwritten_later(x):
    x = x * 1.5
    turned, twice = np.roll(x, 1, 0), np.concatenate([x, x[::-1]])
    z = turned * np.flip(x, 1)
    x[1:] *= turned[:-1]
    x[:, 0] = twice[:5, 1]
    return z * x + turned, np.linalg.det(turned[:, :5]) + np.sum(twice)


def read_in_other_ways(x):
    turned = np.roll(x, (1, 2), (0, 1))
    y = turned * x
    z = turned + y
    return y * z, z[0, 1], turned @ np.ones(6), np.cumsum(turned), np.tile(x, 2) * turned[0, 0]


def broadcast(x):
    row = np.concatenate([x[0, 3:], x[1, :3]])
    return np.roll(x, 1, 0) * row + row[:5, None] * np.repeat(x[:, :1], 6, axis=1), row


@pytest.mark.parametrize(
    "function", [heat, walls, in_place, jacobi, padded, overwritten_later, read_in_other_ways, broadcast]
)
def test_every_sweep(small, function):
    program = check(function, X)
    assert check_elsewhere(program, *moved((X,), 0.3))


def test_nothing_is_copied():
    """Interior and edges of a step are groups of their own, and nothing else."""
    x = np.random.default_rng(0).uniform(size=(64, 64))
    steps = record(lambda x: heat(x), x).code
    assert len(steps.heads) < 40
    assert len(steps.places) == 0


# ---- random programs

ROWS = [
    "np.roll({0}, {k}, {axis})",
    "np.flip({0}, {axis})",
    "np.concatenate([{0}[{k} % 3:], {1}[:{k} % 3]])",
    "np.pad({0}[1:], ((0, 1), (0, 0)), mode='edge')",
    "np.stack([{0}, {1}], 1)[:, {k} % 2]",
    "{0} * {1}",
    "{0} + {1} * 0.5",
    "np.sin({0})",
    "{0} - {1}[{k} % 4]",
    "np.tile({0}[:, :2], (1, 2))",
    "np.where(np.arange(4) > {k}, {0}, {1})",
    "{0}.copy()",
]
WRITES = [
    "{0}[1:-1] = {1}[:-2]",
    "{0}[:, 1:] += {1}[:, :-1]",
    "{0} *= {1}",
    "{0}[{k} % 4] = {1}[{k} % 3]",
    "{0}[::2] -= {1}[1::2]",
    "{0}[0, 1] = {1}[1, 0]",
    "{0}[...] = {1}",
]


@st.composite
def programs(draw):
    """The text of a function of a 4 × 4 array."""
    names = st.sampled_from(["a", "b", "c"])
    lines = ["a, b = x * 1.0, np.roll(x, 1, 1)", "c = np.zeros((4, 4))"]
    for _ in range(draw(st.integers(2, 8))):
        template = draw(st.sampled_from(ROWS + WRITES))
        text = template.format(draw(names), draw(names), k=draw(st.integers(-3, 3)), axis=draw(st.integers(0, 1)))
        lines.append(text if template in WRITES else f"{draw(names)} = {text}")
    lines.append(
        "return " + draw(st.sampled_from(["np.sum(a * b) + np.sum(c)", "a * b - c", "np.sum(c**2), a[1:], b"]))
    )
    return "\n".join(["def f(x):", *["    " + line for line in lines]])


@given(programs())
@settings(max_examples=40, deadline=None)
def test_random_programs(text):
    space = {"np": np}
    exec(compile(text, "<random program>", "exec"), space)
    with pytest.MonkeyPatch.context() as patch:
        for module in (moves, pieces, versions):
            patch.setattr(module, "LARGEST", 1)
        patch.setenv("ADPY_KERNELS", "wait")
        x = np.random.default_rng(2).uniform(0.5, 1.0, (4, 4))
        check(space["f"], x, rtol=1e-8)


def test_boxes_of_constants(small):
    """Where all operands are constants there is nothing to go back to."""

    def function(x):
        y = np.pad(x, 1, constant_values=2.0)
        z = np.where(np.arange(8) < 8, np.ones((7, 8)), y)
        return np.sum(y**2 * np.sin(y) * z) + np.sum(y * y)

    check(function, X)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(np.concatenate([BOOLEANS, x]) ** 2),
        lambda x: np.sum(np.append(x, BOOLEANS) ** 2),
        lambda x: np.sum(np.where(np.arange(3) > 1, x, BOOLEANS) ** 2),
        lambda x: np.sum(np.array([BOOLEANS, x]) ** 2),
        lambda x: np.sum(np.insert(x, 1, True) ** 2),
    ],
)
def test_booleans_among_moved_entries_are_numbers(f):
    x = np.array([0.5, -1.0, 2.0])
    p = adpy.record(f, x)
    for point in (x, 2 * x):
        np.testing.assert_allclose(p(point), f(point))
        np.testing.assert_allclose(p.gradient(point), adpy.grad(f)(point))


BOOLEANS = np.array([True, False, True])


def copy_of_what_was_not_moved(x):
    a = x * 1.0
    b = np.roll(a, 0, 0)
    b = b.copy()
    a[1:-1] = a[:-2]
    return np.sum(a * b)


def test_another_name_of_an_array_in_pieces_outlives_what_is_overwritten():
    check(copy_of_what_was_not_moved, np.arange(1.0, 17.0).reshape(4, 4) ** 0.5, rtol=1e-10)
