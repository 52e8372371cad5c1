"""Tests of the interface of traced values."""
