"""Queues take actions ahead of the end of a loop, and give the same ones as if they had not."""

import pytest

from adpy.checkpoint.actions import Forward, Free, Restore, Store
from adpy.checkpoint.driving.queue import AHEAD, FORWARD, FREE, STORE, Queue
from adpy.checkpoint.schedules import MinimalRepetition, Online

SCHEDULES = [Online, MinimalRepetition]


def one_by_one(schedule, steps):
    """The actions of a loop that ends after so many steps, those up to the end and those on the way back."""
    there, source = [], iter(schedule)
    for action in source:
        there.append(action)
        if type(action) is Forward and action.stop >= steps:
            break
    schedule.finish(steps)
    return there, list(source)


def queued(schedule, steps, known):
    """The same by a queue; ``known``: rows go no further than to the end."""
    queue, there, back = Queue(schedule), [], []
    while queue.fill():
        if known:
            queue.cut(steps)
        action, (kind, _, stop) = queue.action, queue.row
        there.append(action)
        if kind == FORWARD and stop >= steps:
            if stop > steps:
                queue.rows[queue.at, 1] = steps  # done in part
            else:
                queue.at += 1
            break
        queue.at += 1
    queue.settle(steps)
    while queue.fill():
        back.append(queue.action)
        queue.at += 1
    return there, back


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("snapshots", [1, 2, 3, 7])
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_end_may_come_at_any_step(schedule, snapshots, known):
    for steps in [*range(1, 40), AHEAD - 1, AHEAD, AHEAD + 1, 777]:
        if snapshots == 1 and steps > 60:
            continue
        expected = one_by_one(schedule(snapshots), steps)
        assert queued(schedule(snapshots), steps, known) == expected


@pytest.mark.parametrize("steps", [5, 300])
def test_slots_are_not_taken_twice(steps):
    queue, slots = Queue(Online(3)), {}
    ended = False
    while queue.fill():
        kind, first, second = queue.row
        action = queue.action
        if kind == STORE:
            assert first < 3 and first not in slots.values()
            slots[second] = first
        elif kind == FREE:
            assert type(action) is Free
            del slots[action.step]
        elif type(action) is Restore:
            assert slots[second] == first
            if action.last:
                del slots[second]
        queue.at += 1
        if kind == FORWARD and second >= steps and not ended:
            ended = True
            if second > steps:
                queue.at -= 1
            queue.settle(steps)
    assert ended and not slots


def test_restarted_streams_are_those_of_the_schedule():
    given = [0, 5, 9]
    expected = one_by_one(Online(4, "disk", held=given), 30)
    assert queued(Online(4, "disk", held=given), 30, False) == expected
    assert any(type(action) is Store for action in expected[0])
