"""Binomial schedules: the fewest forward steps, and among those the fewest stores."""

import itertools
import math
import sys
import time
import tracemalloc

import pytest

from adpy.checkpoint.actions import Forward, Reverse
from adpy.checkpoint.schedules import Binomial, optimal_forward_steps, simulate
from adpy.checkpoint.schedules.binomial import advance, reverse_binomially, slot_counts
from adpy.errors import ArgumentError
from tests.checkpoint.schedules.references import beta_formula, fewest_forward_steps


def test_published_numbers():
    """Total forward steps over steps: 4.16, 3.22, 4.64 and 3.47, to two places."""
    counts = [Binomial(n, s).forward_steps for n, s in ((100, 5), (100, 10), (1000, 10), (1000, 30))]
    assert counts == [416, 322, 4636, 3472]


def test_promise_is_the_closed_form_and_the_optimum():
    for n, s in itertools.product(range(1, 301), range(1, 31)):
        assert optimal_forward_steps(n, s) == beta_formula(n, s)
    for n, s in itertools.product(range(1, 121), range(1, 31)):
        assert optimal_forward_steps(n, s) == fewest_forward_steps(n, s)


def test_streams_keep_the_promise():
    for n, s in itertools.product([*range(1, 41), 120, 300], range(1, 31)):
        assert simulate(Binomial(n, s)) == Binomial(n, s).counts()


@pytest.mark.slow
def test_all_streams_keep_the_promise():
    for n, s in itertools.product(range(1, 301), range(1, 31)):
        assert simulate(Binomial(n, s)).forward_steps == beta_formula(n, s)


@pytest.mark.slow
def test_promise_is_the_optimum_for_more_steps():
    for n, s in itertools.product(range(1, 301), range(1, 31)):
        assert optimal_forward_steps(n, s) == fewest_forward_steps(n, s)


@pytest.mark.parametrize("most", [120, pytest.param(300, marks=pytest.mark.slow)])
def test_same_as_checkpoint_schedules(most):
    peer = pytest.importorskip("checkpoint_schedules.multistage")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(10_000)
    try:
        for n, s in itertools.product(range(2, most + 1), range(1, 31)):
            assert optimal_forward_steps(n, s) == peer.optimal_steps_binomial(n, min(s, n - 1))
    finally:
        sys.setrecursionlimit(limit)


def fewest_stores(steps, snapshots):
    """The fewest forward steps and, with them, the fewest stores: tables over every split."""
    fresh, stored = {}, {}
    for s in range(snapshots + 1):
        fresh[1, s] = stored[1, s] = (1, 0)
    for s in range(1, snapshots + 1):
        for n in range(2, steps + 1):
            splits = []
            for k in range(1, n):
                if s > 1 or n - k == 1:
                    (ran, after), (again, before) = fresh[n - k, s - 1], stored[k, s]
                    splits.append((k + ran + again, after + before))
            stored[n, s] = min(splits)
            fresh[n, s] = stored[n, s][0], stored[n, s][1] + 1
    return fresh


def test_fewest_stores():
    best = fewest_stores(60, 8)
    for n, s in itertools.product(range(2, 61), range(1, 9)):
        counts = Binomial(n, s).counts()
        assert (counts.forward_steps, counts.stores["ram"]) == best[n, s]


@pytest.mark.parametrize(("n", "s"), [(10**6, 1), (10**6, 2), (10**6, 30), (10**6, 1000), (10**6, 10**6 - 1)])
def test_closed_form_for_a_million_steps(n, s):
    t = next(t for t in itertools.count() if math.comb(s + t, t) >= n) if s > 1 else n - 1
    assert Binomial(n, s).forward_steps == (t + 1) * n - math.comb(s + t, t - 1)


def test_counts_without_walking():
    """Counts of a million steps take no time, and are those of the stream."""
    begun = time.process_time()
    counts = Binomial(10**6, 10).counts()
    assert time.process_time() - begun < 1
    assert counts.forward_steps == optimal_forward_steps(10**6, 10)
    for n, s in ((1, 0), (2, 1), (50, 1), (50, 49), (1000, 3), (3003, 10)):
        assert simulate(Binomial(n, s)).restores == {k: v for k, v in Binomial(n, s).counts().restores.items() if v}


def test_slots_are_a_stack():
    for n, s in itertools.product(range(1, 40), range(1, 8)):
        used = min(s, n - 1)
        stores, restores, stack = [0] * used, [0] * used, []
        for action in Binomial(n, s):
            name = type(action).__name__
            if name == "Store":
                stores[len(stack)] += 1
                stack.append(action.step)
            elif name == "Restore":
                assert stack[-1] == action.step
                restores[len(stack) - 1] += 1
                if action.last:
                    stack.pop()
        assert [a.tolist() for a in slot_counts(n, s)] == [stores, restores]


def test_a_million_steps_stream_lazily():
    """The first actions come at once, and the stream holds no more than its snapshots."""
    tracemalloc.start()
    try:
        stream = iter(Binomial(10**6, 30))
        for _ in range(100_000):
            next(stream)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.slow
def test_a_million_steps():
    schedule = Binomial(10**6, 30)
    assert simulate(schedule) == schedule.counts()


def test_no_recursion():
    """Many snapshots and many repetitions: neither is limited by the depth of calls."""
    for n, s in ((20_000, 1), (20_000, 19_999), (20_000, 4_000)):
        assert simulate(Binomial(n, s)).forward_steps == (beta_formula(n, s) if s > 1 else n * (n + 1) // 2)


def test_the_smallest():
    assert [type(a).__name__ for a in Binomial(0, 0)] == ["Done"]
    assert [type(a).__name__ for a in Binomial(1, 0)] == ["Reverse", "Done"]
    assert Binomial(0, 3).places == Binomial(1, 3).places == {}
    assert Binomial(5, 99).places == {"ram": 4}
    assert Binomial(5, 2, place="disk").places == {"disk": 2}
    for n in range(12):
        for s in (n - 1, n, n + 1, 10 * n + 1):
            if s >= 1:
                assert simulate(Binomial(n, s)).forward_steps == max(2 * n - 1, 0)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((-1, 1), "steps"),
        ((3, -1), "snapshots"),
        ((2, 0), "snapshots"),
        ((3, 0), "snapshots"),
        ((3.0, 1), "steps"),
        (("3", 1), "steps"),
        ((True, 1), "steps"),
        ((3, None), "snapshots"),
        ((3, 1, "tape"), "place"),
        ((3, 1, ["ram"]), "place"),
    ],
)
def test_bad_arguments(arguments, name):
    with pytest.raises(ArgumentError) as caught:
        Binomial(*arguments)
    assert caught.value.argument == name


def test_first_choice_is_inside_the_optimal_region():
    for n, s in itertools.product(range(2, 200), range(1, 12)):
        k = advance(n, s)
        right = optimal_forward_steps(n - k, s - 1) if s > 1 else 1
        assert k + right + optimal_forward_steps(k, s) == optimal_forward_steps(n, s)
        assert s > 1 or n - k == 1


def test_reversal_from_what_is_there():
    """Snapshots that are there already serve the steps above them, each with all that are free by then."""
    actions = list(reverse_binomially(12, [(0, "disk"), (7, "ram")], ["ram"]))
    assert actions[0].step == 7 and [a.stop for a in actions if isinstance(a, Reverse)] == list(range(12, 0, -1))
    ran = sum(a.stop - a.start for a in actions if isinstance(a, Forward | Reverse))
    assert ran == optimal_forward_steps(5, 2) + optimal_forward_steps(7, 3)
