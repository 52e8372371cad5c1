"""Transforms: functions in, derivative functions out."""
