"""The actions of a checkpointing schedule: what a driver is told to do, one after the other.

A loop runs the steps ``0, 1, …, n - 1``; step ``i`` takes the state at ``i`` to the state at ``i + 1``, so the loop
starts from the state at 0 and ends with the state at ``n``. A schedule is a stream of the actions below and knows no
state; the driver holds it all:

- the **current state**, at a known step, or none. At the start it is the state at 0. Only ``Forward``, ``Restore`` and
  ``Record`` leave a current state behind, ``Store`` keeps it, ``Reverse`` leaves none: a schedule never advances,
  stores or records what it did not advance to or restore since the last ``Reverse``;
- **snapshots**: copies of states, each in a place (``"ram"`` or ``"disk"``), known by step and place;
- **records**: the adjoint data of single steps (what their adjoint needs, so that they need not run again), also in a
  place;
- the cotangents, which ``Reverse`` takes from the state at ``stop`` to that at ``start``.

The stream of one schedule, for a known number of steps, reverses every step exactly once, from the last to the first,
frees all it stored, and ends with ``Done``. The steps that run are those of ``Forward``, of ``Record``, and of each
``Reverse`` without a place: ``forward_steps`` of a schedule counts them all.

The turn. The first ``Reverse`` ends with the last step, ``stop == n``. A driver that must hand out the final state
before it is given the cotangents runs the steps of this first ``Reverse`` recording them, hands out the state that
they end with, and waits. An online schedule does not know the end: its ``Forward`` actions go on until the driver
calls ``finish(n)``, with the final state, the one at ``n``, in hand; the actions after that begin with a ``Restore``.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PLACES", "Action", "Done", "Forward", "Free", "Record", "Restore", "Reverse", "Store"]

PLACES = ("ram", "disk")


@dataclass(frozen=True, slots=True)
class Forward:
    """Advance the current state from ``start`` to ``stop`` without recording.

    The current state is at ``start``; after it, it is at ``stop``, and the one at ``start`` is gone unless a snapshot
    has it (the steps may write into it). Of an online schedule the loop may end on the way, at ``n <= stop``: the
    driver then stops there, calls ``schedule.finish(n)`` and takes the next action.
    """

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Store:
    """Copy the current state, which is at ``step``, into ``place``. It stays current.

    There is room: the schedule never has more snapshots in a place than ``schedule.places`` says.
    """

    step: int
    place: str


@dataclass(frozen=True, slots=True)
class Restore:
    """Make the snapshot of ``step`` in ``place`` the current state; what was current before is dropped.

    If ``last``, the snapshot is not needed again: it may be handed over instead of copied, and after this action it is
    gone and its room is free (there is no ``Free`` for it). Otherwise it stays, unchanged, whatever happens to the
    current state.
    """

    step: int
    place: str
    last: bool = False


@dataclass(frozen=True, slots=True)
class Free:
    """Drop the snapshot of ``step`` in ``place``; the current state does not change."""

    step: int
    place: str


@dataclass(frozen=True, slots=True)
class Record:
    """Advance the current state from ``start`` to ``stop`` and keep the adjoint data of each of these steps in
    ``place``.

    Like ``Forward``, and for every step ``i`` of it what its adjoint needs is held in ``place`` until ``Reverse``
    consumes it. A driver that has no such data apart from a step may keep a copy of the state at ``i`` in its stead
    and run the step again in ``Reverse``.
    """

    start: int
    stop: int
    place: str


@dataclass(frozen=True, slots=True)
class Reverse:
    """Take the cotangents through the steps ``stop - 1, …, start``, in this order.

    Without a place, the current state is at ``start``: the driver runs the steps once, recording them, and then their
    adjoints, so it holds the adjoint data of ``stop - start`` steps for that time (one step, but for schedules that
    say otherwise by ``schedule.span``). With a place, the adjoint data of each of these steps is there, is used and
    freed, and no state needs to be current. No state is current after it.
    """

    start: int
    stop: int
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """Every step is reversed and nothing is stored any more: the end of the stream."""


Action = Forward | Store | Restore | Free | Record | Reverse | Done
