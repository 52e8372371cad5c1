"""Where snapshots are kept: in memory, on disk, or some here and some there."""

from adpy.checkpoint.storage.base import Storage
from adpy.checkpoint.storage.memory import MemoryStorage
from adpy.checkpoint.storage.places import Places
from adpy.checkpoint.storage.sizes import parse_memory

__all__ = ["MemoryStorage", "Places", "Storage", "parse_memory"]
