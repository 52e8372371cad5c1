"""Online checkpointing: near-optimal snapshots for a loop whose end shows only when it is reached."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping

from adpy.checkpoint.actions import Action, Done, Forward, Free, Restore, Store
from adpy.checkpoint.schedules.base import OnlineSchedule, check_count, check_place
from adpy.checkpoint.schedules.binomial import beta, optimal_forward_steps, reverse_binomially
from adpy.errors import ArgumentError

__all__ = ["MinimalRepetition", "Online"]


class _Held(OnlineSchedule):
    """An online schedule with one kind of snapshots; what differs is which it keeps on the way forward."""

    def __init__(self, snapshots: int, place: str = "ram") -> None:
        self._snapshots = check_count("snapshots", snapshots, 1)
        self._place = check_place(place)
        self._held: list[int] = []
        self._given: tuple[int, ...] = ()

    @property
    def held(self) -> tuple[tuple[int, str], ...]:
        """Step and place of snapshots that are there before the first action."""
        return tuple((step, self._place) for step in self._given)

    @property
    def places(self) -> Mapping[str, int]:
        """Most snapshots that are held in each place at once."""
        return {self._place: self._snapshots}

    @property
    def forward_steps(self) -> int | None:
        """How many steps run in all, those within ``Reverse`` included; None before ``finish``."""
        if self._steps is None:
            return None
        held = [step for step in self._held if step < self._steps]
        gaps = [stop - start for start, stop in zip(held, [*held[1:], self._steps])]
        back = sum(optimal_forward_steps(gap, self._snapshots - i) for i, gap in enumerate(gaps))
        return self._steps - max(self._given, default=0) + back

    @abstractmethod
    def _forward(self) -> Iterator[Action]:
        """The actions while the end is unknown; ``_held`` is what is held, ascending."""

    def __iter__(self) -> Iterator[Action]:
        """The actions, from the first; forgets the end of an earlier iteration."""
        self._steps, self._held = None, list(self._given)
        self._begun = self._reached = max(self._given, default=0)
        return self._stream()

    def _stream(self) -> Iterator[Action]:
        for action in self._forward() if self._steps is None else ():
            if isinstance(action, Forward):
                self._begun, self._reached = action.start, action.stop
            yield action
            if self._steps is not None:
                break
        place, held = self._place, list(self._held)
        while held and held[-1] >= self._steps:
            yield Free(held.pop(), place)
        room = (place,) * (self._snapshots - len(held))
        yield from reverse_binomially(self._steps, [(step, place) for step in held], room)
        yield Done()


class Online(_Held):
    """Snapshots that are near-optimal wherever the loop ends.

    After ``n`` steps with β(s, t − 1) < n + 1 <= β(s, t) the gaps between s snapshots grow towards those of a binomial
    schedule with t repetitions: a snapshot is stored every t steps in the place of the newest one whose two gaps
    together are no wider than that, and the s steps where the full schedule has its snapshots are met exactly and
    kept. For t <= 2 no online schedule needs fewer forward steps. Beyond it is some per cent above the offline
    optimum.

    Parameters
    ----------
    snapshots : int
        Snapshots that may be held at once, that of the initial state included.
    place : str
        ``"ram"`` or ``"disk"``.
    held : iterable of int
        Steps of snapshots that are there already, 0 among them, after an interruption on the way forward: the stream
        goes on from the last of them.

    Raises
    ------
    ArgumentError
        For no snapshot, an unknown place, or snapshots in ``held`` that cannot be.

    References
    ----------
    Stumm & Walther (2010), New algorithms for optimal online checkpointing, SIAM J. Sci. Comput. 32(2), 836-854:
    their Algorithms I and II for t = 2 and t = 3, here for every t.

    Examples
    --------
    >>> from adpy.checkpoint.schedules import Online, simulate
    >>> schedule = Online(snapshots=10)
    >>> simulate(schedule, steps=1000).forward_steps
    4640
    """

    def __init__(self, snapshots: int, place: str = "ram", held: Iterable[int] = ()) -> None:
        super().__init__(snapshots, place)
        self._given = tuple(sorted(check_count("held", step) for step in held))
        if self._given and (len({*self._given}) != len(self._given) or self._given[0] or len(self._given) > snapshots):
            raise ArgumentError("held", f"at most {snapshots} different steps, 0 among them", str(self._given))

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        return f"Online checkpointing with {self._snapshots:,} snapshots"

    def _forward(self) -> Iterator[Action]:
        held, place, s = self._held, self._place, self._snapshots
        if held:
            yield Restore(held[-1], place)
        else:
            held.append(0)
            yield Store(0, place)
        while len(held) < s:
            at = held[-1] + 1
            yield Forward(at - 1, at)
            held.append(at)
            yield Store(at, place)
        at, t = held[-1], 1
        ahead = [s]  # where the full schedule has snapshots, the next one last, before its end
        kept: set[int] = set()
        while True:
            while at >= beta(s, t) - 1:
                t += 1
                targets = [0]
                for i in range(s - 1):
                    targets.append(targets[-1] + beta(s - i, t - 1))
                kept = set(targets)
                ahead = [beta(s, t) - 1, *reversed(targets)]
            while ahead[-1] <= at:
                ahead.pop()
            stop = min(max(held[-1] + t, at + 1), ahead[-1])
            yield Forward(at, stop)
            at = stop
            replaced = self._replaced(at, t, kept)
            if replaced is None:
                continue
            yield Free(held.pop(replaced), place)
            held.append(at)
            yield Store(at, place)

    def _replaced(self, at: int, t: int, kept: set[int]) -> int | None:
        """Which snapshot makes room for one at ``at``: its place in ``_held``, or None for no new one."""
        held, s = self._held, self._snapshots
        after = at
        for i in range(s - 1, 0, -1):
            if held[i] not in kept and after - held[i - 1] <= beta(s - i + 1, t - 1):
                return i
            after = held[i]
        if at not in kept:
            return None
        return max((i for i in range(1, s) if held[i] not in kept), default=None)


class MinimalRepetition(_Held):
    """Dynamic checkpointing: no step is advanced over more often than a schedule that knew the end would have to.

    Every state is stored when it is reached. While all snapshots are in use, one that stands before a later one of
    higher level makes room; where there is none, the last one moves on by a step and rises by a level.

    Parameters
    ----------
    snapshots : int
        Snapshots that may be held at once, that of the initial state included.
    place : str
        ``"ram"`` or ``"disk"``.

    Raises
    ------
    ArgumentError
        For no snapshot, or an unknown place.

    References
    ----------
    Wang, Moin & Iaccarino (2009), Minimal repetition dynamic checkpointing algorithm for unsteady adjoint calculation,
    SIAM J. Sci. Comput. 31(4), 2549-2567, Algorithm 1. Between snapshots the reversal is binomial.

    Examples
    --------
    >>> from adpy.checkpoint.schedules import MinimalRepetition, simulate
    >>> simulate(MinimalRepetition(snapshots=10), steps=1000).forward_steps
    5114
    """

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        return f"Dynamic checkpointing of minimal repetition with {self._snapshots:,} snapshots"

    def _forward(self) -> Iterator[Action]:
        held, place = self._held, self._place
        levels = {0: -1}  # of the snapshots; that of the initial state is never dropped
        spare: list[int] = []
        held.append(0)
        yield Store(0, place)
        at = 0
        while True:
            yield Forward(at, at + 1)
            at += 1
            level = 0
            if len(held) == self._snapshots:
                if spare:
                    gone = spare.pop()
                elif self._snapshots > 1:
                    gone = held[-1]
                    level = levels[gone] + 1
                    spare = [step for step in held[1:-1] if levels[step] < level]
                else:
                    continue
                held.remove(gone)
                del levels[gone]
                yield Free(gone, place)
            held.append(at)
            levels[at] = level
            yield Store(at, place)
