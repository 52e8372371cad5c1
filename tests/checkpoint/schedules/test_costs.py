"""Schedules in memory and on disk, and mixed ones: never dearer than the best of all possible sequences of actions."""

import itertools

import pytest

from adpy.checkpoint.schedules import (
    Binomial,
    CoarseHRevolve,
    Costs,
    DiskRevolve,
    HRevolve,
    Mixed,
    Multistage,
    optimal_forward_steps,
    simulate,
)
from adpy.errors import ArgumentError
from tests.checkpoint.schedules.references import least_cost

COSTS = [
    Costs(adjoint=0.0, write={"disk": 1.0}, read={"disk": 1.0}),
    Costs(adjoint=0.0, write={"disk": 0.3}, read={"disk": 2.5}),
    Costs(adjoint=0.0, write={"disk": 5.0}, read={"disk": 0.25}),
    Costs(adjoint=0.0, write={"ram": 0.25, "disk": 0.75}, read={"ram": 0.5, "disk": 1.0}),
    Costs(step=3.0, adjoint=0.0, write={"disk": 4.0}, read={"disk": 1.0}),
    Costs(adjoint=0.0),
]


def searched(steps, ram, disk, costs):
    return least_cost(steps, {"ram": ram, "disk": disk}, costs.write, costs.read, costs.step)


@pytest.mark.parametrize("costs", COSTS, ids=range(len(COSTS)))
def test_h_revolve_is_the_best_of_all(costs):
    for n, ram, disk in itertools.product(range(1, 6), range(3), range(3)):
        if n > 1 and not ram + disk:
            continue
        schedule = HRevolve(n, ram, disk, costs)
        assert simulate(schedule).cost(costs) == pytest.approx(schedule.cost)
        assert schedule.cost == pytest.approx(searched(n, ram, disk, costs))


@pytest.mark.parametrize("costs", COSTS[:3], ids=range(3))
def test_a_grid_of_single_steps_is_h_revolve(costs):
    for n, ram, disk in itertools.product((1, 2, 10, 57), (1, 3), (1, 4, 9)):
        for room, best in ((disk, HRevolve(n, ram, disk, costs)), (None, DiskRevolve(n, ram, costs))):
            assert simulate(CoarseHRevolve(n, ram, room, 1, costs)).cost(costs) == pytest.approx(best.cost)


def test_a_grid_comes_near():
    costs = Costs(write={"disk": 20.0}, read={"disk": 20.0})
    for n, grid in ((400, 2), (1000, 10), (1003, 10)):
        best = HRevolve(n, 5, 8, costs).cost
        assert best <= simulate(CoarseHRevolve(n, 5, 8, grid, costs)).cost(costs) < 1.01 * best


def test_a_million_steps_on_a_grid():
    costs = Costs(write={"disk": 100.0}, read={"disk": 100.0})
    schedule = CoarseHRevolve(10**6, 10, None, 1000, costs)
    assert schedule.counts().cost(costs) < 0.6 * Binomial(10**6, 10).counts().cost(costs)


@pytest.mark.parametrize("costs", COSTS[:3], ids=range(3))
def test_h_revolve_is_the_best_of_all_for_more_steps(costs):
    for n, ram, disk in ((7, 1, 1), (7, 2, 1), (8, 1, 1), (8, 1, 2)):
        assert HRevolve(n, ram, disk, costs).cost == pytest.approx(searched(n, ram, disk, costs))


@pytest.mark.parametrize("costs", COSTS, ids=range(len(COSTS)))
def test_disk_revolve_is_the_best_of_all(costs):
    for n, ram in ((1, 0), (2, 0), (4, 0), (3, 1), (5, 1), (5, 2)):
        schedule = DiskRevolve(n, ram, costs)
        assert simulate(schedule).cost(costs) == pytest.approx(schedule.cost)
        assert schedule.cost == pytest.approx(searched(n, ram, n, costs))


def test_free_disk_is_more_memory():
    for n, ram, disk in itertools.product((5, 30, 77), (0, 1, 3), (1, 4)):
        assert HRevolve(n, ram, disk, COSTS[-1]).cost == optimal_forward_steps(n, ram + disk)


def test_no_disk_is_binomial():
    for n, ram in itertools.product((1, 2, 5, 30, 77), (1, 2, 7)):
        assert HRevolve(n, ram, 0).forward_steps == Binomial(n, ram).forward_steps


def test_prohibitive_disk_is_binomial():
    dear = Costs(write={"disk": 1e6}, read={"disk": 1e6})
    schedule = HRevolve(60, 3, 5, dear)
    assert schedule.places == {"ram": 3}
    assert schedule.forward_steps == optimal_forward_steps(60, 3)
    assert DiskRevolve(60, 3, dear).places == {"ram": 3}


