"""Checkpointing of long simulations.  Holds nothing yet."""
