"""Tests of recorded programs."""
