"""Counts: how often a schedule does what, and what that costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from adpy.checkpoint.actions import PLACES, Action, Forward, Free, Record, Restore, Reverse, Store
from adpy.errors import ArgumentError

__all__ = ["Costs", "Counts", "tally"]


@dataclass(frozen=True)
class Costs:
    """What single actions cost, all in one unit: seconds, or steps (the default: one step costs one, storing costs
    nothing).

    Attributes
    ----------
    step : float
        One step forward, also where it is recorded.
    adjoint : float
        The adjoint of one recorded step.
    write, read : mapping of str to float
        Storing to and restoring from each place. A missing place costs nothing.

    Examples
    --------
    >>> Costs(write={"disk": 3.0}, read={"disk": 2.0}).of_snapshot("disk", stores=1, restores=4)
    11.0
    """

    step: float = 1.0
    adjoint: float = 1.0
    write: Mapping[str, float] = field(default_factory=dict)
    read: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, value in (("step", self.step), ("adjoint", self.adjoint)):
            if not 0 <= value < float("inf"):
                raise ArgumentError(name, "a finite number >= 0", repr(value))
        for name, table in (("write", self.write), ("read", self.read)):
            for place, value in table.items():
                if place not in PLACES:
                    raise ArgumentError(name, f"costs of the places {PLACES}", repr(place))
                if not 0 <= value < float("inf"):
                    raise ArgumentError(f"{name}[{place!r}]", "a finite number >= 0", repr(value))

    def of_snapshot(self, place: str, stores: int, restores: int) -> float:
        """The cost of so many stores to and restores from a place."""
        return stores * self.write.get(place, 0.0) + restores * self.read.get(place, 0.0)


@dataclass(frozen=True)
class Counts:
    """What a whole stream of actions amounts to.

    Attributes
    ----------
    steps : int
        Steps of the loop; each is reversed once.
    forward_steps : int
        Steps that run, those within ``Reverse`` included.
    stores, restores : mapping of str to int
        Snapshots written to and read from each place.
    records : mapping of str to int
        Steps whose adjoint data is put into each place (and read once).
    """

    steps: int
    forward_steps: int
    stores: Mapping[str, int]
    restores: Mapping[str, int]
    records: Mapping[str, int]

    def cost(self, costs: Costs) -> float:
        """The time a run takes: steps, adjoints, and snapshots written and read."""
        storing = sum(costs.of_snapshot(p, self.stores.get(p, 0), self.restores.get(p, 0)) for p in PLACES)
        records = sum(costs.of_snapshot(p, n, n) for p, n in self.records.items() if p != "ram")  # there they are made
        return self.forward_steps * costs.step + self.steps * costs.adjoint + storing + records

    def bare(self, costs: Costs) -> float:
        """The time of all steps and all adjoints, each once: what unlimited memory would take."""
        return self.steps * (costs.step + costs.adjoint)


def tally(actions: Iterable[Action]) -> tuple[Counts, dict[str, int], dict[str, int]]:
    """Walk a stream that is right, and count.

    Returns
    -------
    counts : Counts
    snapshots, records : dict of str to int
        Most of each that are held at once, by place.
    """
    stores: Counter[str] = Counter()
    restores: Counter[str] = Counter()
    recorded: Counter[str] = Counter()
    held: Counter[str] = Counter()
    shelved: Counter[str] = Counter()
    most: dict[str, int] = {}
    shelves: dict[str, int] = {}
    steps = ran = 0
    for action in actions:
        match action:
            case Forward(start, stop):
                ran += stop - start
            case Store(_, place):
                stores[place] += 1
                held[place] += 1
                most[place] = max(most.get(place, 0), held[place])
            case Restore(_, place, last):
                restores[place] += 1
                held[place] -= last
            case Free(_, place):
                held[place] -= 1
            case Record(start, stop, place):
                ran += stop - start
                recorded[place] += stop - start
                shelved[place] += stop - start
                shelves[place] = max(shelves.get(place, 0), shelved[place])
            case Reverse(start, stop, place):
                steps += stop - start
                if place is None:
                    ran += stop - start
                else:
                    shelved[place] -= stop - start
    return Counts(steps, ran, dict(stores), dict(restores), dict(recorded)), most, shelves
