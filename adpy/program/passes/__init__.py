"""Passes: a recording is simplified before it is lowered; each pass can be switched off."""

from adpy.program.passes.draft import Draft
from adpy.program.passes.table import PASSES, chosen, optimised

__all__ = ["PASSES", "Draft", "chosen", "optimised"]
