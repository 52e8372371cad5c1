"""Schedules drawn with characters."""

import pytest

from adpy.checkpoint.schedules import Binomial, FullStorage, Mixed, Multistage, Online, Periodic, Resumed
from adpy.checkpoint.schedules.drawing import passes
from adpy.errors import ArgumentError


def rows(text):
    return text.splitlines()[1:]


def test_a_small_picture():
    assert rows(Binomial(6, 2).draw()) == ["o──o─◀", "o··o◀", "o··◀", "oo◀", "o◀", "◀"]


def test_disk_and_records():
    assert rows(Multistage(4, 1, 1).draw())[0] == "Do─◀"
    assert rows(FullStorage(4).draw()) == ["◀◀◀◀"]
    assert "r" in Mixed(12, 3).draw()
    assert rows(Periodic(9, 3).draw()) == ["o──o──◀◀◀", "o··◀◀◀", "◀◀◀"]
    assert rows(Resumed(5, [(0, "disk"), (2, "ram")], {"disk": 1, "ram": 2}).draw())[0] == "D·oo◀"


def test_every_step_is_reversed_in_a_pass():
    for schedule, steps in ((Binomial(37, 4), None), (Mixed(37, 4), None), (Online(4), 37)):
        spans = [span for one in passes(schedule, steps) for span in one.reversed]
        assert [stop for _, stop in spans] == [37, *[start for start, _ in spans[:-1]]] and spans[-1][0] == 0


def test_large_ones_are_put_together():
    text = Binomial(10_000, 5).draw(width=40, height=12)
    assert len(rows(text)) == 12 and max(map(len, rows(text))) == 40
    assert rows(text)[0].endswith("◀") and rows(text)[-1][0] in "◀o"
    assert "10,000 steps, 10,000 passes" in text


def test_nothing_to_draw():
    assert rows(Binomial(0, 0).draw()) == []
    assert rows(Online(2).draw(0)) == []


def test_bad_arguments():
    with pytest.raises(ArgumentError, match="steps"):
        Online(2).draw()
    with pytest.raises(ArgumentError, match="width"):
        Binomial(3, 1).draw(width=0)
    with pytest.raises(ArgumentError, match="height"):
        Binomial(3, 1).draw(height=1)


def test_representation():
    assert repr(Binomial(1400, 3)) == "<Binomial checkpointing (revolve) with 3 snapshots: 1,400 steps>"
    assert repr(Online(3)).endswith(": an unknown number of steps>")
