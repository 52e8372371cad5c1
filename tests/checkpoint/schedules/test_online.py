"""Online schedules: near the optimum wherever the loop ends, and right however the driver tells the end."""

from math import comb

import pytest

from adpy.checkpoint.actions import Done, Forward, Free, Record, Restore, Reverse, Store
from adpy.checkpoint.schedules import (
    Binomial,
    BlockedOnline,
    MinimalRepetition,
    Online,
    optimal_forward_steps,
    simulate,
)
from adpy.checkpoint.schedules.simulator import Simulator
from adpy.errors import ArgumentError

BOTH = pytest.mark.parametrize("make", [Online, MinimalRepetition])


def beta(s, t):
    return comb(s + t, t)


def least_online(n, s):
    """A bound for n < β(s, 2): n steps on, one more for each state that is not stored, and n recorded."""
    return 2 * n + max(n - s, 0)


@pytest.mark.parametrize("s", [1, 2, 3, 5, 10, 20])
def test_two_repetitions_are_optimal(s):
    for n in range(1, beta(s, 2)):
        assert simulate(Online(s), n).forward_steps == least_online(n, s)


@pytest.mark.parametrize("s", [1, 2, 3, 4, 6])
def test_the_bound_is_one(s):
    """By hand: every held set of at most s states, and the reversal that an optimal schedule makes of it."""
    from itertools import combinations

    for n in range(1, min(beta(s, 2), 10)):
        costs = []
        for size in range(1, min(s, n) + 1):
            for later in combinations(range(1, n), size - 1):
                held = [0, *later, n]
                gaps = [b - a for a, b in zip(held, held[1:])]
                costs.append(n + sum(optimal_forward_steps(g, s - i) for i, g in enumerate(gaps)))
        assert min(costs) == least_online(n, s)


@pytest.mark.parametrize(("s", "most", "mean"), [(3, 1.12, 1.05), (5, 1.08, 1.03), (10, 1.04, 1.01), (20, 1.03, 1.01)])
def test_near_the_offline_optimum(s, most, mean):
    ratios = [simulate(Online(s), n).forward_steps / optimal_forward_steps(n, s) for n in range(5 * s, 700, 3)]
    assert max(ratios) < most
    assert sum(ratios) / len(ratios) < mean


@BOTH
@pytest.mark.parametrize("s", [1, 2, 3, 5, 8])
def test_minimal_repetition(make, s):
    """On the way back no step is advanced over more often than by a binomial schedule for n + 1 steps."""
    for n in [*range(1, 90), 130, 200]:
        runs = [0] * n
        schedule = make(s)
        told = False
        for action in schedule:
            if not told and isinstance(action, Forward) and action.stop >= n:
                told = True
                schedule.finish(n)
            elif told and isinstance(action, Forward):
                for step in range(action.start, action.stop):
                    runs[step] += 1
        t = next(t for t in range(n + 1) if beta(s, t) >= n + 1)
        assert max(runs) <= t if make is MinimalRepetition or s > 1 else n


@BOTH
def test_fewer_than_the_published_algorithm_it_improves(make):
    counts = {n: simulate(make(10), n).forward_steps for n in (100, 286, 500, 1000)}
    published = {n: simulate(MinimalRepetition(10), n).forward_steps for n in counts}
    assert all(counts[n] <= published[n] for n in counts)


@BOTH
@pytest.mark.parametrize("s", [1, 2, 3, 7])
def test_the_end_may_be_told_after_storing_the_last_state(make, s):
    """A driver that looks only before the next step whether there is one tells the end after a Free and a Store."""
    for n in range(0, 60):
        schedule = make(s)
        stream = iter(schedule)
        simulator = Simulator(schedule, n)
        for action in stream:
            if schedule.steps is None and isinstance(action, Forward):
                if action.start == n:  # the loop has ended before this action: it is not carried out
                    schedule.finish(n)
                    simulator.current = None
                    continue
                action = Forward(action.start, min(action.stop, n))
                simulator.apply(action)
                if action.stop == n and schedule._reached > n:
                    schedule.finish(n)
                    simulator.current = None
                continue
            simulator.apply(action)
        assert simulator.done
        assert simulator.counts().forward_steps == schedule.forward_steps


