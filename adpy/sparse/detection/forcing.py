"""Forcing: recordings in which decisions at chosen places of the user's code come out as wanted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from adpy.kernels.opcodes import COMPARISONS
from adpy.plain import np
from adpy.program import Recorder
from adpy.program.masks import Mask
from adpy.traced.refusal import user_frame

__all__ = ["Endless", "Forcing", "Place"]

MORE = 8
"""Decisions that are forced at a place beyond those that the function takes there by itself."""
LEAST = 10_000
"""Decisions that a recording may have, at least; more if the function takes more by itself."""

Place = tuple[Any, int]
"""Code object and instruction: what took a decision."""


class Endless(Exception):
    """A loop whose condition is forced does not end."""


class Forcing(Recorder):
    """A recorder whose decisions are forced.

    Parameters
    ----------
    wanted : dict of Place to bool
        What decisions are to be; the others are what the values say.
    natural : Counter
        How many decisions the function takes at each place by itself; empty where this is not known.
    names : dict of Place to str
        File and line of each place that is met; filled in.
    """

    __slots__ = ("counts", "names", "natural", "wanted")

    def __init__(self, wanted: dict[Place, bool], natural: Counter, names: dict[Place, str]) -> None:
        Recorder.__init__(self)
        self.wanted, self.natural, self.names = wanted, natural, names
        self.counts: Counter = Counter()

    def forced(self, outcome: Any) -> Any:
        """What a decision is to be, in the place of its outcome: a truth value, or an array of them."""
        frame = user_frame()
        if frame is None:
            return outcome
        place = frame.f_code, frame.f_lasti
        self.names.setdefault(place, f"{frame.f_code.co_filename}:{frame.f_lineno}")
        self.counts[place] += 1
        if self.counts.total() > max(LEAST, 10 * self.natural.total()):
            self.failure = "a loop that does not end"
            raise Endless
        if place not in self.wanted or self.counts[place] > self.natural[place] + MORE:
            return outcome
        wanted = self.wanted[place]
        return np.full(outcome.shape, wanted) if type(outcome) is np.ndarray else type(outcome)(wanted)

    def compare(self, name: str, a: int, b: int, outcome: Any) -> Any:
        return self.forced(Recorder.compare(self, name, a, b, outcome))

    def inert(self, function: Callable, args: tuple, kwargs: dict) -> Any:
        before = self.counts.total()
        outcome = Recorder.inert(self, function, args, kwargs)
        if self.counts.total() > before:
            return outcome
        if type(outcome) is Mask:
            outcome.plain = self.forced(outcome.plain)
        elif isinstance(outcome, bool | np.bool_) or (function in COMPARISONS and type(outcome) is np.ndarray):
            return self.forced(outcome)
        return outcome


def assignments(places: Sequence[Place]) -> list[dict[Place, bool]]:
    """All ways in which decisions at these places may come out."""
    found: list[dict[Place, bool]] = [{}]
    for place in places:
        found = [{**before, place: wanted} for before in found for wanted in (True, False)]
    return found
