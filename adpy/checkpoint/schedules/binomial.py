"""Binomial checkpointing (revolve): the fewest forward steps for a known number of steps and snapshots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from math import comb

from adpy.checkpoint.actions import PLACES, Action, Done, Forward, Restore, Reverse, Store
from adpy.checkpoint.schedules.base import OfflineSchedule, check_count
from adpy.errors import ArgumentError

__all__ = ["Binomial", "advance", "optimal_forward_steps", "repetitions", "reverse_binomially"]


def beta(snapshots: int, repetitions: int) -> int:
    """β(s, t) = (s + t)! / (s! t!): the most steps that s snapshots reverse advancing over none more than t times."""
    return comb(snapshots + repetitions, repetitions) if snapshots >= 0 and repetitions >= 0 else 0


def repetitions(steps: int, snapshots: int) -> int:
    """The least t with β(snapshots, t) >= steps."""
    if snapshots == 1:
        return steps - 1
    high = 1
    while beta(snapshots, high) < steps:
        high *= 2
    low = high // 2
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if beta(snapshots, middle) < steps else (low, middle)
    return high if beta(snapshots, low) < steps else low


def optimal_forward_steps(steps: int, snapshots: int) -> int:
    """The fewest steps that must run, those recorded for their adjoint included, to reverse a loop.

    Parameters
    ----------
    steps : int
        Steps of the loop.
    snapshots : int
        Snapshots that may be held at once; that of the initial state is one of them.

    Raises
    ------
    ArgumentError
        For negative numbers, and for no snapshot with two steps or more.

    References
    ----------
    Griewank & Walther (2000), Algorithm 799, ACM TOMS 26(1), Proposition 1: (t + 1) n − β(s + 1, t − 1).

    Examples
    --------
    >>> optimal_forward_steps(1000, 10)
    4636
    """
    steps, snapshots = check_count("steps", steps), check_count("snapshots", snapshots)
    if steps < 2:
        return steps
    if snapshots == 0:
        raise ArgumentError("snapshots", f"at least 1 to reverse {steps} steps", "0")
    t = repetitions(steps, snapshots)
    return (t + 1) * steps - beta(snapshots + 1, t - 1)


@lru_cache(maxsize=1 << 14)
def advance(steps: int, snapshots: int) -> int:
    """How many steps to go before the next snapshot, from a state that one of ``snapshots`` >= 1 holds, ``steps`` >=
    2 from the end.

    Of the choices that need the fewest forward steps this is the one that also stores the fewest snapshots.

    References
    ----------
    Griewank & Walther (2000), Algorithm 799, ACM TOMS 26(1), page 34.
    """
    if snapshots == 1:
        return steps - 1
    if snapshots >= steps - 1:
        return 1
    t = repetitions(steps, snapshots)
    if steps <= beta(snapshots, t - 1) + beta(snapshots - 2, t - 1):
        return beta(snapshots, t - 2)
    if steps >= beta(snapshots, t) - beta(snapshots - 3, t):
        return beta(snapshots, t - 1)
    return steps - beta(snapshots - 1, t - 1) - beta(snapshots - 2, t - 1)


def reverse_binomially(
    stop: int, held: Sequence[tuple[int, str]], free: Sequence[str], at: int | None = None, base: int = 0
) -> Iterator[Action]:
    """Reverse the steps ``stop - 1, …, base`` from snapshots that are there, binomially between them.

    Parameters
    ----------
    stop : int
        The steps from here on are reversed, or do not exist.
    held : sequence of (int, str)
        Step and place of each snapshot that is held, ascending, all in ``[base, stop)``.
    free : sequence of str
        Places of the snapshots that may be stored besides; the last one is taken first, and what is freed comes last
        again.
    at : int or None
        The step of the current state (beyond the last snapshot), or None.
    base : int
        The first step; the state there is held or current.

    Yields
    ------
    Action
        Without ``Done``.
    """
    stack, room = list(held), list(free)
    while stop > base:
        if at is None:
            at, place = stack[-1]
            if at == stop - 1:
                stack.pop()
                room.append(place)
                yield Restore(at, place, True)
            else:
                yield Restore(at, place)
                step = advance(stop - at, len(room) + 1)
                yield Forward(at, at + step)
                at += step
        while at < stop - 1:
            place = room.pop()
            stack.append((at, place))
            yield Store(at, place)
            step = advance(stop - at, len(room) + 1)
            yield Forward(at, at + step)
            at += step
        yield Reverse(at, stop)
        stop, at = at, None


class Binomial(OfflineSchedule):
    """Binomial checkpointing: provably the fewest forward steps, and among those schedules the fewest stores.

    Parameters
    ----------
    steps : int
        Steps of the loop, from 0 on.
    snapshots : int
        Snapshots that may be held at once, that of the initial state included. More than ``steps - 1`` are not needed
        and not used; none is needed for up to one step.
    place : str
        ``"ram"`` or ``"disk"``.

    Raises
    ------
    ArgumentError
        For negative numbers, for an unknown place, and for no snapshot with two steps or more.

    References
    ----------
    Griewank & Walther (2000), Algorithm 799: revolve, ACM TOMS 26(1), 19-45.

    Examples
    --------
    >>> from adpy.checkpoint.schedules import Binomial
    >>> for action in Binomial(3, snapshots=1):
    ...     print(action)
    Store(step=0, place='ram')
    Forward(start=0, stop=2)
    Reverse(start=2, stop=3, place=None)
    Restore(step=0, place='ram', last=False)
    Forward(start=0, stop=1)
    Reverse(start=1, stop=2, place=None)
    Restore(step=0, place='ram', last=True)
    Reverse(start=0, stop=1, place=None)
    Done()
    >>> Binomial(1000, snapshots=10).forward_steps
    4636
    """

    def __init__(self, steps: int, snapshots: int, place: str = "ram") -> None:
        self._forward_steps = optimal_forward_steps(steps, snapshots)
        if place not in PLACES:
            raise ArgumentError("place", " or ".join(map(repr, PLACES)), repr(place))
        self._steps = check_count("steps", steps)
        self._used = min(check_count("snapshots", snapshots), max(self._steps - 1, 0))
        self._place = place

    @property
    def places(self) -> Mapping[str, int]:
        """Most snapshots that are held in each place at once."""
        return {self._place: self._used} if self._used else {}

    @property
    def forward_steps(self) -> int:
        """How many steps run in all, those within ``Reverse`` included: the least possible number."""
        return self._forward_steps

    def __iter__(self) -> Iterator[Action]:
        """The actions, from the first."""
        if self._steps:
            yield from reverse_binomially(self._steps, (), (self._place,) * self._used, at=0)
        yield Done()
