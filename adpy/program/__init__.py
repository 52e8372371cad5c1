"""Programs: a function recorded once, as instructions over one flat memory, for compiled sweeps of any order."""

from adpy.program.recorder import Recorder, Unrecordable

__all__ = ["Recorder", "Unrecordable"]
