"""Tags: one number per active transform, so nested derivatives are never confused.

A larger tag belongs to a transform entered later (further in).  An operation on values with several
tags is handled by the largest; the others are constants to it (Siskind & Pearlmutter 2005).
"""

import itertools

__all__ = ["new_tag"]

_counter = itertools.count(1)


def new_tag() -> int:
    """Return a tag larger than every tag handed out before (atomic under the GIL)."""
    return next(_counter)
