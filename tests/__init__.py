"""Tests of adpy."""