@BOTH
def test_wrong_ends(make):
    schedule = make(3)
    with pytest.raises(ArgumentError, match="between 0 and 0"):
        schedule.finish(2)
    stream = iter(schedule)
    while next(stream) != Forward(1, 2):
        pass
    with pytest.raises(ArgumentError, match="between 1 and 2"):
        schedule.finish(0)
    with pytest.raises(ArgumentError, match="between 1 and 2"):
        schedule.finish(3)
    with pytest.raises(ArgumentError, match="steps"):
        schedule.finish(1.5)
    assert schedule.steps is None and schedule.forward_steps is None
    schedule.finish(2)
    schedule.finish(2)
    with pytest.raises(ArgumentError, match="2, as told before"):
        schedule.finish(1)
    rest = list(stream)
    assert [a for a in rest if isinstance(a, Reverse)] == [Reverse(1, 2), Reverse(0, 1)]
    assert rest[-1] == Done() and not any(isinstance(a, Record) for a in rest)


@pytest.mark.parametrize("s", [1, 2, 4, 8])
def test_interrupted_on_the_way_forward(s):
    """From the snapshots that are there an online schedule goes on, and ends as near the optimum as it would have."""
    for n in (0, 1, 5, 40, 150):
        schedule = Online(s)
        stream = iter(schedule)
        simulator = Simulator(schedule, 200)
        for action in stream:
            if isinstance(action, Forward) and action.stop > n:
                break
            simulator.apply(action)
        held = [step for step, _ in sorted(simulator.held)]
        for end in (held[-1], held[-1] + 1, 155, 170):
            if end < held[-1]:
                continue
            rest = Online(s, held=held)
            counts = simulate(rest, end)
            assert held[-1] + counts.forward_steps == rest.forward_steps + held[-1]
            assert counts.forward_steps + held[-1] <= 1.15 * simulate(Online(s), end).forward_steps + 1
            assert rest.held == tuple((step, "ram") for step in held)


@pytest.mark.parametrize("held", [[1], [0, 0], [0, 1, 2, 3], [0, -1], [0, 1.5]])
def test_snapshots_that_cannot_be(held):
    with pytest.raises(ArgumentError) as caught:
        Online(3, held=held)
    assert caught.value.argument == "held"


@BOTH
@pytest.mark.parametrize("length", [1, 2, 7])
def test_groups(make, length):
    for s in (1, 2, 5):
        schedule = BlockedOnline(make(s), length)
        for n in (0, 1, 2, 6, 7, 8, 20, 49, 50, 101):
            counts = simulate(schedule, n)
            assert counts.steps == n
            if length == 1:
                assert counts == simulate(make(s), n)


def test_bad_groups():
    with pytest.raises(ArgumentError, match="an online schedule"):
        BlockedOnline(Binomial(3, 1), 2)
    with pytest.raises(ArgumentError, match="length"):
        BlockedOnline(Online(3), 0)
    schedule = BlockedOnline(Online(3), 5)
    stream = iter(schedule)
    while next(stream) != Forward(5, 10):
        pass
    with pytest.raises(ArgumentError, match="between 5 and 10"):
        schedule.finish(11)
    schedule.finish(7)
    assert [a for a in stream if isinstance(a, Reverse)] == [Reverse(5, 7), Reverse(0, 5)]


@BOTH
def test_iterating_again_forgets_the_end(make):
    schedule = make(4)
    assert simulate(schedule, 30) == simulate(schedule, 30)
    stream = iter(schedule)
    assert next(stream) == Store(0, "ram") and schedule.steps is None


def test_what_is_stored_beyond_the_end_is_freed():
    schedule = Online(3)
    stream = iter(schedule)
    actions = [next(stream) for _ in range(3)]
    assert actions[-1] == Store(1, "ram")
    schedule.finish(1)
    assert list(stream) == [Free(1, "ram"), Restore(0, "ram", True), Reverse(0, 1), Done()]
