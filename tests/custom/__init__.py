"""Tests of custom rules."""
