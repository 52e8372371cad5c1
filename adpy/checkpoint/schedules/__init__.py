"""Checkpointing schedules: streams of actions that say when to store, restore, advance and reverse.

Each family has a file: :mod:`binomial` (known number of steps, the fewest forward steps).
"""

from adpy.checkpoint.schedules.base import OfflineSchedule, OnlineSchedule, Schedule
from adpy.checkpoint.schedules.binomial import Binomial, optimal_forward_steps

__all__ = ["Binomial", "OfflineSchedule", "OnlineSchedule", "Schedule", "optimal_forward_steps"]
