"""Choose a schedule from the cost of a step, the size of a state, and what memory and disk there are."""

from __future__ import annotations

from collections.abc import Iterator

from adpy.checkpoint.schedules.base import OfflineSchedule, Schedule, check_count
from adpy.checkpoint.schedules.binomial import Binomial, optimal_forward_steps
from adpy.checkpoint.schedules.blocked import Blocked
from adpy.checkpoint.schedules.coarse import CoarseHRevolve
from adpy.checkpoint.schedules.coarse_online import CoarseOnline
from adpy.checkpoint.schedules.counts import Costs
from adpy.checkpoint.schedules.describing import Setting
from adpy.checkpoint.schedules.full import FullStorage
from adpy.checkpoint.schedules.hrevolve import DiskRevolve, HRevolve
from adpy.checkpoint.schedules.multistage import Multistage
from adpy.checkpoint.schedules.online import Online
from adpy.checkpoint.schedules.shielded import Shielded
from adpy.checkpoint.storage.sizes import format_bytes, parse_memory
from adpy.errors import ArgumentError

__all__ = ["plan"]

# What moving bytes takes where nothing was measured, in bytes a second.
_MEMORY_RATE = 5e9
_DISK_RATE = 5e8

# So many groups of steps at most are planned with tables of choices.
_TABLE_STEPS = 1000
_TABLE_SLOTS = 100
# What an entry of a table takes, in seconds; and no table is made that takes more than this part of the run.
_TABLE_RATE = 2e-9
_TABLE_PART = 0.05
_TABLE_START = 0.05

# Copies on disk for runs that may be killed: the part of the time that they may take, and how many there are at most.
_SHIELD_PART = 0.02
_SHIELDS = 100


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
    interval: float | None = None,
) -> Schedule:
    """The schedule of least predicted time that keeps within memory and disk.

    Compared are full storage, binomial checkpointing, groups of steps recorded at once, and, where disk is allowed,
    H-Revolve and multistage schedules. For an unknown number of steps it is online checkpointing, with disk on a grid.

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
    interval : float, optional
        For runs that may be killed: about so many seconds of steps, but no fewer than 50 times a write, are between two
        states on disk on the way forward. By default disk is for speed only.

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
    period = None
    if interval is not None and disk_slots:
        period = max(round(max(interval, costs.write["disk"] / _SHIELD_PART) / max(step_seconds, 1e-9)), 1)
    if steps is None:
        chosen = _online(slots, disk_slots, period, setting)
    else:
        chosen = _best(check_count("steps", steps), room, disk_slots, period, setting)
    chosen.setting = setting
    return chosen


def _online(slots: int, disk: int, period: int | None, setting: Setting) -> Schedule:
    """A schedule for an unknown number of steps."""
    if period is None and slots >= min(disk, 10):
        return Online(slots)
    if not slots:
        return Online(disk, "disk")
    # On a grid of the least time for each step, as long as all that is on the grid stays on disk.
    costs = setting.costs
    copying = costs.of_snapshot("disk", 1, 1)

    def seconds(grid: int) -> float:
        return (copying + costs.step * optimal_forward_steps(grid, slots)) / grid

    grids = [1 << i for i in range(max(period or _TABLE_STEPS, 1).bit_length())]
    return CoarseOnline(slots, min(disk, _SHIELDS), min(grids, key=seconds))


def _best(steps: int, room: int, disk: int, period: int | None, setting: Setting) -> OfflineSchedule:
    """The schedule of least time that keeps within ``room`` bytes of memory and ``disk`` snapshots on disk."""
    if period is None or period >= steps:
        return _fastest(steps, room, disk, setting)
    half = (disk + (room >= setting.state_bytes)) // 2
    copies = min(-(-steps // period), _SHIELDS, half)
    found = _fastest(steps, room, disk - copies, setting)
    shielded = Shielded(found, max(-(-steps // max(copies, 1)), period))
    return shielded if copies and shielded.copies else found


def _fastest(steps: int, room: int, disk: int, setting: Setting) -> OfflineSchedule:
    """As :func:`_best`, if nobody kills the run."""
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
    needless = any(in_memory(length) >= -(-steps // length) - 1 for length in {1, best})
    for length in {1, best} if disk and steps > 1 and not needless else ():
        groups, ram = -(-steps // length), in_memory(length)
        costs = Costs(setting.costs.step * length, 0.0, setting.costs.write, setting.costs.read)
        consider(Multistage(groups, ram, disk, costs), length)
        for schedule in _by_table(groups, ram, disk, costs, min(found)[0]):
            consider(schedule, length)
    return found[min(found)][0]


def _by_table(steps: int, ram: int, disk: int, costs: Costs, seconds: float) -> Iterator[OfflineSchedule]:
    """Schedules with up to ``ram`` snapshots in memory and ``disk`` on disk, if they are worth making their tables.

    ``seconds`` is what a run takes without them.
    """
    ample, slots = disk >= steps - 1, min(disk, 4 * _TABLE_SLOTS)
    coarse = steps > _TABLE_STEPS or ram > _TABLE_SLOTS
    grid = -(-steps // _TABLE_STEPS)
    if coarse:
        ample = disk * grid >= steps
    groups, rows = (-(-steps // grid), 0) if coarse else (steps, ram)
    rows += 2 if ample else 2 + min(slots, groups)
    if groups * groups * rows * _TABLE_RATE + _TABLE_START > _TABLE_PART * seconds:
        return
    if not coarse:
        yield DiskRevolve(steps, ram, costs) if ample else HRevolve(steps, ram, slots, costs)
    elif ram:
        yield CoarseHRevolve(steps, ram, None if ample else slots, grid, costs)
