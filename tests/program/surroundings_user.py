"""A module of constants, as users have them."""

rate = 2.0
factor = 3.0


def scaled(x):
    """``x`` by a constant of this module."""
    return x * factor
