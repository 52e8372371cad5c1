"""Choose a schedule from the cost of a step, the size of a state, and what memory and disk there are."""

from __future__ import annotations

from collections.abc import Iterator

from adpy.checkpoint.schedules.base import OfflineSchedule, Schedule, check_count
from adpy.checkpoint.schedules.binomial import Binomial
from adpy.checkpoint.schedules.blocked import Blocked
from adpy.checkpoint.schedules.coarse import CoarseHRevolve
from adpy.checkpoint.schedules.counts import Costs
from adpy.checkpoint.schedules.describing import Setting
from adpy.checkpoint.schedules.full import FullStorage
from adpy.checkpoint.schedules.hrevolve import DiskRevolve, HRevolve
from adpy.checkpoint.schedules.multistage import Multistage
from adpy.checkpoint.schedules.online import Online
from adpy.checkpoint.storage.sizes import format_bytes, parse_memory
from adpy.errors import ArgumentError

__all__ = ["plan"]

# What moving bytes takes where nothing was measured, in bytes a second.
_MEMORY_RATE = 5e9
_DISK_RATE = 5e8

# So many groups of steps at most are planned with tables of choices.
_TABLE_STEPS = 1000
_TABLE_SLOTS = 100


def plan(
    steps: int | None,
    *,
    step_seconds: float,
    state_bytes: int,
    memory: int | float | str,
    disk: int | float | str = 0,
    adjoint_seconds: float | None = None,
    record_bytes: int | None = None,
    write_seconds: float | None = None,
    read_seconds: float | None = None,
    action_seconds: float = 1e-6,
) -> Schedule:
    """The schedule of least predicted time that keeps within memory and disk.

    Compared are full storage, binomial checkpointing, groups of steps recorded at once, and, where disk is allowed,
    H-Revolve and multistage schedules. For an unknown number of steps it is online checkpointing.

    Parameters
    ----------
    steps : int or None
        Steps of the loop, if known.
    step_seconds : float
        Time of a step.
    state_bytes : int
        Size of a state.
    memory, disk : int, float or str
        What snapshots and adjoint data may take: bytes, or a text like ``"2 GB"``.
    adjoint_seconds : float, optional
        Time of the adjoint of a recorded step; by default twice that of a step.
    record_bytes : int, optional
        Size of the adjoint data of a step. Where it is not given nothing but states is planned to be kept, and steps
        are reversed one by one.
    write_seconds, read_seconds : float, optional
        Time to write a state to disk and to read it; by default at 500 MB/s.
    action_seconds : float
        Time that the driver takes for an action besides.

    Returns
    -------
    Schedule
        With its ``setting``, so that ``describe()`` tells memory and time.

    Raises
    ------
    ArgumentError
        If not even one snapshot has room where one is needed, and for arguments out of range.

    Examples
    --------
    >>> schedule = plan(10_000, step_seconds=1e-3, state_bytes=8_000_000, memory="400 MB")
    >>> print(schedule.describe())
    Binomial checkpointing (revolve) with 50 snapshots
      steps      10,000; 38,622 run forward, 3.86 for each
      memory     at most 50 snapshots (400 MB); 8,674 stored, 9,999 restored
      time       88.5 s predicted; 2.95 times all steps and adjoints once
    """
    state_bytes = check_count("state_bytes", state_bytes, 1)
    room = parse_memory(memory)
    slots, disk_slots = room // state_bytes, parse_memory(disk, "disk") // state_bytes
    copying, storing = state_bytes / _MEMORY_RATE, state_bytes / _DISK_RATE
    costs = Costs(
        step_seconds,
        2 * step_seconds if adjoint_seconds is None else adjoint_seconds,
        {"ram": copying, "disk": storing if write_seconds is None else write_seconds},
        {"ram": copying, "disk": storing if read_seconds is None else read_seconds},
    )
    setting = Setting(costs, state_bytes, record_bytes or 0, action_seconds)
    if not slots + disk_slots and (steps is None or steps > 1):
        least = f"room for one state of {format_bytes(state_bytes)} there or on disk"
        raise ArgumentError("memory", least, format_bytes(room))
    if steps is None:
        # On disk only where memory holds too few: every step but some is stored on the way forward.
        place = "ram" if slots >= min(disk_slots, 10) else "disk"
        chosen: Schedule = Online(slots if place == "ram" else disk_slots, place)
    else:
        chosen = _best(check_count("steps", steps), room, disk_slots, setting)
    chosen.setting = setting
    return chosen


def _best(steps: int, room: int, disk: int, setting: Setting) -> OfflineSchedule:
    """The schedule of least time that keeps within ``room`` bytes of memory and ``disk`` snapshots on disk."""
    record, found = setting.record_bytes, {}

    def consider(schedule: OfflineSchedule, length: int = 1) -> None:
        schedule = schedule if length == 1 else Blocked(schedule, length, steps)
        found[setting.seconds(schedule.counts(), schedule.span), len(found)] = schedule, length

    def in_memory(length: int) -> int:
        return (room - (length * record if length > 1 else 0)) // setting.state_bytes

    if record and max(steps - 1, 0) * record <= room:
        consider(FullStorage(steps))
    lengths = [1]
    while record and 2 * lengths[-1] < steps and 2 * lengths[-1] * record <= room:
        lengths.append(2 * lengths[-1])
    for length in lengths:
        if in_memory(length) or steps <= length:
            consider(Binomial(-(-steps // length), in_memory(length)), length)
    # With disk only single steps and the groups that are best without it.
    best = found[min(found)][1] if found else 1
    for length in {1, best} if disk and steps > 1 else ():
        costs = Costs(setting.costs.step * length, 0.0, setting.costs.write, setting.costs.read)
        for schedule in _on_disk(-(-steps // length), in_memory(length), disk, costs):
            consider(schedule, length)
    return found[min(found)][0]


def _on_disk(steps: int, ram: int, disk: int, costs: Costs) -> Iterator[OfflineSchedule]:
    """Schedules with up to ``ram`` snapshots in memory and ``disk`` on disk."""
    yield Multistage(steps, ram, disk, costs)
    ample, slots = disk >= steps - 1, min(disk, 4 * _TABLE_SLOTS)
    if steps <= _TABLE_STEPS and ram <= _TABLE_SLOTS:
        yield DiskRevolve(steps, ram, costs) if ample else HRevolve(steps, ram, slots, costs)
    elif ram:
        grid = -(-steps // _TABLE_STEPS)
        yield CoarseHRevolve(steps, ram, None if disk * grid >= steps else slots, grid, costs)
