"""Pictures of schedules show every step that runs and every snapshot while it is held."""

import sys

import pytest

import adpy.visual
from adpy.checkpoint.schedules import Binomial, FullStorage, Mixed, Multistage, Online, Resumed, simulate
from adpy.errors import ArgumentError, OptionalDependencyError
from adpy.visual.schedules import KINDS, _lines


def height(lines):
    return sum(abs(line[1][1] - line[0][1]) for line in lines)


@pytest.mark.parametrize(
    ("schedule", "steps"),
    [
        (Binomial(40, 4), None),
        (Multistage(40, 2, 2), None),
        (Mixed(40, 4), None),
        (FullStorage(40), None),
        (Online(4), 40),
        (Resumed(40, [(0, "disk"), (20, "ram")], {"disk": 1, "ram": 2}), None),
    ],
)
def test_what_the_lines_show(schedule, steps):
    lines = _lines(schedule, steps)
    counts = simulate(schedule, steps)
    ran = [*lines["forward"], *lines["record"], *(line for line in lines["reverse"] if len(line) == 3)]
    assert height(ran) == counts.forward_steps
    assert height(lines["reverse"]) == 40
    for place in ("ram", "disk"):
        there = sum(p == place for _, p in schedule.held)
        assert len(lines[place]) == counts.stores.get(place, 0) + there
        assert all(start[0] <= stop[0] and start[1] == stop[1] for start, stop in lines[place])
    assert sum(map(len, lines.values())) >= 40 and set(lines) == set(KINDS)


def test_a_picture():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    for schedule, steps in ((Multistage(40, 2, 2), None), (Online(3), 25), (Binomial(0, 0), None)):
        ax = adpy.visual.schedule(schedule, steps)
        ax.figure.canvas.draw()
        assert schedule.title in ax.get_title()
        assert adpy.visual.schedule(schedule, steps, ax=ax) is ax
        pyplot.close(ax.figure)


def test_errors(monkeypatch):
    with pytest.raises(ArgumentError, match="schedule"):
        adpy.visual.schedule("revolve")
    with pytest.raises(ArgumentError, match="steps"):
        adpy.visual.schedule(Online(3))
    with pytest.raises(ArgumentError, match="at most 200000 actions"):
        adpy.visual.schedule(Binomial(10**6, 5))
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(OptionalDependencyError, match="matplotlib"):
        adpy.visual.schedule(Binomial(10, 2))
