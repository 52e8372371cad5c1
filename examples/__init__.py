"""Programs that show adpy at work; not installed with it."""
