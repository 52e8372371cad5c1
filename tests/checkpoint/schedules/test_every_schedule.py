"""Every schedule × (n, s) through the one simulator, and what its counts and promises say."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adpy.checkpoint.actions import Done
from adpy.checkpoint.schedules import (
    Binomial,
    CoarseHRevolve,
    CoarseOnline,
    DiskRevolve,
    FullStorage,
    HRevolve,
    MinimalRepetition,
    Mixed,
    Multistage,
    Online,
    Periodic,
    Shielded,
    optimal_forward_steps,
    simulate,
)
from adpy.errors import ArgumentError

# What makes each schedule from a number of steps and of snapshots.
OFFLINE = {
    "binomial": lambda n, s: Binomial(n, s),
    "binomial on disk": lambda n, s: Binomial(n, s, "disk"),
    "multistage": lambda n, s: Multistage(n, s // 2, s - s // 2),
    "multistage on disk": lambda n, s: Multistage(n, 0, s),
    "H-Revolve": lambda n, s: HRevolve(n, s // 3, s - s // 3),
    "H-Revolve in memory": lambda n, s: HRevolve(n, s, 0),
    "Disk-Revolve": lambda n, s: DiskRevolve(n, s - 1),
    "coarse H-Revolve": lambda n, s: CoarseHRevolve(n, s, 2, 5),
    "coarse Disk-Revolve": lambda n, s: CoarseHRevolve(n, 2, None, s),
    "mixed": lambda n, s: Mixed(n, s),
    "periodic": lambda n, s: Periodic(n, s),
    "periodic, binomial inside": lambda n, s: Periodic(n, s, 2),
    "periodic, two places": lambda n, s: Periodic(n, s, 3, "disk", "ram"),
    "periodic, from each state": lambda n, s: Periodic(n, s, 0),
    "full": lambda n, s: FullStorage(n),
    "shielded": lambda n, s: Shielded(Binomial(n, s), 1 + s % 7),
    "shielded, with disk": lambda n, s: Shielded(HRevolve(n, s // 3, s - s // 3), 4),
    "shielded, mixed": lambda n, s: Shielded(Mixed(n, s), 5),
}
BOUNDS = {"shielded, with disk"}
"""What does not promise more than a bound on the snapshots that are held."""
ONLINE = {
    "online": Online,
    "minimal repetition": MinimalRepetition,
    "coarse": lambda s: CoarseOnline(1 + s // 2, s, 1 + s % 5),
}


def some(counts):
    return {place: count for place, count in counts.items() if count}


def check_offline(schedule):
    """All invariants, and that the counts are those of the stream; returns them."""
    counts, promised = simulate(schedule), schedule.counts()
    assert (counts.steps, counts.forward_steps) == (promised.steps, promised.forward_steps)
    for name in ("stores", "restores", "records"):
        assert some(getattr(counts, name)) == some(getattr(promised, name)), name
    assert schedule.snapshots == sum(schedule.places.values())
    return counts


@pytest.mark.parametrize("name", OFFLINE)
def test_offline(name):
    for n in [*range(0, 26), 50, 101]:
        for s in [*range(1, 9), 20, 150]:
            check_offline(OFFLINE[name](n, s))


@pytest.mark.slow
@pytest.mark.parametrize("name", OFFLINE)
def test_offline_all(name):
    for n in range(0, 120):
        for s in range(1, 31):
            check_offline(OFFLINE[name](n, s))


@pytest.mark.parametrize("name", OFFLINE)
def test_a_schedule_can_be_run_again(name):
    schedule = OFFLINE[name](23, 4)
    assert list(schedule) == list(schedule)


@pytest.mark.parametrize("name", OFFLINE)
def test_promises_are_tight(name):
    """No place is promised more room than is used at some time."""

    class Watch:
        def __init__(self):
            self.now, self.most = {}, {}

        def add(self, place, change):
            self.now[place] = self.now.get(place, 0) + change
            self.most[place] = max(self.most.get(place, 0), self.now[place])

    for n in (1, 2, 3, 7, 12, 40):
        for s in (1, 2, 3, 5):
            schedule, held = OFFLINE[name](n, s), Watch()
            for action in schedule:
                match type(action).__name__:
                    case "Store":
                        held.add(action.place, 1)
                    case "Restore":
                        held.add(action.place, -action.last)
                    case "Free":
                        held.add(action.place, -1)
            if name in BOUNDS:
                assert all(most <= schedule.places[place] for place, most in held.most.items())
            else:
                assert held.most == dict(schedule.places)


@pytest.mark.parametrize("name", ONLINE)
def test_online(name):
    for s in [*range(1, 9), 20]:
        schedule = ONLINE[name](s)
        for n in [*range(0, 60), 101, 200]:
            counts = simulate(schedule, n)
            assert counts.forward_steps >= optimal_forward_steps(n, schedule.snapshots)
            assert schedule.steps == n


@pytest.mark.parametrize("name", [*OFFLINE, *ONLINE])
def test_nothing_to_do(name):
    schedule = OFFLINE[name](0, 1) if name in OFFLINE else ONLINE[name](1)
    assert simulate(schedule, 0).forward_steps == 0
    assert simulate(schedule, 0).stores == {}
    if name in OFFLINE:
        assert list(schedule) == [Done()] and schedule.places == {} and schedule.forward_steps == 0


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from([*OFFLINE, *ONLINE]), n=st.integers(0, 400), s=st.integers(1, 40))
def test_any(name, n, s):
    if name in OFFLINE:
        check_offline(OFFLINE[name](n, s))
    else:
        simulate(ONLINE[name](s), n)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: Multistage(3, 0, 0), "snapshots"),
        (lambda: Multistage(3, -1, 2), "ram"),
        (lambda: Multistage(3, 1, 2.5), "disk"),
        (lambda: HRevolve(3, 0, 0), "ram"),
        (lambda: HRevolve(3, 1, None), "disk"),
        (lambda: HRevolve(-3, 1, 1), "steps"),
        (lambda: HRevolve(10**6, 10, 10), "steps"),
        (lambda: DiskRevolve(3, -1), "ram"),
        (lambda: CoarseHRevolve(3, 0, 1, 1), "ram"),
        (lambda: CoarseHRevolve(3, 1, 1, 0), "grid"),
        (lambda: CoarseHRevolve(10**6, 1, 10, 1), "steps"),
        (lambda: Mixed(3, 0), "units"),
        (lambda: Mixed(3, 1, "tape"), "place"),
        (lambda: Mixed(10**7, 10), "steps"),
        (lambda: Periodic(3, 0), "period"),
        (lambda: Periodic(3, 1, -1), "inner"),
        (lambda: Periodic(3, 1, 1, "ram", "tape"), "place"),
        (lambda: Periodic(3, 1, None, "ram", "disk"), "inner_place"),
        (lambda: FullStorage(-1), "steps"),
        (lambda: FullStorage(1, "tape"), "place"),
        (lambda: Online(0), "snapshots"),
        (lambda: MinimalRepetition(1, "tape"), "place"),
        (lambda: CoarseOnline(0, 1, 1), "ram"),
        (lambda: CoarseOnline(1, 0, 1), "snapshots"),
        (lambda: CoarseOnline(1, 1, 0), "grid"),
        (lambda: Shielded(Online(2), 3), "schedule"),
        (lambda: Shielded(Binomial(5, 2), 0), "period"),
    ],
)
def test_bad_arguments(make, name):
    with pytest.raises(ArgumentError) as caught:
        make()
    assert caught.value.argument == name
