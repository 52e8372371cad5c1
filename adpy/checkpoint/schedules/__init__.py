"""Checkpointing schedules: streams of actions that say when to store, restore, advance and reverse.

Each family has a file: :mod:`binomial` (known number of steps, the fewest forward steps), :mod:`online` (unknown end).
"""

from adpy.checkpoint.schedules.base import OfflineSchedule, OnlineSchedule, Schedule
from adpy.checkpoint.schedules.binomial import Binomial, optimal_forward_steps
from adpy.checkpoint.schedules.counts import Costs, Counts
from adpy.checkpoint.schedules.online import MinimalRepetition, Online
from adpy.checkpoint.schedules.simulator import simulate

__all__ = [
    "Binomial",
    "Costs",
    "Counts",
    "MinimalRepetition",
    "OfflineSchedule",
    "Online",
    "OnlineSchedule",
    "Schedule",
    "optimal_forward_steps",
    "simulate",
]
