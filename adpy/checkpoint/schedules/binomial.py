"""Binomial checkpointing (revolve): the fewest forward steps for a known number of steps and snapshots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from heapq import heappop, heappush
from math import comb

from adpy.checkpoint.actions import Action, Done, Forward, Restore, Reverse, Store
from adpy.checkpoint.schedules.base import OfflineSchedule, check_count, check_place
from adpy.checkpoint.schedules.counts import Counts
from adpy.errors import ArgumentError
from adpy.plain import np

__all__ = ["Binomial", "advance", "optimal_forward_steps", "repetitions", "reverse_binomially", "slot_counts"]


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


def slot_counts(steps: int, snapshots: int) -> tuple[np.ndarray, np.ndarray]:
    """How often a binomial schedule stores to and restores from each of its snapshots, without walking it.

    Snapshots are stored and dropped like a stack; the first is that of the initial state.

    Parameters
    ----------
    steps, snapshots : int
        As for :class:`Binomial`.

    Returns
    -------
    stores, restores : ndarray of int64, shape (min(snapshots, steps - 1),)

    Examples
    --------
    >>> slot_counts(10, 3)
    (array([1, 2, 3]), array([2, 3, 4]))
    """
    used = min(snapshots, max(steps - 1, 0))
    stores, restores = np.zeros(used, np.int64), np.zeros(used, np.int64)
    # How often a stretch of so many steps comes up with so many snapshots free: with its first state current,
    # and with it stored. A stretch is split into shorter ones, so the longest comes first.
    often: dict[tuple[int, int], list[int]] = {}
    queue: list[tuple[int, int]] = []

    def add(length: int, free: int, current: int, stored: int) -> None:
        if (length, free) not in often:
            often[length, free] = [0, 0]
            heappush(queue, (-length, free))
        often[length, free][0] += current
        often[length, free][1] += stored

    if steps:
        add(steps, used, 1, 0)
    while queue:
        length, free = heappop(queue)
        length = -length
        current, stored = often.pop((length, free))
        slot = used - free
        if length == 1:
            if stored:
                restores[slot] += stored
            continue
        stores[slot] += current
        restores[slot] += stored
        if free == 1:
            restores[slot] += (length - 1) * (current + stored)
        elif free >= length - 1:
            both = slice(slot, slot + length - 1)
            restores[both] += current + stored
            stores[slot + 1 : slot + length - 1] += current + stored
        else:
            step = advance(length, free)
            add(length - step, free - 1, current + stored, 0)
            add(step, free, 0, current + stored)
    return stores, restores


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
        self._steps = check_count("steps", steps)
        self._used = min(check_count("snapshots", snapshots), max(self._steps - 1, 0))
        self._place = check_place(place)

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        return f"Binomial checkpointing (revolve) with {self._used:,} snapshots"

    @property
    def places(self) -> Mapping[str, int]:
        """Most snapshots that are held in each place at once."""
        return {self._place: self._used} if self._used else {}

    @property
    def forward_steps(self) -> int:
        """How many steps run in all, those within ``Reverse`` included: the least possible number."""
        return self._forward_steps

    def counts(self) -> Counts:
        """How often a run does what."""
        stores, restores = slot_counts(self._steps, self._used)
        return Counts(
            self._steps,
            self._forward_steps,
            {self._place: int(stores.sum())} if self._used else {},
            {self._place: int(restores.sum())} if self._used else {},
            {},
        )

    def __iter__(self) -> Iterator[Action]:
        """The actions, from the first."""
        if self._steps:
            yield from reverse_binomially(self._steps, (), (self._place,) * self._used, at=0)
        yield Done()
