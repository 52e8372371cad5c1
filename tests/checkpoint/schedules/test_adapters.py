"""Blocked and resumed schedules: groups of steps, and what remains after an interruption."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adpy.checkpoint.actions import Forward, Record, Restore, Reverse, Store
from adpy.checkpoint.schedules import (
    Binomial,
    Blocked,
    FullStorage,
    HRevolve,
    Mixed,
    Multistage,
    Online,
    Periodic,
    Resumed,
    optimal_forward_steps,
    simulate,
)
from adpy.checkpoint.schedules.simulator import Simulator
from adpy.errors import ArgumentError
from tests.checkpoint.schedules.test_every_schedule import check_offline

INNER = {
    "binomial": lambda n: Binomial(n, 3),
    "H-Revolve": lambda n: HRevolve(n, 1, 3),
    "mixed": lambda n: Mixed(n, 3),
    "periodic": lambda n: Periodic(n, 3),
    "full": FullStorage,
}


@pytest.mark.parametrize("name", INNER)
def test_groups(name):
    for steps in (0, 1, 2, 5, 9, 10, 11, 40, 63):
        for length in (1, 2, 3, 5, 10, 100):
            schedule = Blocked.of(steps, length, INNER[name])
            check_offline(schedule)
            assert 1 <= schedule.span <= max(steps, 1)


def test_groups_of_one_change_nothing():
    assert list(Blocked(Binomial(20, 3), 1)) == list(Binomial(20, 3))


def test_groups_in_groups():
    check_offline(Blocked(Blocked(Binomial(4, 2), 3, 11), 5, 52))


def test_groups_run_as_often_as_steps_would():
    inner = Binomial(50, 5)
    assert Blocked(inner, 20).forward_steps == 20 * inner.forward_steps


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: Blocked(Online(3), 2), "schedule"),
        (lambda: Blocked(Binomial(3, 1), 0), "length"),
        (lambda: Blocked(Binomial(3, 1), 4, 13), "schedule"),
        (lambda: Blocked(Binomial(3, 1), 4, 8), "schedule"),
        (lambda: Blocked(Binomial(3, 1), 4, -1), "steps"),
        (lambda: Resumed(5, [(1, "ram")], {"ram": 2}), "held"),
        (lambda: Resumed(5, [], {"ram": 2}), "held"),
        (lambda: Resumed(5, [(0, "ram"), (5, "ram")], {"ram": 2}), "held"),
        (lambda: Resumed(5, [(0, "ram"), (2, "ram"), (2, "disk")], {"ram": 2, "disk": 1}), "held"),
        (lambda: Resumed(5, [(0, "ram"), (2, "ram")], {"ram": 1}), "places"),
        (lambda: Resumed(5, [(0, "tape")], {"ram": 1}), "place"),
        (lambda: Resumed(5, [(0, "ram")], {"ram": -1}), "places['ram']"),
    ],
)
def test_bad_arguments(make, name):
    with pytest.raises(ArgumentError) as caught:
        make()
    assert caught.value.argument == name


@pytest.mark.parametrize("make", [lambda: Binomial(30, 4), lambda: Multistage(30, 2, 2), lambda: HRevolve(30, 1, 3)])
def test_interrupted_after_any_action(make):
    """What is left is done from the snapshots alone; binomial schedules lose at most the way from one of them."""
    schedule = make()
    actions = list(schedule)
    for k in range(1, len(actions) - 1):
        simulator = Simulator(schedule, 30)
        for action in actions[:k]:
            simulator.apply(action)
        held = sorted(simulator.held)
        if not simulator.stop or not held or held[0][0] or held[-1][0] >= simulator.stop:
            continue
        rest = Resumed(simulator.stop, held, schedule.places)
        check_offline(rest)
        if isinstance(schedule, Binomial):
            left = sum(a.stop - a.start for a in actions[k:] if isinstance(a, Forward | Reverse))
            since = simulator.current - held[-1][0] if simulator.current is not None else 0
            assert left <= rest.forward_steps + since and rest.forward_steps <= left + since


def test_a_lost_snapshot():
    """Without one of the snapshots the rest still comes out, from an earlier one."""
    whole = Resumed(40, [(0, "disk"), (15, "ram"), (27, "ram")], {"disk": 1, "ram": 3})
    lost = Resumed(40, [(0, "disk"), (15, "ram")], {"disk": 1, "ram": 3})
    assert check_offline(whole).forward_steps < check_offline(lost).forward_steps
    assert next(iter(lost)) == Restore(15, "ram")


def test_nothing_remains():
    assert simulate(Resumed(0, [], {})).forward_steps == 0


@settings(max_examples=100, deadline=None)
@given(data=st.data(), stop=st.integers(1, 120))
def test_any_rest(data, stop):
    later = data.draw(st.sets(st.integers(1, stop - 1), max_size=6)) if stop > 1 else set()
    held = [(step, data.draw(st.sampled_from(["ram", "disk"]))) for step in sorted({0, *later})]
    places = {p: sum(q == p for _, q in held) + data.draw(st.integers(0, 3)) for p in ("ram", "disk")}
    counts = check_offline(Resumed(stop, held, places))
    assert counts.forward_steps >= optimal_forward_steps(stop, sum(places.values())) - stop


def test_records_of_groups():
    actions = list(Blocked.of(5, 2, FullStorage))
    assert actions[:2] == [Record(0, 4, "ram"), Reverse(4, 5)]
    assert not any(isinstance(a, Store) for a in actions)
