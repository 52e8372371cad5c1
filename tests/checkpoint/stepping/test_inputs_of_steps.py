"""What steps are given, of every kind and used in every way: nothing of it may stay as it was in the first step."""

import numpy as np
import pytest

import adpy
from adpy.checkpoint import problem
from adpy.checkpoint.stepping.machine import Machine
from tests.checkpoint.test_loop import close

STEPS = 14
X = np.array([0.3, -0.2, 0.8])


def _numbered(use):
    def step(u, n):
        return u * (1 + 0.01 * use(n))

    return step


NUMBERS = {
    "sin": np.sin,
    "sqrt": np.sqrt,
    "power": lambda n: np.power(n, 2) + np.power(0.9, n) + np.power(2, n % 4),
    "minimum": lambda n: np.minimum(n, 5) + np.maximum(7, n),
    "add": lambda n: np.add(n, 1) - np.subtract(3, n),
    "multiply": lambda n: np.multiply(n, np.array([1.0, 2.0, 3.0])),
    "multiply integers": lambda n: np.multiply(np.arange(3), n),
    "divide": lambda n: np.divide(n, 3) + np.divide(1, n + 1),
    "mod": lambda n: np.mod(n, 3) + np.floor_divide(n, 4) + np.mod(7, n + 1),
    "mod by zero": lambda n: _quiet(np.mod, 7, n),
    "less": lambda n: np.less(n, 4) + np.less(n, np.arange(3)) + np.equal(9, n),
    "sign": np.sign,
    "arange": lambda n: np.arange(n).sum(),
    "linspace": lambda n: np.linspace(0, n, 3),
    "complex": lambda n: (1j * n).imag,
    "reduce": lambda n: np.add.reduce([n, 2]),
    "out": lambda n: np.add(n, 1, out=np.zeros(3)),
    "full": lambda n: np.full(3, n),
    "bits": lambda n: np.bitwise_and(n, 1) + (n << 1) + n.bit_length(),
    "type": lambda n: 2.0 if type(n) is int else 3.0,
}


def _quiet(function, *args):
    with np.errstate(all="ignore"):
        return function(*args)


def by_hand(step, x, arg=None):
    for n in range(STEPS):
        x = step(x, n, *([] if arg is None else [arg(n)]))
    return np.sum(x**2)


def agree(by_loop, by_hand):
    close(by_loop(X), by_hand(X), 1e-12)
    close(adpy.grad(by_loop)(X), adpy.grad(by_hand)(X), 1e-11)
    close(adpy.jvp(by_loop, (X,), (X + 1,)), adpy.jvp(by_hand, (X,), (X + 1,)), 1e-11)
    close(adpy.hvp(by_loop)(X, X + 1), adpy.hvp(by_hand)(X, X + 1), 1e-11)


@pytest.mark.parametrize("use", NUMBERS)
def test_the_number_of_the_step(use):
    step = _numbered(NUMBERS[use])
    agree(lambda x: np.sum(adpy.checkpoint.loop(step, x, STEPS, snapshots=3) ** 2), lambda x: by_hand(step, x))


@pytest.mark.parametrize("use", ["sin", "minimum", "mod", "less", "arange", "complex", "out", "type"])
def test_integers_of_the_state(use):
    def step(state, n):
        return state[0] * (1 + 0.01 * NUMBERS[use](state[1])), state[1] + 1 + n % 2

    def by_hand(x):
        state = x, 3
        for n in range(STEPS):
            state = step(state, n)
        return np.sum(state[0] ** 2)

    agree(lambda x: np.sum(adpy.checkpoint.loop(step, (x, 3), STEPS, snapshots=3)[0] ** 2), by_hand)


@pytest.mark.parametrize("snapshots", [1, 3, 30])
def test_integers_that_are_constants_later(snapshots):
    def step(state, n):
        u, k = state
        return u * (1 + 0.01 * (k if n < 7 else abs(1j * k))), k + 1

    def by_hand(x):
        state = x, 3
        for n in range(STEPS):
            state = step(state, n)
        return np.sum(state[0] ** 2)

    agree(lambda x: np.sum(adpy.checkpoint.loop(step, (x, 3), STEPS, snapshots=snapshots)[0] ** 2), by_hand)


ARGUMENTS = {
    "integers": np.arange(STEPS) ** 2 % 7,
    "flags": np.arange(STEPS) % 3 == 0,
    "single precision": np.linspace(0.0, 1.0, STEPS, dtype=np.float32),
    "integers and floats": (np.arange(STEPS), np.linspace(0.0, 1.0, STEPS)),
    "rows of integers": np.arange(3 * STEPS).reshape(STEPS, 3) % 5,
    "integers of a function": lambda n: n * n % 7,
    "text of a function": lambda n: "left" if n % 2 else "other",
    "a new shape at each step": lambda n: np.linspace(0.0, 1.0, n % 3 + 1),
    "floats, sometimes integers": lambda n: 2 if n % 3 else 0.1 * n,
}


