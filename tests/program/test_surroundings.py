"""What a function reads of its surroundings: a change of it is never missed by a recording."""

import functools
import types

import numpy as np
import pytest

import adpy
from adpy.api.surroundings import Surroundings
from tests.program import surroundings_user as user

rng = np.random.default_rng(0)
scale = 2.0
weights = np.array([1.0, 2.0])
settings = {"power": 2, "names": ["a"], "factors": [1.0, [2.0]]}


def inner(x):
    return x * scale


def check(f, change, x=3.0):
    """The recording follows a change."""
    p = adpy.record(f, x)
    before = p.gradient(x)
    assert before == adpy.grad(f)(x) and p.stats()["misses"] == 1
    change()
    assert p(x) == f(x) and p.gradient(x) == adpy.grad(f)(x) != before
    assert p.stats()["misses"] == 2


def test_globals(monkeypatch):
    check(lambda x: inner(x) * x, lambda: monkeypatch.setitem(globals(), "scale", 5.0))
    check(lambda x: x * weights[0], lambda: weights.__setitem__(0, 7.0))
    check(lambda x: x ** settings["power"], lambda: monkeypatch.setitem(settings, "power", 3))
    check(lambda x: x * settings["factors"][1][0], lambda: settings["factors"][1].__setitem__(0, 9.0))
    check(lambda x: inner(x), lambda: monkeypatch.setitem(globals(), "inner", lambda x: x * x))


def test_other_modules(monkeypatch):
    check(lambda x: x * user.rate, lambda: monkeypatch.setattr(user, "rate", 4.0))
    check(lambda x: user.scaled(x), lambda: monkeypatch.setattr(user, "factor", 4.0))


def test_closures():
    a, b = 1.0, np.ones(2)

    def set_a():
        nonlocal a
        a = 2.0

    check(lambda x: x * a, set_a)
    check(lambda x: x * b[1], lambda: b.__setitem__(1, 3.0))


def test_objects():
    class Model:
        def __init__(self):
            self.rate, self.parts = 2.0, [types.SimpleNamespace(gain=1.0)]

        def __call__(self, x):
            return self.value(x)

        def value(self, x):
            return x * self.rate * self.parts[0].gain

    def change(model):
        model.rate += 1.0

    model = Model()
    for f in (model, model.value, lambda x: model(x), lambda x: model.value(x), functools.partial(Model.value, model)):
        check(f, lambda: change(model))
    p = adpy.record(lambda x, m: m(x), 3.0, model)
    p.gradient(3.0, model)
    model.rate = 11.0
    assert p.gradient(3.0, model) == 11.0


def test_defaults_and_partials():
    def f(x, factors=[2.0]):  # noqa: B006
        return x * factors[0]

    def g(factors, x):
        return x * factors[0]

    check(f, lambda: f.__defaults__[0].__setitem__(0, 3.0))
    held = [2.0]
    check(functools.partial(g, held), lambda: held.__setitem__(0, 3.0))


def test_random_numbers_are_not_frozen():
    state = np.random.get_state()
    for f in (lambda x: x * np.random.rand(), lambda x: x * rng.random()):
        p = adpy.compile(f)
        assert len({p(2.0) for _ in range(5)}) == len({p.gradient(2.0) for _ in range(5)}) == 5
    assert adpy.record(lambda x: x * np.random.rand(), 2.0).stats()["eager"] == ["it draws random numbers"]
    np.random.set_state(state)


def test_seeded_generators_inside_are_recorded():
    p = adpy.record(lambda x: x * np.random.default_rng(3).random(), 2.0)
    assert p.gradient(2.0) == np.random.default_rng(3).random() and p.stats()["hits"] == 1


def test_side_effects_happen_at_every_call():
    calls = []

    def f(x):
        calls.append(1)
        return x * x

    p = adpy.record(f, 2.0)
    count = len(calls)
    assert p(3.0) == 9.0 and len(calls) == count + 1
    assert p.stats()["eager"] == ["it changes what is around it"]


@pytest.mark.parametrize(
    "one, other",
    [([1.0], (1.0,)), ([], {}), ([], ()), (1, True), ({1}, {2}), (bytearray(b"a"), bytearray(b"b"))],
)
def test_arguments_of_other_types_are_recorded_apart(one, other):
    def f(x, kind):
        return x * (2.0 if type(kind) is type(one) and kind == one else 3.0)

    p = adpy.compile(f)
    for kind in (one, other, one, other):
        assert p.gradient(3.0, kind) == adpy.grad(f)(3.0, kind)


def test_order_of_dictionaries():
    def f(x):
        return next(iter(x.values())) * 2.0

    p = adpy.compile(f)
    assert p({"a": 1.0, "b": 5.0}) == 2.0
    assert p({"b": 5.0, "a": 1.0}) == 10.0


def test_large_arrays_are_told_apart_by_identity():
    table = [np.ones(20_000)]
    check(lambda x: x * table[0][0], lambda: table.__setitem__(0, np.full(20_000, 2.0)))


class Node:
    """An object with numbers, containers and other nodes."""

    def __init__(self, depth):
        self.rate, self.names, self.sizes = 1.5, {"a": 1}, bytearray(b"ab")
        self.parts = [Node(depth - 1), (2.0, [3.0])] if depth else [np.arange(3.0)]
        self.top = self


@pytest.mark.parametrize("depth", [1, 150])
def test_one_state_until_something_changes(depth):
    """Changes inside objects; with 150 of them, more than are looked into one by one."""
    node = Node(depth)
    inner = node.parts[0] if depth == 1 else node
    seen = Surroundings(lambda x: x * node.rate)
    first = seen.state()
    assert seen.state() is first
    changes = [
        (lambda: setattr(inner, "rate", 2.5), lambda: setattr(inner, "rate", 1.5)),
        (lambda: inner.names.update(b=2), lambda: inner.names.pop("b")),
        (lambda: inner.sizes.append(1), lambda: inner.sizes.pop()),
        (lambda: setattr(inner, "rate", np.float64(1.5)), lambda: setattr(inner, "rate", 1.5)),
    ]
    if depth == 1:
        changes += [
            (lambda: node.parts[1][1].append(1.0), lambda: node.parts[1][1].pop()),
            (lambda: inner.parts[0].__setitem__(0, -0.0), lambda: inner.parts[0].__setitem__(0, 0.0)),
        ]
    for change, back in changes:
        change()
        assert seen.state() != first
        back()
        assert seen.state() == first


def test_an_equal_number_of_another_type_is_a_change():
    values = [1.0, 0.0]
    seen = Surroundings(lambda x: x * values[0])
    first = seen.state()
    values[0] = 1
    assert seen.state() != first
    values[:] = [1.0, -0.0]
    again = seen.state()
    assert seen.state() is again