def test_more_disk_is_never_worse():
    for ram in (1, 3):
        least = [HRevolve(80, ram, disk).cost for disk in range(0, 30)]
        assert least == sorted(least, reverse=True)
        assert DiskRevolve(80, ram).cost == HRevolve(80, ram, 79).cost


def test_h_revolve_is_never_dearer_than_multistage():
    for n, ram, disk in itertools.product((10, 40, 100), (1, 4), (1, 4, 8)):
        costs = Costs(write={"disk": 2.0}, read={"disk": 2.0})
        assert HRevolve(n, ram, disk, costs).cost <= Multistage(n, ram, disk, costs).counts().cost(costs)


def peer_cost(schedule, read, write):
    """The time of a schedule of checkpoint_schedules, a step being one, without the adjoint."""
    total = 0.0
    for action in schedule:
        name = type(action).__name__
        if name == "Forward":
            total += action.n1 - action.n0
            total += write * (action.write_ics and action.storage.name == "DISK")
        elif name in ("Copy", "Move"):
            total += read * (action.from_storage.name == "DISK")
        elif name == "EndReverse":
            return total
    raise AssertionError("no end")


def test_same_cost_as_checkpoint_schedules():
    peer = pytest.importorskip("checkpoint_schedules")
    for (n, ram, disk), (write, read) in itertools.product(
        [(10, 1, 2), (30, 2, 3), (40, 3, 1)], [(2.0, 2.0), (5.0, 1.0), (0.5, 3.0)]
    ):
        costs = Costs(adjoint=0.0, write={"disk": write}, read={"disk": read})
        found = peer.HRevolve(n, ram, disk, wd=write, rd=read)
        assert HRevolve(n, ram, disk, costs).cost == pytest.approx(peer_cost(found, read, write))
        found = peer.DiskRevolve(n, ram, wd=write, rd=read)
        assert DiskRevolve(n, ram, costs).cost <= peer_cost(found, read, write) + 1e-9


def test_multistage_keeps_the_busiest_in_memory():
    """Of all ways to give the slots of a binomial schedule to the two places, none reads and writes disk less."""
    from adpy.checkpoint.schedules.binomial import slot_counts

    for n, ram, disk in ((10, 2, 2), (30, 1, 4), (57, 3, 3)):
        stores, restores = slot_counts(n, ram + disk)
        traffic = stores + restores
        least = min(sum(int(traffic[i]) for i in chosen) for chosen in itertools.combinations(range(ram + disk), disk))
        counts = simulate(Multistage(n, ram, disk))
        assert counts.stores["disk"] + counts.restores["disk"] == least
        assert counts.forward_steps == optimal_forward_steps(n, ram + disk)


@pytest.mark.slow  # the peer compiles
def test_multistage_traffic_is_not_above_the_peers():
    peer = pytest.importorskip("checkpoint_schedules")
    for n, ram, disk in ((10, 2, 2), (30, 1, 4), (57, 3, 3)):
        counts = Multistage(n, ram, disk).counts()
        theirs = peer_cost(peer.MultistageCheckpointSchedule(n, ram, disk), 1.0, 1.0)
        assert counts.forward_steps + counts.stores["disk"] + counts.restores["disk"] <= theirs


def test_mixed_is_the_best_of_all():
    for n, units in itertools.product(range(1, 7), range(1, 4)):
        found = least_cost(n, {"ram": units}, {}, {}, records=True)
        assert simulate(Mixed(n, units)).forward_steps == found


def test_mixed_is_the_recursion_of_checkpoint_schedules():
    peer = pytest.importorskip("checkpoint_schedules.mixed")
    for n, units in itertools.product(range(2, 60), range(1, 10)):
        assert Mixed(n, units).forward_steps == peer.optimal_steps_mixed(n, min(units, n - 1))


def test_mixed_is_never_worse_than_binomial():
    for n, units in itertools.product((2, 10, 50, 150), (1, 2, 5, 12)):
        assert Mixed(n, units).forward_steps <= Binomial(n, units).forward_steps
    assert Mixed(20, 19).forward_steps == 20


def test_costs_are_checked():
    for arguments, name in (
        ({"step": -1.0}, "step"),
        ({"adjoint": float("nan")}, "adjoint"),
        ({"write": {"tape": 1.0}}, "write"),
        ({"read": {"disk": float("inf")}}, "read['disk']"),
    ):
        with pytest.raises(ArgumentError) as caught:
            Costs(**arguments)
        assert caught.value.argument == name


def test_cost_of_counts():
    costs = Costs(step=2.0, adjoint=3.0, write={"disk": 5.0}, read={"disk": 7.0})
    counts = simulate(Binomial(3, 1, "disk"))
    assert counts.cost(costs) == 6 * 2 + 3 * 3 + 5 + 2 * 7
    assert counts.bare(costs) == 3 * 5
