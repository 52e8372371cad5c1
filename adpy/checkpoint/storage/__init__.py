"""Where snapshots are kept: in memory, on disk, or some here and some there."""

from adpy.checkpoint.storage.base import Storage
from adpy.checkpoint.storage.disk import DiskStorage
from adpy.checkpoint.storage.memory import MemoryStorage
from adpy.checkpoint.storage.places import Places
from adpy.checkpoint.storage.problems import describe_problem
from adpy.checkpoint.storage.sizes import parse_memory

__all__ = ["DiskStorage", "MemoryStorage", "Places", "Storage", "describe_problem", "parse_memory"]
