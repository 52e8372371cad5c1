"""Randomised estimates of derivatives, each with its standard error."""
