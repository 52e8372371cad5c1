"""Diagnostics: kinks of a function at a point, origins of NaN and infinity, conditioning."""
