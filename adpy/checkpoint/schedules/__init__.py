"""Checkpointing schedules: streams of actions that say when to store, restore, advance and reverse.

Each family has a file: :mod:`binomial` (known number of steps, the fewest forward steps), :mod:`multistage` and
:mod:`hrevolve` (memory and disk; :mod:`coarse` for very many steps), :mod:`mixed` (states or adjoint data),
:mod:`periodic`, :mod:`full`, :mod:`online` (unknown end; :mod:`coarse_online` with disk), :mod:`resumed` (after an
interruption); :mod:`blocked` takes groups of steps for steps, :mod:`shielded` adds copies on disk, :mod:`planning`
chooses.
"""

from adpy.checkpoint.schedules.base import OfflineSchedule, OnlineSchedule, Schedule
from adpy.checkpoint.schedules.binomial import Binomial, optimal_forward_steps
from adpy.checkpoint.schedules.blocked import Blocked, BlockedOnline
from adpy.checkpoint.schedules.coarse import CoarseHRevolve
from adpy.checkpoint.schedules.coarse_online import CoarseOnline
from adpy.checkpoint.schedules.counts import Costs, Counts
from adpy.checkpoint.schedules.describing import Setting
from adpy.checkpoint.schedules.full import FullStorage
from adpy.checkpoint.schedules.hrevolve import DiskRevolve, HRevolve
from adpy.checkpoint.schedules.mixed import Mixed
from adpy.checkpoint.schedules.multistage import Multistage
from adpy.checkpoint.schedules.online import MinimalRepetition, Online
from adpy.checkpoint.schedules.periodic import Periodic
from adpy.checkpoint.schedules.planning import plan
from adpy.checkpoint.schedules.resumed import Resumed
from adpy.checkpoint.schedules.shielded import Shielded
from adpy.checkpoint.schedules.simulator import simulate

__all__ = [
    "Binomial",
    "Blocked",
    "BlockedOnline",
    "CoarseHRevolve",
    "CoarseOnline",
    "Costs",
    "Counts",
    "DiskRevolve",
    "FullStorage",
    "HRevolve",
    "MinimalRepetition",
    "Mixed",
    "Multistage",
    "OfflineSchedule",
    "Online",
    "OnlineSchedule",
    "Periodic",
    "Resumed",
    "Schedule",
    "Setting",
    "Shielded",
    "optimal_forward_steps",
    "plan",
    "simulate",
]