def _arg_of(args, n):
    return args(n) if callable(args) else tuple(a[n] for a in args) if isinstance(args, tuple) else args[n]


@pytest.mark.parametrize("name", ARGUMENTS)
def test_arguments(name):
    args = ARGUMENTS[name]

    def step(u, n, arg):
        if isinstance(arg, str):
            return u * (1.1 if arg == "left" else 0.9)
        parts = arg if isinstance(arg, tuple) else (arg,)
        return u * (1 + 0.01 * sum(np.sum(part) for part in parts)) + 0.01 * parts[0] ** 2

    if name == "a new shape at each step":
        step = _numbered_shapes
    agree(
        lambda x: np.sum(adpy.checkpoint.loop(step, x, STEPS, args=args, snapshots=3) ** 2),
        lambda x: by_hand(step, x, lambda n: _arg_of(args, n)),
    )


def _numbered_shapes(u, n, arg):
    return u * (1 + 0.1 * np.sum(arg))


@pytest.mark.parametrize("snapshots", [1, 3, 30])
def test_parameters_in_the_state(snapshots):
    def step(state, n, p):
        u, memory = state
        return u + 0.1 * memory**2, p

    def by_hand(x):
        state = x, x
        for n in range(STEPS):
            state = step(state, n, 2 * x)
        return np.sum(state[0] ** 2 + state[1])

    def by_loop(x):
        u, memory = adpy.checkpoint.loop(step, (x, x), STEPS, params=2 * x, snapshots=snapshots)
        return np.sum(u**2 + memory)

    agree(by_loop, by_hand)


def _counting(state, n):
    u, numbers, mask = state
    numbers += 1
    mask[n % 3] = ~mask[n % 3]
    return u * (1 + 0.01 * numbers * mask), numbers, mask


@pytest.mark.parametrize("snapshots", [1, 3, 30])
def test_writes_into_integers_of_the_state(snapshots):
    def first(x):
        return x, np.arange(3), np.zeros(3, bool)

    def by_hand(x):
        state = first(x)
        for n in range(STEPS):
            state = _counting(state, n)
        return np.sum(state[0] ** 2)

    agree(lambda x: np.sum(adpy.checkpoint.loop(_counting, first(x), STEPS, snapshots=snapshots)[0] ** 2), by_hand)


class _Model:
    def __init__(self):
        self.tables = {"field": np.ones((100, 200))}


FIELD, MODEL = np.ones((100, 200)), _Model()


def _globals(u, n):
    return u * 0.9 + 0.1 * FIELD[n, :3]


def _attributes(u, n):
    return u * 0.9 + 0.1 * MODEL.tables["field"][n, :3]


def _closure():
    field = np.ones((100, 200))

    def step(u, n):
        return u * 0.9 + 0.1 * field[n, :3]

    return step, field


@pytest.mark.parametrize(
    ("step", "field"),
    [(_globals, FIELD), (_attributes, MODEL.tables["field"]), _closure()],
    ids=["global", "attribute", "closure"],
)
def test_large_arrays_that_are_written_into_between_two_loops(step, field):
    for value in (1.0, 3.0):
        field[1:] = value
        agree(lambda x: np.sum(adpy.checkpoint.loop(step, x, STEPS, snapshots=3) ** 2), lambda x: by_hand(step, x))


def test_large_integer_parameters_that_are_written_into_between_two_loops():
    numbers = np.arange(20_000)

    def step(u, n, p):
        return u * p[:3] / p[1]

    for value in (1, 3):
        numbers[:] += value
        agree(
            lambda x: np.sum(adpy.checkpoint.loop(step, x, STEPS, params=numbers, snapshots=3) ** 2),
            lambda x: by_hand(step, x, lambda n: numbers),
        )


def test_a_step_that_is_recorded_anew_each_time():
    forcing = np.cos(np.arange(150.0))

    def step(u, n):
        return u + 0.1 * forcing[n] * np.sin(u)

    def by_hand(x):
        for n in range(150):
            x = step(x, n)
        return np.sum(x**2)

    recorded = []
    for _ in range(3):
        machines = []
        found = adpy.grad(_watched(lambda x: np.sum(adpy.checkpoint.loop(step, x, 150, snapshots=6) ** 2), machines))(X)
        close(found, adpy.grad(by_hand)(X), 1e-11)
        recorded += [machine.recorded for machine in machines]
    assert len(recorded) == 3 and recorded[0] > 64 and recorded[2] < 8  # it is not tried again and again


def _watched(function, machines):
    """The function, noting the machines of its loops."""

    def watched(x):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(problem, "Machine", lambda *args: machines.append(Machine(*args)) or machines[-1])
            return function(x)

    return watched
