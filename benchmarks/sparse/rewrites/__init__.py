"""The problems for tools that cannot run them as they stand."""
