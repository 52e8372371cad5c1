"""Checkpointing schedules: streams of actions that say when to store, restore, advance and reverse.

Each family has a file: :mod:`binomial` (known number of steps, the fewest forward steps), :mod:`multistage` and
:mod:`hrevolve` (memory and disk), :mod:`mixed` (states or adjoint data), :mod:`periodic`, :mod:`full`, :mod:`online`
(unknown end).
"""

from adpy.checkpoint.schedules.base import OfflineSchedule, OnlineSchedule, Schedule
from adpy.checkpoint.schedules.binomial import Binomial, optimal_forward_steps
from adpy.checkpoint.schedules.counts import Costs, Counts
from adpy.checkpoint.schedules.full import FullStorage
from adpy.checkpoint.schedules.hrevolve import DiskRevolve, HRevolve
from adpy.checkpoint.schedules.mixed import Mixed
from adpy.checkpoint.schedules.multistage import Multistage
from adpy.checkpoint.schedules.online import MinimalRepetition, Online
from adpy.checkpoint.schedules.periodic import Periodic
from adpy.checkpoint.schedules.simulator import simulate

__all__ = [
    "Binomial",
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
    "Schedule",
    "optimal_forward_steps",
    "simulate",
]
