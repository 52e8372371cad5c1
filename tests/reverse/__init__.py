"""Tests of reverse values."""
