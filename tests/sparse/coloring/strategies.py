"""Random patterns: sparse ones, dense ones, some with a full row or column, and empty ones."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from adpy.sparse.pattern import Pattern


@st.composite
def patterns(draw, largest: int = 10) -> Pattern:
    """A pattern of up to ``largest`` rows and columns."""
    m, n = draw(st.integers(0, largest)), draw(st.integers(0, largest))
    return Pattern.of(_drawn(draw, m, n))


@st.composite
def symmetric_patterns(draw, largest: int = 10) -> Pattern:
    """A symmetric pattern; its diagonal is full, empty, or has holes."""
    n = draw(st.integers(0, largest))
    found = np.triu(_drawn(draw, n, n), 1)
    diagonal = draw(st.sampled_from(["full", "empty", "any"]))
    if diagonal != "empty":
        np.fill_diagonal(found, diagonal == "full" or np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n))))
    return Pattern.of(found | found.T)


def _drawn(draw, m: int, n: int) -> np.ndarray:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    found = rng.random((m, n)) < draw(st.sampled_from([0.0, 0.1, 0.2, 0.4, 1.0]))
    if found.size:
        found[0] |= draw(st.booleans())
        found[:, -1] |= draw(st.booleans())
    return found
