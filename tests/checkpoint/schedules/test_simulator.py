"""The simulator refuses every kind of broken schedule, and lets correct ones pass."""

import pytest

from adpy.checkpoint.actions import Done, Forward, Free, Record, Restore, Reverse, Store
from adpy.checkpoint.schedules import Binomial, Counts, OfflineSchedule, Online, simulate
from adpy.errors import ScheduleError


class Written(OfflineSchedule):
    """A schedule written out action by action."""

    def __init__(self, steps, actions, places, forward_steps, records=None, units=None, span=1):
        self._steps, self._actions, self._places, self._ran = steps, actions, places, forward_steps
        self._records, self._span = records or {}, span
        self._units = units

    title = "Written out"
    places = property(lambda self: self._places)
    records = property(lambda self: self._records)
    units = property(lambda self: self._units or OfflineSchedule.units.fget(self))
    span = property(lambda self: self._span)
    forward_steps = property(lambda self: self._ran)

    def counts(self):
        return Counts(self._steps, self._ran, {}, {}, {})

    def __iter__(self):
        return iter(self._actions)


GOOD = [
    Store(0, "ram"),
    Forward(0, 2),
    Reverse(2, 3),
    Restore(0, "ram"),
    Forward(0, 1),
    Reverse(1, 2),
    Restore(0, "ram", True),
    Reverse(0, 1),
    Done(),
]


def changed(changes, actions=GOOD):
    """``actions`` with some replaced by lists of others."""
    return [b for i, a in enumerate(actions) for b in changes.get(i, [a])]


def test_a_correct_schedule_passes():
    counts = simulate(Written(3, GOOD, {"ram": 1}, 6))
    assert counts == Counts(3, 6, {"ram": 1}, {"ram": 2}, {})


BROKEN = {
    "store of a state that is not current": changed({0: [Store(1, "ram")]}),
    "snapshot stored twice": changed({0: [Store(0, "ram"), Store(0, "ram")]}),
    "too many snapshots": changed({1: [Forward(0, 1), Store(1, "ram"), Forward(1, 2), Free(1, "ram")]}),
    "a place without room": changed({0: [Store(0, "ram"), Store(0, "disk"), Free(0, "disk")]}),
    "an unknown place": changed({0: [Store(0, "ram"), Store(0, "tape"), Free(0, "tape")]}),
    "restore of what was never stored": changed({3: [Restore(1, "ram")], 4: []}),
    "restore from the wrong place": changed({3: [Restore(0, "disk")]}),
    "restore after the last": changed({3: [Restore(0, "ram", True)]}),
    "advance from elsewhere": changed({1: [Forward(1, 2)]}),
    "advance without a current state": changed({3: []}),
    "advance by nothing": changed({1: [Forward(0, 0), Forward(0, 2)]}),
    "advance over the end": changed({1: [Forward(0, 4)], 2: []}),
    "advance into what is reversed": changed({4: [Forward(0, 2), Restore(0, "ram"), Forward(0, 1)]}),
    "a step reversed twice": changed({2: [Reverse(2, 3), Restore(0, "ram"), Forward(0, 2), Reverse(2, 3)]}),
    "a step left out": changed({3: [], 4: [], 5: []}),
    "the first steps left out": GOOD[:6] + [Free(0, "ram"), Done()],
    "reversed from another state": changed({4: []}),
    "reversed without a current state": changed({6: [Free(0, "ram")]}),
    "two steps reversed at once": changed({4: [], 5: [Reverse(0, 2)], 6: [Free(0, "ram")], 7: []}),
    "a snapshot left behind": changed({6: [Restore(0, "ram")]}),
    "freed twice": changed({8: [Free(0, "ram"), Done()]}),
    "no Done": GOOD[:-1],
    "something after Done": [*GOOD, Done()],
    "not an action": changed({0: ["store"]}),
    "a record that is not there": changed({2: [Reverse(2, 3, "ram")]}),
    "a record without room": changed({1: [Forward(0, 1), Record(1, 2, "ram")]}),
    "more steps run than promised": changed({4: [Forward(0, 1), Restore(0, "ram"), Forward(0, 1)]}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_schedules_are_refused(name):
    with pytest.raises(ScheduleError) as caught:
        simulate(Written(3, BROKEN[name], {"ram": 1}, 6))
    assert caught.value.expected in str(caught.value)


RECORDED = [Record(0, 2, "ram"), Reverse(2, 3), Reverse(1, 2, "ram"), Reverse(0, 1, "ram"), Done()]
BROKEN_RECORDS = {
    "more records than promised": (RECORDED, {"ram": 1}, None),
    "more units than promised": (RECORDED, {"ram": 2}, {"ram": 1}),
    "a record from elsewhere": (changed({2: [Reverse(1, 2, "disk")]}, RECORDED), {"ram": 2}, None),
    "a record used twice": (changed({3: [Reverse(1, 2, "ram")]}, RECORDED), {"ram": 2}, None),
    "a record left behind": (RECORDED[:3] + [Done()], {"ram": 2}, None),
    "a step recorded twice": (changed({0: [Record(0, 1, "ram"), Record(0, 2, "ram")]}, RECORDED), {"ram": 2}, None),
    "nothing reversed": (changed({2: [Reverse(2, 2, "ram"), Reverse(1, 2, "ram")]}, RECORDED), {"ram": 2}, None),
    "nothing reversed at once": (changed({1: [Reverse(3, 3), Reverse(2, 3)]}, RECORDED), {"ram": 2}, None),
}


def test_records_pass():
    assert simulate(Written(3, RECORDED, {}, 3, {"ram": 2})).records == {"ram": 2}


@pytest.mark.parametrize("name", BROKEN_RECORDS)
def test_broken_records_are_refused(name):
    actions, records, units = BROKEN_RECORDS[name]
    with pytest.raises(ScheduleError):
        simulate(Written(3, actions, {}, 3, records, units))


def test_fewer_steps_than_promised_are_refused():
    with pytest.raises(ScheduleError, match="7 forward steps as promised, and 6 ran"):
        simulate(Written(3, GOOD, {"ram": 1}, 7))


def test_the_number_of_steps():
    with pytest.raises(ScheduleError, match="number of steps"):
        simulate(Online(3))
    with pytest.raises(ScheduleError, match="3 steps, not 4"):
        simulate(Binomial(3, 1), 4)
    assert simulate(Binomial(3, 1), 3).steps == 3


class Forgetful(Online):
    """Goes on from the state at which the loop ended as if it were its own."""

    def _stream(self):
        yield Store(0, "ram")
        self._begun, self._reached = 0, 3
        yield Forward(0, 3)
        yield Forward(3, 4)


def test_online_schedules_must_not_use_the_final_state():
    with pytest.raises(ScheduleError, match="to be current"):
        simulate(Forgetful(2), 3)
