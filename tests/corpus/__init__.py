"""Functions written as scientists write them, and the tests that differentiate them as they stand."""
